"""To whom somebody wants to pass a ticket, as they typed it: an area, a department, a body outside, a colleague."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot import areas
from bot.context import Context
from tickets.folding import fold
from tickets.models import Staff

_SHORTEST = 2  # letters of a name worth comparing


@dataclass(frozen=True, slots=True)
class Body:
    """An office that is not ours, with how to reach it; `areas` are those it handles for us, if any."""

    name: str
    address: str
    phone: str
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meant:
    """What was typed, understood: exactly one of the first four, and the words behind it, which are the reason."""

    area: str = ""
    department: tuple[str, ...] = ()  # the areas of one, to choose from
    body: Body | None = None
    people: tuple[Staff, ...] = ()  # several where the name is that of several
    reason: str = ""
    said: str = ""


async def understand(ctx: Context, text: str) -> Meant | None:
    """Who or what `text` begins with: the longest beginning that names something, areas before people.

    None when it begins with nothing known.
    """
    staff = await Staff.filter(office=ctx.officer.office, active=True).order_by("name")
    for said, rest in _beginnings(text):
        reason = rest.strip(" ,:;–-\n")
        found = _place(ctx, said)
        if found is not None:
            return Meant(area=found.area, department=found.department, body=found.body, reason=reason, said=said)
        named = [one for one in staff if _is_called(one, said)]
        if named:
            whole = [one for one in named if fold(one.name) == fold(said.removeprefix("@"))]
            return Meant(people=tuple(whole or named), reason=reason, said=said)
    return None


def _beginnings(text: str) -> Iterator[tuple[str, str]]:
    """Every beginning of `text` that ends with a word, the longest first, and what stands behind it.

    A comma ends a name: whatever stands before the first is tried first of all.
    """
    before, comma, after = text.partition(",")
    if comma and before.strip():
        yield before.strip(), after
    words = text.split()
    for length in range(len(words), 0, -1):
        yield " ".join(words[:length]).rstrip(",:;"), " ".join(words[length:])


def _place(ctx: Context, said: str) -> Meant | None:
    area = areas.named(ctx, said)
    if area is not None:
        return Meant(area=area)
    for department in ctx.desk.office.departments:
        if _same(said, department.id) or _same(said, department.name):
            return Meant(department=department.areas)
    for one in ctx.desk.office.outside:
        if _same(said, one.id) or _same(said, one.name):
            return Meant(body=Body(one.name, one.address or "", one.phone or "", one.areas))
    return None


def _same(said: str, name: str) -> bool:
    return areas.squeezed(said) == areas.squeezed(name)


def _is_called(staff: Staff, said: str) -> bool:
    """Whether `said` is the name of `staff`, whole words of it, or `@` and their number."""
    if said.startswith("@") and said[1:].isdigit():
        return bool(staff.id == int(said[1:19]))
    name = fold(said.removeprefix("@"))
    return len(name) >= _SHORTEST and f" {name} " in f" {fold(staff.name)} "
