"""Recognise who is writing, enrol staff by one-time code, and know how each person is reached."""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tortoise import connections

from tickets import acts, reaching, rows
from tickets.acts import ActKind
from tickets.errors import AlreadyStaff, InvitationInvalid, StaffNotFound
from tickets.flood import PATIENCE, Patience
from tickets.folding import fold
from tickets.models import Contact, Invitation, Resident, Role, Staff, StaffChat, StaffChatMember

# No letters or digits that are misread on paper or over the telephone (0/O, 1/I/L, U/V).
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
CODE_PREFIX = "THT"
_CODE_LENGTH = 8

_HALF = f"([{CODE_ALPHABET}]{{{_CODE_LENGTH // 2}}})"
NAME = 80  # characters of the name of somebody of staff
_CODE = re.compile(rf"(?<![A-Z0-9])({CODE_PREFIX})[\s-]*{_HALF}[\s-]*{_HALF}(?![A-Z0-9])")

# The pressure of a sender rises by one with each message and ebbs with time: it is kept by the statement that finds
# them, because it is wanted for every message.
_RECOGNISE = """
INSERT INTO contact (office, channel, "user", chat, name, reachable, welcomed, last_seen_at, window_from,
                     pressure, pressure_at)
VALUES ($1, $2, $3, $4, $5, TRUE, FALSE, $6, $10, 1, $7)
ON CONFLICT (office, channel, "user") DO UPDATE SET
    chat = CASE WHEN excluded.chat = '' THEN contact.chat ELSE excluded.chat END,
    name = CASE WHEN excluded.name = '' THEN contact.name ELSE excluded.name END,
    reachable = contact.reachable OR excluded.chat <> '',
    last_seen_at = excluded.last_seen_at,
    window_from = GREATEST(contact.window_from, excluded.window_from),
    pressure = LEAST($9, 1 + GREATEST(0, contact.pressure - $8 * GREATEST(0, COALESCE(
        EXTRACT(EPOCH FROM excluded.pressure_at - contact.pressure_at)::double precision, 0)))),
    pressure_at = GREATEST(contact.pressure_at, excluded.pressure_at)
RETURNING *, xmax = 0 AS just_met
"""

_BECOMES_RESIDENT = """
WITH new AS (INSERT INTO resident (office, name, language, created_at) VALUES ($2, $3, $4, $5) RETURNING *),
     linked AS (UPDATE contact SET resident_id = new.id FROM new WHERE contact.id = $1)
SELECT * FROM new
"""


async def recognise(
    *,
    office: str,
    channel: str,
    user: str,
    chat: str,
    name: str,
    now: datetime,
    at: datetime | None = None,
    patience: Patience = PATIENCE,
    window_from: datetime | None = None,
) -> Contact:
    """The contact behind a sender, made at the first word. `chat` is their private chat, or '' when seen in a group.
    `window_from`: when they spoke, where a network counts from then how long they may be written to.

    `at` is when the message came (`now` when not given), `patience` says how fast the pressure of many messages ebbs.
    Two first messages at the same moment make one contact: the unique key decides, not a look before the insert.
    """
    found = await connections.get("default").execute_query_dict(
        _RECOGNISE,
        [office, channel, user, chat, name[:200], now, at or now, patience.a_second, patience.most, window_from],
    )
    just_met = found[0].pop("just_met")
    contact = rows.made(Contact, found[0])
    contact.just_met = just_met
    contact.staff = await rows.first(Staff, "id = $1", [contact.staff_id]) if contact.staff_id else None
    contact.resident = await rows.first(Resident, "id = $1", [contact.resident_id]) if contact.resident_id else None
    return contact


async def is_staff(office: str, channel: str, user: str) -> bool:
    """Whether a sender is of staff, without making a contact of those who are not: talk in a group concerns nobody."""
    return await Contact.filter(office=office, channel=channel, user=user, staff_id__isnull=False).exists()


async def resident_of(contact: Contact, now: datetime, language: str = "") -> Resident:
    """The resident a contact belongs to, made when they ask for the first time; then they are spoken to in `language`,
    that of their office (empty: Vietnamese), until they choose another.
    """
    if contact.resident_id is not None:
        known = contact.resident
        return known if isinstance(known, Resident) else await Resident.get(id=contact.resident_id)
    made = await connections.get("default").execute_query_dict(
        _BECOMES_RESIDENT, [contact.id, contact.office, contact.name, language or Resident().language, now]
    )
    resident = rows.made(Resident, made[0])
    contact.resident = resident
    return resident


def code_in(text: str) -> str | None:
    """The invitation code somewhere in `text`, upper case and without separators; None when there is none."""
    found = _CODE.search(text.upper())
    return "".join(found.groups()) if found else None


