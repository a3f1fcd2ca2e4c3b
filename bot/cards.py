"""The live card of a ticket in a staff chat: what it shows, and the buttons that fit its state."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot import times, windows
from bot.context import Buttons
from tickets.models import Contact, Message, Status, Ticket, Urgency
from tickets.privacy import mask_name, mask_numbers
from tickets.status import LIVE

if TYPE_CHECKING:
    from bot.wiring import Desk

STARS = (1, 2, 3, 4, 5)
EXCERPT = 300  # characters of the resident's words on a card,
SHORT = 120  # and on one that must be short


def text(desk: "Desk", ticket: Ticket, language: str, now: datetime, last_words: str, papers: int) -> str:
    """The card in words. It may stand in a group, so names and numbers are masked.

    `ticket` needs `contact` and `assignee` fetched; `last_words` are the resident's latest, `papers` counts files.
    Moments are said by the clock and not as lengths: a card may stand for hours before anything changes it.
    """
    say = desk.texts.say
    head = say(
        language,
        "card.head" if ticket.urgency is Urgency.NORMAL else f"card.head_{ticket.urgency}",
        number=ticket.number,
        area=area_name(desk, ticket.area, language),
    )
    lines = [head, _state(desk, ticket, language, now)]
    if ticket.status is Status.CLAIMED:
        lines.append(_turn(desk, ticket, language, now))
    name = masked(desk, ticket.contact, language)
    lines.append(say(language, "card.from", name=name, channel=ticket.contact.channel))
    if ticket.status in LIVE:
        lines += windows.lines(desk, ticket.contact, language, now)
    if not ticket.contact.reachable:
        lines.append(say(language, "card.unreachable"))
    if ticket.earlier_number is not None:
        lines.append(say(language, "card.earlier", number=ticket.earlier_number))
    if ticket.asked_in is not None:
        key = "card.in_group_private" if ticket.asked_in.private else "card.in_group"
        lines.append(say(language, key, group=ticket.asked_in.group.name))
    outside = desk.policy.areas.get(ticket.area)
    if outside is not None and outside.outside is not None:
        lines.append(say(language, "card.outside", body=outside.outside.name))
    if last_words:
        lines.append(say(language, "card.words", words=excerpt(hidden(last_words))))
    if papers:
        lines.append(say(language, "card.papers", count=papers))
    return "\n".join(lines)


def short(desk: "Desk", ticket: Ticket, language: str, now: datetime, last_words: str, papers: int) -> str:
    """The card where it cannot be changed later and every character counts: what it is, by when, who, which words."""
    say = desk.texts.say
    due = ticket.first_reply_due
    lines = [
        say(
            language,
            "card.head_urgent" if ticket.urgent else "card.head",
            number=ticket.number,
            area=area_name(desk, ticket.area, language),
        ),
        say(
            language,
            "card.short",
            name=masked(desk, ticket.contact, language),
            due=times.moment(desk, language, due, now) if due else "",
        ),
        *windows.lines(desk, ticket.contact, language, now),
    ]
    outside = desk.policy.areas.get(ticket.area)
    if outside is not None and outside.outside is not None:
        lines.append(say(language, "card.outside", body=outside.outside.name))
    if last_words:
        lines.append(say(language, "card.words", words=excerpt(hidden(last_words), SHORT)))
    if papers:
        lines.append(say(language, "card.papers", count=papers))
    return "\n".join(lines)


def short_buttons(desk: "Desk", ticket: Ticket, language: str) -> Buttons:
    """Of `buttons`, those a short card has a line for."""
    return [
        [button for button in line if not button[1].startswith("/chuyen ")] for line in buttons(desk, ticket, language)
    ]


def hidden(words: str) -> str:
    """A resident's words as a group may see them."""
    return mask_numbers(words)


def _turn(desk: "Desk", ticket: Ticket, language: str, now: datetime) -> str:
    """Whether the resident waits for us or we for them, and since when."""
    asked, answered = ticket.last_resident_at or ticket.opened_at, ticket.last_staff_at
    ours = answered is None or asked > answered
    since = asked if ours or answered is None else answered
    key = "card.turn_ours" if ours else "card.turn_theirs"
    return desk.texts.say(language, key, since=times.moment(desk, language, since, now))


