"""The one question a person has been asked in a chat: put, read, forget. `/huy` forgets it anywhere."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from bot.context import Context
from tickets import rows
from tickets.models import Dialog

PATIENCE = timedelta(minutes=30)

Answer = Callable[[Context, dict[str, Any], str], Awaitable[None]]
_answers: dict[str, Answer] = {}


def answers(step: str) -> Callable[[Answer], Answer]:
    """Mark a function as what takes the words with which staff answer the question `step`."""

    def mark(answer: Answer) -> Answer:
        _answers[step] = answer
        return answer

    return mark


async def answered(ctx: Context, text: str) -> bool:
    """Take `text` as the answer to the open question, if it is one that staff are asked; whether it was."""
    question = await pending(ctx)
    answer = _answers.get(question.step) if question is not None else None
    if question is None or answer is None:
        return False
    await forget(ctx)
    await answer(ctx, question.data, text)
    return True


async def put(ctx: Context, step: str, **data: Any) -> None:
    """Remember that the next line of this person in this chat answers `step`; an earlier question is forgotten."""
    await Dialog.update_or_create(
        defaults={"step": step, "data": data, "expires_at": ctx.now + PATIENCE}, **_where(ctx)
    )


async def pending(ctx: Context) -> Dialog | None:
    """The open question, unless it has been too long."""
    return await rows.first(
        Dialog,
        'office = $1 AND channel = $2 AND chat = $3 AND "user" = $4 AND expires_at > $5',
        [*_where(ctx).values(), ctx.now],
    )


async def forget(ctx: Context) -> bool:
    """Whether there was a question to forget."""
    return bool(await Dialog.filter(**_where(ctx)).delete())


def _where(ctx: Context) -> dict[str, Any]:
    row = ctx.row
    return {"office": row.office, "channel": row.channel, "chat": row.chat, "user": row.user}
