"""What an office file lays down about the weekly report: when it is due, who gets it, how it goes out."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from config import working_time
from config.complaints import Written, parsed, wrong
from config.working_time import WeekMoment

Role = Literal["assignee", "lead", "supervisor", "head"]
Text = Annotated[str, Field(min_length=1)]
SIGNING = ("tm", "kt", "tl", "q")


def _number(value: str) -> str:
    if "{number}" not in value:
        raise wrong(
            f"{value!r} has no place for the number",
            "Write {number} where the registry fills it in: {number}/BC-UBND.",
        )
    return value


class Signer(Written):
    """Who signs as a rule. A person may choose another way each week; where nothing is written a person must."""

    by: Literal["tm", "kt", "tl", "q"] | None = Field(None, description="tm, kt, tl or q")
    name: Text | None = Field(None, description="full name below the signature")


class WeeklyReport(Written):
    """When the departments' figures and the ward's report are due, and from which day figures accumulate."""

    departments_by: Annotated[WeekMoment, parsed(working_time.week_moment)] = Field(description="as fri 11:00")
    office_by: Annotated[WeekMoment, parsed(working_time.week_moment)] = Field(description="as fri 15:00")
    since: Annotated[date, parsed(working_time.day)] = Field(description="first day counted, as 2025-08-27")
    to: tuple[Role, ...] = Field(("supervisor",), min_length=1)
    issued_by: Text | None = Field(None, description="a unit of the office that reports in its own name, as the Centre")
    number: Annotated[str, AfterValidator(_number)] | None = Field(None, description="as {number}/BC-UBND")
    sent_to: tuple[Text, ...] | None = Field(None, min_length=1, description="Nơi nhận, a line each")
    signer: Signer = Signer()


class Reports(Written):
    weekly: WeeklyReport | None = None
