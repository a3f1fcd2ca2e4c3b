"""Office files: hours of areas, single days with hours of their own, urgencies, moved promises, the report's letter."""

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from config.office import Office
from tests.config.right_office import RIGHT, changed, loaded, only

AREAS = "area_hours:\n"
DAY = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))


def with_lines(text: str) -> str:
    """The right file with more lines before its promises."""
    return changed("promises:\n", f"{text}promises:\n")


def office(folder: Path, text: str) -> Office:
    found = loaded(folder, text)
    assert found.mistakes == ()
    return found.offices[0]


def test_an_area_may_have_hours_of_its_own(tmp_path: Path) -> None:
    lines = '  dat-dai: {mon-thu: ["08:00-11:00"], days_off: [2026-12-31]}\n  ho-tich: {sat: 08:00-11:00}\n'
    read = office(tmp_path, with_lines(AREAS + lines))
    assert read.area_hours["dat-dai"].week[0] == ((time(8), time(11)),)
    assert read.area_hours["dat-dai"].week[4] == ()
    assert read.area_hours["dat-dai"].days_off == {date(2026, 12, 31)}
    assert read.area_hours["ho-tich"].week[5] == ((time(8), time(11)),)
    assert read.hours.week[0] == DAY


def test_single_days_have_hours_of_their_own(tmp_path: Path) -> None:
    days = '  extra_days: {2026-12-31: ["07:30-11:30"], 2026-11-29: 07:00-11:00}\n'
    read = office(tmp_path, changed("  working_saturdays", f"{days}  working_saturdays"))
    assert dict(read.hours.extra_days) == {
        date(2026, 8, 22): DAY,
        date(2026, 12, 31): ((time(7, 30), time(11, 30)),),
        date(2026, 11, 29): ((time(7), time(11)),),
    }


@pytest.mark.parametrize(
    ("lines", "what", "remedy"),
    [
        pytest.param("  - dat-dai\n", "must be made of areas and their hours", "dat-dai: {mon-fri", id="a list"),
        pytest.param("  dat-dai: 08:00-11:00\n", "the hours are missing", "mon-fri", id="hours without days"),
        pytest.param("  dat-dai: {}\n", "is never open", "mon-fri", id="no hours at all"),
        pytest.param("  dat-da: {mon: 08:00-11:00}\n", "there is no area 'dat-da'", "'dat-dai'", id="no such area"),
        pytest.param("  dat-dai: {mon: 22:00-02:00}\n", "ends before it begins", "earlier", id="past midnight"),
        pytest.param(
            '  dat-dai: {mon: ["08:00-11:00", "10:00-12:00"]}\n', "overlap", "before the other", id="overlapping"
        ),
        pytest.param("  dat-dai: {mon: 08:00-08:00}\n", "ends before it begins", "earlier", id="an empty session"),
        pytest.param(
            "  dat-dai: {mon: 08:00-11:00, days_off: [2026-13-01]}\n", "no day 2026-13-01", "calendar", id="a typo"
        ),
    ],
)
def test_a_mistake_in_the_hours_of_an_area(tmp_path: Path, lines: str, what: str, remedy: str) -> None:
    found = only(loaded(tmp_path, with_lines(AREAS + lines)))
    assert what in found.what
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("days", "what", "remedy"),
    [
        pytest.param("[2026-12-31]", "must be made of days and their sessions", "2026-12-31:", id="a list"),
        pytest.param("{31/12/2026: 07:30-11:30}", "'31/12/2026' is not a date", "2026-12-31", id="Vietnamese"),
        pytest.param("{2026-02-29: 07:30-11:30}", "there is no day 2026-02-29", "calendar", id="no such day"),
        pytest.param("{2026-11-24: 07:30-11:30}", "also among days_off", "one of the lists", id="off as well"),
        pytest.param("{2026-12-31: []}", "has no session", "days_off", id="no session"),
        pytest.param("{2026-12-31: 18:00-03:00}", "ends before it begins", "earlier", id="past midnight"),
        pytest.param('{2026-12-31: ["08:00-10:00", "09:00-11:00"]}', "overlap", "before", id="overlapping"),
    ],
)
def test_a_mistake_in_a_single_day(tmp_path: Path, days: str, what: str, remedy: str) -> None:
    found = only(loaded(tmp_path, changed("  working_saturdays", f"  extra_days: {days}\n  working_saturdays")))
    assert what in found.what
    assert remedy in found.remedy


def test_urgencies_and_moved_promises_have_sensible_defaults(tmp_path: Path) -> None:
    read = office(tmp_path, RIGHT)
    assert (read.promises.high, read.promises.low) == (0.5, 2.0)
    assert (read.moved_promises.tell, read.moved_promises.by) == (True, timedelta(hours=1))
    lines = "moved_promises: {tell: no, by: 30m}\n"
    read = office(
        tmp_path, with_lines(lines).replace("  default: {first", "  high: 25%\n  low: 300%\n  default: {first")
    )
    assert (read.promises.high, read.promises.low) == (0.25, 3.0)
    assert (read.moved_promises.tell, read.moved_promises.by) == (False, timedelta(minutes=30))


@pytest.mark.parametrize(
    ("line", "what"),
    [
        pytest.param("  high: 200%\n", "is not a share of the time", id="high that takes longer"),
        pytest.param("  low: 50%\n", "makes nothing longer", id="low that is sooner"),
        pytest.param("  low: soon\n", "makes nothing longer", id="low in words"),
    ],
)
def test_a_mistake_in_the_urgencies(tmp_path: Path, line: str, what: str) -> None:
    text = changed("  default: {first", f"{line}  default: {{first")
    assert what in only(loaded(tmp_path, text)).what


LETTER = 'sent_to: ["UBND phường (b/c)", "Lưu: VT"], number: "{number}/BC-TT", signer: {by: kt, name: Nguyễn Thử}'


def test_the_report_goes_out_as_the_file_says(tmp_path: Path) -> None:
    text = changed("to: [supervisor]", f"to: [supervisor], issued_by: Trung tâm Thử, {LETTER}")
    weekly = office(tmp_path, text).reports.weekly
    assert weekly is not None
    assert (weekly.issued_by, weekly.number) == ("Trung tâm Thử", "{number}/BC-TT")
    assert weekly.sent_to == ("UBND phường (b/c)", "Lưu: VT")
    assert (weekly.signer.by, weekly.signer.name) == ("kt", "Nguyễn Thử")


@pytest.mark.parametrize(
    ("more", "what"),
    [
        pytest.param('number: "15/BC-UBND"', "has no place for the number", id="a number that never changes"),
        pytest.param("sent_to: []", "'sent_to' is an empty list", id="to nobody"),
        pytest.param("signer: {by: pct}", "'by' must be 'tm', 'kt', 'tl' or 'q'", id="an unknown block"),
    ],
)
def test_a_mistake_in_the_letter(tmp_path: Path, more: str, what: str) -> None:
    assert what in only(loaded(tmp_path, changed("to: [supervisor]", f"to: [supervisor], {more}"))).what