async def invite(
    *,
    office: str,
    role: Role,
    areas: Sequence[str],
    name: str,
    now: datetime,
    valid: timedelta,
    by: Staff | None = None,
    channel_of: Staff | None = None,
) -> str:
    """A new one-time code, to be handed over in person. Only its digest is stored.

    With `channel_of` it adds a channel to somebody who is staff already.
    """
    body = "".join(secrets.choice(CODE_ALPHABET) for _ in range(_CODE_LENGTH))
    await Invitation.create(
        office=office,
        digest=_digest(CODE_PREFIX + body),
        role=role,
        areas=list(areas),
        name=plain_name(name),
        staff=channel_of,
        created_by=by,
        created_at=now,
        expires_at=now + valid,
    )
    if channel_of is None:
        await acts.note(office, by, ActKind.INVITED, now, role=str(role), areas=list(areas), name=name)
    half = _CODE_LENGTH // 2
    return f"{CODE_PREFIX}-{body[:half]}-{body[half:]}"


def plain_name(name: str) -> str:
    """A name as it can stand in lists: on one line, without control marks, no longer than a long real one."""
    seen = "".join(letter for letter in name if unicodedata.category(letter) not in ("Cf", "Cs") or letter == " ")
    return " ".join("".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in seen).split())[:NAME]


async def invite_channel(staff: Staff, now: datetime, valid: timedelta) -> str:
    """A code with which somebody who is staff already joins from one more app."""
    return await invite(
        office=staff.office,
        role=staff.role,
        areas=staff.areas,
        name="",
        now=now,
        valid=valid,
        by=staff,
        channel_of=staff,
    )


async def redeem(contact: Contact, code: str, now: datetime, language: str = "") -> Staff:
    """Make `contact` staff, spoken to in `language`, that of the office (empty: Vietnamese), until they choose.

    The code is used up by one conditional update, so two bearers cannot share it. Raises InvitationInvalid (wrong,
    used, expired or of another office) or AlreadyStaff.
    """
    if contact.staff_id is not None:
        raise AlreadyStaff
    digest = _digest(code)
    used = await Invitation.filter(
        digest=digest, office=contact.office, used_at__isnull=True, expires_at__gt=now
    ).update(used_at=now)
    if not used:
        raise InvitationInvalid
    invitation = await Invitation.get(digest=digest)
    if invitation.staff_id is not None:
        staff = await Staff.get(id=invitation.staff_id)
        if not staff.active:
            raise InvitationInvalid
        await acts.note(contact.office, staff, ActKind.CHANNEL_ADDED, now, channel=contact.channel)
    else:
        staff = await Staff.create(
            office=contact.office,
            name=invitation.name or plain_name(contact.name),
            role=invitation.role,
            areas=invitation.areas,
            language=language or Staff().language,
            created_at=now,
        )
        role, areas = str(staff.role), list(staff.areas)
        await acts.note(contact.office, staff, ActKind.JOINED, now, role=role, areas=areas, channel=contact.channel)
    contact.staff = staff
    await contact.save(update_fields=["staff_id"])
    return staff


def _digest(code: str) -> str:
    return hashlib.sha256("".join(code.split()).replace("-", "").upper().encode()).hexdigest()


async def reach(staff: Staff) -> Contact | None:
    """Where a member of staff is written to: the app they chose, else the one used last, of those still reachable."""
    return (await reaching.of_staff([staff.id])).get(staff.id)


async def find_staff(office: str, name: str) -> Staff:
    """The active member of staff meant by `name`: `@id`, the whole name, or an unmistakable part of it, folded."""
    people = await Staff.filter(office=office, active=True).order_by("id")
    wanted = fold(name.removeprefix("@"))
    if name.startswith("@") and wanted.isdigit():
        exact = [one for one in people if one.id == int(wanted)]
    else:
        exact = [one for one in people if fold(one.name) == wanted]
    candidates = exact or [one for one in people if wanted and wanted in fold(one.name)]
    if len(candidates) != 1:
        raise StaffNotFound(name=name)
    return candidates[0]


async def link_group(
    office: str, channel: str, chat: str, areas: Iterable[str], *, topics: bool | None = None
) -> StaffChat:
    """Make a group the place where the cards of `areas` (empty: all) are shown; `topics`: each ticket in its own."""
    chosen: dict[str, object] = {"areas": list(areas), "active": True}
    if topics is not None:
        chosen["topics"] = topics
    linked, _ = await StaffChat.update_or_create(defaults=chosen, office=office, channel=channel, chat=chat)
    return linked


async def seen_in_group(staff: Staff, channel: str, chat: str) -> None:
    """Remember that cards in this group reach `staff`."""
    group = await StaffChat.get_or_none(office=staff.office, channel=channel, chat=chat)
    if group is not None:
        await StaffChatMember.get_or_create(staff_chat=group, staff=staff)
