"""Who hears what when a ticket moves; one function per move, called by commands and workers alike.

All of them only write outbox rows, in the caller's transaction.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot import asking, cards, costs, dangers, group_answers, live_cards, opening, reaching, times, topics, ways
from bot.context import Buttons, by_number
from tickets import assignment, order, outbox, queries, routing
from tickets.assignment import Given
from tickets.models import Contact, Message, OutboxKind, OutboxRow, Priority, Staff, Ticket
from tickets.people import reach

if TYPE_CHECKING:
    from bot.wiring import Desk

# The cards of a ticket have a module of their own; most who write about a ticket write about its cards too.
refresh_cards = live_cards.refresh


async def to_resident(
    desk: "Desk",
    ticket: Ticket,
    now: datetime,
    key: str,
    *,
    buttons: Buttons = (),
    priority: Priority = Priority.NOTICE,
    more: str = "",
    **values: Any,
) -> OutboxRow | None:
    """A sentence of the office, and `more` behind it, to the resident of `ticket`, which `queries.reload` read.

    None when the ticket was asked in a group, and this is neither said there nor to the resident alone.
    """
    if group_answers.takes(ticket, key):
        return await group_answers.said(desk, ticket, now, key, priority, more=more, **values)
    language = ticket.resident.language
    text = desk.texts.say(language, key, number=ticket.number, office=desk.policy.name, **values)
    text = f"{text} {more}" if more else text
    # Who has just written is answered there; what comes by itself goes where they want it.
    where = ticket.contact if priority is Priority.ANSWER else await reaching.of_resident(desk, ticket, now)
    return await outbox.put(
        office=ticket.office,
        channel=ways.for_notice(desk, where.channel, text, buttons, priority),
        chat=where.chat,
        now=now,
        text=by_number(desk, where.channel, language, text, buttons),
        buttons=[[list(button) for button in line] for line in buttons],
        ticket=ticket,
        priority=priority,
    )


async def to_staff(
    staff: Staff,
    now: datetime,
    text: str,
    *,
    ticket: Ticket | None = None,
    buttons: Buttons = (),
    attachments: list[dict[str, Any]] | None = None,
    contact: Contact | None = None,
    message: Message | None = None,
) -> OutboxRow | None:
    """Words for one member of staff on the app they used last. None when no app of theirs takes messages.

    With `message`, these are the resident's own words, and an answer to them is relayed.
    """
    where = (contact or await reach(staff)) if staff.active else None
    if where is None:
        return None
    return await outbox.put(
        office=staff.office,
        channel=where.channel,
        chat=where.chat,
        now=now,
        text=text,
        buttons=[[list(button) for button in line] for line in buttons],
        attachments=attachments or [],
        ticket=ticket,
        message_id=message.id if message is not None else None,
    )


async def opened(desk: "Desk", ticket: Ticket, now: datetime, danger: str = "") -> None:
    """What follows when a new ticket has its area: `received` and `routed`. `danger` is the one it tells of."""
    ticket = await queries.reload(ticket)
    await _received(desk, ticket, now, danger)
    await routed(desk, ticket, now, read=True)


async def received(desk: "Desk", ticket: Ticket, now: datetime) -> None:
    """The resident hears that the words arrived, their number, and by when somebody answers."""
    await _received(desk, await queries.reload(ticket), now)


async def _received(desk: "Desk", ticket: Ticket, now: datetime, danger: str = "") -> None:
    if ticket.urgent:
        await in_danger(desk, ticket, now, danger)
        return
    due = ticket.first_reply_due or now
    language = ticket.resident.language
    await to_resident(
        desk,
        ticket,
        now,
        "resident.received_reception" if ticket.area == desk.policy.reception else "resident.received",
        priority=Priority.ANSWER,
        more=_more(desk, ticket, language, now),
        area=cards.area_name(desk, ticket.area, language),
        due=times.moment(desk, language, due, now),
    )


async def in_danger(desk: "Desk", ticket: Ticket, now: datetime, danger: str) -> None:
    """The resident hears that somebody is called, and which national numbers help. For a ticket read just now."""
    language = ticket.resident.language
    numbers = dangers.numbers(desk.texts, language, danger)
    await to_resident(desk, ticket, now, "resident.urgent", priority=Priority.ANSWER, numbers=numbers)


def _more(desk: "Desk", ticket: Ticket, language: str, now: datetime) -> str:
    """What else a resident should know with the number of a new ticket: that it goes on from a closed one, and when
    the office opens.
    """
    said = []
    if ticket.earlier_number is not None:
        said.append(desk.texts.say(language, "resident.goes_on_from", number=ticket.earlier_number))
    if opens := opening.from_when(desk, ticket, language, now):
        said.append(desk.texts.say(language, "resident.closed_now", opens=opens))
    return " ".join(said)


async def routed(desk: "Desk", ticket: Ticket, now: datetime, *, anew: bool = False, read: bool = False) -> None:
    """The staff of the area get the card, or only its owner where the office lets the program choose one at once.

    `read`: `ticket` was read just now with the people around it.
    """
    given = await assignment.at_once(desk.policy, ticket, now)
    await (live_cards.post if read and given is None else live_cards.routed)(desk, ticket, now, anew=anew)
    if given is not None:
        await put_into_hands(desk, ticket, given, now)


async def put_into_hands(desk: "Desk", ticket: Ticket, given: Given, now: datetime) -> None:
    """The one whom the program chose gets the card, why it is theirs, and everything said so far.

    The resident is told nothing: nobody has looked at their matter yet.
    """
    staff = given.staff
    ticket = await queries.reload(ticket)
    await live_cards.refresh(desk, ticket, now)
    why = desk.texts.say(staff.language, f"assigned.{given.why}", number=ticket.number)
    await live_cards.to_owner(desk, ticket, given.contact, staff.language, why, now)
    for message in await order.said(ticket):
        await show_words(desk, ticket, staff, message, now)


async def claimed(desk: "Desk", ticket: Ticket, staff: Staff, now: datetime) -> None:
    """Cards show the owner; the resident hears that a person is on it; the owner gets everything said so far."""
    ticket = await queries.reload(ticket)
    await live_cards.refresh(desk, ticket, now)
    await to_resident(desk, ticket, now, "resident.claimed", officer=staff.name)
    for message in await order.said(ticket):
        await show_words(desk, ticket, staff, message, now)


async def assigned(desk: "Desk", ticket: Ticket, to: Staff, now: datetime) -> None:
    """As `claimed`, and the new owner, who did not ask for it, is told that it is theirs."""
    await to_staff(to, now, desk.texts.say(to.language, "staff.assigned_to_you", number=ticket.number), ticket=ticket)
    await claimed(desk, ticket, to, now)


async def resident_wrote(desk: "Desk", ticket: Ticket, message: Message, now: datetime) -> None:
    """The owner hears what the resident said; where nobody has the ticket the card shows it."""
    ticket = await queries.reload(ticket)
    if ticket.assignee is not None:
        await show_words(desk, ticket, ticket.assignee, message, now)
    await live_cards.refresh(desk, ticket, now)


async def resident_edited(desk: "Desk", ticket: Ticket, message: Message, now: datetime) -> None:
    """The owner sees the new words beside the old ones, which are kept."""
    ticket = await queries.reload(ticket)
    if ticket.assignee is not None:
        language = ticket.assignee.language
        text = desk.texts.say(
            language,
            "staff.resident_edited",
            number=ticket.number,
            name=cards.masked(desk, ticket.contact, language),
            before=message.earlier_texts[-1] if message.earlier_texts else "",
            after=message.text,
        )
        await to_staff(ticket.assignee, now, text, ticket=ticket, message=message)
    await live_cards.refresh(desk, ticket, now)


async def show_words(desk: "Desk", ticket: Ticket, staff: Staff, message: Message, now: datetime) -> None:
    """The resident's words in full to the one who answers, with the papers; and into the ticket's topic, masked."""
    if not await topics.show(desk, ticket, message, staff, now):
        await words_in_private(desk, ticket, staff, message, now)


async def words_in_private(desk: "Desk", ticket: Ticket, staff: Staff, message: Message, now: datetime) -> None:
    """The resident's words in full to the one who answers, with the papers."""
    text = cards.said(desk, ticket, staff.language, message, message.text)
    await to_staff(staff, now, text, ticket=ticket, attachments=message.attachments, message=message)


