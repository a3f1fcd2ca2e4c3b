"""Where a notice to somebody goes when they have more than one channel: one place, by what they chose.

Their own choice comes first, then where they wrote last, then, if they agreed to it, anywhere else they can be reached.
A network that says until when it may be used is passed over when that time is over.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets import rows
from tickets.models import Contact


@dataclass(frozen=True, slots=True)
class Way:
    """A contact as a way to its person. `window_until` is None where the network sets no such limit."""

    contact: Contact
    window_until: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether a message sent now is let through, as far as we know."""
        contact = self.contact
        return contact.reachable and bool(contact.chat) and (self.window_until is None or self.window_until > now)


def choose(
    ways: Sequence[Way], now: datetime, *, usual: int | None, preferred: str = "", elsewhere: bool = False
) -> Contact | None:
    """The contact to write to; None when nothing that the person agreed to is open.

    `usual` is the id of the contact where they wrote last, `preferred` the name of the channel they chose, `elsewhere`
    whether any other will do when neither can be used.
    """
    open_ = sorted((one for one in ways if one.is_open(now)), key=lambda one: one.contact.last_seen_at, reverse=True)
    chosen = [one for one in open_ if preferred and one.contact.channel == preferred]
    same = [one for one in open_ if one.contact.id == usual]
    rest = open_ if elsewhere or usual is None else []
    return next((one.contact for one in (*chosen, *same, *rest)), None)


_LAST_IS_BEST = """
    AND reachable AND chat <> '' AND ($2::text[] IS NULL OR channel = ANY($2))
ORDER BY channel = (SELECT preferred_channel FROM staff WHERE staff.id = staff_id), last_seen_at, id
"""
# The contacts by which the active staff of office $1 are reached, on the channels $2; of each person's the last counts.
STAFF_OF_OFFICE = f"staff_id IN (SELECT id FROM staff WHERE office = $1 AND active) {_LAST_IS_BEST}"  # noqa: S608 - our own


async def of_staff(staff: Sequence[int], channels: Collection[str] = ()) -> dict[int, Contact]:
    """By the id of staff: the app they chose, else the one used last, of those that still take messages.

    With the names of the `channels` that are on, one that is off brings nothing; without any, every one counts: what is
    written waits for it.
    """
    found = await rows.find(Contact, f"staff_id = ANY($1) {_LAST_IS_BEST}", [list(staff), list(channels) or None])
    return {one.staff_id: one for one in found if one.staff_id is not None}
