"""What must hold between the parts of an office file: areas exist and are served once, names are unique, steps grow.

The rules look at the plain values, so that they speak even when a part is too broken to be read; what is not in the
expected shape is passed over here and told by the models.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from config.catalogue import Catalogue
from config.mistakes import Place, Problem, did_you_mean
from config.working_time import WrittenWrong, duration

_WORKING_DAY = 480  # minutes, to compare `1d` with hours; nothing is promised by it


def broken(data: Mapping[str, Any], known: Catalogue, languages: Mapping[str, str]) -> list[Problem]:
    """Every rule the values of one office file break; `languages` as in `office.load_offices`."""
    areas = (*_served(data, known), *_reception(data, known), *_mentioned(data, known))
    parts = (*_names(data), *_escalation(data), *_waiting(data), *_codes(data, known))
    return [*_language(data, languages), *areas, *parts]


def _language(data: Mapping[str, Any], languages: Mapping[str, str]) -> Iterator[Problem]:
    said = data.get("language")
    if not isinstance(said, str):
        return
    if said not in languages:
        whole = [one for one, lacks in languages.items() if not lacks]
        remedy = f"{did_you_mean(said, whole, 'Languages')} Or add a translation of bot/texts/vi.toml beside it."
        yield Problem(("language",), f"there are no texts in the language {said!r}", remedy)
    elif languages[said]:
        what = f"the texts in {said!r} lack {languages[said]}"
        yield Problem(("language",), what, f"Complete bot/texts/{said}.toml after vi.toml, values in braces and all.")


def _served(data: Mapping[str, Any], known: Catalogue) -> Iterator[Problem]:
    served: dict[str, str] = {}
    for part in ("departments", "outside"):
        for number, row in _rows(data, part):
            if part == "departments" and "areas" in row and not row["areas"]:
                yield Problem((part, number, "areas"), f"{row.get('name')!r} handles no area", "Name its areas.")
            for place, area in _texts(row, "areas", (part, number)):
                yield from _unknown(area, place, known)
                if area in served:
                    what = f"area {area!r} is handled twice, by {served[area]!r} and by {row.get('name')!r}"
                    yield Problem(place, what, "Leave it to one of them.")
                served.setdefault(area, str(row.get("name")))
    nobody = [f"{area.name} ({area.id})" for area in known.areas.values() if area.id not in served]
    if nobody and isinstance(data.get("departments"), list):
        what = f"nobody handles the area{'s' if len(nobody) > 1 else ''} {', '.join(nobody)}"
        yield Problem(("departments",), what, "Give it to a department, or to a body under `outside`.", key=True)


def _reception(data: Mapping[str, Any], known: Catalogue) -> Iterator[Problem]:
    reception = data.get("reception")
    if isinstance(reception, str):
        own = {area for number, row in _rows(data, "departments") for _, area in _texts(row, "areas", ("", number))}
        if reception in known.areas and reception not in own:
            what = f"the reception's area {reception!r} is handled by no department"
            yield Problem(("reception",), what, "Add it to the areas of the department at the front desk.")
        yield from _unknown(reception, ("reception",), known)


def _mentioned(data: Mapping[str, Any], known: Catalogue) -> Iterator[Problem]:
    for number, row in _rows(data, "staff_chats"):
        for place, area in _texts(row, "areas", ("staff_chats", number)):
            yield from _unknown(area, place, known)
    promises = data.get("promises")
    if isinstance(promises, dict) and isinstance(promises.get("areas"), dict):
        for area in promises["areas"]:
            yield from _unknown(area, ("promises", "areas", area), known, key=True)
    duty = data.get("duty")
    if isinstance(duty, dict) and isinstance(duty.get("areas"), dict):
        for area in duty["areas"]:
            yield from _unknown(area, ("duty", "areas", area), known, key=True)
    own_hours = data.get("area_hours")
    for area in own_hours if isinstance(own_hours, dict) else ():
        yield from _unknown(area, ("area_hours", area), known, key=True)


def _unknown(area: str, place: Place, known: Catalogue, *, key: bool = False) -> Iterator[Problem]:
    if area not in known.areas:
        by_name = [one.id for one in known.areas.values() if one.name.lower() == area.lower()]
        remedy = f"Write its id: {by_name[0]}." if by_name else did_you_mean(area, known.areas, "Areas")
        yield Problem(place, f"there is no area {area!r} in the catalogue", remedy, key=key)


def _names(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Short names that are used twice in one list."""
    for part in ("departments", "outside", "models"):
        seen: dict[str, int] = {}
        for number, row in _rows(data, part):
            name = row.get("id")
            if isinstance(name, str) and name in seen:
                what = f"the id {name!r} is used twice in {part!r}, also by number {seen[name] + 1}"
                yield Problem((part, number, "id"), what, "Give each its own.")
            elif isinstance(name, str):
                seen[name] = number


def _escalation(data: Mapping[str, Any]) -> Iterator[Problem]:
    last = -1
    for number, row in _rows(data, "escalation"):
        after = row.get("after")
        if not isinstance(after, str):
            continue
        try:
            length = duration(after)
        except WrittenWrong:
            continue  # the model says so
        minutes = length.minutes + length.days * _WORKING_DAY
        if minutes <= last:
            what = f"step {number + 1} of the escalation, after {after}, does not come later than the one before"
            yield Problem(("escalation", number, "after"), what, "Let every step wait longer than the one above it.")
        last = max(last, minutes)


def _waiting(data: Mapping[str, Any]) -> Iterator[Problem]:
    rule = data.get("waiting")
    if not isinstance(rule, dict):
        return
    remind, close = (
        _minutes(rule.get(name, usual)) for name, usual in (("remind_after", "2d"), ("close_after", "10d"))
    )
    if remind is not None and close is not None and str(rule.get("reminders", 2)) != "0" and close <= remind:
        what = "a ticket would be given up before its resident is reminded"
        yield Problem(("waiting", "close_after"), what, "Let close_after be longer than remind_after, or reminders 0.")


def _minutes(written: Any) -> int | None:
    """A length in working minutes, to compare; None for what is none, of which the model says so."""
    try:
        length = duration(written) if isinstance(written, str) else None
    except WrittenWrong:
        return None
    return length.minutes + length.days * _WORKING_DAY if length is not None else None


def _codes(data: Mapping[str, Any], known: Catalogue) -> Iterator[Problem]:
    codes = [one.code for one in known.procedures if one.code]
    own = data.get("procedures")
    for code in own if isinstance(own, dict) else ():
        if known.procedure(str(code)) is None:
            what = f"there is no procedure {code!r} in the catalogue"
            yield Problem(("procedures", code), what, did_you_mean(str(code), codes, "Codes"), key=True)
    for number, row in _rows(data, "models"):
        for place, code in _texts(row, "procedures", ("models", number)):
            if known.procedure(code) is None:
                yield Problem(
                    place, f"there is no procedure {code!r} in the catalogue", did_you_mean(code, codes, "Codes")
                )


def _rows(data: Mapping[str, Any], key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = data.get(key)
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield number, row


def _texts(row: Mapping[str, Any], key: str, place: Place) -> Iterator[tuple[Place, str]]:
    values = row.get(key)
    for number, value in enumerate(values if isinstance(values, list) else ()):
        if isinstance(value, str):
            yield (*place, key, number), value
