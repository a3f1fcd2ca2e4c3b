"""The one question a person has been asked in a chat: put, read, forget. `/huy` forgets it anywhere."""

from datetime import timedelta
from typing import Any

from bot.context import Context
from tickets.models import Dialog

PATIENCE = timedelta(minutes=30)


async def put(ctx: Context, step: str, **data: Any) -> None:
    """Remember that the next line of this person in this chat answers `step`; an earlier question is forgotten."""
    await Dialog.update_or_create(
        defaults={"step": step, "data": data, "expires_at": ctx.now + PATIENCE}, **_where(ctx)
    )


async def pending(ctx: Context) -> Dialog | None:
    """The open question, unless it has been too long."""
    return await Dialog.get_or_none(**_where(ctx), expires_at__gt=ctx.now)


async def forget(ctx: Context) -> bool:
    """Whether there was a question to forget."""
    return bool(await Dialog.filter(**_where(ctx)).delete())


def _where(ctx: Context) -> dict[str, Any]:
    row = ctx.row
    return {"office": row.office, "channel": row.channel, "chat": row.chat, "user": row.user}
