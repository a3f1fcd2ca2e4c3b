"""The weekly report on its way to people: who is reminded, who gets it, and in what words; rows of the outbox only."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot import calendar_page, notices, own_files, times, weekly
from bot.context import Buttons
from bot.documents import weekly_docx, workbook
from bot.documents.words import Words
from bot.weekly import Report
from tickets import routing
from tickets.models import CalendarDay, Contact, Role, Staff
from tickets.reports.weekly import Week, days_to_choose

if TYPE_CHECKING:
    from bot.wiring import Desk

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SIGNERS = ("tm", "kt", "tl", "q")

Reached = list[tuple[Staff, Contact]]


async def printed(desk: "Desk", report: Report) -> list[tuple[bytes, str, str]]:
    """The documents of a report with their names and kinds. Made beside the event loop; not inside a transaction."""
    name = Words(report, desk.texts).file_name
    return [
        (await asyncio.to_thread(weekly_docx.written, report, desk.texts), f"{name}.docx", DOCX),
        (await asyncio.to_thread(workbook.written, report, desk.texts), f"{name}.xlsx", XLSX),
    ]


async def kept(desk: "Desk", documents: list[tuple[bytes, str, str]], now: datetime) -> list[dict[str, Any]]:
    """The documents as attachments, in the caller's transaction."""
    return [await own_files.keep(desk.policy.office, content, name, mime, now) for content, name, mime in documents]


def summary(desk: "Desk", language: str, report: Report) -> str:
    """The report in a few lines of chat."""
    words = Words(report, desk.texts)
    lines = [f"{report.first:%d/%m} – {report.last:%d/%m/%Y}", *words.summary()]
    for model in report.models:
        reported = sum(row.reported[0] for row in model.rows)
        total = sum(row.reported[1] for row in model.rows)
        if total:
            name = words.bare(model.name)
            lines.append(desk.texts.say(language, "weekly.model", name=name, count=reported, total=total))
    if report.missing:
        lines.append(desk.texts.say(language, "weekly.missing", departments="; ".join(report.missing)))
    late = sum(one.late for said in report.words.values() for one in said)
    late += sum(row.late for model in report.models for row in model.rows)
    if late:
        lines.append(desk.texts.say(language, "weekly.carried", count=late))
    return "\n".join(lines)


def finishing(desk: "Desk", language: str, report: Report) -> Buttons:
    """What a person still has to decide: who signs, and that it has been sent."""
    say = desk.texts.say
    signers = signing(desk, language)
    done = [(say(language, "weekly.button_sent"), "/baocao dagui")]
    if report.signed_by:
        return [[(say(language, "weekly.button_signer"), "/baocao ky"), *done]]
    return [signers[:2], signers[2:], done]


def signing(desk: "Desk", language: str) -> list[tuple[str, str]]:
    """In whose name the report can be signed: of the office, or of the unit that reports in its own name."""
    written = desk.office.reports.weekly
    own = "own_" if written is not None and written.issued_by else ""
    return [(desk.texts.say(language, f"weekly.signer_{own}{one}"), f"/baocao ky {one}") for one in SIGNERS]


async def receivers(desk: "Desk") -> Reached:
    """Those the office file names for the report, each once."""
    written = desk.office.reports.weekly
    found: dict[int, tuple[Staff, Contact]] = {}
    for role in written.to if written is not None else ("supervisor",):
        for staff, contact in await routing.superiors(desk.policy, desk.policy.reception, role):
            found.setdefault(staff.id, (staff, contact))
    return list(found.values())


async def writers(desk: "Desk", departments: tuple[str, ...], *, heads: bool) -> dict[int, tuple[Staff, list[str]]]:
    """Who of staff answers for these departments: leads, else (unless `heads`) whoever is on duty there."""
    staff = await Staff.filter(office=desk.policy.office, active=True).order_by("id")
    found: dict[int, tuple[Staff, list[str]]] = {}
    for department in desk.office.departments:
        if department.id not in departments:
            continue
        of_it = [one for one in staff if set(one.areas) & set(department.areas) and one.role is not Role.SUPERVISOR]
        leads = [one for one in of_it if one.role is Role.LEAD]
        for one in leads or ([] if heads else [one for one in of_it if one.on_duty]):
            found.setdefault(one.id, (one, []))[1].append(department.name)
    return found


