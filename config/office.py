"""The office file: what one ward lays down about channels, departments, hours, promises and reports."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, Field, InstanceOf, PrivateAttr, ValidationError

from config import catalogue as catalogue_files
from config import office_channels, office_conflicts, office_rules, working_time
from config.catalogue import Catalogue
from config.complaints import Written, problems, wrong
from config.document import Document, leaves, read
from config.mistakes import Mistake, Notice, Place, Problem, did_you_mean
from config.office_channels import ChannelOff, ResidentGroup, StaffChat
from config.office_duty import Duty
from config.office_promises import (
    URGENT,
    USUAL,
    CalendarTime,
    Digest,
    MovedPromises,
    Promise,
    Promises,
    Share,
    Step,
    Waiting,
    WorkingTime,
)
from config.office_reports import Reports, Text
from config.working_time import Duration, Hours


def _slug(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value) or len(value) > office_channels.NAME_LIMIT:
        raise wrong(
            f"{value!r} is no short name", "Use small letters without marks, digits and single hyphens: bac-nha-trang."
        )
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise wrong(f"there is no time zone {value!r}", did_you_mean(value, available_timezones(), "Zones")) from None
    return value


Slug = Annotated[str, AfterValidator(_slug)]


_LANGUAGES = {"vi": "", "en": ""}


class Contact(Written):
    """How else the office is reached; shown to residents as it stands."""

    address: Text | None = None
    hotline: Text | None = None
    reception_days: Text | None = Field(None, description="when leaders receive citizens, and where")
    online: Text | None = None
    complaints_url: Text | None = Field(None, description="where official feedback (phản ánh, kiến nghị) is filed")


class Department(Written):
    """A unit of the office and the areas (ids of the catalogue) its people handle."""

    id: Slug = Field(description="a short name, as van-phong")
    name: Text = Field(description="the name residents know")
    areas: tuple[str, ...] = Field(description="ids of the areas it handles")
    counter: Text | None = Field(None, description="where it sits, as shown to residents")


class OutsideBody(Written):
    """A body that is not the ward's: reception takes the areas it handles, with a note where to go.

    With no areas it is one to which staff refer residents (`/chuyen`).
    """

    id: Slug = Field(description="a short name, as bhxh")
    name: Text = Field(description="the name residents know")
    areas: tuple[str, ...] = Field((), description="ids of the areas it handles")
    address: Text | None = None
    phone: Text | None = None


class People(Written):
    """How people of the office come by their rights."""

    two_supervisors: bool = Field(False, description="on: a second supervisor confirms before there is one more")
    request_valid: CalendarTime = Field(timedelta(hours=24), description="how long such a request may be confirmed")


class Flood(Written):
    """How much one person may write before it is held back, and shown to staff in one piece when it is calm."""

    burst: int = Field(40, ge=10, le=1000, description="messages at once")
    per_minute: float = Field(12, gt=0, le=600, description="messages a minute from then on")


class Budget(Written):
    """What a month of short messages may cost; whichever limit comes first counts."""

    sms_parts: int | None = Field(None, ge=1, description="parts of short messages in a month")
    dong: int | None = Field(None, ge=1, description="đồng in a month, by each channel's part_price")
    warn_at: Share = Field(0.8, description="supervisors are told at this share, as 80%")


class Answers(Written):
    """What the machine may answer by itself, before anything becomes a ticket."""

    procedures: bool = Field(False, description="on: a clear question gets the procedure's card at once")


class OwnFacts(Written):
    """What is different for a procedure in this office, and certain because the office wrote it."""

    fee: Text | None = None
    time_limit: Text | None = None
    online: Text | None = Field(None, description="where it is filed online")
    counter: Text | None = None
    department: Text | None = None


class Initiative(Written):
    """A reform initiative of the ward's plan, counted per procedure in the weekly report."""

    id: Slug = Field(description="a short name, as ngay-khong-viet")
    name: Text = Field(description="the name in the plan")
    procedures: tuple[str, ...] = Field((), description="codes of the procedures counted")
    day: Text | None = Field(None, description="on which days, in words")


