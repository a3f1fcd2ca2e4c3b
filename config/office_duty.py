"""Who works when, as an office file writes it: how tickets of an area find somebody, and its duty roster."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, InstanceOf

from config.complaints import Written, parsed, wrong
from config.mistakes import did_you_mean
from config.working_time import DAYS, Duration, duration, weekdays

Names = tuple[str, ...]
Roster = Mapping[int, tuple[Names, Names]]
"""By weekday, 0 for Monday: who has the morning and who the afternoon."""

_HALVES = ("morning", "afternoon")
_HOW = "Write `mon-fri: [Mai, Nam]`, or `mon: {morning: [Mai], afternoon: [Nam]}`."


def _roster(value: Any) -> Roster:
    if not isinstance(value, dict):
        raise wrong("a roster is made of days and names", _HOW)
    found: dict[int, tuple[Names, Names]] = {}
    for key, row in value.items():
        numbers = weekdays(str(key))
        if not numbers:
            raise wrong(f"{key!r} names no weekdays", did_you_mean(str(key), (*DAYS, "mon-fri", "mon-sat")))
        for number in numbers:
            if number in found:
                raise wrong(f"{DAYS[number]} stands in the roster twice, again under {key!r}", "Keep one of them.")
            found[number] = _day(str(key), row)
    return found


def _day(key: str, row: Any) -> tuple[Names, Names]:
    if isinstance(row, dict):
        odd = [half for half in row if half not in _HALVES]
        if odd:
            raise wrong(f"unknown half of a day {odd[0]!r} under {key!r}", did_you_mean(str(odd[0]), _HALVES))
        return _names(key, row.get("morning")), _names(key, row.get("afternoon"))
    names = _names(key, row)
    return names, names


def _names(key: str, row: Any) -> Names:
    listed = [row] if isinstance(row, str) else row or []
    if not isinstance(listed, list) or not all(isinstance(one, str) and one.strip() for one in listed):
        raise wrong(f"the names under {key!r} must be a list", _HOW)
    return tuple(one.strip() for one in listed)


class AreaDuty(Written):
    """How tickets of an area find somebody. What an area does not say holds as for `default`."""

    assign: Literal["none", "round_robin", "least_busy"] | None = Field(
        None, description="none (people claim), round_robin or least_busy"
    )
    cap: int | None = Field(None, ge=1, le=1000, description="how many tickets in hand one person is given at most")
    roster: Annotated[InstanceOf[Mapping[int, tuple[Names, Names]]], BeforeValidator(_roster)] | None = None


class Duty(Written):
    default: AreaDuty = AreaDuty()
    areas: dict[str, AreaDuty] = Field(default_factory=dict)
    unseen_after: Annotated[Duration, parsed(duration)] = Duration(minutes=15)