def moments(desk: "Desk", language: str, week: Week, now: datetime) -> dict[str, str]:
    """When a week's report closes and is due, in words."""
    return {
        "close": times.moment(desk, language, week.close, now),
        "deliver": times.moment(desk, language, week.deliver, now),
    }


async def ask_day(desk: "Desk", week: Week, now: datetime) -> int:
    """The usual day is off: those who answer for the report are asked whether the day proposed suits, and may choose
    another of the same week; the departments hear of the day proposed."""
    known = desk.office.reports.weekly
    if known is None or week.ask is None:
        return 0
    calendar, told = desk.policy.calendar, 0
    today = now.astimezone(calendar.zone).date()
    usual = week.monday + timedelta(days=known.office_by.day)
    # The day was made a day off only after the usual moment of asking: then this is not late.
    fresh = await CalendarDay.filter(office=desk.policy.office, at__gt=week.ask, at__lte=now).exists()
    proposed = week.deliver.astimezone(calendar.zone).date()
    for staff, contact in await receivers(desk):
        language = staff.language
        others = [one for one in days_to_choose(calendar, week.monday, now) if one not in (today, proposed)]
        day = calendar_page.one_day(desk, language, usual)
        text = desk.texts.say(language, "weekly.day_ask", usual=day, **moments(desk, language, week, now))
        text = " ".join(filter(None, [text, "" if fresh else times.said_late(desk, language, week.ask, now)]))
        agree = [(desk.texts.say(language, "weekly.button_agree"), "/baocao ngay ok")]
        rest = [(calendar_page.one_day(desk, language, one), f"/baocao ngay {one.isoformat()}") for one in others[-3:]]
        told += await notices.to_staff(staff, now, text, buttons=[agree, rest], contact=contact) is not None
    return told + await tell_day(desk, week, now, "weekly.day_proposed")


async def tell_day(desk: "Desk", week: Week, now: datetime, key: str, but: Staff | None = None) -> int:
    """Everybody who writes for a department hears when this week's report closes."""
    told = 0
    everyone = tuple(one.id for one in desk.office.departments)
    for staff, _ in (await writers(desk, everyone, heads=False)).values():
        if but is None or staff.id != but.id:
            text = desk.texts.say(staff.language, key, **moments(desk, staff.language, week, now))
            told += await notices.to_staff(staff, now, text) is not None
    return told


async def remind(desk: "Desk", week: Week, now: datetime, *, closed: bool, unreminded: bool = False) -> int:
    """Tell departments that have not handed in: an hour before the close, or (`closed`) their heads at it.

    `unreminded`: the reminder was missed, so everybody who would have got it hears of the close.
    """
    told = 0
    due = week.close if closed and not unreminded else week.remind
    missing = await weekly.missing(desk, week)
    for staff, departments in (await writers(desk, missing, heads=closed and not unreminded)).values():
        language = staff.language
        text = desk.texts.say(
            language,
            "weekly.closed" if closed else "weekly.remind",
            departments="; ".join(departments),
            close=times.moment(desk, language, week.close, now),
        )
        if week.moved and not closed:
            text = f"{text} {desk.texts.say(language, 'weekly.moved')}"
        text = " ".join(filter(None, [text, times.said_late(desk, language, due, now)]))
        told += await notices.to_staff(staff, now, text) is not None
    return told


async def hand_out(
    desk: "Desk",
    report: Report,
    documents: list[tuple[bytes, str, str]],
    now: datetime,
    *,
    step: str,
    late_of: Sequence[datetime],
) -> int:
    """The report to everybody named for it. `late_of`: when it, and what it stands for, should have come, had the
    program been running; empty when it comes in time."""
    attachments = await kept(desk, documents, now)
    told = 0
    week = report.week
    for staff, contact in await receivers(desk):
        language = staff.language
        due = times.moment(desk, language, week.deliver, now) if week is not None else ""
        lines = [desk.texts.say(language, f"weekly.{step}", due=due), summary(desk, language, report)]
        if late_of:
            was = desk.texts.say(language, "digest.and").join(times.moment(desk, language, one, now) for one in late_of)
            lines.insert(0, desk.texts.say(language, "weekly.late", was=was))
        lines.append(desk.texts.say(language, "weekly.how_to_finish"))
        buttons = finishing(desk, language, report)
        row = await notices.to_staff(
            staff, now, "\n".join(lines), buttons=buttons, attachments=attachments, contact=contact
        )
        told += row is not None
    return told
