"""What residents say in a group: a question put to us becomes a ticket, answered there; the rest is left alone."""

from typing import TYPE_CHECKING

import structlog
from tortoise.transactions import in_transaction

from bot import alarm, answers, group_answers, held, notices, own_models, resident_talk
from bot.context import Context
from bot.meant import answered_ticket
from channels.contract import InboundKind, group_of
from tickets import acts, conversation, lifecycle, matching, outbox, people, resident_groups
from tickets.acts import ActKind
from tickets.errors import DomainError
from tickets.matching import Match
from tickets.models import Contact, InboxRow, InboxState, Message, OutboxRow, ResidentGroup, Staff, Ticket
from tickets.status import LIVE

if TYPE_CHECKING:
    from bot.wiring import Desk

log = structlog.get_logger(__name__)


async def takes(desk: "Desk", row: InboxRow) -> bool | None:
    """What becomes of something said in a group, as `dispatch.handle` returns it; None when staff said it in theirs."""
    group = await resident_groups.of(row.office, row.channel, group_of(row.chat))
    if group is not None:
        return await handle(desk, row, group)
    if code := resident_groups.code_in(row.text):
        return await link(desk, row, code)
    return None if await people.is_staff(row.office, row.channel, row.user) else False


async def handle(desk: "Desk", row: InboxRow, group: ResidentGroup) -> bool:
    """Take what was said in a group of residents. False when it was not said to us: it is kept for its time only."""
    if row.kind not in (InboundKind.MESSAGE, InboundKind.EDITED):
        return False
    question = await _to_us(row, group)
    officer = await _officer(row)
    if officer is not None:
        return await _officer_spoke(desk, row, officer)
    if question is None:
        return False
    now = desk.clock.now()
    contact = await people.recognise(
        office=row.office,
        channel=row.channel,
        user=row.user,
        chat="",
        name=row.name,
        now=now,
        at=row.received_at,
        patience=desk.policy.patience,
    )
    ctx = Context(desk=desk, row=row, contact=contact, now=now)
    if await held.back(ctx):
        return True
    if row.kind == InboundKind.EDITED and await _known(row) and await resident_talk.edited(ctx):
        return True
    await _asked(ctx, group, question)
    return True


async def _to_us(row: InboxRow, group: ResidentGroup) -> str | None:
    """The words said to us, None when they were not. The photos of an album belong to the one that names us."""
    if row.forwarded:  # said to somebody else, somewhere else, whatever stands in it
        return None
    if row.addressed:
        return resident_groups.after_word(row.text, group.word) or row.text
    following = resident_groups.after_word(row.text, group.word) if group.word else None
    if following is not None:
        return following
    if row.reply_to and await outbox.by_provider_id(row.office, row.channel, row.chat, row.reply_to) is not None:
        return row.text  # where the network does not say whom a message answers
    if row.album and await _album_is_ours(row):
        return row.text
    return None


async def _album_is_ours(row: InboxRow) -> bool:
    return await InboxRow.exists(
        office=row.office,
        channel=row.channel,
        chat=row.chat,
        user=row.user,
        album=row.album,
        state=InboxState.HANDLED,
        id__lt=row.id,
    )


async def _officer(row: InboxRow) -> Staff | None:
    contact = (
        await Contact.filter(office=row.office, channel=row.channel, user=row.user, staff_id__isnull=False)
        .first()
        .prefetch_related("staff")
    )
    return contact.staff if contact is not None and contact.staff is not None and contact.staff.active else None


async def _officer_spoke(desk: "Desk", row: InboxRow, officer: Staff) -> bool:
    """Staff talk with residents as people do. A command among them would show what only staff may see."""
    parsed = desk.commands.find(row.text, staff=True)
    if parsed is None or not parsed.explicit:
        return False
    await outbox.put(
        office=row.office,
        channel=row.channel,
        chat=row.chat,
        now=desk.clock.now(),
        text=desk.texts.say(officer.language, "group.no_commands"),
        reply_to=row.message_id,
    )
    return True


async def _known(row: InboxRow) -> bool:
    """Whether the words that were changed are part of a ticket."""
    said = InboxRow.filter(
        office=row.office, channel=row.channel, chat=row.chat, message_id=row.message_id, kind=InboundKind.MESSAGE
    )
    return await Message.filter(inbox_id__in=list(await said.values_list("id", flat=True))).exists()


