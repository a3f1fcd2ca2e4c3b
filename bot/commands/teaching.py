"""How staff teach the machine: the right procedure of a ticket, why it thought otherwise, which facts are true."""

from bot import cards, live_cards, notices, own_models, procedures
from bot.context import Context
from bot.registry import Audience, command
from tickets import acts, matching, procedure_of, teaching
from tickets.acts import ActKind
from tickets.models import Direction, Message, TaughtBy

SPOKEN = r"(#?\d+ )?\d+\.\d\S*"  # "đúng" alone, or "đúng 2 bản", is said to a resident
_PERCENT = 100


@command("dung", "đúng", "correct", audience=Audience.STAFF, ticket=True, free_text=True, spoken=SPOKEN)
async def correct(ctx: Context) -> None:
    """/dung NUMBER CODE: which procedure the matter really is; the ticket moves to its area if it is elsewhere."""
    ticket, policy = ctx.about_ticket, ctx.desk.policy
    code = ctx.args.split()[0] if ctx.args else ""
    procedure = ctx.desk.catalogue.procedure(code)
    if not code or procedure is None or procedure.code is None:
        await ctx.say("teaching.unknown" if code else "teaching.which", number=ticket.number, code=code)
        return
    why = ctx.desk.texts.say(ctx.desk.office.language, "teaching.moved_why", name=procedure.name)
    moved, kept = await procedure_of.settle(
        policy, ticket, ctx.officer, procedure.code, procedure.area, ctx.now, why=why
    )
    await teaching.taught(ticket, procedure.area, ctx.officer, ctx.now, by=TaughtBy.PROCEDURE, code=procedure.code)
    await ctx.say("teaching.learnt", number=ticket.number, code=procedure.code, name=procedure.name)
    if moved:
        name = cards.area_name(ctx.desk, procedure.area, ctx.language)
        await ctx.say("teaching.moved_kept" if kept else "teaching.moved", number=ticket.number, area=name)
        await (notices.passed_on if kept else notices.transferred)(ctx.desk, ticket, ctx.now)
    else:
        await live_cards.refresh(ctx.desk, ticket, ctx.now)


@command("tuvan", "tư vấn", "why", audience=Audience.STAFF, ticket=True)
async def why(ctx: Context) -> None:
    """Why a ticket went where it went: areas and the words that spoke for them, as the machine sees them now."""
    ticket = ctx.about_ticket
    first = await Message.filter(ticket_id=ticket.id, direction=Direction.IN).order_by("id").first()
    index = await own_models.index(ctx.desk, ctx.now)
    found = matching.match(first.text if first is not None else ticket.subject, index)
    lines = [ctx.word("teaching.why", number=ticket.number, kind=found.kind, decision=found.decision)]
    if found.danger:
        lines.append(ctx.word("teaching.why_danger", danger=found.danger))
    for one in found.choices:
        area = ctx.desk.policy.areas.get(one.id)
        lines.append(
            ctx.word(
                "teaching.why_area",
                area=area.name if area is not None else one.id,
                share=round(one.confidence * _PERCENT),
                words=", ".join(one.words) or "–",
            )
        )
    if not found.choices:
        lines.append(ctx.word("teaching.why_nothing"))
    if found.procedures and (best := ctx.desk.catalogue.procedure(found.procedures[0].id)) is not None:
        share = round(found.procedures[0].confidence * _PERCENT)
        lines.append(ctx.word("teaching.why_procedure", code=best.code or "", name=best.name, share=share))
    await ctx.answer("\n".join(lines))


@command("xacnhan", "xác nhận", "confirm", audience=Audience.LEAD, free_text=True)
async def confirm(ctx: Context) -> None:
    """/xacnhan CODE shows what is only recalled of a procedure; /xacnhan CODE FIELD says that a field is right."""
    code, _, field = ctx.args.partition(" ")
    procedure = ctx.desk.catalogue.procedure(code)
    if procedure is None or procedure.code is None:
        await ctx.say("teaching.unknown" if code else "teaching.confirm_which", code=code)
        return
    office, field = ctx.desk.policy.office, field.strip()
    known = await teaching.confirmed(office, procedure.code)
    open_facts = {
        name: value
        for name in procedures.FIELDS
        if (value := procedures.told(procedure, name)) and not procedure.sure_of(name) and known.get(name) != value
    }
    if field in open_facts:
        value = open_facts[field]
        await teaching.confirm(office, procedure.code, field, value, ctx.officer, ctx.now)
        await acts.note(office, ctx.officer, ActKind.FACT, ctx.now, code=procedure.code, field=field, value=value)
        await ctx.say("teaching.confirmed", field=field, code=procedure.code, value=open_facts[field])
        return
    if not open_facts:
        await ctx.say("teaching.no_facts", name=procedure.name, code=procedure.code)
        return
    lines = [ctx.word("teaching.facts", name=procedure.name, code=procedure.code)]
    lines += [ctx.word("teaching.fact", field=name, value=value) for name, value in open_facts.items()]
    buttons = [[(name, f"/xacnhan {procedure.code} {name}")] for name in open_facts]
    await ctx.answer("\n".join(lines), buttons=buttons)
