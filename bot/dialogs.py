"""The one question a person has been asked in a chat: put, read, forget. `/huy` forgets it anywhere."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tortoise import connections

from bot.context import Context
from tickets import rows
from tickets.models import Dialog

if TYPE_CHECKING:
    from bot.wiring import Desk

PATIENCE = timedelta(minutes=30)

Answer = Callable[[Context, dict[str, Any], str], Awaitable[None]]
Dropped = Callable[["Desk", Dialog, datetime], Awaitable[None]]
_answers: dict[str, Answer] = {}
_dropped: dict[str, Dropped] = {}


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


def when_dropped(step: str) -> Callable[[Dropped], Dropped]:
    """Mark a function as what is done when the question `step` ends without an answer: words may hang on it."""

    def mark(dropped: Dropped) -> Dropped:
        _dropped[step] = dropped
        return dropped

    return mark


async def put(ctx: Context, step: str, *, patience: timedelta = PATIENCE, **data: Any) -> None:
    """Remember that the next line of this person in this chat answers `step`; an earlier question is forgotten."""
    await forget(ctx)
    await Dialog.create(step=step, data=data, expires_at=ctx.now + patience, **_where(ctx))


async def pending(ctx: Context) -> Dialog | None:
    """The open question, unless it has been too long."""
    return await rows.first(
        Dialog,
        'office = $1 AND channel = $2 AND chat = $3 AND "user" = $4 AND expires_at > $5',
        [*_where(ctx).values(), ctx.now],
    )


async def forget(ctx: Context) -> bool:
    """Whether there was a question to forget. What hangs on it is seen to."""
    gone = await _take(list(_where(ctx).values()))
    for one in gone:
        await _drop(ctx.desk, one, ctx.now)
    return bool(gone)


async def take(ctx: Context, step: str) -> dict[str, Any] | None:
    """What the open question `step` was asked with, answered by this; None when it is not the open one."""
    gone = await _take(list(_where(ctx).values()), step)
    return gone[0].data if gone else None


async def drop(desk: "Desk", now: datetime, **where: str) -> int:
    """End the questions of a place (`channel`, `chat`), or without one all that were left too long. How many."""
    ended = 0
    found = Dialog.filter(office=desk.policy.office, **where)
    for one in await (found if where else found.filter(expires_at__lte=now, step__in=list(_dropped))).limit(200):
        for gone in await _take([one.office, one.channel, one.chat, one.user], one.step):
            await _drop(desk, gone, now)
            ended += 1
    return ended


async def _drop(desk: "Desk", gone: Dialog, now: datetime) -> None:
    dropped = _dropped.get(gone.step)
    if dropped is not None:
        await dropped(desk, gone, now)


async def _take(where: list[Any], step: str = "") -> list[Dialog]:
    taken = await connections.get("default").execute_query_dict(
        'DELETE FROM dialog WHERE office = $1 AND channel = $2 AND chat = $3 AND "user" = $4'
        " AND ($5 = '' OR step = $5) RETURNING *",
        [*where, step],
    )
    return [rows.made(Dialog, one) for one in taken]


def _where(ctx: Context) -> dict[str, Any]:
    row = ctx.row
    return {"office": row.office, "channel": row.channel, "chat": row.chat, "user": row.user}
