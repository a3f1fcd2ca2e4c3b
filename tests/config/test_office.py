"""Office files: the shipped ones are right, and every mistake is told with its line and a remedy."""

import os
from datetime import date, time, timedelta
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from channels import registry
from config import catalogue
from config.mistakes import Mistake
from config.office import Loaded, Office, Promise, load_offices
from config.working_time import Duration, WeekMoment

SHIPPED = Path(__file__).parents[2] / "config" / "offices"


class Pigeon(BaseModel):
    """A kind of channel for these tests alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    kind: Literal["pigeon"]
    token: SecretStr = Field(description="the ring on its foot")
    speed: int = Field(default=80, ge=1)
    mode: Literal["fly", "walk"] = "fly"
    proxy: str | None = None

    @field_validator("token")
    @classmethod
    def _a_ring(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith("ring-"):
            raise ValueError("A ring begins with ring-")
        return value


SCHEMAS = {"pigeon": Pigeon, "drum": Pigeon}
ENVIRON = {"LOFT_TOKEN": "ring-hush", "LOFT_GROUP": "-100123"}
OTHERS = [area for area in catalogue.load().areas if area not in {"tiep-nhan", "ho-tich", "chung-thuc", "dat-dai"}]
RIGHT = f"""\
office: thu-nghiem
name: UBND phường Thử Nghiệm
superior: UBND tỉnh Thử Nghiệm
timezone: Asia/Ho_Chi_Minh
language: vi
channels:
  - name: loft
    kind: pigeon
    token: "${{LOFT_TOKEN}}"
    speed: 90
staff_chats:
  - {{channel: loft, chat: "${{LOFT_GROUP}}"}}
reception: tiep-nhan
departments:
  - id: mot-cua
    name: Một cửa
    areas: [tiep-nhan, {", ".join(OTHERS)}]
  - id: van-phong
    name: Văn phòng
    areas: [ho-tich, chung-thuc]
outside:
  - {{id: dat, name: Văn phòng đăng ký đất đai, areas: [dat-dai]}}
hours:
  mon-fri: ["07:30-11:30", "13:30-17:00"]
  days_off: [2026-11-24]
  working_saturdays: [2026-08-22]
promises:
  default: {{first_reply: 1h, resolve: 8h, warn_at: 75%}}
  areas:
    ho-tich: {{first_reply: 30m}}
escalation:
  - {{after: 0m, to: assignee}}
  - {{after: 30m, to: lead}}
models:
  - {{id: ngay-khong-viet, name: Ngày không viết, procedures: ["1.001193"]}}
reports:
  weekly: {{departments_by: "fri 11:00", office_by: "fri 15:00", since: 2025-08-27, to: [supervisor]}}
