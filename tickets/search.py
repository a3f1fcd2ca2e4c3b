"""Finding tickets by what somebody remembers: words, a name, a number, the end of a telephone number, a tag."""

from typing import Any

from tortoise import connections

from tickets.canned import key_of
from tickets.folding import fold
from tickets.models import Staff, Ticket
from tickets.policy import Policy
from tickets.queries import PAGE, areas_of

PHONE_END = 3  # digits; fewer would find everybody
LONGEST = 36  # letters of what is looked for; a page's button must carry it
KEPT = 20_000  # characters of all that was said
_NUMBER = 9  # digits; a longer one is no ticket's

# Raw SQL for the full-text index, which the ORM cannot ask. A person's telephone is that of any of their contacts;
# only telephones begin with a plus, so that other networks' numbers of users are not taken for one.
_FIND = """
SELECT id, count(*) OVER () AS found FROM ticket
WHERE office = $1 AND (area = ANY($2) OR assignee_id = $3)
  AND ($4 <> '' AND to_tsvector('simple', folded) @@ to_tsquery('simple', $4)
       OR $5 <> '' AND resident_id IN (
            SELECT resident_id FROM contact WHERE office = $1 AND reverse("user") LIKE reverse($5) || '%'
            AND "user" LIKE '+%' AND resident_id IS NOT NULL)
       OR number = $6
       OR $7 <> '' AND id IN (SELECT ticket_id FROM ticket_tag WHERE key = $7))
ORDER BY (number = $6) DESC, id DESC LIMIT $8 OFFSET $9
"""


def shortened(words: str) -> str:
    """What of `words` is looked for: folded, whole words up to `LONGEST` letters."""
    kept = ""
    for word in fold(words).split():
        if kept and len(kept) + 1 + len(word) > LONGEST:
            break
        kept = f"{kept} {word}".strip()
    return kept[:LONGEST]


async def search(policy: Policy, staff: Staff, words: str, offset: int = 0) -> tuple[list[Ticket], int]:
    """Tickets `staff` may see that fit all of `words`, newest first, a number's own before all; and how many.

    `words` in any case, with or without marks, whole; where no ticket has them so, or the last is a single letter, only
    begun; digits are also a ticket's number (12, #12,
    THT-12) and from three on the end of a telephone number; behind `#`, letters are a tag.
    """
    said = shortened(words)
    digits = "".join(said.split()).removeprefix("#").removeprefix("tht").lstrip("-")
    plain = digits.isascii() and digits.isdigit()
    number = int(digits) if plain and len(digits) <= _NUMBER else 0
    end = digits.removeprefix("0") if plain and len(digits) >= PHONE_END and not said.startswith(("#", "tht")) else ""
    tag = key_of(said) if said.startswith("#") and not plain else ""
    letters = [] if tag else _letters(said)
    found: list[dict[str, Any]] = []
    # What begins like a word that stands in every ticket takes a hundred times as long to find as the word itself.
    for mark in ("", ":*") if letters and len(letters[-1]) > 1 else (":*",):
        query = " & ".join(f"{word}{mark}" for word in letters)
        found = await connections.get("default").execute_query_dict(
            _FIND, [policy.office, areas_of(policy, staff), staff.id, query, end, number, tag, PAGE, offset]
        )
        if found:
            break
    tickets = await Ticket.filter(id__in=[row["id"] for row in found]).prefetch_related("contact")
    place = {row["id"]: at for at, row in enumerate(found)}
    return sorted(tickets, key=lambda ticket: place[ticket.id]), int(found[0]["found"]) if found else 0


def with_words(folded: str, words: str) -> str:
    """The searchable words of a ticket with `words` added, whoever said them."""
    return f"{folded} {fold(words)}".strip()[:KEPT]


def _letters(said: str) -> list[str]:
    """The words as the index has them: whatever is no letter or digit parts them."""
    return "".join(letter if letter.isalnum() else " " for letter in said).split()
