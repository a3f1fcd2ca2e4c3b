"""The channels and staff groups of an office file: checked by the channels' models, off while a variable is unset."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, Field, SecretStr, ValidationError

from config import working_time
from config.complaints import Written, parsed, problems, without_empty
from config.document import Document, fill, leaves, placeholders
from config.mistakes import Notice, Place, Problem, did_you_mean

NAME_LIMIT = 60
# a channel's name stands in the address of its webhook
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class ChannelOff:
    """A channel that stays silent because the variables `missing` are unset or empty."""

    name: str
    kind: str
    missing: tuple[str, ...]


def _number_as_text(value: Any) -> Any:
    """`to_dan_pho: 5` is a number to YAML and a name to people."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class StaffChat(Written):
    """A group of staff in a channel where cards of some areas are posted; no areas means all."""

    channel: str = Field(min_length=1, description="the name of one of the channels above")
    chat: str = Field(min_length=1, description="the group's id in that network")
    areas: tuple[str, ...] = ()
    topics: bool = Field(False, description="on: a topic per ticket, in a Telegram group with topics")


class ResidentGroup(Written):
    """A group of residents in a channel: what is asked of us there becomes a ticket, the rest is left alone."""

    channel: str = Field(min_length=1, description="the name of one of the channels above")
    chat: str = Field(min_length=1, description="the group's id in that network")
    to_dan_pho: Annotated[str, BeforeValidator(_number_as_text)] = Field(
        min_length=1, max_length=200, description="whose group it is, as Tổ dân phố 5"
    )
    word: str | None = Field(None, max_length=60, description="a question may begin with it instead of naming the bot")
    keep: Annotated[timedelta, parsed(working_time.calendar_length)] = Field(
        timedelta(days=7), description="how long what is not said to the bot stays stored, as 7d"
    )


@dataclass(slots=True)
class Settled:
    """What came of the channels and groups of a file."""

    on: list[BaseModel] = field(default_factory=list)
    off: list[ChannelOff] = field(default_factory=list)
    chats: list[StaffChat] = field(default_factory=list)
    groups: list[ResidentGroup] = field(default_factory=list)
    told: list[tuple[Place, str, str]] = field(default_factory=list)

    def notices(self, document: Document) -> list[Notice]:
        return [Notice(document.file, document.line(place), what, remedy) for place, what, remedy in self.told]


def settle(
    data: Mapping[str, Any], environ: Mapping[str, str], schemas: Mapping[str, type[BaseModel]], wrongs: list[Problem]
) -> Settled:
    """Check `channels` and `staff_chats` of an office file; what is wrong is added to `wrongs`."""
    settled = Settled()
    names: dict[str, int] = {}
    for number, raw in _items(data, "channels", wrongs):
        place: Place = ("channels", number)
        name = raw.get("name")
        if isinstance(name, str) and name:
            if name in names:
                what = f"two channels are named {name!r}, this one and number {names[name] + 1}"
                wrongs.append(Problem((*place, "name"), what, "Give each its own name."))
            elif not _NAME.fullmatch(name) or len(name) > NAME_LIMIT:
                what = f"{name!r} cannot be a channel's name"
                wrongs.append(Problem((*place, "name"), what, "Use small letters without marks, digits, - and _."))
            names.setdefault(name, number)
        _channel(place, raw, environ, schemas, settled, wrongs)
    for number, raw in _items(data, "channels", []):
        carrier = raw.get("notices_by")
        if isinstance(carrier, str) and carrier and (carrier not in names or carrier == raw.get("name")):
            what = f"there is no other channel {carrier!r} to carry notices"
            remedy = did_you_mean(carrier, names.keys() - {raw.get("name")}, "Channels")
            wrongs.append(Problem(("channels", number, "notices_by"), what, remedy))
    silent = {one.name for one in settled.off}
    for number, raw in _items(data, "staff_chats", wrongs):
        chat = _chat(("staff_chats", number), raw, StaffChat, environ, set(names), silent, settled, wrongs)
        settled.chats += [chat] if chat is not None else []
    for number, raw in _items(data, "resident_groups", wrongs):
        group = _chat(("resident_groups", number), raw, ResidentGroup, environ, set(names), silent, settled, wrongs)
        settled.groups += [group] if group is not None else []
    _not_both(settled, wrongs)
    return settled


