"""Which area somebody means by what they typed."""

from bot.context import Context
from tickets.errors import UnknownArea
from tickets.folding import fold


def take_area(ctx: Context, text: str) -> tuple[str, str]:
    """The area `text` begins with (its id, or its name in any spelling) and the words behind it. Raises UnknownArea."""
    words = text.split()
    for length in range(len(words), 0, -1):
        said = _squeezed(" ".join(words[:length]))
        for area in ctx.desk.policy.areas.values():
            if said in (_squeezed(area.id), _squeezed(area.name)):
                return area.id, " ".join(words[length:])
    raise UnknownArea(area=text)


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


def _squeezed(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())
