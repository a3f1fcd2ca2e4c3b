"""Did the day end as it should: every expectation asked of the database and of what the networks received."""

from collections import Counter
from dataclasses import dataclass

from bot.demo.cast import GROUP
from bot.demo.day import Day
from tickets.models import (
    Alert,
    Direction,
    Event,
    EventKind,
    InboxRow,
    InboxState,
    Message,
    OutboxKind,
    OutboxRow,
    OutboxState,
    Status,
    Ticket,
)

TICKETS = 5


@dataclass(frozen=True, slots=True)
class Counts:
    """What `--json` prints."""

    messages_in: int
    tickets: int
    claims: int
    refused_claims: int
    replies_delivered: dict[str, int]
    alerts: int
    failed: list[str]


async def counted(day: Day) -> Counts:
    """Ask everything; expectations that do not hold are added to `day.failed`."""
    await _everything_arrived(day)
    await _tickets_ended(day)
    await _told_once(day)
    await _networks_agree(day)
    replies = await OutboxRow.filter(
        author_id__isnull=False, state__in=[OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ]
    )
    return Counts(
        messages_in=await InboxRow.exclude(kind="receipt").count(),
        tickets=await Ticket.all().count(),
        claims=await Event.filter(kind__in=[EventKind.CLAIMED, EventKind.ASSIGNED]).count(),
        refused_claims=day.refused_claims,
        replies_delivered=dict(sorted(Counter(row.channel for row in replies).items())),
        alerts=await Alert.exclude(staff_id=None).count(),
        failed=day.failed,
    )


async def _everything_arrived(day: Day) -> None:
    day.expect(
        "every event from the networks was handled",
        holds=not await InboxRow.filter(state__in=[InboxState.NEW, InboxState.FAILED]).exists(),
    )
    day.expect(
        "every message to the networks was sent",
        # a card in a group may be brought up to date some seconds later, as the network allows so many a minute
        holds=not await OutboxRow.filter(state__in=[OutboxState.QUEUED, OutboxState.SENDING, OutboxState.FAILED])
        .exclude(kind=OutboxKind.EDIT, state=OutboxState.QUEUED)
        .exists(),
    )
    day.expect("no message was sent twice", holds=not await OutboxRow.filter(maybe_twice=True).exists())


async def _tickets_ended(day: Day) -> None:
    tickets = await Ticket.all().order_by("number")
    numbers = [one.number for one in tickets]
    day.expect(f"{TICKETS} questions made {TICKETS} tickets", holds=numbers == list(range(1, TICKETS + 1)))
    day.expect("every ticket was resolved", holds=all(one.status is Status.RESOLVED for one in tickets))
    ratings = {one.number: one.rating for one in tickets}
    day.expect("the ratings are those given", holds=(ratings.get(1), ratings.get(2), ratings.get(3)) == (5, 4, 5))
    areas = {one.number: one.area for one in tickets}
    wanted = {1: "ho-tich", 2: "dat-dai", 3: "bao-tro-xa-hoi", 4: "chung-thuc", 5: "chung-thuc"}
    day.expect("every ticket ended in its area", holds=areas == wanted)
    for kind in (EventKind.TRANSFERRED, EventKind.WAITING, EventKind.RESUMED, EventKind.REOPENED, EventKind.RATED):
        day.expect(f"the event log tells of {kind}", holds=await Event.filter(kind=kind).exists())
    claims = Counter(event.ticket_id for event in await Event.filter(kind=EventKind.CLAIMED))
    first = tickets[0].id if tickets else 0
    day.expect("the ticket two people reached for was claimed once", holds=claims[first] == 1)


async def _told_once(day: Day) -> None:
    alerts = await Alert.exclude(staff_id=None)
    seen = Counter((one.ticket_id, one.promise, one.step, one.due, one.staff_id) for one in alerts)
    day.expect("nobody was alerted twice of the same step", holds=all(count == 1 for count in seen.values()))
    late = [message["text"] for message in await day.cast.binh.seen() if "QUÁ HẠN trả lời" in message["text"]]
    day.expect("the supervisor heard once that nobody answered", holds=len(late) == 1)


async def _networks_agree(day: Day) -> None:
    """What residents see is what staff wrote, and nothing internal."""
    screens = {person.screen: await person.seen() for person in day.cast.residents}
    everything = [message["text"] for screen in screens.values() for message in screen]
    day.expect("no resident saw a word between staff", holds=not any("xin phép sau" in text for text in everything))
    for message in await Message.filter(direction=Direction.OUT).prefetch_related("ticket__contact"):
        chat = message.ticket.contact.chat
        said = [one["text"] for one in screens.get(chat, [])]
        plain = message.ticket.contact.channel == "sms"
        day.expect(
            f"the answer of ticket #{message.ticket.number} stands on the resident's screen",
            holds=plain or any(message.text in text for text in said),
        )
    group = await day.cast.binh.among(GROUP).seen()
    day.expect("the group saw one live card for each of its tickets", holds=_cards(group) == {1: 1, 4: 1, 5: 1})


def _cards(screen: list[dict[str, object]]) -> dict[int, int]:
    found: Counter[int] = Counter()
    for message in screen:
        text = str(message["text"])
        if text.startswith("Phiếu #"):
            found[int(text.removeprefix("Phiếu #").split()[0])] += 1
    return dict(found)
