"""What the tables tell about a helpdesk that does not work: rows that wait, silent channels, people missing."""

from collections.abc import AsyncIterator, Collection
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tortoise import connections

from bot.findings import Finding, fine, lasting, notice, wrong
from bot.listening import lock_of
from config.office import Office
from tickets import duty, reaching, routing, unaccepted
from tickets.hours import Span
from tickets.models import Contact, Role, Staff
from tickets.policy import Policy

WAITING = timedelta(minutes=1)  # an event that waits longer than this has been forgotten by every worker
OVERDUE = timedelta(minutes=5)  # the same of a message that is due
RECENT = timedelta(days=1)
_EARLY = 0.1  # of a month: before that a rate says nothing
_AHEAD = 1.2  # times the even rate
_LOOKED_AT = 500  # alerts
_NAMED = 5  # areas listed by name

# What only an administrator can mend, by the key the failed message carries.
_CREDENTIALS = {
    "unauthorised": "the network does not accept our credentials: `tohotro check --online`, then correct them in .env",
    "package": "the package of the account does not include this: see the provider's console, then buy or renew one",
    "quota": "the allowance of messages is used up: see the provider's console",
}


async def _rows(sql: str, *values: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await connections.get("default").execute_query_dict(sql, list(values))
    return found


async def queues(now: datetime) -> AsyncIterator[Finding]:
    """Rows that wait, rows that are stuck, and what was given up since yesterday."""
    waiting = (await _rows("SELECT count(*) AS rows, min(received_at) AS oldest FROM inbox WHERE state = 'new'"))[0]
    if waiting["rows"] and now - waiting["oldest"] > WAITING:
        yield wrong(
            f"{waiting['rows']} incoming events wait, the oldest for {lasting(now - waiting['oldest'])}",
            "no worker handles them: see the line about workers, and the worker's log for a reference",
        )
    else:
        yield fine(f"incoming: {waiting['rows']} wait, none for long")
    due = (
        await _rows(
            "SELECT count(*) AS rows, min(due_at) AS oldest FROM outbox WHERE state = 'queued' AND due_at <= $1", now
        )
    )[0]
    if due["rows"] and now - due["oldest"] > OVERDUE:
        yield wrong(
            f"{due['rows']} messages are due, the oldest for {lasting(now - due['oldest'])}",
            "no worker sends them: see the line about workers",
        )
    else:
        yield fine(f"outgoing: {due['rows']} due, none for long")
    lost = (await _rows("SELECT count(*) AS rows FROM outbox WHERE state = 'sending' AND lease_until < $1", now))[0]
    if lost["rows"]:
        yield notice(
            f"{lost['rows']} messages were being sent when their worker ended",
            "the next worker takes them again within seconds; if they stay, none is running",
        )
    async for one in _given_up(now - RECENT):
        yield one


async def _given_up(since: datetime) -> AsyncIterator[Finding]:
    failed = await _rows(
        "SELECT office, count(*) AS rows, string_agg(DISTINCT reference, ', ') AS refs FROM inbox"
        " WHERE state = 'failed' AND received_at > $1 GROUP BY office ORDER BY office",
        since,
    )
    for row in failed:
        yield wrong(
            f"{row['office']}: {row['rows']} incoming events were set aside since yesterday",
            f"look for the references {row['refs']} in the log; a supervisor tries them again with /loi",
        )
    unsent = await _rows(
        "SELECT office, channel, error, count(*) AS rows FROM outbox WHERE created_at > $1"
        " AND (state = 'failed' OR (state = 'queued' AND error <> '')) GROUP BY office, channel, error"
        " ORDER BY office, channel, error",
        since,
    )
    for row in unsent:
        where = f"{row['office']}, {row['channel']}"
        what = f"{where}: {row['rows']} messages could not be sent since yesterday ({row['error']})"
        if row["error"] in _CREDENTIALS:
            yield wrong(what, _CREDENTIALS[row["error"]])
        else:
            yield notice(what, "their authors were told; whoever wrote can send again with /guilai")
    if not failed and not unsent:
        yield fine("nothing was given up since yesterday")


async def channels(office: Office, now: datetime) -> AsyncIterator[Finding]:
    """Each channel: off and why, listened to or not, when it was last heard of."""
    for off in office.channels_off:
        yield notice(f"{office.id}, {off.name}: off", f"to turn it on, set {', '.join(off.missing)}")
    for channel in office.channels:
        name = str(getattr(channel, "name", ""))
        last = (
            await _rows(
                "SELECT (SELECT max(received_at) FROM inbox WHERE office = $1 AND channel = $2) AS heard,"
                " (SELECT max(sent_at) FROM outbox WHERE office = $1 AND channel = $2) AS sent,"
                " (SELECT count(*) FROM contact WHERE office = $1 AND channel = $2 AND NOT reachable) AS unreachable,"
                # the two halves in which PostgreSQL shows the number of an advisory lock
                " EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
                " AND ((classid::bigint << 32) | objid::bigint) = $3) AS tended",
                office.id,
                name,
                lock_of(office.id, name),
            )
        )[0]
        heard, sent = (
            f"last {word} {lasting(now - last[key])} ago" if last[key] else f"nothing {word} yet"
            for key, word in (("heard", "heard"), ("sent", "sent"))
        )
        what = f"{office.id}, {name}: {heard}, {sent}"
        if last["unreachable"]:
            what += f", {last['unreachable']} people no longer take messages"
        if last["tended"]:
            yield fine(what)
        else:
            yield wrong(f"{what}; nobody listens", "start `tohotro run`, or `tohotro web`; its log says why it cannot")
    async for one in allowances(office, now):
        yield one


async def allowances(office: Office, now: datetime) -> AsyncIterator[Finding]:
    """How much of what a channel may send in a month has been sent, where its plan has such a limit."""
    for settings in office.channels:
        monthly = int(getattr(settings, "messages_per_month", 0) or 0)
        if not monthly:
            continue
        name = str(getattr(settings, "name", ""))
        zone = ZoneInfo(office.timezone)
        month = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        counted = await _rows(
            "SELECT COALESCE(sum(GREATEST(jsonb_array_length(provider_ids), 1)), 0) AS sent FROM outbox"
            " WHERE office = $1 AND channel = $2 AND sent_at >= $3 AND kind = 'message'",
            office.id,
            name,
            month,
        )
        sent = int(counted[0]["sent"])
        elapsed = (now - month) / timedelta(days=30)
        what = f"{office.id}, {name}: {sent} of {monthly} messages of this month sent"
        if sent >= monthly:
            yield wrong(what, "the network takes no more until the next month; a larger plan, or staff on another app")
        elif sent > monthly * max(elapsed, _EARLY) * _AHEAD:
            yield notice(what, "at this rate the month's messages do not last: have staff use another app for cards")
        else:
            yield fine(what)


async def people(policy: Policy, channels: Collection[str], now: datetime) -> AsyncIterator[Finding]:
    """Whether the office has those who are needed, and each can be reached by one of `channels`: those that are on."""
    office = policy.office
    staff = await Staff.filter(office=office, active=True).order_by("id")
    if not staff:
        yield wrong(f"{office}: nobody has joined", f"tohotro staff invite --role supervisor --office {office}")
        return
    if not any(one.role.rank >= Role.SUPERVISOR.rank for one in staff):
        yield wrong(
            f"{office}: no supervisor, so late work is reported to nobody",
            f"tohotro staff invite --role supervisor --office {office}",
        )
    reached = await reaching.of_staff([one.id for one in staff], channels) if channels else {}
    mute = [one.name for one in staff if one.id not in reached]
    unreached = [one.id for one in staff if one.id not in reached]
    written = await Contact.filter(staff_id__in=unreached, reachable=True).exclude(chat="")
    silent = sorted({one.channel for one in written} - set(channels))
    if mute:
        why = f"; some of them are on channels that are off: {', '.join(silent)}" if silent else ""
        turn = "turn the channel on, or " if silent else ""
        yield notice(
            f"{office}: no message reaches {', '.join(mute)}{why}",
            f"{turn}let them write to the office from their app, in a private chat, not only in a group",
        )
    served = sorted({policy.desk(area) for area in policy.areas})
    on_duty = [one for one in staff if one.on_duty]
    alone = [
        policy.areas[area].name for area in served if not any(routing.serves(policy, one, area) for one in on_duty)
    ]
    if alone:
        yield notice(
            f"{office}: nobody on duty for {', '.join(alone)}",
            "their tickets go to leads and supervisors; invite somebody, or let somebody come on duty with /truc",
        )
    strangers = duty.unknown_names(policy, staff)
    if strangers:
        yield notice(
            f"{office}: the duty roster names {', '.join(strangers)}: nobody of staff is called so, or several are",
            "write the name as /nhansu shows it, or invite the person",
        )
    contacts = await Contact.filter(office=office, staff_id__isnull=False).count()
    async for finding in _unaccepted_alerts(policy, channels, now):
        yield finding
    yield fine(f"{office}: {len(staff)} staff in {contacts} chats, {len(on_duty)} on duty")


async def _unaccepted_alerts(policy: Policy, channels: Collection[str], now: datetime) -> AsyncIterator[Finding]:
    """Alerts of late work that no network takes: for whom, since when, why, and who is told instead.

    `channels` are the names of those that are on.
    """
    waiting: dict[tuple[str, str, str], datetime] = {}
    for alert in await unaccepted.alerts(policy, now, _LOOKED_AT, replaced=True):
        row = alert.outbox
        if row is not None and alert.staff is not None:
            key = alert.staff.name, row.channel, row.error or "not sent yet"
            waiting[key] = min(row.created_at, waiting.get(key, row.created_at))
    for (name, channel, why), since in waiting.items():
        off = "" if channel in channels else ", which is off"
        yield wrong(
            f"{policy.office}: {channel}{off} has not taken alerts for {name} for {lasting(now - since)} ({why});"
            f" after {_minutes(policy.stand_in_after)} of working time somebody else is told instead",
            "mend the channel (`tohotro check --online`), or let them add another app with /themkenh",
        )


def _minutes(span: Span) -> str:
    return f"{span.minutes} minutes" if span.minutes else f"{span.days} days"
