"""How often residents found what they wanted and nobody was asked: by a look-up, or by what was shown at once."""

from collections import Counter
from datetime import date, datetime
from typing import NamedTuple

from tortoise import connections

# A person who opened a ticket within a day after looking was not helped by it.
_FOUND = """
SELECT c.channel, c."user", (found.at AT TIME ZONE $4)::date AS day, found.what FROM (
    SELECT i.office, i.channel, i."user", i.received_at AS at,
           regexp_replace(i.text, '^\\s*/?(thutuc|thu tuc|thủ tục|procedure)\\s+', '', 'i') AS what
    FROM inbox i
    WHERE i.office = $1 AND i.received_at >= $2 AND i.received_at < $3 AND i.kind IN ('message', 'pressed')
      AND i.state = 'handled' AND NOT i."group" AND i.text ~* '^\\s*/?(thutuc|thu tuc|thủ tục|procedure)\\s+\\S'
    UNION ALL
    SELECT a.office, k.channel, k."user", a.shown_at, a.code
    FROM procedure_answer a JOIN contact k ON k.id = a.contact_id
    WHERE a.office = $1 AND a.shown_at >= $2 AND a.shown_at < $3 AND a.outcome IN ('shown', 'enough')
      AND a.ticket_id IS NULL
) found JOIN contact c ON c.office = found.office AND c.channel = found.channel AND c."user" = found."user"
WHERE c.staff_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.resident_id = c.resident_id
                  AND t.opened_at >= found.at AND t.opened_at < found.at + interval '1 day')
"""


class Found(NamedTuple):
    """One look-up that was enough. `what` is the code of a procedure, or the words it was looked for with."""

    person: tuple[str, str]
    day: date
    what: str


async def found(office: str, start: datetime, end: datetime, timezone: str) -> list[Found]:
    """Every look-up from `start` until before `end` (aware) that was enough; days are those of `timezone`."""
    rows = await connections.get("default").execute_query_dict(_FOUND, [office, start, end, timezone])
    return [Found((row["channel"], row["user"]), row["day"], row["what"].strip()) for row in rows]


def people(looked: list[Found]) -> int:
    """How many were helped so: one person on one day counts once."""
    return len({(one.person, one.day) for one in looked})


def by_matter(looked: list[Found]) -> list[tuple[str, int]]:
    """What was looked for, the most frequent first."""
    return sorted(Counter(one.what for one in looked).items(), key=lambda row: (-row[1], row[0]))


async def deflected(office: str, start: datetime, end: datetime, timezone: str) -> int:
    """How many questions nobody had to be asked."""
    return people(await found(office, start, end, timezone))
