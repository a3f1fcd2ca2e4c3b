"""In which order things were said: as the network numbered or timed them, not as they happened to reach us.

A phone that lost its connection brings an old SMS after a newer one, and a webhook that was refused is tried again
later than the next. What still waits is put right before it is handled (`tickets.inbox.head`); what comes when later
words have been handled gets its place among them here. Only times of one network are compared with each other: its
clock may be wrong, but it is the same for all its messages.
"""

from tortoise import connections

from tickets.models import Direction, Message, Ticket

_NEIGHBOURS = """
SELECT max(COALESCE(message.place, message.id)) FILTER (WHERE said.sent_at <= came.sent_at) AS earlier,
       min(COALESCE(message.place, message.id)) FILTER (WHERE said.sent_at > came.sent_at) AS later
FROM message JOIN inbox AS said ON said.id = message.inbox_id, inbox AS came
WHERE message.ticket_id = $1 AND message.direction = 'in' AND came.id = $2
  AND (said.office, said.channel, said.chat) = (came.office, came.channel, came.chat)
"""


async def place_of(ticket_id: int, inbox_id: int) -> float | None:
    """The place of the event's words in the ticket, in the measure of its messages' ids; None for the end, as usual."""
    found = (await connections.get("default").execute_query_dict(_NEIGHBOURS, [ticket_id, inbox_id]))[0]
    if found["later"] is None:
        return None
    earlier = found["earlier"] if found["earlier"] is not None and found["earlier"] < found["later"] else None
    return float((earlier + found["later"]) / 2 if earlier is not None else found["later"] - 1)


def in_order(messages: list[Message]) -> list[Message]:
    """`messages` of a ticket as they were said."""
    return sorted(messages, key=lambda one: (one.place if one.place is not None else one.id, one.id))


async def said(ticket: Ticket) -> list[Message]:
    """Everything the resident said in the ticket, in order."""
    return in_order(await Message.filter(ticket_id=ticket.id, direction=Direction.IN))
