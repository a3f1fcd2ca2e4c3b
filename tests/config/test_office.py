"""Office files: what a right one becomes, and what happens while variables are unset."""

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from config.office_promises import Promise
from config.working_time import Duration, WeekMoment
from tests.config.right_office import RIGHT, Pigeon, changed, line_of, loaded, only


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


def test_a_group_of_residents_has_its_neighbourhood_word_and_time(tmp_path: Path) -> None:
    rows = "  - {channel: loft, chat: '-5', to_dan_pho: 5, word: hỏi phường, keep: 3d}\n"
    rows += "  - {channel: loft, chat: '-6', to_dan_pho: Tổ dân phố 6}\n"
    found = loaded(tmp_path, changed("staff_chats:", f"resident_groups:\n{rows}staff_chats:"))
    assert found.mistakes == ()
    first, second = found.offices[0].resident_groups
    assert (first.to_dan_pho, first.word, first.keep) == ("5", "hỏi phường", timedelta(days=3))
    assert (second.to_dan_pho, second.word, second.keep) == ("Tổ dân phố 6", None, timedelta(days=7))


def test_one_group_is_not_of_staff_and_of_residents(tmp_path: Path) -> None:
    rows = "  - {channel: loft, chat: '-100123', to_dan_pho: 5}\n"
    found = loaded(tmp_path, changed("staff_chats:", f"resident_groups:\n{rows}staff_chats:"))
    assert ["is one of staff and one of residents" in one.what for one in found.mistakes] == [True]


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
