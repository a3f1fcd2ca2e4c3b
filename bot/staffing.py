"""What people are told when somebody's role, areas or place in the team changes, or a second supervisor is needed."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot import notices
from tickets import outbox, people
from tickets.models import Approval, Contact, OutboxKind, OutboxRow, OutboxState, Role, Staff

if TYPE_CHECKING:
    from bot.wiring import Desk

_SECONDS_AN_HOUR = 3600
_SENT = (OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ, OutboxState.SENDING)


def code_hours(desk: "Desk") -> int:
    """How many hours an invitation can be used."""
    return int(desk.policy.code_valid.total_seconds() // _SECONDS_AN_HOUR)


def areas_said(desk: "Desk", staff: Staff, language: str) -> str:
    """The areas of somebody in words."""
    if not staff.areas and staff.role is not Role.MEMBER:
        return desk.texts.say(language, "staff.all_areas")
    return ", ".join(desk.policy.areas[area].name for area in staff.areas if area in desk.policy.areas)


async def supervisors(but: Staff) -> list[Staff]:
    """The other supervisors of the office."""
    above = [role for role in Role if role.rank >= Role.SUPERVISOR.rank]
    return await Staff.filter(office=but.office, active=True, role__in=above).exclude(id=but.id).order_by("name")


async def tell_changed(desk: "Desk", staff: Staff, by: Staff, now: datetime) -> None:
    """The one concerned hears what holds from now on; the menus of their apps follow."""
    language = staff.language
    text = desk.texts.say(
        language,
        "people.you_changed",
        who=by.name,
        role=desk.texts.say(language, f"role.{staff.role}"),
        areas=areas_said(desk, staff, language),
    )
    await notices.to_staff(staff, now, text)
    await _menus(staff, now)


async def tell_left(desk: "Desk", staff: Staff, now: datetime) -> None:
    """The cards in their private chats are emptied where the network can, and they are thanked.

    What a network has shown and cannot change stays on their telephone; its buttons do nothing any more.
    """
    for contact in await _private(staff):
        channel = desk.channels.get(contact.channel)
        where: dict[str, Any] = {"office": contact.office, "channel": contact.channel, "chat": contact.chat}
        shown = OutboxRow.filter(**where, ticket_id__isnull=False, kind=OutboxKind.MESSAGE, state__in=list(_SENT))
        if channel is not None and channel.capabilities.edits:
            for row in await shown.filter(card=True):
                await outbox.put(
                    **where,
                    now=now,
                    text=desk.texts.say(staff.language, "people.card_gone"),
                    kind=OutboxKind.EDIT,
                    edits=row,
                )
        await OutboxRow.filter(**where, card=True).update(card=False)
        await outbox.put(**where, now=now, text=desk.texts.say(staff.language, "people.you_left"))
    await _menus(staff, now)


async def show_request(desk: "Desk", request: Approval, asker: Staff, others: Sequence[Staff], now: datetime) -> None:
    """Every other supervisor sees what is asked for, and decides with one tap."""
    hours = int((request.expires_at - request.at).total_seconds() // _SECONDS_AN_HOUR)
    for one in others:
        text = desk.texts.say(
            one.language,
            f"people.request_{request.wanted}",
            number=request.id,
            who=asker.name,
            name=str(request.data["name"]) or "?",
            role=desk.texts.say(one.language, f"role.{request.data['role']}"),
            hours=hours,
        )
        buttons = [
            [
                (desk.texts.say(one.language, "button.approve"), f"/duyet {request.id}"),
                (desk.texts.say(one.language, "button.refuse"), f"/tuchoi {request.id}"),
            ]
        ]
        await notices.to_staff(one, now, text, buttons=buttons)


async def invite_at_last(desk: "Desk", request: Approval, asker: Staff, second: Staff, now: datetime) -> None:
    """The one who asked gets the code, in private."""
    role = Role(request.data["role"])
    code = await people.invite(
        office=asker.office,
        role=role,
        areas=list(request.data.get("areas", [])),
        name=str(request.data["name"]),
        now=now,
        valid=desk.policy.code_valid,
        by=asker,
    )
    say = desk.texts.say
    granted = say(asker.language, "people.granted_yours", number=request.id, who=second.name)
    invited = say(
        asker.language, "staff.invited", code=code, role=say(asker.language, f"role.{role}"), hours=code_hours(desk)
    )
    await notices.to_staff(asker, now, f"{granted}\n{invited}")


async def _private(staff: Staff) -> list[Contact]:
    return await Contact.filter(staff_id=staff.id).exclude(chat="").order_by("id")


async def _menus(staff: Staff, now: datetime) -> None:
    for one in await _private(staff):
        await outbox.put(office=one.office, channel=one.channel, chat=one.chat, now=now, kind=OutboxKind.MENU)
