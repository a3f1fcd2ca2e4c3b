"""Where a notice goes when somebody has more than one channel."""

from datetime import datetime, timedelta

import pytest

from tests.tickets.conftest import MONDAY_8
from tickets.models import Contact
from tickets.reaching import Way, choose

OVER, OPEN = MONDAY_8 - timedelta(minutes=1), MONDAY_8 + timedelta(hours=1)


def way(number: int, channel: str, until: datetime | None = None, *, reachable: bool = True) -> Way:
    """A contact; the higher its number the later it was used."""
    seen = MONDAY_8 - timedelta(days=10 - number)
    return Way(Contact(id=number, channel=channel, chat="c", reachable=reachable, last_seen_at=seen), until)


@pytest.mark.parametrize(
    ("ways", "usual", "preferred", "elsewhere", "chosen"),
    [
        pytest.param([way(1, "a"), way(2, "b")], 1, "", False, 1, id="where they wrote last"),
        pytest.param([way(1, "a"), way(2, "b")], 1, "b", False, 2, id="the channel they chose"),
        pytest.param([way(1, "a"), way(2, "b", OVER)], 1, "b", False, 1, id="its window is over: where they wrote"),
        pytest.param([way(1, "a", OPEN), way(2, "b")], 1, "", False, 1, id="a window that is open is no hindrance"),
        pytest.param([way(1, "a", OVER), way(2, "b")], 1, "", False, None, id="nothing else without their consent"),
        pytest.param([way(1, "a", OVER), way(2, "b")], 1, "", True, 2, id="elsewhere with their consent"),
        pytest.param([way(1, "a", MONDAY_8), way(2, "b")], 1, "", True, 2, id="the very end of a window is over"),
        pytest.param([way(1, "a", reachable=False), way(2, "b"), way(3, "c")], 1, "", True, 3, id="the latest other"),
        pytest.param([way(1, "a", OVER), way(2, "b", OVER)], 1, "", True, None, id="everything is closed"),
        pytest.param([way(1, "a"), way(2, "b"), way(3, "b")], 1, "b", False, 3, id="two of the chosen: the later one"),
        pytest.param([], None, "a", True, None, id="nobody is there"),
    ],
)
def test_the_place_of_a_notice(
    ways: list[Way], usual: int | None, preferred: str, elsewhere: bool, chosen: int | None
) -> None:
    found = choose(ways, MONDAY_8, usual=usual, preferred=preferred, elsewhere=elsewhere)
    assert (found.id if found else None) == chosen