async def replied(desk: "Desk", ticket: Ticket, message: Message, staff: Staff, now: datetime) -> None:
    """The officer's words go to the resident where they want them, or into the group where they asked."""
    ticket = await queries.reload(ticket)
    if await group_answers.replied(desk, ticket, message, staff, now):
        await live_cards.refresh(desk, ticket, now)
        return
    where = await reaching.of_resident(desk, ticket, now)
    row = await outbox.put(
        office=ticket.office,
        channel=where.channel,
        chat=where.chat,
        now=now,
        text=desk.texts.say(
            ticket.resident.language,
            "resident.reply" if message.text else "resident.reply_papers",
            number=ticket.number,
            officer=staff.name,
            words=message.text,
        ),
        attachments=message.attachments,
        ticket=ticket,
        message_id=message.id,
        author=staff,
        priority=Priority.ANSWER,
    )
    if priced := costs.note(desk, row, staff.language):
        await to_staff(staff, now, priced, ticket=ticket)
    if where.channel not in (ticket.contact.channel, ticket.resident.preferred_channel):
        await _sent_elsewhere(desk, ticket, staff, ticket.contact.channel, where.channel, now)
    await live_cards.refresh(desk, ticket, now)


async def released(desk: "Desk", ticket: Ticket, now: datetime) -> None:
    """Back in the queue: the area is told again."""
    await live_cards.refresh(desk, ticket, now)
    await routed(desk, ticket, now, anew=True)


