"""What people call themselves, asked of networks that do not say it with a message: once, and never waited for long."""

import asyncio
import time
from typing import TYPE_CHECKING

import structlog
from tortoise import connections

from channels.contract import TellsNames
from channels.errors import SendError

if TYPE_CHECKING:
    from bot.wiring import Desk
    from tickets.inbox import Conversation

log = structlog.get_logger(__name__)

_PATIENCE = 2.0  # seconds: a name is a courtesy, the message is the matter
_AGAIN = 3600.0  # seconds until somebody whose name could not be had is asked about again
_MANY = 10_000

_failed: dict["Conversation", float] = {}

_UNKNOWN = """
SELECT "user" FROM inbox WHERE office = $1 AND channel = $2 AND chat = $3 AND state = 'new' AND name = ''
    AND NOT "group" AND kind <> 'staff_said' AND NOT EXISTS (
        SELECT FROM contact WHERE contact.office = inbox.office AND contact.channel = inbox.channel
            AND contact."user" = inbox."user" AND contact.name <> '')
LIMIT 1
"""
_NAMED = """
UPDATE inbox SET name = $5 WHERE office = $1 AND channel = $2 AND chat = $3 AND "user" = $4 AND state = 'new'
    AND name = '' RETURNING id
"""


async def meet(desk: "Desk", conversation: "Conversation") -> None:
    """Put the name of a new acquaintance to what waits of theirs, if their network tells it in time. Outside any
    transaction.
    """
    channel: object = desk.channels.get(conversation.channel)
    if not isinstance(channel, TellsNames) or time.monotonic() < _failed.get(conversation, 0.0):
        return
    found = await connections.get("default").execute_query_dict(_UNKNOWN, list(conversation))
    if not found:
        return
    user = found[0]["user"]
    try:
        async with asyncio.timeout(_PATIENCE):
            name = await channel.name_of(user)
    except (SendError, TimeoutError) as error:
        log.info("a name could not be asked for", channel=conversation.channel, error=type(error).__name__)
        name = ""
    if not name:
        if len(_failed) > _MANY:
            _failed.clear()
        _failed[conversation] = time.monotonic() + _AGAIN
        return
    await connections.get("default").execute_query_dict(_NAMED, [*conversation, user, name[:200]])
