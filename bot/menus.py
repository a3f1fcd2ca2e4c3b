"""Which commands a chat is offered by its network: residents never see those of staff."""

from typing import TYPE_CHECKING

from bot.registry import Audience, Command
from channels.contract import Menu
from tickets.models import Contact, Role, Staff

if TYPE_CHECKING:
    from bot.wiring import Desk

_LEAST_ROLE = {
    Audience.ANYONE: Role.MEMBER,
    Audience.STAFF: Role.MEMBER,
    Audience.LEAD: Role.LEAD,
    Audience.SUPERVISOR: Role.SUPERVISOR,
}


def offered(desk: "Desk", staff: Staff | None, language: str) -> list[Command]:
    """The commands somebody may use that have a line of their own in menus and help."""
    listed = [one for one in desk.commands if desk.texts.has(language, f"menu.{one.name}")]
    if staff is None:
        return [one for one in listed if one.audience in (Audience.ANYONE, Audience.RESIDENT)]
    return [one for one in listed if one.audience in _LEAST_ROLE and staff.role.rank >= _LEAST_ROLE[one.audience].rank]


def _menu(desk: "Desk", staff: Staff | None, language: str, chat: str) -> Menu:
    lines = tuple((one.name, desk.texts.say(language, f"menu.{one.name}")) for one in offered(desk, staff, language))
    return Menu(language=language, commands=lines, chat=chat)


async def for_chat(desk: "Desk", channel: str, chat: str) -> Menu:
    """The menu of one private chat, by who it belongs to."""
    contact = (
        await Contact.filter(office=desk.policy.office, channel=channel, chat=chat).first().prefetch_related("staff")
    )
    staff = contact.staff if contact is not None and contact.staff is not None and contact.staff.active else None
    return _menu(desk, staff, staff.language if staff else desk.office.language, chat)


async def for_all(desk: "Desk", channel: str) -> tuple[Menu, ...]:
    """Everything to announce when the program starts: the menu of residents, and that of each member of staff."""
    contacts = (
        await Contact.filter(office=desk.policy.office, channel=channel, staff_id__isnull=False)
        .exclude(chat="")
        .prefetch_related("staff")
    )
    enrolled = [(contact.staff, contact.chat) for contact in contacts if contact.staff is not None]
    return (
        _menu(desk, None, desk.office.language, ""),
        *(_menu(desk, staff, staff.language, chat) for staff, chat in enrolled if staff.active),
    )