async def passed_on(desk: "Desk", ticket: Ticket, now: datetime) -> None:
    """To another area with its owner: nobody else is rung for, the resident hears nothing of our own order."""
    await live_cards.refresh(desk, ticket, now)


async def transferred(desk: "Desk", ticket: Ticket, now: datetime) -> None:
    """The new area gets the card; the old cards show where it went; the resident hears it."""
    ticket = await queries.reload(ticket)
    await live_cards.refresh(desk, ticket, now)
    await routed(desk, ticket, now, anew=True)
    area = desk.policy.areas[ticket.area]
    if area.outside is not None:
        body = area.outside
        say, language = desk.texts.say, ticket.resident.language
        address = say(language, "pass.refer_address", address=body.address) if body.address else ""
        phone = say(language, "pass.refer_phone", phone=body.phone) if body.phone else ""
        where = "".join(f" {one}" for one in (address, phone) if one)
        await to_resident(desk, ticket, now, "resident.outside", area=area.name, body=body.name, where=where)
    else:
        await to_resident(desk, ticket, now, "resident.transferred", area=area.name)


async def waiting(desk: "Desk", ticket: Ticket, now: datetime) -> None:
    await to_resident(desk, await queries.reload(ticket), now, "resident.waiting")
    await live_cards.refresh(desk, ticket, now)


async def resolved(desk: "Desk", ticket: Ticket, now: datetime) -> bool:
    """The resident hears that it is done and can say that it is not; whether they were asked for a rating too."""
    ticket = await queries.reload(ticket)
    say, language = desk.texts.say, ticket.resident.language
    where = await reaching.of_resident(desk, ticket, now)
    stars = cards.stars(desk, ticket, language) if await asking.may_ask(desk, where, now) else []
    choices = [*stars, [(say(language, "button.not_done"), f"/chuaxong {ticket.number}")]]
    key = "resident.resolved" if stars else "resident.resolved_unasked"
    if not stars and await asking.being_asked(desk, where, now):
        key, choices = "resident.resolved_in_words", []
    told = await to_resident(desk, ticket, now, key, buttons=choices)
    await live_cards.refresh(desk, ticket, now)
    return bool(stars) and told is not None


