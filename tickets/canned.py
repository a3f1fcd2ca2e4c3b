"""Canned replies: the wordings an office keeps, per area and for all of it, and what their placeholders may be."""

import re
from datetime import datetime

from tickets import acts, rights
from tickets.acts import ActKind
from tickets.errors import DomainError, NotAllowed, UnknownArea
from tickets.folding import fold
from tickets.models import CannedReply, Role, Staff, Ticket
from tickets.policy import Policy

NAME_LENGTH = 60  # characters
TEXT_LENGTH = 3000
PLACEHOLDERS = (
    "so",
    "ten",
    "linhvuc",
    "thutuc",
    "quay",
    "gio",
    "homnay",
    "coquan",
    "canbo",
    "diachi",
    "dienthoai",
    "han",
)
"""What `{…}` in a wording may name."""

_PLACEHOLDER = re.compile(r"\{([^{}\n]{0,40})\}")
_SPACED = re.compile(rf"([ \t]*){_PLACEHOLDER.pattern}")
_NAME = re.compile(r"[^\W_][\w ,.-]*", re.UNICODE)


class NoSuchReply(DomainError):
    """`name`."""

    text = "canned.no_such"


class BadName(DomainError):
    """`name`, `most`: too long, empty, or not made of letters and digits."""

    text = "canned.bad_name"


class BadText(DomainError):
    """`most`: empty, or too long."""

    text = "canned.bad_text"


class UnknownPlaceholder(DomainError):
    """`said`, `known`."""

    text = "canned.unknown_placeholder"


def key_of(name: str) -> str:
    """How a name is compared: without diacritics, capitals and spaces."""
    return "".join(letter for letter in fold(name) if letter.isalnum())[:64]


def placeholders(text: str) -> list[str]:
    """The placeholders of a wording, folded, each once."""
    return list(dict.fromkeys(key_of(found) for found in _PLACEHOLDER.findall(text)))


def filled(text: str, values: dict[str, str]) -> str:
    """`text` with its placeholders replaced; a value is data, braces in it stay.

    One without a value is left out with the space before it: "Dạ {ten}, …" becomes "Dạ, …".
    """

    def value(found: re.Match[str]) -> str:
        known = values.get(key_of(found[2]), "")
        return found[1] + known if known else ""

    return re.sub(r"[ \t]{2,}", " ", _SPACED.sub(value, text)).strip()


async def in_use(policy: Policy, staff: Staff | None = None) -> list[CannedReply]:
    """The wordings in use: those for the whole office, and those of the areas `staff` looks after (None: of all).

    By name, the office's own after an area's of the same name.
    """
    rows = await CannedReply.filter(office=policy.office).order_by("id").prefetch_related("staff")
    newest = {(row.area, row.key): row for row in rows}
    seen = [
        row
        for row in newest.values()
        if not row.removed and (not row.area or staff is None or rights.has_area(policy, staff, row.area))
    ]
    return sorted(seen, key=lambda row: (row.key, not row.area, row.area))


async def find(policy: Policy, staff: Staff, name: str, ticket: Ticket | None = None) -> CannedReply:
    """The wording meant by `name`, whole or an unmistakable part; that of the ticket's area before the office's.

    Raises NoSuchReply.
    """
    wanted, seen = key_of(name), await in_use(policy, staff)
    exact = [row for row in seen if row.key == wanted]
    found = exact or [row for row in seen if wanted and wanted in row.key]
    if ticket is not None:
        found = [row for row in found if row.area == ticket.area] or [row for row in found if not row.area] or found
    if not found or len({row.key for row in found}) > 1:
        raise NoSuchReply(name=name)
    return found[0]


async def by_id(policy: Policy, staff: Staff, row: int) -> CannedReply:
    """A wording that was shown, perhaps overtaken since. Raises NoSuchReply."""
    found = await version(policy, row)
    if found.removed or (found.area and not rights.has_area(policy, staff, found.area)):
        raise NoSuchReply(name=str(row))
    return found


async def version(policy: Policy, row: int) -> CannedReply:
    """One wording of any age. Raises NoSuchReply."""
    found = await CannedReply.get_or_none(id=row, office=policy.office)
    if found is None:
        raise NoSuchReply(name=str(row))
    return found


async def write(policy: Policy, staff: Staff, area: str, name: str, text: str, now: datetime) -> CannedReply:
    """A new wording, under a new name or over an old one. Raises NotAllowed, BadName, BadText, UnknownPlaceholder."""
    require(policy, staff, area)
    name, text = " ".join(name.split()), text.strip()
    if not key_of(name) or len(name) > NAME_LENGTH or not _NAME.fullmatch(name):
        raise BadName(name=name[:NAME_LENGTH], most=NAME_LENGTH)
    if not text or len(text) > TEXT_LENGTH:
        raise BadText(most=TEXT_LENGTH)
    unknown = [one for one in placeholders(text) if one not in PLACEHOLDERS]
    if unknown:
        raise UnknownPlaceholder(said=f"{{{unknown[0]}}}", known=" ".join(f"{{{one}}}" for one in PLACEHOLDERS))
    made = await CannedReply.create(
        office=policy.office, area=area, key=key_of(name), name=name, text=text, staff=staff, at=now
    )
    await acts.note(policy.office, staff, ActKind.TEMPLATE, now, name=name, area=area)
    return made


async def remove(policy: Policy, staff: Staff, row: CannedReply, now: datetime) -> None:
    """Take a wording out of use; it stays in the history."""
    require(policy, staff, row.area)
    await CannedReply.create(
        office=policy.office, area=row.area, key=row.key, name=row.name, removed=True, staff=staff, at=now
    )
    await acts.note(policy.office, staff, ActKind.TEMPLATE_REMOVED, now, name=row.name, area=row.area)


async def history(policy: Policy, area: str, key: str) -> list[CannedReply]:
    """Every wording this one has had, the newest first, with who wrote it."""
    rows = CannedReply.filter(office=policy.office, area=area, key=key)
    return await rows.order_by("-id").prefetch_related("staff")


def require(policy: Policy, staff: Staff, area: str) -> None:
    """Those of an area are changed by its leads, those of the whole office by supervisors. Raises NotAllowed."""
    if area and area not in policy.areas:
        raise UnknownArea(area=area)
    if not rights.at_least(staff, Role.LEAD if area else rights.OFFICE_RIGHTS["canned"]):
        raise NotAllowed
    if area:
        rights.require_area(policy, staff, area)
