"""Which area somebody means by what they typed."""

from bot.context import Context
from tickets.errors import UnknownArea
from tickets.folding import fold
from tickets.policy import Area


def take_area(ctx: Context, text: str) -> tuple[str, str]:
    """The area `text` begins with (its id, or its name in any spelling) and the words behind it. Raises UnknownArea."""
    words = text.split()
    for length in range(len(words), 0, -1):
        found = named(ctx, " ".join(words[:length]))
        if found is not None:
            return found, " ".join(words[length:])
    raise UnknownArea(area=text)


def named(ctx: Context, text: str) -> str | None:
    """The area `text` is the id or name of, in any spelling and with nothing behind it; None when it is none."""
    said = squeezed(text)
    return next((one.id for one in ctx.desk.policy.areas.values() if said in _spellings(one)), None)


def take_areas(ctx: Context, text: str) -> list[str]:
    """Areas separated by commas. Raises UnknownArea for the first that is none."""
    found = []
    for part in text.split(","):
        if part.strip():
            area, rest = take_area(ctx, part)
            if rest:
                raise UnknownArea(area=part.strip())
            found.append(area)
    return found


def take_areas_and_rest(ctx: Context, text: str) -> tuple[list[str], str]:
    """Areas separated by commas, and the words behind the last of them. Raises UnknownArea."""
    *first, last = text.split(",")
    area, rest = take_area(ctx, last)
    return [*take_areas(ctx, ",".join(first)), area], rest


def _spellings(area: Area) -> tuple[str, str]:
    return squeezed(area.id), squeezed(area.name)


def squeezed(text: str) -> str:
    """`text` for comparing names: folded, letters and digits only."""
    return "".join(letter for letter in fold(text) if letter.isalnum())