def _items(data: Mapping[str, Any], key: str, wrongs: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = data.get(key)
    if rows is None:
        return
    if not isinstance(rows, list):
        wrongs.append(Problem((key,), f"{key!r} must be a list", "Begin every item with a dash."))
        return
    for number, row in enumerate(rows):
        if isinstance(row, dict):
            yield number, row
        else:
            what = f"an item of {key!r} must be made of keys and values"
            wrongs.append(Problem((key, number), what, "Write `- {name: …, …}`."))


def _channel(
    place: Place,
    raw: dict[str, Any],
    environ: Mapping[str, str],
    schemas: Mapping[str, type[BaseModel]],
    settled: Settled,
    wrongs: list[Problem],
) -> None:
    kind = raw.get("kind")
    model = schemas.get(kind) if isinstance(kind, str) else None
    if model is None:
        what = f"there is no kind of channel {kind!r}" if kind else "'kind' is missing"
        remedy = did_you_mean(str(kind or ""), schemas, "Kinds")
        wrongs.append(Problem((*place, "kind"), what, remedy if kind else f"Add `kind: …`. {remedy}"))
        return
    values, missing, blank = _filled(place, raw, environ, wrongs)
    # A kind whose keys hang on one of its values (a gateway) says itself which model is meant.
    variant = getattr(model, "variant", None)
    model = variant(values) if variant is not None else model
    sources = {key: ", ".join(used) for key, value in raw.items() if (used := placeholders(value))}
    for key, info in model.model_fields.items():
        if _secret(info.annotation) and raw.get(key) and key not in sources:
            what = f"the secret {key!r} stands in the file itself"
            settled.told.append(((*place, key), what, "Better: write ${NAME} here and put the value into .env."))
    try:
        made = model.model_validate(without_empty(model, values))
        if not missing:
            settled.on.append(made)
    except ValidationError as error:
        # of a channel that is off, only what does not hang on the missing variables can be judged
        found = problems(error, model, place, sources)
        wrongs += [one for one in found if not missing or (one.place != place and one.place[len(place)] not in blank)]
    if missing:
        name = str(raw.get("name") or kind)
        settled.off.append(ChannelOff(name, str(kind), tuple(missing)))
        settled.told.append((place, f"channel {name!r} is off", f"To turn it on, set {', '.join(missing)}."))


def _filled(
    place: Place, raw: dict[str, Any], environ: Mapping[str, str], wrongs: list[Problem]
) -> tuple[dict[str, Any], list[str], set[str]]:
    """The values with variables filled in, the names of those unset, and the keys that wait for one."""
    values: dict[str, Any] = {}
    missing: dict[str, None] = {}
    blank: set[str] = set()
    for key, value in raw.items():
        unset: dict[str, None] = {}
        values[key] = fill(value, environ, unset)
        if unset:
            values[key] = None
            blank.add(key)
            missing |= unset
    for where, text in leaves(raw, place):
        if "${" in text and not placeholders(text):
            wrongs.append(Problem(where, "a variable is not written as ${NAME}", "Use letters, digits and _ only."))
    return values, list(missing), blank


Group = TypeVar("Group", StaffChat, ResidentGroup)


def _chat(
    place: Place,
    raw: dict[str, Any],
    model: type[Group],
    environ: Mapping[str, str],
    names: set[str],
    silent: set[str],
    settled: Settled,
    wrongs: list[Problem],
) -> Group | None:
    """A group of staff or of residents; None when it is wrong, or off with its channel or a variable."""
    channel = raw.get("channel")
    if isinstance(channel, str) and channel not in names:
        wrongs.append(
            Problem((*place, "channel"), f"there is no channel {channel!r}", did_you_mean(channel, names, "Channels"))
        )
    values, missing, blank = _filled(place, raw, environ, wrongs)
    try:
        chat = model.model_validate(values | dict.fromkeys(blank, "?"))
    except ValidationError as error:
        wrongs += problems(error, model, place, {})
        return None
    if missing:
        whose = "staff" if model is StaffChat else "residents"
        settled.told.append((place, f"a group of {whose} is off", f"To turn it on, set {', '.join(missing)}."))
        return None
    return chat if chat.channel not in silent else None


def _not_both(settled: Settled, wrongs: list[Problem]) -> None:
    staff = {(chat.channel, chat.chat) for chat in settled.chats}
    for group in settled.groups:
        if (group.channel, group.chat) in staff:
            what = f"the group {group.chat!r} is one of staff and one of residents"
            wrongs.append(Problem(("resident_groups",), what, "Cards of staff must never stand before residents."))


def _secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(_secret(inner) for inner in get_args(annotation))
