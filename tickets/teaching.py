"""What staff teach by correcting: the right area or procedure of a ticket, kept as a labelled example."""

from datetime import datetime

from tickets.models import Direction, Message, Staff, Ticket
from tickets.models.understanding import ConfirmedFact, LearntModel, Outcome, ProcedureAnswer, TaughtBy, TaughtExample
from tickets.privacy import mask_numbers

_LONGEST = 600  # characters; what a matter is about is said by then


async def taught(
    ticket: Ticket, area: str, staff: Staff | None, now: datetime, *, by: TaughtBy, code: str = ""
) -> TaughtExample | None:
    """Keep the first words of `ticket`, numbers masked, as an example of `area` (and `code`); the last word counts.

    None when the resident never wrote a word. Runs inside the caller's transaction.
    """
    first = await Message.filter(ticket_id=ticket.id, direction=Direction.IN).order_by("id").first()
    text = mask_numbers(first.text if first is not None else "")[:_LONGEST].strip()
    if not text:
        return None
    example, _ = await TaughtExample.update_or_create(
        defaults={
            "office": ticket.office,
            "text": text,
            "area": area,
            "code": code,
            "by": by,
            "staff": staff,
            "at": now,
        },
        ticket_id=ticket.id,
    )
    return example


async def examples(office: str = "") -> list[TaughtExample]:
    """Everything taught in an office, or in all of them, in the order it was taught."""
    return await (TaughtExample.filter(office=office) if office else TaughtExample.all()).order_by("id")


async def confirm(office: str, code: str, field: str, value: str, staff: Staff, now: datetime) -> None:
    """A person of the office says that `field` of `code` is right as it stands."""
    await ConfirmedFact.update_or_create(
        defaults={"value": value, "staff": staff, "at": now}, office=office, code=code, field=field
    )


async def confirmed(office: str, code: str) -> dict[str, str]:
    """The confirmed fields of a procedure with the value each had then."""
    return {one.field: one.value for one in await ConfirmedFact.filter(office=office, code=code)}


async def deflections(office: str, since: datetime, until: datetime) -> dict[str, int]:
    """How often a procedure shown at once was enough or not, by outcome, shown from `since` to before `until`."""
    rows = await ProcedureAnswer.filter(office=office, shown_at__gte=since, shown_at__lt=until)
    return {outcome.value: sum(row.outcome is outcome for row in rows) for outcome in Outcome}


async def learnt_at(office: str) -> datetime | None:
    """When the office's own model was learnt, None when it has none."""
    row = await LearntModel.filter(office=office).first().values("at")
    at: datetime | None = row["at"] if row else None
    return at


async def own_model(office: str) -> LearntModel | None:
    return await LearntModel.get_or_none(office=office)


async def keep_model(
    office: str, stored: bytes, now: datetime, *, base: str, examples: int, before: float, after: float
) -> None:
    """Keep a model learnt from the office's corrections in place of its earlier one."""
    await LearntModel.update_or_create(
        defaults={
            "stored": stored,
            "base": base,
            "examples": examples,
            "before": before,
            "after": after,
            "at": now,
        },
        office=office,
    )
