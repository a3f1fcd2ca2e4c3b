"""How often residents found what they wanted in the catalogue by themselves, so that no ticket was needed."""

from datetime import datetime

from tortoise import connections

# One person on one day counts once, and only when no ticket of theirs was opened within a day after looking.
_DEFLECTED = """
SELECT count(DISTINCT (i.channel, i."user", (i.received_at AT TIME ZONE $4)::date)) AS found
FROM inbox i JOIN contact c ON c.office = i.office AND c.channel = i.channel AND c."user" = i."user"
WHERE i.office = $1 AND i.received_at >= $2 AND i.received_at < $3 AND i.kind IN ('message', 'pressed')
  AND i.state = 'handled' AND NOT i."group" AND c.staff_id IS NULL
  AND i.text ~* '^\\s*/?(thutuc|thu tuc|thủ tục|procedure)\\s+\\S'
  AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.resident_id = c.resident_id
                  AND t.opened_at >= i.received_at AND t.opened_at < i.received_at + interval '1 day')
"""


async def deflected(office: str, start: datetime, end: datetime, timezone: str) -> int:
    """Look-ups of a procedure from `start` until before `end` (aware) after which nobody had to be asked."""
    rows = await connections.get("default").execute_query_dict(_DEFLECTED, [office, start, end, timezone])
    return int(rows[0]["found"])