class Office(Written):
    """One office, checked. `id` is the key `office` of its file."""

    id: Slug = Field(alias="office", description="the ward's short name, as bac-nha-trang")
    name: Text = Field(description="the office's full name, as UBND phường Bắc Nha Trang")
    short_name: Text | None = Field(None, description="how residents call it, as phường Bắc Nha Trang")
    superior: Text | None = None
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Ho_Chi_Minh"
    language: str = Field("vi", description="vi, en, or another there is a file of in bot/texts; until people choose")
    contact: Contact = Contact()
    channels: tuple[InstanceOf[BaseModel], ...] = ()  # of the models the channels' folders own
    staff_chats: tuple[StaffChat, ...] = ()
    resident_groups: tuple[ResidentGroup, ...] = ()
    reception: str = "tiep-nhan"
    departments: tuple[Department, ...] = Field(description="the units and the areas they handle", min_length=1)
    outside: tuple[OutsideBody, ...] = ()
    hours: InstanceOf[Hours] = Field(description='such as {mon-fri: ["07:30-11:30", "13:30-17:00"]}')
    promises: Promises = Promises()
    escalation: tuple[Step, ...] = (
        Step.model_construct(after=Duration(), to="assignee"),
        Step.model_construct(after=Duration(minutes=30), to="lead"),
        Step.model_construct(after=Duration(minutes=120), to="supervisor"),
    )
    area_hours: dict[str, InstanceOf[Hours]] = Field(default_factory=dict)
    digest: Digest = Digest()
    waiting: Waiting = Waiting()
    moved_promises: MovedPromises = MovedPromises()
    acknowledged_for: WorkingTime = Duration(minutes=120)
    stand_in_after: WorkingTime = Field(
        Duration(minutes=10), description="working time after which an alert no network took goes to the next, as 10m"
    )
    ask_timeout: WorkingTime = Duration(minutes=10)
    reopen_within: CalendarTime = timedelta(days=7)
    close_after: CalendarTime = timedelta(days=3)
    staff_code_valid: CalendarTime = timedelta(hours=48)
    answers: Answers = Answers()
    budget: Budget | None = None
    flood: Flood = Flood()
    duty: Duty = Duty()
    people: People = People()
    procedures: dict[str, OwnFacts] = Field(default_factory=dict, description="by code: what differs in this office")
    models: tuple[Initiative, ...] = ()
    reports: Reports = Reports()
    _channels_off: tuple[ChannelOff, ...] = PrivateAttr(())

    @property
    def channels_off(self) -> tuple[ChannelOff, ...]:
        """The channels of the file that are silent because a variable they need is unset."""
        return self._channels_off

    @property
    def channel_names(self) -> tuple[str, ...]:
        """The names of the channels that are on."""
        return tuple(str(getattr(one, "name", "")) for one in self.channels)

    def promise(self, area: str | None = None, *, urgent: bool = False) -> Promise:
        """What is promised for an area (None: for any other), its own words over the default's.

        For an urgent matter the words on urgency come over those, the area's own last.
        """
        found = self.promises.default.over(USUAL)
        own = self.promises.areas.get(area or "")
        if own:
            found = own.over(found)
        if urgent:
            found = self.promises.urgent.over(URGENT.over(found))
            found = own.urgent.over(found) if own and own.urgent else found
        return found

    def department_of(self, area: str) -> Department | None:
        return next((one for one in self.departments if area in one.areas), None)

    def outside_of(self, area: str) -> OutsideBody | None:
        return next((one for one in self.outside if area in one.areas), None)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The offices whose files have no mistake, and everything found in the others."""

    offices: tuple[Office, ...]
    mistakes: tuple[Mistake, ...]
    notices: tuple[Notice, ...]


def load_offices(
    path: Path,
    environ: Mapping[str, str],
    schemas: Mapping[str, type[BaseModel]],
    catalogue: Catalogue | None = None,
    languages: Mapping[str, str] | None = None,
) -> Loaded:
    """Load the office file, or all *.yaml of the folder, at `path`; `${NAME}` is taken from `environ`.

    `schemas` is the settings model of each kind of channel; `languages` those an office may speak, each with what its
    texts still lack (empty: nothing), None: vi and en. Never raises for what stands in the files: every mistake
    of every file is returned at once. Raises CatalogueError when the shipped catalogue itself is broken.
    """
    known = catalogue or catalogue_files.load()
    files = sorted(one for one in path.iterdir() if one.suffix in {".yaml", ".yml"}) if path.is_dir() else [path]
    if not path.exists():
        files, missing = [], Mistake(str(path), 0, "there is no such file or folder", "Set TOHOTRO_OFFICES to yours.")
    else:
        missing = Mistake(str(path), 0, "the folder has no office file (*.yaml)", "Copy a shipped one into it.")
    if not files:
        return Loaded((), (missing,), ())
    offices: dict[str, tuple[Office, str]] = {}
    taken: dict[str, str] = {}
    mistakes: list[Mistake] = []
    notices: list[Notice] = []
    for file in files:
        document, found = read(file)
        office = None
        if not found or document.data:
            office, more, told = _office(document, environ, schemas, known, languages or _LANGUAGES)
            found, notices = [*found, *more], [*notices, *told]
        if office is not None and office.id in offices:
            what = f"office {office.id!r} is also described in {offices[office.id][1]}"
            found.append(document.mistake(Problem(("office",), what, "Give each office its own short name.")))
        if office is not None:
            owned = ((f"{office.id}/{getattr(one, 'name', '')}", one) for one in office.channels)
            found += [document.mistake(one) for one in office_conflicts.shared(owned, taken)]
        if office is not None and not found:
            offices[office.id] = office, str(file)
        mistakes += sorted(found, key=lambda one: one.line)
    return Loaded(tuple(office for office, _ in offices.values()), tuple(mistakes), tuple(notices))


def _office(
    document: Document,
    environ: Mapping[str, str],
    schemas: Mapping[str, type[BaseModel]],
    known: Catalogue,
    languages: Mapping[str, str],
) -> tuple[Office | None, list[Mistake], list[Notice]]:
    data = document.data
    wrongs: list[Problem] = []
    channels = office_channels.settle(data, environ, schemas, wrongs)
    apart = {"channels", "staff_chats", "resident_groups", "hours", "area_hours"}
    plain = {key: value for key, value in data.items() if key not in apart}
    for place, text in leaves(plain, ()):
        if "${" in text:
            what = f"{text!r} is not a text but a variable"
            wrongs.append(Problem(place, what, "Write it out; variables are for channels and groups."))
    hours = working_time.hours(data.get("hours"), ("hours",), wrongs)
    own = working_time.hours_of_areas(data.get("area_hours"), ("area_hours",), wrongs)
    wrongs += office_rules.broken(data, known, languages)
    office = None
    try:
        office = Office.model_validate(
            plain
            | {"channels": channels.on, "staff_chats": channels.chats, "resident_groups": channels.groups}
            | {"hours": hours or Hours({}), "area_hours": own}
        )
        office._channels_off = tuple(channels.off)  # noqa: SLF001  # no key of the file, and frozen afterwards
    except ValidationError as error:
        wrongs += problems(error, Office, (), {})
    return office, [document.mistake(one) for one in _once(wrongs)], channels.notices(document)


def _once(found: Sequence[Problem]) -> list[Problem]:
    """Without what is said about the same place by two rules: the first is the more exact."""
    seen: set[Place] = set()
    kept = []
    for one in found:
        if one.place not in seen or not one.place:
            kept.append(one)
        seen.add(one.place)
    return kept