"""


def loaded(folder: Path, text: str | bytes, name: str = "thu-nghiem.yaml", **environ: str) -> Loaded:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_offices(file, ENVIRON | environ, SCHEMAS)


def changed(old: str, new: str) -> str:
    assert RIGHT.count(old) == 1, old
    return RIGHT.replace(old, new)


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def first_change(text: str) -> int:
    pairs = enumerate(zip(RIGHT.splitlines(), text.splitlines(), strict=False), 1)
    return next(number for number, (old, new) in pairs if old != new)


def only(found: Loaded) -> Mistake:
    assert len(found.mistakes) == 1, [str(one) for one in found.mistakes]
    assert found.offices == ()
    return found.mistakes[0]


# --- what is right


def test_a_right_file_becomes_plain_values(tmp_path: Path) -> None:
    found = loaded(tmp_path, RIGHT)
    assert found.mistakes == ()
    assert found.notices == ()
    (office,) = found.offices
    assert (office.id, office.superior, office.channels_off) == ("thu-nghiem", "UBND tỉnh Thử Nghiệm", ())
    (loft,) = office.channels
    assert isinstance(loft, Pigeon)
    assert (loft.speed, loft.token.get_secret_value()) == (90, "ring-hush")
    assert "hush" not in repr(office)
    assert [(one.channel, one.chat, one.areas) for one in office.staff_chats] == [("loft", "-100123", ())]
    day = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))
    assert dict(office.hours.week) == {0: day, 1: day, 2: day, 3: day, 4: day, 5: (), 6: ()}
    assert office.hours.days_off == {date(2026, 11, 24)}
    assert dict(office.hours.extra_days) == {date(2026, 8, 22): day}
    assert office.promise("ho-tich") == Promise(Duration(minutes=30), Duration(minutes=480), 0.75)
    assert office.promise("dat-dai") == office.promise() == Promise(Duration(minutes=60), Duration(minutes=480), 0.75)
    assert [(one.after, one.to) for one in office.escalation] == [
        (Duration(), "assignee"),
        (Duration(minutes=30), "lead"),
    ]
    assert (office.ask_timeout, office.reopen_within) == (Duration(minutes=10), timedelta(days=7))
    assert (office.close_after, office.staff_code_valid) == (timedelta(days=3), timedelta(hours=48))
    weekly = office.reports.weekly
    assert weekly is not None
    assert (weekly.office_by, weekly.since, weekly.to) == (
        WeekMoment(4, time(15, 0)),
        date(2025, 8, 27),
        ("supervisor",),
    )
    department, body = office.department_of("ho-tich"), office.outside_of("dat-dai")
    assert department is not None
    assert body is not None
    assert (department.name, body.name, office.outside_of("ho-tich")) == (
        "Văn phòng",
        "Văn phòng đăng ký đất đai",
        None,
    )


def test_an_office_cannot_be_changed_afterwards(tmp_path: Path) -> None:
    (office,) = loaded(tmp_path, RIGHT).offices
    with pytest.raises(ValueError, match="frozen"):
        office.name = "x"  # type: ignore[misc]  # the point of the test
    with pytest.raises(TypeError):
        office.hours.week[0] = ()  # type: ignore[index]  # the point of the test


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("30m", Duration(minutes=30), id="minutes"),
        pytest.param("1h30m", Duration(minutes=90), id="hours and minutes"),
        pytest.param("2d", Duration(days=2), id="working days stay days"),
        pytest.param(" 1H ", Duration(minutes=60), id="capitals and spaces"),
    ],
)
def test_a_length_of_working_time_is_read(tmp_path: Path, written: str, expected: Duration) -> None:
    (office,) = loaded(tmp_path, changed("resolve: 8h", f'resolve: "{written}"')).offices
    assert office.promise().resolve == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param('sat: ["08:00-11:00"]', {5: ((time(8), time(11)),)}, id="one more day"),
        pytest.param("sat,sun: 08:00 – 11:00", dict.fromkeys((5, 6), ((time(8), time(11)),)), id="two, by a comma"),
        pytest.param('sat-sun: ["20:00-24:00"]', dict.fromkeys((5, 6), ((time(20), time(0)),)), id="until midnight"),
        pytest.param(
            'sat: ["14:00-15:00", "8:00-9:00"]',
            {5: ((time(8), time(9)), (time(14), time(15)))},
            id="sessions in any order",
        ),
        pytest.param("sat:", {5: ()}, id="a day with nothing behind it is closed"),
    ],
)
def test_hours_may_be_written_in_several_ways(
    tmp_path: Path, written: str, expected: dict[int, tuple[tuple[time, time], ...]]
) -> None:
    (office,) = loaded(tmp_path, changed("  days_off:", f"  {written}\n  days_off:")).offices
    assert {number: office.hours.week[number] for number in expected} == expected


def test_days_off_may_be_ranges_and_saturdays_have_hours_of_their_own(tmp_path: Path) -> None:
    text = changed("[2026-11-24]", "[2026-02-16..2026-02-18]").replace(
        "  working", '  saturday_sessions: ["07:30-11:30"]\n  working'
    )
    (office,) = loaded(tmp_path, text).offices
    assert office.hours.days_off == {date(2026, 2, 16), date(2026, 2, 17), date(2026, 2, 18)}
    assert office.hours.extra_days[date(2026, 8, 22)] == ((time(7, 30), time(11, 30)),)


def test_what_looks_like_another_type_stays_text(tmp_path: Path) -> None:
    text = changed("superior: UBND tỉnh Thử Nghiệm", "superior: no\ncontact: {hotline: 0258, address: 12:30}")
    (office,) = loaded(tmp_path, text).offices
    assert (office.superior, office.contact.hotline, office.contact.address) == ("no", "0258", "12:30")


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake(tmp_path: Path) -> None:
    found = loaded(tmp_path, b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode())
    assert found.mistakes == ()


def test_optional_parts_may_be_left_out_or_left_empty(tmp_path: Path) -> None:
    begin, end = RIGHT.index("promises:"), len(RIGHT)
    text = RIGHT[:begin] + "contact:\npromises:\nmodels:\n" + RIGHT[end:]
    (office,) = loaded(tmp_path, text).offices
    assert office.promise("ho-tich") == Promise(Duration(minutes=60), Duration(minutes=480), 0.75)
    assert [(str(one.after), one.to) for one in office.escalation] == [
        ("0m", "assignee"),
        ("30m", "lead"),
        ("2h", "supervisor"),
    ]
    assert office.reports.weekly is None


# --- channels that are off


def test_a_channel_without_its_variable_is_off_and_said_so(tmp_path: Path) -> None:
    found = loaded(tmp_path, RIGHT, LOFT_TOKEN="  ")
    assert found.mistakes == ()
    (office,) = found.offices
    assert office.channels == ()
    assert [(one.name, one.kind, one.missing) for one in office.channels_off] == [("loft", "pigeon", ("LOFT_TOKEN",))]
    assert office.staff_chats == (), "a group in a channel that is off is off as well"
    assert [(one.line, one.what) for one in found.notices] == [(line_of(RIGHT, "name: loft"), "channel 'loft' is off")]
    assert "set LOFT_TOKEN" in found.notices[0].remedy


def test_a_group_without_its_variable_is_off_and_the_channel_stays_on(tmp_path: Path) -> None:
    found = loaded(tmp_path, RIGHT, LOFT_GROUP="")
    assert found.mistakes == ()
    assert (len(found.offices[0].channels), found.offices[0].staff_chats) == (1, ())
    assert [one.line for one in found.notices] == [line_of(RIGHT, "LOFT_GROUP")]


def test_of_a_channel_that_is_off_what_can_be_judged_is_judged(tmp_path: Path) -> None:
    text = changed("    speed: 90", "    sped: 90\n    mode: swim")
    found = loaded(tmp_path, text, LOFT_TOKEN="")
    assert [(one.line, one.what) for one in found.mistakes] == [
        (line_of(text, "sped"), "unknown key 'sped'"),
        (line_of(text, "swim"), "'mode' must be 'fly' or 'walk'"),
    ]
    assert found.mistakes[0].remedy == "Did you mean 'speed'?"


def test_a_variable_may_have_a_default_and_an_empty_one_leaves_the_key_out(tmp_path: Path) -> None:
    text = changed("    speed: 90", '    speed: "${LOFT_SPEED:-70}"\n    proxy: "${LOFT_PROXY:-}"')
    found = loaded(tmp_path, text)
    assert found.offices[0].channels == (Pigeon(name="loft", kind="pigeon", token=SecretStr("ring-hush"), speed=70),)
    found = loaded(tmp_path, text, LOFT_SPEED="75", LOFT_PROXY="p")
    (loft,) = found.offices[0].channels
    assert isinstance(loft, Pigeon)
    assert (loft.speed, loft.proxy) == (75, "p")


def test_a_wrong_secret_is_told_by_its_variable_and_never_shown(tmp_path: Path) -> None:
    found = only(loaded(tmp_path, RIGHT, LOFT_TOKEN="hush-no-ring"))
    assert found.line == line_of(RIGHT, "LOFT_TOKEN")
    assert found.what == "'token' (from LOFT_TOKEN): a ring begins with ring-"
    assert "Correct the variable" in found.remedy
    assert "hush" not in str(found)


def test_a_secret_written_into_the_file_is_noticed(tmp_path: Path) -> None:
    text = changed('"${LOFT_TOKEN}"', "ring-hush")
    found = loaded(tmp_path, text)
    assert found.mistakes == ()
    (notice,) = found.notices
    assert notice.line == line_of(text, "token:")
    assert "hush" not in str(notice)


# --- mistakes of the whole file


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


# --- mistakes inside


@pytest.mark.parametrize(
    ("old", "new", "what", "remedy"),
    [
        pytest.param("superior:", "superiour:", "unknown key 'superiour'", "Did you mean 'superior'?", id="key"),
        pytest.param(
            "id: mot-cua", "id: mot-cua\n    countre: 2", "unknown key 'countre'", "'counter'?", id="key of an item"
        ),
        pytest.param("language: vi", "channels_off: vi", "unknown key 'channels_off'", "", id="a key of our own"),
        pytest.param("office: thu-nghiem", "office: Thử Nghiệm", "is no short name", "bac-nha-trang", id="office name"),
        pytest.param("language: vi", "language: fr", "'language' must be 'vi' or 'en'", "Correct", id="language"),
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


# --- the shipped files


def shipped(**environ: str) -> tuple[Office, Office]:
    found = load_offices(SHIPPED, environ, registry.schemas())
    assert [str(one) for one in found.mistakes] == []
    first, second = found.offices
    return first, second


def test_the_two_wards_load_without_a_mistake_and_with_every_channel_off() -> None:
    for office in shipped():
        assert office.channels == ()
        assert {one.kind for one in office.channels_off} == {"telegram", "zalo_bot", "sms"}
        assert date(2026, 11, 24) in office.hours.days_off
        assert date(2026, 8, 22) in office.hours.extra_days
        for area in catalogue.load().areas:
            assert office.department_of(area) or office.outside_of(area)


def test_one_token_is_enough_to_turn_a_channel_on() -> None:
    ward, other = shipped(BNT_TELEGRAM_TOKEN="123456:made-up", BNT_TELEGRAM_GROUP="-1001")
    assert [type(one).__module__ for one in ward.channels] == ["channels.telegram.settings"]
    assert [one.chat for one in ward.staff_chats] == ["-1001"]
    assert other.channels == ()


def test_every_channel_of_the_wards_can_be_turned_on() -> None:
    names = {
        "TELEGRAM_TOKEN": "123456:made-up",
        "ZALO_BOT_TOKEN": "123:made-up",
        "SMS_URL": "http://127.0.0.1:9",
        "SMS_USERNAME": "made-up",
        "SMS_PASSWORD": "made-up",
        "SMS_SIGNING_KEY": "made-up-key",
        "TELEGRAM_API_URL": "http://127.0.0.1:9/telegram",
        "ZALO_BOT_API_URL": "http://127.0.0.1:9/zalo",
    }
    for office in shipped(**{f"{ward}_{name}": value for ward in ("BNT", "NGN") for name, value in names.items()}):
        assert [getattr(one, "name", "") for one in office.channels] == ["telegram", "zalo", "sms"]
        assert all(getattr(one, "api_url", "").startswith("http://127.0.0.1:9") for one in office.channels)
        assert office.channels_off == ()


def test_the_initiatives_of_both_plans_are_there() -> None:
    ward, other = shipped()
    assert [one.name for one in ward.models] == [
        "Ngày không viết",
        "Nhóm Zalo “Hỏi đáp, tư vấn online các thủ tục hành chính”",
    ]
    assert [one.name for one in other.models] == [
        "Công khai Thủ tục hành chính số",
        "Hồ sơ giấy một lần",
        "Hồ sơ không bản giấy",
        "Hồ sơ không hẹn",
        "Hồ sơ phi địa giới hành chính",
    ]


def test_the_shipped_files_hold_no_secret() -> None:
    for file in SHIPPED.iterdir():
        notices = load_offices(file, os.environ, registry.schemas()).notices
        assert not [one for one in notices if "secret" in one.what]