async def _asked(ctx: Context, group: ResidentGroup, question: str) -> None:
    if question.startswith("/") or ctx.desk.commands.is_foreign(question):
        await ctx.say("group.commands_in_private")
        return
    match = matching.match(question, await own_models.index(ctx.desk, ctx.now))
    if match.kind == "thanks" and not ctx.row.attachments:
        return
    if (not question or match.kind == "greeting") and not ctx.row.attachments:
        await _how(ctx)
        return
    resident = await people.resident_of(ctx.contact, ctx.now, ctx.desk.office.language)
    ctx.contact.resident = resident
    ticket = await _belongs(ctx, group, match)
    if ticket is not None:
        await _added(ctx, ticket, question, match)
        return
    if match.kind == "complaint-formal" and not match.urgent:
        await answers.complaint(ctx)
        return
    await _open(ctx, group, question, match)


async def _belongs(ctx: Context, group: ResidentGroup, match: Match) -> Ticket | None:
    """The asker's ticket of this group that is meant: the one whose answer they answer, else the live one."""
    meant = await answered_ticket(ctx)
    if meant is not None and meant.resident_id == ctx.contact.resident_id and meant.asked_in is not None:
        if meant.status in LIVE:
            return meant
        if conversation.may_reopen(ctx.desk.policy, meant, ctx.now):
            await lifecycle.reopen(ctx.desk.policy, meant, ctx.now)
            await notices.reopened(ctx.desk, meant, ctx.now)
            return meant
    live = await resident_groups.ticket_of(ctx.contact.resident_id, group)
    surely = match.area if match.decision == "route" else ""
    return live if live is not None and surely in ("", live.area) else None


async def _added(ctx: Context, ticket: Ticket, question: str, match: Match) -> None:
    """More words for a ticket; the group hears nothing of it, the officer does."""
    message = await lifecycle.resident_wrote(
        ctx.desk.policy, ticket, ctx.contact, question, ctx.row.attachments, ctx.now, inbox_id=ctx.row.id
    )
    if group_answers.personal(ctx.desk, question):
        await resident_groups.answer_privately(ticket)
    await alarm.raised(ctx, ticket, match)
    await notices.resident_wrote(ctx.desk, ticket, message, ctx.now)


async def _open(ctx: Context, group: ResidentGroup, question: str, match: Match) -> None:
    policy, now = ctx.desk.policy, ctx.now
    resident = await people.resident_of(ctx.contact, now, ctx.desk.office.language)
    ticket = await lifecycle.open_ticket(
        policy, ctx.contact, resident, question, now, urgent=match.urgent, catalogue=ctx.desk.catalogue.version
    )
    private = group_answers.personal(ctx.desk, question)
    await resident_groups.asked_here(ticket, group, ctx.row.message_id, private=private, now=now)
    await lifecycle.resident_wrote(policy, ticket, ctx.contact, question, ctx.row.attachments, now, inbox_id=ctx.row.id)
    await resident_talk.route(ctx, ticket, match)


async def _how(ctx: Context) -> None:
    """Our name and nothing else, or a greeting: how to ask, not oftener than every ten minutes."""
    text = ctx.word("group.how", office=ctx.desk.policy.name)
    said = OutboxRow.filter(office=ctx.row.office, channel=ctx.row.channel, chat=ctx.row.chat, text=text)
    if not await said.filter(created_at__gt=ctx.now - resident_talk.NOTICE_ONCE).exists():
        await ctx.answer(text)


async def link(desk: "Desk", row: InboxRow, code: str) -> bool:
    """A code written in a group we were only guests of: from now on its questions are ours. True: it was for us."""
    now = desk.clock.now()

    async def say(key: str, **values: str) -> None:
        text = desk.texts.say(desk.office.language, key, **values)
        await outbox.put(
            office=row.office, channel=row.channel, chat=row.chat, now=now, text=text, reply_to=row.message_id
        )

    try:
        async with in_transaction():  # a code that links nothing is not used up
            group = await resident_groups.redeem(row.office, row.channel, group_of(row.chat), code, now)
    except DomainError as error:
        await say(error.text)
        return True
    await group.fetch_related("linked_by")
    await acts.note(row.office, group.linked_by, ActKind.RESIDENT_GROUP, now, name=group.name, channel=group.channel)
    await say("group.linked", name=group.name, office=desk.policy.name)
    return True


async def link_written(desk: "Desk") -> None:
    """Link the groups of the office file. One that shows cards to staff is not linked, and the log says so."""
    for one in desk.office.resident_groups:
        try:
            await resident_groups.link(
                desk.policy.office,
                one.channel,
                one.chat,
                one.to_dan_pho,
                desk.clock.now(),
                word=one.word or "",
                keep=one.keep,
            )
        except resident_groups.GroupOfStaff:
            log.error("a group of residents shows cards of staff: not linked", office=desk.office.id, chat=one.chat)  # noqa: TRY400  # a mistake in the office file; its trace says nothing
