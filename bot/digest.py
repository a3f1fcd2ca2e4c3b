"""The office at a glance, in words: in the morning what the day brings, before closing what is left; else silence."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot import calendar_page, cards, late, times
from bot.context import Buttons
from tickets import hours, rights
from tickets.models import Role, Staff, Status, Ticket
from tickets.policy import Policy
from tickets.status import LIVE, UNCLAIMED

if TYPE_CHECKING:
    from bot.wiring import Desk

NAMED = 8  # tickets named one by one
ROWS = 8  # areas and people


@dataclass(frozen=True, slots=True)
class Office:
    """All live tickets of an office at one moment, and how many came and were settled since the last digest."""

    live: Sequence[Ticket]
    came: Sequence[Ticket]
    settled: Sequence[Ticket]
    now: datetime
    late_by: datetime | None = None  # when it should have been said, if it is said late


@dataclass(frozen=True, slots=True)
class DayBefore:
    """The office when it closed on a day whose digests nobody got: when they were `due`, and since when is counted."""

    office: Office
    since: datetime
    due: Sequence[datetime]


async def load(office: str, since: datetime, until: datetime, now: datetime, late_by: datetime | None = None) -> Office:
    """Read everything once for all who are told: the office at `now`, what came and went from `since` to `until`."""
    live = Ticket.filter(office=office, status__in=list(LIVE), opened_at__lte=now)
    came = await Ticket.filter(office=office, opened_at__gte=since, opened_at__lt=until)
    settled = await Ticket.filter(office=office, resolved_at__gte=since, resolved_at__lt=until)
    return Office(await live.order_by("id").prefetch_related("assignee"), came, settled, now, late_by)


def morning(desk: "Desk", staff: Staff, office: Office) -> tuple[str, Buttons] | None:
    """What the day brings, for somebody who looks after others; None when there is nothing to say."""
    mine = _of(desk.policy, staff, office)
    if not mine.live and not mine.came:
        return None
    language, say = staff.language, desk.texts.say
    head = say(language, "digest.morning", day=_day(desk, language, office.now))
    lines = [*_late_note(desk, language, office), head, _counts(desk, language, mine)]
    lines += _rows(desk, language, mine)
    today = due_today(desk.policy, mine.live, office.now)
    if today:
        lines.append(say(language, "digest.today", count=len(today)))
        lines += [late.due_line(desk, language, one, office.now) for one in today[:NAMED]]
        if len(today) > NAMED:
            lines.append(say(language, "digest.more", count=len(today) - NAMED))
    return "\n".join(lines), _lists(desk, staff)


def personal(desk: "Desk", staff: Staff, office: Office) -> tuple[str, Buttons] | None:
    """The morning of a member: their own tickets, and how many wait unclaimed in their areas."""
    mine = [one for one in office.live if one.assignee_id == staff.id]
    queue = [one for one in _of(desk.policy, staff, office).live if one.status in UNCLAIMED]
    if not mine and not queue:
        return None
    language, say = staff.language, desk.texts.say
    lines = [
        *_late_note(desk, language, office),
        say(
            language,
            "digest.personal",
            day=_day(desk, language, office.now),
            mine=len(mine),
            late=len(_late(mine, office.now)),
            waiting=len([one for one in mine if one.status is Status.WAITING]),
            queue=len(queue),
        ),
        *(late.due_line(desk, language, one, office.now) for one in due_today(desk.policy, mine, office.now)[:NAMED]),
    ]
    lists = [(say(language, "button.queue_list"), "/cho"), (say(language, "button.mine_list"), "/cuatoi")]
    return "\n".join(lines), [lists]


def closing(desk: "Desk", staff: Staff, office: Office) -> tuple[str, Buttons] | None:
    """A short look back before closing, and what falls due first on the next working day."""
    mine = _of(desk.policy, staff, office)
    if not mine.live and not mine.came and not mine.settled:
        return None
    text = desk.texts.say(staff.language, "digest.closing", **_left(mine))
    return "\n".join([*_late_note(desk, staff.language, office), text, *_late_with(desk, staff, mine)]), _lists(
        desk, staff
    )


def day_before(desk: "Desk", staff: Staff, missed: DayBefore, now: datetime) -> tuple[str, Buttons] | None:
    """What the closing digest of an earlier day would have said, with when that should have been."""
    mine = _of(desk.policy, staff, missed.office)
    if not mine.live and not mine.came and not mine.settled:
        return None
    language, say = staff.language, desk.texts.say
    text = say(
        language,
        "digest.day_before" if len(missed.due) == 1 else "digest.whole_day_before",
        day=_day(desk, language, mine.now),
        at=say(language, "digest.and").join(times.moment(desk, language, due, now) for due in missed.due),
        since=times.moment(desk, language, missed.since, now),
        **_left(mine),
    )
    return "\n".join([text, *_late_with(desk, staff, mine)]), _lists(desk, staff)


def due_today(policy: Policy, tickets: Sequence[Ticket], now: datetime) -> list[Ticket]:
    """What falls due before the office closes today, the first first; late work is no longer due."""
    end = hours.closing_today(policy.calendar, now)
    if end is None:
        return []
    coming = [(due, one.id, one) for one in tickets if (due := late.next_due(one)) is not None and now <= due <= end]
    return [one for _, _, one in sorted(coming) if one.status is not Status.WAITING]


def _of(policy: Policy, staff: Staff, office: Office) -> Office:
    """What this person looks after."""

    def seen(tickets: Sequence[Ticket]) -> list[Ticket]:
        return [one for one in tickets if rights.may_see(policy, staff, one)]

    return Office(seen(office.live), seen(office.came), seen(office.settled), office.now)


def _left(office: Office) -> dict[str, int]:
    """What a look back counts."""
    return {
        "came": len(office.came),
        "settled": len(office.settled),
        "unclaimed": len([one for one in office.live if one.status in UNCLAIMED]),
        "late": len(_late(office.live, office.now)),
    }


def _late_with(desk: "Desk", staff: Staff, office: Office) -> list[str]:
    names = sorted({one.assignee.name for one in _late(office.live, office.now) if one.assignee is not None})
    return [desk.texts.say(staff.language, "digest.late_with", names=", ".join(names))] if names else []


def _counts(desk: "Desk", language: str, office: Office) -> str:
    return desk.texts.say(
        language,
        "digest.counts",
        came=len(office.came),
        unclaimed=len([one for one in office.live if one.status in UNCLAIMED]),
        waiting=len([one for one in office.live if one.status is Status.WAITING]),
        late=len(_late(office.live, office.now)),
    )


def _rows(desk: "Desk", language: str, office: Office) -> list[str]:
    """By area and by person, those with most first."""
    say, lines = desk.texts.say, []
    broken = {one.id for one in _late(office.live, office.now)}
    areas = Counter(one.area for one in office.live)
    if len(areas) > 1:
        rows = [
            say(
                language,
                "digest.row",
                name=cards.area_name(desk, area, language),
                count=count,
                late=len([one for one in office.live if one.area == area and one.id in broken]),
            )
            for area, count in areas.most_common(ROWS)
        ]
        lines.append(say(language, "digest.by_area", rows="; ".join(rows)))
    people = Counter(one.assignee for one in office.live if one.assignee is not None)
    rows = [
        say(
            language,
            "digest.row",
            name=person.name,
            count=count,
            late=len([one for one in office.live if one.assignee_id == person.id and one.id in broken]),
        )
        for person, count in people.most_common(ROWS)
    ]
    if rows:
        lines.append(say(language, "digest.by_person", rows="; ".join(rows)))
    return lines


def _late(tickets: Sequence[Ticket], now: datetime) -> list[Ticket]:
    return [one for one in tickets if late.broken_at(one, now) is not None]


def _late_note(desk: "Desk", language: str, office: Office) -> list[str]:
    return [] if office.late_by is None else [times.said_late(desk, language, office.late_by, office.now)]


def _day(desk: "Desk", language: str, now: datetime) -> str:
    return calendar_page.one_day(desk, language, now.astimezone(desk.policy.calendar.zone).date())


def _lists(desk: "Desk", staff: Staff) -> Buttons:
    say, language = desk.texts.say, staff.language
    buttons = [(say(language, "button.queue_list"), "/cho")]
    if rights.at_least(staff, Role.LEAD):
        buttons.append((say(language, "button.late_list"), "/quahan"))
    return [buttons]