def _state(desk: "Desk", ticket: Ticket, language: str, now: datetime) -> str:
    say = desk.texts.say
    if ticket.merged_into_id is not None and isinstance(ticket.merged_into, Ticket):  # fetched with it
        return say(language, "card.state_merged", into=ticket.merged_into.number)
    return say(language, f"card.state_{ticket.status}", **_state_values(desk, ticket, language, now))


def _state_values(desk: "Desk", ticket: Ticket, language: str, now: datetime) -> dict[str, str]:
    since = ticket.last_resident_at or ticket.opened_at
    due = ticket.first_reply_due if ticket.first_replied_at is None else ticket.next_reply_due or ticket.resolve_due
    return {
        "since": times.moment(desk, language, since, now),
        "due": times.moment(desk, language, due, now) if due else "",
        "promise": promised(desk, language, ticket, due, now) if due else "",
        "owner": ticket.assignee.name if ticket.assignee else "",
        "until": times.moment(desk, language, ticket.snoozed_until, now) if ticket.snoozed_until else "",
    }


def promised(desk: "Desk", language: str, ticket: Ticket, due: datetime, now: datetime) -> str:
    """What is to be done before `due`: the resident answered, or, when no answer is owed, the matter settled."""
    answer = due == ticket.next_reply_due or ticket.first_replied_at is None
    key = "card.promise_answer" if answer else "card.promise_settle"
    return desk.texts.say(language, key, due=times.moment(desk, language, due, now))


def buttons(desk: "Desk", ticket: Ticket, language: str) -> Buttons:
    """What can be done with the ticket now; each button is the command it types."""
    number = ticket.number

    def button(key: str, line: str) -> tuple[str, str]:
        return desk.texts.say(language, f"button.{key}"), line

    show = button("show", f"/xem {number}")
    match ticket.status:
        case Status.NEW | Status.OPEN:
            return [[button("claim", f"/nhan {number}"), button("transfer", f"/chuyen {number}"), show]]
        case Status.CLAIMED:
            return [
                [button("wait", f"/doi {number}"), button("resolve", f"/xong {number}")],
                [button("transfer", f"/chuyen {number}"), button("release", f"/tra {number}"), show],
            ]
        case Status.WAITING | Status.SNOOZED:
            return [[button("resolve", f"/xong {number}"), button("release", f"/tra {number}"), show]]
        case Status.RESOLVED:
            return [[button("reopen", f"/molai {number}"), show]]
        case _:
            return [[show]]


def stars(desk: "Desk", ticket: Ticket, language: str) -> Buttons:
    """The rating, worst first: where buttons are numbered lines the number typed is the number of stars."""
    rated = [(desk.texts.say(language, f"button.rate_{value}"), f"/danhgia {ticket.number} {value}") for value in STARS]
    return [rated[:3], rated[3:]]


def masked(desk: "Desk", contact: Contact, language: str) -> str:
    """The resident as a group may see them: initials and given name, or the end of the phone number."""
    phone = contact.user if contact.user.startswith("+") else ""
    return mask_name(contact.name or phone) or desk.texts.say(language, "card.no_name")


def said(desk: "Desk", ticket: Ticket, language: str, message: Message, words: str) -> str:
    """A message of the resident as staff read it, under number and masked name; `words` are the part of it shown."""
    return desk.texts.say(
        language,
        "staff.resident_says" if message.text else "staff.resident_sends",
        number=ticket.number,
        name=masked(desk, ticket.contact, language),
        words=words,
        count=len(message.attachments),
    )


def area_name(desk: "Desk", area: str, language: str) -> str:
    """The area as the office calls it; a sentence fragment while the ticket is not routed."""
    known = desk.policy.areas.get(area)
    return known.name if known else desk.texts.say(language, "card.no_area")


def excerpt(words: str, limit: int = EXCERPT) -> str:
    """`words` on one line, cut at a word when too long."""
    line = " ".join(words.split())
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + "…"
