"""Groups of residents: which there are, how one is linked, and how long their talk is kept."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from tortoise import connections

from tickets import rows
from tickets.errors import DomainError
from tickets.folding import fold
from tickets.models import GroupCode, Message, ResidentGroup, Staff, StaffChat, Ticket, TicketGroup
from tickets.people import CODE_ALPHABET
from tickets.reports import places
from tickets.status import LIVE

KEEP = timedelta(days=7)  # talk of a group linked in chat
NOT_LINKED = timedelta(days=1)  # talk of groups we are in without being asked to listen
CODE_PREFIX = "TDP"
_HALF = 4
_CODE = re.compile(
    rf"(?<![A-Z0-9]){CODE_PREFIX}[\s-]*([{CODE_ALPHABET}]{{{_HALF}}})[\s-]*([{CODE_ALPHABET}]{{{_HALF}}})(?![A-Z0-9])"
)


class GroupCodeInvalid(DomainError):
    """Wrong, used or expired: the same answer for all three."""

    text = "error.group_code_invalid"


class GroupOfStaff(DomainError):
    """Cards are shown here: what residents may read and what staff may read must never be one group."""

    text = "error.group_of_staff"


class GroupOfResidents(DomainError):
    """As `GroupOfStaff`, the other way round."""

    text = "error.group_of_residents"


async def of(office: str, channel: str, chat: str) -> ResidentGroup | None:
    """The linked group with this id."""
    return await rows.first(
        ResidentGroup, "office = $1 AND channel = $2 AND chat = $3 AND active", [office, channel, chat]
    )


async def link(
    office: str,
    channel: str,
    chat: str,
    name: str,
    now: datetime,
    *,
    word: str = "",
    keep: timedelta = KEEP,
    by: Staff | None = None,
) -> ResidentGroup:
    """Make a group one of residents. `name` is that of its tổ dân phố. Raises GroupOfStaff."""
    if await StaffChat.exists(office=office, channel=channel, chat=chat, active=True):
        raise GroupOfStaff
    linked, _ = await ResidentGroup.update_or_create(
        defaults={
            "name": name[:200],
            "place": places.said_by_staff(name),
            "word": word,
            "keep": keep,
            "active": True,
            "linked_by": by,
            "linked_at": now,
        },
        office=office,
        channel=channel,
        chat=chat,
    )
    return linked


def code_in(text: str) -> str | None:
    """The code of a group somewhere in `text`, without separators; None when there is none."""
    found = _CODE.search(text.upper())
    return CODE_PREFIX + "".join(found.groups()) if found else None


async def make_code(by: Staff, name: str, now: datetime, valid: timedelta) -> str:
    """A new one-time code for the group of `name`, to be written in it. Only its digest is stored."""
    body = "".join(secrets.choice(CODE_ALPHABET) for _ in range(2 * _HALF))
    await GroupCode.create(
        office=by.office,
        digest=_digest(CODE_PREFIX + body),
        name=name[:200],
        created_by=by,
        created_at=now,
        expires_at=now + valid,
    )
    return f"{CODE_PREFIX}-{body[:_HALF]}-{body[_HALF:]}"


async def redeem(office: str, channel: str, chat: str, code: str, now: datetime) -> ResidentGroup:
    """Link the group in which `code` was written. Raises GroupCodeInvalid or GroupOfStaff, and then uses no code up."""
    used = await GroupCode.filter(digest=_digest(code), office=office, used_at__isnull=True, expires_at__gt=now).update(
        used_at=now
    )
    if not used:
        raise GroupCodeInvalid
    made = await GroupCode.get(digest=_digest(code)).prefetch_related("created_by")
    return await link(office, channel, chat, made.name, now, by=made.created_by)


async def asked_here(ticket: Ticket, group: ResidentGroup, asked: str, *, private: bool, now: datetime) -> TicketGroup:
    """Note that a new ticket was asked in `group`; its tổ dân phố is that of the ticket too."""
    noted = await TicketGroup.create(ticket=ticket, group=group, asked=asked, private=private)
    if group.place:
        await places.put(ticket, group.place, None, now)
    return noted


async def ticket_of(resident_id: int | None, group: ResidentGroup) -> Ticket | None:
    """The ticket of a resident in this group that a word there may belong to: the live one spoken of last."""
    if resident_id is None:
        return None
    found = Ticket.filter(resident_id=resident_id, group__group_id=group.id, status__in=list(LIVE))
    return await found.order_by("-last_resident_at", "-id").first()


async def asked_in(office: str) -> dict[int, str]:
    """The id, in words, of the group each ticket was asked in, by the ticket's id."""
    found = await TicketGroup.filter(group__office=office).values_list("ticket_id", "group_id")
    return {int(ticket): str(group) for ticket, group in found}


async def names(office: str) -> dict[int, str]:
    """What each group is called, by its id; the channel tells two of one tổ dân phố apart."""
    found = await ResidentGroup.filter(office=office)
    return {one.id: f"{one.name} ({one.channel})" for one in found}


async def answer_privately(ticket: Ticket) -> bool:
    """From now on the answers of a ticket go to the resident alone. False when it was asked in no group, or is so."""
    return bool(await TicketGroup.filter(ticket_id=ticket.id, private=False).update(private=True))


async def waiting_for(resident_id: int) -> list[tuple[Ticket, list[Message]]]:
    """The answers that wait for a private chat with a resident, by ticket; they count as given from now on."""
    found = await rows.find(
        TicketGroup, "waits AND ticket_id IN (SELECT id FROM ticket WHERE resident_id = $1)", [resident_id]
    )
    answers = []
    for one in found:
        if await TicketGroup.filter(ticket_id=one.ticket_id, waits=True).update(waits=False):
            said = await Message.filter(ticket_id=one.ticket_id, direction="out").order_by("id")
            answers.append((await Ticket.get(id=one.ticket_id), said))
    return answers


async def moved(office: str, channel: str, old: str, new: str) -> bool:
    """A group got a new id. Whether it was one of residents."""
    if await ResidentGroup.exists(office=office, channel=channel, chat=new):
        return bool(await ResidentGroup.filter(office=office, channel=channel, chat=old).update(active=False))
    return bool(await ResidentGroup.filter(office=office, channel=channel, chat=old).update(chat=new))


_FORGET = """
DELETE FROM inbox WHERE id IN (
    SELECT inbox.id FROM inbox
    LEFT JOIN resident_group AS known
      ON known.office = inbox.office AND known.channel = inbox.channel
     AND known.chat = split_part(inbox.chat, '/', 1)
    WHERE inbox.office = $1 AND inbox."group" AND inbox.state = 'ignored'
      AND inbox.received_at < $2::timestamptz - COALESCE(known.keep * interval '1 microsecond', $3::interval)
    ORDER BY inbox.received_at LIMIT $4)
RETURNING id
"""


async def forget_talk(office: str, now: datetime, limit: int = 2000) -> int:
    """Delete what was said in groups and not to us, after the time its group has laid down. Returns how much."""
    gone = await connections.get("default").execute_query_dict(_FORGET, [office, now, NOT_LINKED, limit])
    return len(gone)


def after_word(text: str, word: str) -> str | None:
    """What follows `word` at the beginning of `text`, in any spelling; None when it does not begin so."""
    wanted = fold(word).split()
    said = text.split()
    if not wanted or [fold(one).strip(".,:;!?-–") for one in said[: len(wanted)]] != wanted:
        return None
    return " ".join(text.split(None, len(wanted))[len(wanted) :]).lstrip(" ,:;-–")


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
