"""What stands in the placeholders of a canned reply for one ticket, and the reply as its resident would read it."""

from bot import calendar_page, cards, times
from bot.context import Context
from tickets import canned, hours
from tickets.models import CannedReply, Ticket


def values(ctx: Context, ticket: Ticket) -> dict[str, str]:
    """The value of every placeholder, in the resident's language; empty where the office or the ticket has none.

    `ticket` needs the people around it fetched.
    """
    desk, language = ctx.desk, ticket.resident.language
    area = desk.policy.areas.get(ticket.area)
    procedure = desk.catalogue.procedure(ticket.procedure_code) if ticket.procedure_code else None
    own = desk.office.procedures.get(ticket.procedure_code) if ticket.procedure_code else None
    due = ticket.first_reply_due if ticket.first_replied_at is None else ticket.next_reply_due or ticket.resolve_due
    calendar = desk.policy.calendar_of(ticket.area)
    return {
        "so": f"#{ticket.number}",
        "ten": ticket.contact.name or desk.texts.say(language, "canned.nameless"),
        "linhvuc": cards.area_name(desk, ticket.area, language) if area is not None else "",
        "thutuc": procedure.name if procedure is not None else "",
        "quay": (own.counter if own is not None and own.counter else "") or (area.counter if area is not None else ""),
        "gio": calendar_page.week(desk, language, calendar),
        "homnay": calendar_page.said(hours.sessions_on(calendar, calendar_page.today(ctx))),
        "coquan": desk.policy.name,
        "canbo": ctx.officer.name,
        "diachi": desk.office.contact.address or "",
        "dienthoai": desk.office.contact.hotline or "",
        "han": times.moment(desk, language, due, ctx.now) if due is not None else "",
    }


def filled(ctx: Context, reply: CannedReply, ticket: Ticket) -> tuple[str, list[str]]:
    """The words for this ticket, and the placeholders for which there is nothing to say."""
    known = values(ctx, ticket)
    missing = [f"{{{one}}}" for one in canned.placeholders(reply.text) if not known.get(one)]
    return canned.filled(reply.text, known), missing