async def reopened(desk: "Desk", ticket: Ticket, now: datetime, message: Message | None = None) -> None:
    """The former owner hears of it when on duty, else the area gets the card again; the resident hears when."""
    ticket = await queries.reload(ticket)
    language = ticket.resident.language
    await to_resident(
        desk,
        ticket,
        now,
        "resident.reopened",
        priority=Priority.ANSWER,
        due=times.moment(desk, language, ticket.first_reply_due or now, now),
    )
    if ticket.assignee is None:
        await released(desk, ticket, now)
        return
    owner = ticket.assignee
    await to_staff(owner, now, desk.texts.say(owner.language, "staff.reopened", number=ticket.number), ticket=ticket)
    if message is not None:
        await show_words(desk, ticket, owner, message, now)
    await live_cards.refresh(desk, ticket, now)


async def rated_badly(desk: "Desk", ticket: Ticket, rating: int, now: datetime) -> None:
    """Those above hear that a resident was not content, while something can still be done."""
    ticket = await queries.reload(ticket)
    for staff, contact in await routing.superiors(desk.policy, ticket.area, "lead"):
        text = desk.texts.say(
            staff.language,
            "staff.rated_badly",
            number=ticket.number,
            rating=rating,
            area=cards.area_name(desk, ticket.area, staff.language),
            owner=ticket.assignee.name if ticket.assignee else desk.texts.say(staff.language, "card.nobody"),
        )
        show = [[(desk.texts.say(staff.language, "button.show"), f"/xem {ticket.number}")]]
        await to_staff(staff, now, text, ticket=ticket, buttons=show, contact=contact)


async def commented(desk: "Desk", ticket: Ticket, rating: int, words: str, now: datetime) -> None:
    """The sentence beside a rating: to those above when it was a bad one, else to the officer, who may be glad."""
    ticket = await queries.reload(ticket)
    good = rating > max(cards.STARS) // 2
    heard: list[tuple[Staff, Contact | None]] = [(ticket.assignee, None)] if good and ticket.assignee else []
    if not good:
        heard += await routing.superiors(desk.policy, ticket.area, "lead")
    for staff, contact in heard:
        text = desk.texts.say(staff.language, "staff.rating_comment", number=ticket.number, rating=rating, words=words)
        await to_staff(staff, now, text, ticket=ticket, contact=contact)


async def _sent_elsewhere(desk: "Desk", ticket: Ticket, author: Staff, closed: str, to: str, now: datetime) -> None:
    text = desk.texts.say(author.language, "staff.sent_elsewhere", number=ticket.number, closed=closed, channel=to)
    await to_staff(author, now, text, ticket=ticket)


async def send_failed(desk: "Desk", row: OutboxRow, now: datetime) -> None:
    """What could not be delivered is said on another channel of the same person where they agreed to that.

    Else the one who wrote it hears why, and can send it again with one tap.
    """
    instead = await reaching.fall_back(desk, row, now)
    author = await Staff.get_or_none(id=row.author_id)
    if author is None:
        return
    ticket = await Ticket.get_or_none(id=row.ticket_id)
    if instead is not None:
        if ticket is not None:
            await _sent_elsewhere(desk, ticket, author, row.channel, instead.channel, now)
        return
    say = desk.texts.say
    if row.kind not in (OutboxKind.MESSAGE, OutboxKind.ASK_CONTACT):
        reason = say(author.language, f"send.{row.error or 'failed'}")
        text = say(author.language, "staff.withdraw_failed", number=ticket.number if ticket else "", reason=reason)
        await to_staff(author, now, text, ticket=ticket)
        return
    text = say(
        author.language,
        "staff.send_failed",
        number=ticket.number if ticket else "",
        reason=say(author.language, f"send.{row.error or 'failed'}"),
        words=cards.excerpt(row.text, 120),
    )
    again = [[(say(author.language, "button.resend"), f"/guilai {row.id}")]]
    await to_staff(author, now, text, ticket=ticket, buttons=again)
