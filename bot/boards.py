"""Cards that come faster than a chat can take them, as one list: who is gathered, what the list says, and its buttons.

A list is a message like any other, but its words are made when it leaves, so that it always shows how its tickets
stand then, and any number of changes meanwhile cost one message.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tortoise import connections

from bot import cards, times, topics
from channels.contract import Capabilities, group_of
from tickets import outbox, rows
from tickets.models import Message, OutboxKind, OutboxRow, OutboxState, Priority, Ticket
from tickets.status import UNCLAIMED

if TYPE_CHECKING:
    from bot.context import Buttons
    from bot.wiring import Desk

MOST = 10  # tickets on one list: more cannot be taken in at a glance
GATHERING = timedelta(seconds=20)  # between two cards of a chat where messages are counted
CROWD = 4  # cards that wait beside one to make a list even of a chat that still takes messages at once
_WORDS = 70  # characters of a matter on a list
_BUTTONS_A_LINE = 2

_LAST_CARD = """
SELECT max(sent_at) AS at FROM (
  SELECT kind, card, board, sent_at FROM outbox WHERE office = $1 AND channel = $2 AND chat = $3 AND id < $4
  ORDER BY id DESC LIMIT 30) recent
WHERE (card OR board) AND kind = 'message' AND sent_at IS NOT NULL
"""


def is_group(can: Capabilities, chat: str) -> bool:
    """Whether `chat` is a group, or a topic of one."""
    return bool(can.group_mark) and chat.startswith(can.group_mark)


def may_gather(can: Capabilities, row: OutboxRow) -> bool:
    """Whether `row` is a card that may go out together with others; one whose topic is there goes into it."""
    card = row.card and row.kind is OutboxKind.MESSAGE and row.priority != Priority.ANSWER
    group = is_group(can, row.chat) and (row.chat == group_of(row.chat) or topics.awaited(row.chat) is not None)
    return card and (group or saves(can))


def saves(can: Capabilities) -> bool:
    """Whether messages are counted by the month, so that one message is better than two."""
    return can.monthly > 0


async def wait_until(row: OutboxRow) -> datetime:
    """When a card may leave where messages are counted: a while after the last one, so that a second brings others."""
    found = await connections.get("default").execute_query_dict(_LAST_CARD, [row.office, row.channel, row.chat, row.id])
    last: datetime | None = found[0]["at"]
    return last + GATHERING if last is not None else row.created_at


async def join(row: OutboxRow) -> bool:
    """Put `row`, a card leased to the caller, on a list that waits for its chat and has room; whether there was one.

    Otherwise what is new would overtake what has waited longest, again and again. In the caller's transaction.
    """
    for board in await _waiting(row, OutboxState.QUEUED):
        if await OutboxRow.filter(on_board_id=board.id).count() < MOST:
            ours = OutboxRow.filter(id=row.id, state=OutboxState.SENDING, lease_until=row.lease_until)
            changed = {"state": OutboxState.DROPPED, "lease_until": None, "on_board_id": board.id, "chat": board.chat}
            return bool(await ours.update(**changed))
    return False


async def is_leaving(row: OutboxRow) -> bool:
    """Whether a list for the same chat is being handed over just now: it goes first, and may come back with room."""
    return bool(await _waiting(row, OutboxState.SENDING))


async def _waiting(row: OutboxRow, state: OutboxState) -> list[OutboxRow]:
    lock = " FOR UPDATE SKIP LOCKED" if state is OutboxState.QUEUED else ""
    return await rows.find(
        OutboxRow,
        "office = $1 AND channel = $2 AND chat = $3 AND board AND kind = 'message' AND state = $4 AND id <> $5"
        f" ORDER BY id{lock}",
        [row.office, row.channel, group_of(row.chat), str(state), row.id],
    )


async def gather(row: OutboxRow, least: int) -> bool:
    """Make `row`, a card leased to the caller, a list of itself and the cards that wait for the same chat.

    Nothing happens, and the answer is False, when fewer than `least` others wait. In the caller's transaction.
    """
    group = group_of(row.chat)
    others = await rows.find(
        OutboxRow,
        "office = $1 AND channel = $2 AND (chat = $3 OR chat LIKE $4) AND card AND kind = 'message'"
        " AND state = 'queued' AND priority = $5 AND on_board_id IS NULL ORDER BY id LIMIT $6 FOR UPDATE SKIP LOCKED",
        [row.office, row.channel, group, f"{group}/+%", int(Priority.NOTICE), MOST - 1],
    )
    if len(others) < least:
        return False
    ours = OutboxRow.filter(id=row.id, state=OutboxState.SENDING, lease_until=row.lease_until)
    if not await ours.update(card=False, board=True, ticket_id=None, chat=group):
        return False
    await rows.insert(
        OutboxRow,
        office=row.office,
        channel=row.channel,
        chat=group,
        kind=row.kind,
        text=row.text,
        buttons=row.buttons,
        ticket_id=row.ticket_id,
        card=True,
        on_board_id=row.id,
        state=OutboxState.DROPPED,
        due_at=row.due_at,
        created_at=row.created_at,
    )
    waiting = OutboxRow.filter(id__in=[one.id for one in others])
    await waiting.update(state=OutboxState.DROPPED, on_board_id=row.id, chat=group)
    row.card, row.board, row.ticket_id, row.chat = False, True, None, group
    return True


async def compose(desk: "Desk", board_id: int, now: datetime) -> tuple[str, "Buttons"]:
    """The words and buttons of a list as its tickets stand now."""
    ids = await OutboxRow.filter(on_board_id=board_id, card=True).order_by("id").values_list("ticket_id", flat=True)
    found = await Ticket.filter(id__in=list(ids)).prefetch_related("contact", "assignee")
    tickets = sorted(found, key=lambda ticket: ticket.number)
    language = desk.office.language
    free = [ticket for ticket in tickets if ticket.status in UNCLAIMED]
    lines = [desk.texts.say(language, "board.head" if free else "board.head_done", count=len(free))]
    lines += [_line(desk, ticket, await _words(ticket) if ticket in free else "", now) for ticket in tickets]
    say = desk.texts.say
    pairs = [(say(language, "button.claim_number", number=one.number), f"/nhan {one.number}") for one in free]
    return "\n".join(lines), _in_lines(pairs)


def _line(desk: "Desk", ticket: Ticket, words: str, now: datetime) -> str:
    language = desk.office.language
    due = ticket.first_reply_due
    return desk.texts.say(
        language,
        f"board.{ticket.status}",
        number=ticket.number,
        area=cards.area_name(desk, ticket.area, language),
        owner=ticket.assignee.name if ticket.assignee else "",
        due=times.moment(desk, language, due, now) if due else "",
        name=cards.masked(desk, ticket.contact, language),
        words=cards.excerpt(words, _WORDS),
    )


async def _words(ticket: Ticket) -> str:
    said = await rows.first(Message, "ticket_id = $1 AND direction = 'in' AND text <> '' ORDER BY id DESC", [ticket.id])
    return cards.hidden(said.text) if said is not None else ""


def _in_lines(pairs: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    return [list(pairs[at : at + _BUTTONS_A_LINE]) for at in range(0, len(pairs), _BUTTONS_A_LINE)]


async def changed(board_id: int, now: datetime) -> None:
    """A ticket of a list has moved: the list is to show it."""
    board = await OutboxRow.get_or_none(id=board_id)
    if board is None or board.state is OutboxState.QUEUED:  # its words are made when it leaves
        return
    await outbox.put(
        office=board.office,
        channel=board.channel,
        chat=board.chat,
        now=now,
        kind=OutboxKind.EDIT,
        edits=board,
        board=True,
    )


async def say_again(board: OutboxRow, now: datetime) -> None:
    """Somebody deleted a list: it is said anew, while a ticket on it still waits for somebody."""
    ids = await OutboxRow.filter(on_board_id=board.id, card=True).values_list("ticket_id", flat=True)
    if not await Ticket.filter(id__in=list(ids), status__in=list(UNCLAIMED)).exists():
        return
    copy = await outbox.put(office=board.office, channel=board.channel, chat=board.chat, now=now, board=True)
    await OutboxRow.filter(on_board_id=board.id).update(on_board_id=copy.id)
