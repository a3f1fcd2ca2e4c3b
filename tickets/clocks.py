"""What a move does to the promises of a ticket: the columns to write, computed by `deadlines` in the office's time."""

from datetime import datetime
from typing import Any

from tickets import deadlines
from tickets.models import Status, Ticket
from tickets.policy import Policy

Columns = dict[str, Any]


def at_opening(policy: Policy, area: str, start: datetime) -> Columns:
    """Both promises, running from `start`; also after a reopening, whose start is the reopening itself."""
    due = deadlines.opening(policy.calendar, policy.promise(area), start)
    return {
        "first_reply_warn": due.first_reply_warn_at,
        "first_reply_due": due.first_reply_at,
        "resolve_warn": due.resolve_warn_at,
        "resolve_due": due.resolve_at,
    }


def at_transfer(policy: Policy, area: str, now: datetime) -> Columns:
    """A new area gets its own time to resolve; the first answer stays due when the resident was told it would come."""
    due = deadlines.opening(policy.calendar, policy.promise(area), now)
    return {"resolve_warn": due.resolve_warn_at, "resolve_due": due.resolve_at}


def resumed(policy: Policy, ticket: Ticket, now: datetime) -> Columns:
    """After waiting for the resident: what was left of each promise starts to run again at `now`."""
    if ticket.status is not Status.WAITING or ticket.paused_at is None:
        return {"paused_at": None}
    due = deadlines.shift(
        policy.calendar,
        deadlines.Due(
            first_reply_at=ticket.first_reply_due or now,
            first_reply_warn_at=ticket.first_reply_warn or now,
            resolve_at=ticket.resolve_due or now,
            resolve_warn_at=ticket.resolve_warn or now,
        ),
        ticket.paused_at,
        now,
    )
    return {
        "paused_at": None,
        "first_reply_warn": due.first_reply_warn_at,
        "first_reply_due": due.first_reply_at,
        "resolve_warn": due.resolve_warn_at,
        "resolve_due": due.resolve_at,
    }
