"""Office files: every mistake is told with its line and a remedy."""

from pathlib import Path

import pytest

from config.office import load_offices
from tests.config.right_office import ENVIRON, RIGHT, SCHEMAS, changed, first_change, line_of, loaded, only


@pytest.mark.parametrize(
    ("text", "line", "what", "remedy"),
    [
        pytest.param(b"", 0, "the file is empty", "Copy one of the shipped", id="empty"),
        pytest.param(b"# nothing yet\n", 0, "the file is empty", "Copy one of the shipped", id="only a remark"),
        pytest.param(b"- office: x\n", 1, "not made of `key: value` lines", "Begin with `office: ", id="a list"),
        pytest.param(b"just words\n", 1, "not made of `key: value` lines", "Begin with `office: ", id="words"),
        pytest.param("office: x\nname: phường".encode("utf-16"), 1, "is not UTF-8 text", "encoding UTF-8", id="UTF-16"),
        pytest.param(
            b"office: x\nname: ph\xb0\xfeng\n",
            2,
            "is not UTF-8 text",
            "encoding UTF-8",
            id="an old Vietnamese encoding",
        ),
        pytest.param(b"office: x\n\tname: y\n", 2, "begins with a tab", "Indent with spaces", id="a tab"),
        pytest.param(
            b"office: x\nname: [y\nhours: 1\n", 3, "cannot be understood", "indentation, quotes, brackets", id="bracket"
        ),
        pytest.param(b"office: x\nname: a: b\n", 2, "cannot be understood", "a space after every colon", id="colons"),
        pytest.param(b"office: x\nname: a\x00b\n", 2, "a control character", "type the line again", id="a NUL byte"),
        pytest.param(
            b"office: x\n---\noffice: y\n", 2, "cannot be understood", "Look at this line", id="two documents"
        ),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, text: bytes, line: int, what: str, remedy: str) -> None:
    found = only(loaded(tmp_path, text))
    assert found.file == str(tmp_path / "thu-nghiem.yaml")
    assert found.line == line
    assert what in found.what
    assert remedy in found.remedy


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    found = only(load_offices(tmp_path / "nowhere", {}, SCHEMAS))
    assert (found.file, found.line) == (str(tmp_path / "nowhere"), 0)
    assert "TOHOTRO_OFFICES" in found.remedy


def test_a_folder_without_office_files(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    found = only(load_offices(tmp_path, {}, SCHEMAS))
    assert "no office file" in found.what


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").symlink_to(tmp_path / "gone")
    found = only(load_offices(tmp_path, {}, SCHEMAS))
    assert "cannot be read (No such file or directory)" in found.what


@pytest.mark.parametrize(
    ("old", "new", "what", "remedy"),
    [
        pytest.param("superior:", "superiour:", "unknown key 'superiour'", "Did you mean 'superior'?", id="key"),
        pytest.param(
            "id: mot-cua", "id: mot-cua\n    countre: 2", "unknown key 'countre'", "'counter'?", id="key of an item"
        ),
        pytest.param("language: vi", "channels_off: vi", "unknown key 'channels_off'", "", id="a key of our own"),
        pytest.param("office: thu-nghiem", "office: Thử Nghiệm", "is no short name", "bac-nha-trang", id="office name"),
        pytest.param(
            "language: vi", "language: fr", "no texts in the language 'fr'", "Languages: en, vi.", id="language"
        ),
        pytest.param(
            "timezone: Asia/Ho_Chi_Minh",
            "timezone: Asia/Ho_Chi_Min",
            "there is no time zone",
            "Asia/Ho_Chi_Minh",
            id="zone",
        ),
        pytest.param(
            "superior: UBND tỉnh Thử Nghiệm", "superior: [a]", "'superior' must be a text", "one line", id="text"
        ),
        pytest.param("kind: pigeon", "kind: pigon", "no kind of channel 'pigon'", "Did you mean 'pigeon'?", id="kind"),
        pytest.param("speed: 90", "speed: fast", "'speed': input should be a valid integer", "Correct", id="number"),
        pytest.param(
            "channel: loft", "channel: lofd", "there is no channel 'lofd'", "Did you mean 'loft'?", id="group"
        ),
        pytest.param("speed: 90", "mode: ${LOFT TOKEN}", "not written as ${NAME}", "letters, digits", id="variable"),
        pytest.param(
            "superior: UBND tỉnh Thử Nghiệm", "superior: ${X}", "is not a text but a variable", "", id="elsewhere"
        ),
        pytest.param(
            "staff_chats:",
            "resident_groups: [{channel: lofd, chat: '-5', to_dan_pho: 5}]\nstaff_chats:",
            "there is no channel 'lofd'",
            "Did you mean 'loft'?",
            id="group of residents",
        ),
        pytest.param(
            "staff_chats:",
            "resident_groups: [{channel: loft, chat: '-5', to_dan_pho: 5, keep: soon}]\nstaff_chats:",
            "'soon' is not a length of time",
            "7d",
            id="how long talk is kept",
        ),
        pytest.param(
            "staff_chats:",
            "resident_groups: [{channel: loft, chat: '-5'}]\nstaff_chats:",
            "'to_dan_pho' is missing",
            "",
            id="whose group",
        ),
        pytest.param(
            "staff_chats:",
            "flood: {burst: 2}\nstaff_chats:",
            "'burst'",
            "",
            id="a flood of two",
        ),
        pytest.param("areas: [ho-tich,", "areas: [ho-tịch, ho-tich,", "no area 'ho-tịch'", "'ho-tich'", id="area"),
        pytest.param(
            "areas: [ho-tich,", "areas: [Hộ tịch, ho-tich,", "no area 'Hộ tịch'", "Write its id: ho-tich", id="name"
        ),
        pytest.param(
            "areas: [dat-dai]", "areas: [dat-dai, ho-tich]", "handled twice, by 'Văn phòng' and by", "one", id="twice"
        ),
        pytest.param("id: van-phong", "id: mot-cua", "the id 'mot-cua' is used twice", "Give each its own", id="ids"),
        pytest.param(
            "reception: tiep-nhan", "reception: dat-dai", "is handled by no department", "front desk", id="desk"
        ),
        pytest.param("reception: tiep-nhan", "reception: le-tan", "there is no area 'le-tan'", "Areas: ", id="no desk"),
        pytest.param("07:30-11:30", "7h30-11h30", "'7h30' is not a time of day", "as 07:30", id="7h30"),
        pytest.param("13:30-17:00", "13:30-24:30", "'24:30' is not a time of day", "24:00 is midnight", id="24:30"),
        pytest.param("07:30-11:30", "9h", "'9h' is not a session", "as 07:30-11:30", id="9h"),
        pytest.param("07:30-11:30", "11:30-07:30", "ends before it begins", "earlier time first", id="backwards"),
        pytest.param(
            "13:30-17:00", "11:00-17:00", "07:30-11:30 and 11:00-17:00 overlap", "one end before", id="overlap"
        ),
        pytest.param(
            "mon-fri:", "mon-fry:", "unknown key 'mon-fry' in the hours", "Did you mean 'mon-fri'?", id="days"
        ),
        pytest.param("mon-fri:", "fri-mon:", "unknown key 'fri-mon' in the hours", "", id="days backwards"),
        pytest.param(
            "  days_off", "  mon: 08:00-09:00\n  days_off", "hours of Monday are given twice", "one", id="a day twice"
        ),
        pytest.param("2026-11-24", "2026-02-30", "there is no day 2026-02-30", "calendar", id="no such day"),
        pytest.param("2026-11-24", "24/11/2026", "'24/11/2026' is not a date", "2026-11-24", id="a Vietnamese date"),
        pytest.param(
            "2026-11-24", "2026-02-20..2026-02-16", "is not a range of days", "first and the last", id="range"
        ),
        pytest.param("2026-08-22", "2026-08-23", "2026-08-23 is a Sunday, not a Saturday", "calendar", id="a Sunday"),
        pytest.param("[2026-11-24]", "{a: b}", "this must be a list", "brackets", id="no list"),
        pytest.param(
            "first_reply: 1h", "first_reply: 60", "'60' is not a length of time without a unit", "30m", id="unit"
        ),
        pytest.param(
            "first_reply: 1h", "first_reply: soon", "'soon' is not a length of time", "Write 30m", id="length"
        ),
        pytest.param(
            "first_reply: 1h", "first_reply: 0m", "no time at all cannot be kept", "at least 1m", id="nothing"
        ),
        pytest.param("resolve: 8h", "resolve: 1d4h", "mixes working days with hours", "20h", id="days and hours"),
        pytest.param("resolve: 8h", "resolve: 999d", "longer than a year of work", "250d", id="too long"),
        pytest.param("warn_at: 75%", "warn_at: 175%", "'175%' is not a share of the time", "75%", id="share"),
        pytest.param(
            "    ho-tich: {", "    ho-tic: {", "there is no area 'ho-tic'", "Did you mean 'ho-tich'?", id="promise"
        ),
        pytest.param(
            "after: 30m", "after: 0m", "step 2 of the escalation, after 0m, does not come later", "longer", id="step"
        ),
        pytest.param("to: lead", "to: boss", "'to' must be 'assignee', 'lead', 'supervisor' or 'head'", "", id="whom"),
        pytest.param('"1.001193"', '"1.00119"', "no procedure '1.00119'", "Did you mean '1.001193'?", id="procedure"),
        pytest.param("fri 11:00", "friday 11:00", "is not a moment of the week", "fri 15:00", id="moment"),
        pytest.param("since: 2025-08-27", "since: 27.8.2025", "is not a date", "2025-08-27", id="since"),
        pytest.param("to: [supervisor]", "to: []", "'to' is an empty list", "at least one", id="to nobody"),
        pytest.param(
            "timezone: Asia/Ho_Chi_Minh", "name: Hai", "'name' is given twice, first in line 2", "one", id="key twice"
        ),
    ],
)
def test_one_mistake_is_told_with_its_line_and_a_remedy(
    tmp_path: Path, old: str, new: str, what: str, remedy: str
) -> None:
    text = changed(old, new)
    found = only(loaded(tmp_path, text))
    assert found.line == first_change(text)
    assert what in found.what
    assert remedy in found.remedy
    assert str(found).startswith(f"{tmp_path / 'thu-nghiem.yaml'}:{found.line}: ")


@pytest.mark.parametrize(
    ("key", "what", "line"),
    [
        pytest.param("office", "'office' is missing", 1, id="office"),
        pytest.param("name", "'name' is missing", 1, id="name"),
        pytest.param("departments", "'departments' is missing", 1, id="departments"),
        pytest.param("hours", "the hours are missing", 1, id="hours"),
    ],
)
def test_what_cannot_be_left_out(tmp_path: Path, key: str, what: str, line: int) -> None:
    kept, skipping = [], False
    for row in RIGHT.splitlines(keepends=True):
        skipping = row.startswith(f"{key}:") or (skipping and row.startswith(" "))
        if not skipping:
            kept.append(row)
    found = next(one for one in loaded(tmp_path, "".join(kept)).mistakes if what in one.what)
    assert found.line == line
    assert found.remedy


def test_areas_nobody_serves_are_named(tmp_path: Path) -> None:
    text = changed("[ho-tich, chung-thuc]", "[ho-tich]")
    found = only(loaded(tmp_path, text))
    assert found.line == line_of(text, "departments:")
    assert found.what == "nobody handles the area Chứng thực (chung-thuc)"
    assert "Give it to a department, or to a body under `outside`" in found.remedy


def test_two_channels_of_one_name(tmp_path: Path) -> None:
    text = changed("staff_chats:", '  - {name: loft, kind: drum, token: "${LOFT_TOKEN}"}\nstaff_chats:')
    found = [one for one in loaded(tmp_path, text).mistakes if "named" in one.what]
    assert [one.line for one in found] == [line_of(text, "kind: drum")]
    assert found[0].what == "two channels are named 'loft', this one and number 1"


def test_a_channel_whose_name_cannot_stand_in_an_address(tmp_path: Path) -> None:
    text = changed("name: loft", "name: Lò").replace("channel: loft", "channel: Lò")
    found = only(loaded(tmp_path, text))
    assert (found.line, found.what) == (line_of(text, "name: Lò"), "'Lò' cannot be a channel's name")
    assert "small letters" in found.remedy


def test_a_saturday_that_is_worked_and_off(tmp_path: Path) -> None:
    text = changed("[2026-11-24]", "[2026-11-24, 2026-08-22]")
    found = only(loaded(tmp_path, text))
    assert (found.line, found.what) == (line_of(text, "working_saturdays"), "2026-08-22 is also among days_off")


def test_an_office_that_is_never_open(tmp_path: Path) -> None:
    text = changed('mon-fri: ["07:30-11:30", "13:30-17:00"]', "mon-fri: []").replace("[2026-08-22]", "[]")
    found = only(loaded(tmp_path, text))
    assert found.line == line_of(text, "hours:") + 1
    assert found.what == "the office is never open"


def test_working_saturdays_need_hours(tmp_path: Path) -> None:
    text = changed("mon-fri:", "mon-thu:")
    found = only(loaded(tmp_path, text))
    assert found.line == line_of(text, "working_saturdays")
    assert "saturday_sessions" in found.remedy


def test_an_alias_that_contains_itself_does_not_hang(tmp_path: Path) -> None:
    found = loaded(tmp_path, RIGHT + "contact: &a\n  address: *a\n")
    assert any("nested too deeply" in one.what for one in found.mistakes)


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = (
        changed("superior:", "superiour:")
        .replace("kind: pigeon", "kind: pidgin")
        .replace("07:30-11:30", "7h-9h")
        .replace("warn_at: 75%", "warn_at: lots")
        .replace("to: lead", "to: boss")
        .replace("1.001193", "9.9")
    )
    lines = [one.line for one in loaded(tmp_path, text).mistakes]
    assert lines == [line_of(text, part) for part in ("superiour", "pidgin", "7h-9h", "lots", "boss", "9.9")]


def test_two_files_of_one_office_and_a_broken_one_beside_them(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "c.yaml").write_text(changed("office: thu-nghiem", "office: khac"), encoding="utf-8")
    (tmp_path / "d.yml").write_text("", encoding="utf-8")
    found = load_offices(tmp_path, ENVIRON, SCHEMAS)
    assert [one.id for one in found.offices] == ["thu-nghiem", "khac"]
    assert [(Path(one.file).name, one.line) for one in found.mistakes] == [("b.yaml", 1), ("d.yml", 0)]
    assert f"also described in {tmp_path / 'a.yaml'}" in found.mistakes[0].what


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param("{remind_after: 3d, close_after: 3d}", id="together"),
        pytest.param("{remind_after: 3d, close_after: 2d}", id="before it"),
        pytest.param("{remind_after: 12d}", id="the usual end comes first"),
        pytest.param("{close_after: 8h}", id="before the usual reminder"),
    ],
)
def test_a_ticket_given_up_before_its_resident_is_reminded(tmp_path: Path, rule: str) -> None:
    text = f"{RIGHT}waiting: {rule}\n"
    found = only(loaded(tmp_path, text))
    assert found.line == line_of(text, "waiting:")
    assert "given up before its resident is reminded" in found.what
    assert "close_after" in found.remedy


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param("{remind_after: 3d, close_after: 25h}", id="a little after it"),
        pytest.param("{remind_after: 3d, close_after: 1d, reminders: 0}", id="nobody is reminded"),
        pytest.param("{remind_after: 30d, close_after: null}", id="never given up"),
    ],
)
def test_a_rule_of_waiting_that_can_be_kept(tmp_path: Path, rule: str) -> None:
    assert loaded(tmp_path, f"{RIGHT}waiting: {rule}\n").mistakes == ()
