"""Which language does an office speak whose file names none?"""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import wiring


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        pytest.param({}, "en", id="that of the settings"),
        pytest.param({"language": "vi"}, "vi", id="its own, when it names one"),
    ],
)
def test_the_settings_speak_for_an_office_that_says_nothing(
    office_file: Callable[..., Path], written: dict[str, str], spoken: str
) -> None:
    chosen = wiring.settings(language="en", offices=office_file("office.yaml", **written))
    (office,) = wiring.offices(chosen, {})
    assert office.language == spoken
