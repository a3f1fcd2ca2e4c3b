"""Who works when, as an office file writes it: read right, and every mistake told with its line and a remedy."""

from pathlib import Path

import pytest

from bot.policies import policy_of
from config import catalogue
from tests.config.right_office import RIGHT, line_of, loaded, only
from tickets.policy import Duty

ROSTER = "roster: {mon-wed: [Mai, Nam], thu: {morning: [Mai], afternoon: Hà}}"


def written(lines: str) -> str:
    return RIGHT + "duty:\n" + "".join(f"  {line}\n" for line in lines.splitlines())


def test_an_area_says_what_differs_from_the_default(tmp_path: Path) -> None:
    text = written(f"default: {{assign: least_busy, cap: 9}}\nareas:\n  ho-tich: {{assign: round_robin, {ROSTER}}}")
    [office] = loaded(tmp_path, text).offices
    policy = policy_of(office, catalogue.load())
    both = (("Mai", "Nam"), ("Mai", "Nam"))
    roster = {0: both, 1: both, 2: both, 3: (("Mai",), ("Hà",))}
    assert policy.duty("ho-tich") == Duty("round_robin", 9, roster)
    assert policy.duty("chung-thuc") == Duty("least_busy", 9)
    assert policy.duty("dat-dai") == policy.duty("tiep-nhan"), "reception looks after what an outside body handles"


def test_an_office_that_says_nothing_lets_people_claim(tmp_path: Path) -> None:
    [office] = loaded(tmp_path, RIGHT).offices
    policy = policy_of(office, catalogue.load())
    assert policy.duty("ho-tich") == Duty("none", None)
    assert not policy.two_supervisors


@pytest.mark.parametrize(
    ("line", "what", "remedy"),
    [
        pytest.param("ho-tich: {assign: roundrobin}", "must be 'none', 'round_robin' or", "Correct", id="a way"),
        pytest.param("ho-tich: {cap: 0}", "greater than or equal to 1", "", id="nobody may have anything"),
        pytest.param("ho-tich: {roster: {mom: [Mai]}}", "'mom' names no weekdays", "'mon'", id="a day"),
        pytest.param(
            "ho-tich: {roster: {mon: [Mai], mon-tue: [Hà]}}", "mon stands in the roster twice", "", id="twice"
        ),
        pytest.param("ho-tich: {roster: {mon: {noon: [Mai]}}}", "unknown half of a day 'noon'", "", id="a half"),
        pytest.param("ho-tich: {roster: {mon: [[Mai]]}}", "names under 'mon' must be a list", "mon-fri", id="names"),
        pytest.param("ho-tich: {roster: [Mai]}", "made of days and names", "mon-fri", id="no days"),
        pytest.param("ho-tick: {assign: none}", "no area 'ho-tick'", "'ho-tich'", id="an area"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, line: str, what: str, remedy: str) -> None:
    text = written(f"areas:\n  {line}")
    found = only(loaded(tmp_path, text))
    assert found.line == line_of(text, line)
    assert what in found.what
    assert remedy in found.remedy
