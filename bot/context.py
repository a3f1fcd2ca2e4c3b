"""What a command is given: who speaks, where, about which ticket, and the way to answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from channels.contract import InboundKind
from tickets import outbox
from tickets.models import Contact, InboxRow, OutboxKind, OutboxRow, Priority, Staff, Ticket

if TYPE_CHECKING:
    from bot.wiring import Desk

Buttons = Sequence[Sequence[tuple[str, str]]]  # rows of (label, command)

TOAST_LIMIT = 200  # characters Telegram shows over a pressed button; the only network with toasts so far


def by_number(desk: "Desk", channel: str, language: str, text: str, buttons: Buttons) -> str:
    """`text` for a resident, with a word on how to choose where the network shows buttons as numbered lines."""
    account = desk.channels.get(channel)
    if not buttons or account is None or account.capabilities.buttons:
        return text
    return f"{text} {desk.texts.say(language, 'common.choose_by_number')}"


@dataclass(slots=True)
class Context:
    """One line somebody said, while it is being answered."""

    desk: "Desk"
    row: InboxRow
    contact: Contact
    now: datetime
    args: str = ""
    ticket: Ticket | None = None
    has_left: bool = False  # was of the staff once, and is a resident like any other now
    acknowledged: bool = False  # the pressed button has come back up

    @property
    def staff(self) -> Staff | None:
        return self.contact.staff

    @property
    def officer(self) -> Staff:
        """The member of staff who speaks; only commands for staff ask."""
        if self.contact.staff is None:
            raise LookupError("a command for staff ran for somebody who is not")
        return self.contact.staff

    @property
    def about_ticket(self) -> Ticket:
        """The ticket of a command declared with `ticket=True`."""
        if self.ticket is None:
            raise LookupError("a command about a ticket ran without one")
        return self.ticket

    @property
    def language(self) -> str:
        if self.contact.staff is not None:
            return self.contact.staff.language
        if self.contact.resident is not None:
            return self.contact.resident.language
        return self.desk.office.language

    def word(self, key: str, **values: Any) -> str:
        """A sentence in the language of the one who speaks."""
        return self.desk.texts.say(self.language, key, **values)

    @property
    def replies(self) -> bool:
        """Whether a message can be answered as such on the network this line came by."""
        channel = self.desk.channels.get(self.row.channel)
        return channel is not None and channel.capabilities.replies

    async def say(self, key: str, *, buttons: Buttons = (), ticket: Ticket | None = None, **values: Any) -> OutboxRow:
        """Answer in the chat the line came from. A short answer to a press in a group is shown to the presser only."""
        return await self.answer(self.word(key, **values), buttons=buttons, ticket=ticket)

    async def answer(self, text: str, *, buttons: Buttons = (), ticket: Ticket | None = None) -> OutboxRow:
        """As `say`, with words already made. An answer that names `ticket` can itself be answered."""
        if self.row.press_id and self.row.group and not self.acknowledged and not buttons and len(text) <= TOAST_LIMIT:
            return await self.acknowledge(text)
        if self.staff is None:
            text = by_number(self.desk, self.row.channel, self.language, text, buttons)
        # too long for an alert: a message the presser alone sees, where there is such a thing; it may vanish, so it has
        # no buttons that somebody might look for later
        alone = bool(self.row.press_id) and self.row.group and not buttons and self.row.kind == InboundKind.PRESSED
        return await outbox.put(
            office=self.row.office,
            channel=self.row.channel,
            chat=self.row.chat,
            now=self.now,
            text=text,
            buttons=[[list(button) for button in line] for line in buttons],
            reply_to=self.row.message_id if self.row.group and not self.row.press_id else "",
            press_id=self.row.press_id if alone else "",
            ticket=ticket,
            author=None,
            priority=Priority.ANSWER,
            only_for=self.row.user if alone else "",
        )

    async def acknowledge(self, text: str = "") -> OutboxRow:
        """Let the pressed button come back up; `text` is shown to the presser alone."""
        self.acknowledged = True
        return await outbox.put(
            office=self.row.office,
            channel=self.row.channel,
            chat=self.row.chat,
            now=self.now,
            text=text,
            kind=OutboxKind.ANSWER_PRESS,
            press_id=self.row.press_id,
            priority=Priority.ANSWER,
        )
