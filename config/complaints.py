"""Pydantic's complaints about a value somebody wrote by hand, as sentences with a place and a remedy."""

from collections.abc import Callable, Mapping
from typing import Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from config.mistakes import Place, Problem, did_you_mean
from config.working_time import WrittenWrong

_SHAPES = {
    "string_type": ("must be a text", "Write it on one line; use quotes when it holds a colon or a #."),
    "tuple_type": ("must be a list", "Write it in brackets, as [one, two], or one item a line, each begun by a dash."),
    "list_type": ("must be a list", "Write it in brackets, as [one, two], or one item a line, each begun by a dash."),
    "dict_type": ("must be made of keys and values", "Write `key: value` lines below it, indented."),
    "model_type": ("must be made of keys and values", "Write `key: value` lines below it, indented."),
    "model_attributes_type": ("must be made of keys and values", "Write `key: value` lines below it, indented."),
    "string_too_short": ("is empty", "Write something, or remove the line if it is not needed."),
    "too_short": ("is an empty list", "Write at least one item."),
}


class Written(BaseModel):
    """A piece of an office file: unknown keys are mistakes, and a key without a value is as if it were not there."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _keys_without_value(cls, data: Any) -> Any:
        return without_empty(cls, data)


def without_empty(model: type[BaseModel], data: Any) -> Any:
    """`data` without the known keys of `model` that were written with nothing behind the colon."""
    if not isinstance(data, dict):
        return data
    known = _fields(model)
    return {key: value for key, value in data.items() if value is not None or key not in known}


def parsed(parse: Callable[[str], Any]) -> BeforeValidator:
    """A validator that reads a text with one of the functions of working_time and keeps its remedy."""

    def check(value: Any) -> Any:
        if not isinstance(value, str):
            raise PydanticCustomError("string_type", "must be a text")
        try:
            return parse(value)
        except WrittenWrong as error:
            raise wrong(str(error), error.remedy) from None

    return BeforeValidator(check)


def wrong(what: str, remedy: str) -> PydanticCustomError:
    """An error to raise inside a validator, with its own remedy."""
    return PydanticCustomError("written", "{what}", {"what": what, "remedy": remedy})


def problems(error: ValidationError, model: type[BaseModel], at: Place, sources: Mapping[str, str]) -> list[Problem]:
    """Every complaint about a `model` that stands at `at` in the file. No value is ever quoted here.

    `sources` says from which variables a key of the outermost level was filled: then these are what must be corrected.
    """
    return [_problem(one, model, at, sources) for one in error.errors(include_url=False, include_input=False)]


def _problem(one: Any, model: type[BaseModel], at: Place, sources: Mapping[str, str]) -> Problem:
    loc: Place = tuple(one["loc"])
    place, kind, name = (
        (*at, *loc),
        one["type"],
        next((str(part) for part in reversed(loc) if isinstance(part, str)), ""),
    )
    fields = _fields_at(model, loc[:-1])
    source = sources.get(str(loc[0])) if loc else None
    subject = f"{name!r} (from {source})" if source else repr(name)
    remedy = "Correct the variable in the environment or in .env." if source else "Correct this line."
    if kind == "extra_forbidden":
        return Problem(place, f"unknown key {name!r}", did_you_mean(name, fields), key=True)
    if kind == "missing":
        field = fields.get(name)
        meaning = f": {field.description}" if field is not None and field.description else ""
        return Problem(place, f"{name!r} is missing", f"Add `{name}: …`{meaning}.")
    if kind == "literal_error":
        return Problem(place, f"{subject} must be {one['ctx']['expected']}", remedy)
    if kind == "written":
        return Problem(place, one["msg"], one["ctx"]["remedy"])
    if kind in _SHAPES:
        what, how = _SHAPES[kind]
        item = f"an item of {name!r}" if loc and isinstance(loc[-1], int) else subject
        return Problem(place, f"{item} {what}", remedy if source else how)
    message = one["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return Problem(place, f"{subject}: {message[:1].lower()}{message[1:]}" if name else message, remedy)


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys of a model as they are written in a file."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def _fields_at(model: type[BaseModel] | None, loc: Place) -> dict[str, FieldInfo]:
    for step in loc:
        if model is None:
            return {}
        if isinstance(step, str) and step in _fields(model):
            model = _model_in(_fields(model)[step].annotation)
    return _fields(model) if model is not None else {}


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model somewhere inside an annotation such as tuple[Step, ...] or dict[str, Part] | None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        if found := _model_in(inner):
            return found
    return None
