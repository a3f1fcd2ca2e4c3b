"""How much one person may write before what they write is held back, and how it is kept until it is calm again.

Nothing is dropped: a row held back stays in the inbox, in its order, and becomes part of a ticket with the others.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise import connections

from tickets import rows
from tickets.models import Contact, InboxRow


@dataclass(frozen=True, slots=True)
class Patience:
    """How many messages one person may write at once (`burst`), and how many a minute from then on."""

    burst: int = 40  # thirty photos of papers, sent at once, are no flood
    per_minute: float = 12

    @property
    def a_second(self) -> float:
        return self.per_minute / 60

    @property
    def most(self) -> float:
        """The pressure never rises above this, so that calm is not hours away after a storm."""
        return 2.0 * self.burst

    def calm_at(self, contact: Contact) -> datetime:
        """When the pressure of `contact` will have ebbed to half of what is allowed, if they write nothing more."""
        over = max(0.0, contact.pressure - self.burst / 2)
        since = contact.pressure_at or contact.last_seen_at
        return since + timedelta(seconds=over / self.a_second)


PATIENCE = Patience()

_HOLD = """
WITH held AS (
    UPDATE inbox SET state = 'held', handled_at = $5
    WHERE office = $1 AND channel = $2 AND chat = $3 AND "user" = $4 AND state = 'new'
      AND kind IN ('message', 'edited', 'unsupported') RETURNING id)
SELECT count(*) AS held FROM held
"""


async def hold(row: InboxRow, now: datetime) -> int:
    """Keep back everything its sender has waiting in this conversation, `row` among it. Returns how much that is.

    One statement, so that ten thousand messages take the time of one and those of others are not behind them.
    """
    found = await connections.get("default").execute_query_dict(
        _HOLD, [row.office, row.channel, row.chat, row.user, now]
    )
    return int(found[0]["held"])


async def begins(contact: Contact, now: datetime) -> bool:
    """Note that `contact` is held back from now on; False when it was already."""
    begun = bool(await Contact.filter(id=contact.id, held_since=None).update(held_since=now))
    contact.held_since = contact.held_since or now
    return begun


async def ends(contact: Contact) -> None:
    """What `contact` writes is handled as it comes again."""
    await Contact.filter(id=contact.id).update(held_since=None)


async def kept_from(contact: Contact) -> list[InboxRow]:
    """Everything held back of a sender, in its order; of all conversations."""
    # raw, as the partial index is only sure to be used where its condition stands in the text
    condition = "office = $1 AND channel = $2 AND \"user\" = $3 AND state = 'held' ORDER BY id"
    return await rows.find(InboxRow, condition, [contact.office, contact.channel, contact.user])


_SHOW = """
INSERT INTO message (ticket_id, direction, text, attachments, earlier_texts, inbox_id, at)
SELECT $1, 'in', text, attachments, '[]', id, received_at FROM inbox
WHERE id = ANY($2::bigint[]) ORDER BY id
ON CONFLICT (inbox_id) DO NOTHING
"""


async def make_messages(ticket_id: int, rows: list[InboxRow]) -> None:
    """Make what was held back part of a ticket, by one statement, and mark it as handled."""
    ids = [row.id for row in rows]
    database = connections.get("default")
    await database.execute_query(_SHOW, [ticket_id, ids])
    await database.execute_query("UPDATE inbox SET state = 'handled' WHERE id = ANY($1::bigint[])", [ids])
