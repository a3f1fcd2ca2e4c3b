"""The report as JSON, for other programs: every number with the tickets behind it."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.weekly import Report
from tickets.reports.figures import FIGURES, Figures
from tickets.reports.measures import Times as Lengths

if TYPE_CHECKING:
    from bot.texts.catalog import Catalog


def written(report: Report, _: "Catalog") -> bytes:
    """UTF-8, indented, its keys in a fixed order; times in minutes of working time."""
    return (json.dumps(values(report), ensure_ascii=False, indent=2) + "\n").encode()


def values(report: Report) -> dict[str, Any]:
    """The report as plain values."""
    return {
        "office": report.office,
        "name": report.office_name,
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "since": report.since.isoformat(),
        "cut": report.cut.isoformat(),
        "period": _figures(report, report.period),
        "total": _figures(report, report.total),
        "models": [
            {
                "id": model.id,
                "name": model.name,
                "procedures": [
                    {
                        "code": row.code,
                        "name": row.name,
                        "received": list(row.received),
                        "settled": list(row.settled),
                        "reported": list(row.reported),
                        "late": row.late,
                    }
                    for row in model.rows
                ],
            }
            for model in report.models
        ],
        "words": {
            part.value: [{"department": one.department, "text": one.text, "late": one.late} for one in said]
            for part, said in report.words.items()
        },
        "missing": list(report.missing),
    }


def _figures(report: Report, found: Figures) -> dict[str, Any]:
    return {
        "from": found.start.isoformat(),
        "until": found.end.isoformat(),
        "counts": {name: found.count(name) for name in FIGURES},
        "tickets": {name: _numbers(report, ids) for name, ids in found.sets.items() if name != "deflected"},
        "first_reply": _lengths(found.first_reply),
        "resolve": _lengths(found.resolve),
        "satisfaction": {
            "count": found.satisfaction.count,
            "mean": found.satisfaction.mean,
            "spread": {str(value): count for value, count in found.satisfaction.spread.items()},
        },
        "transfer_reasons": [{"reason": why, "tickets": _numbers(report, ids)} for why, ids in found.reasons],
        "by": {dimension: _counts(rows) for dimension, rows in found.by.items()},
    }


def _counts(rows: Mapping[str, Mapping[str, tuple[int, ...]]]) -> dict[str, dict[str, int]]:
    return {value: {name: len(ids) for name, ids in sets.items()} for value, sets in rows.items()}


def _numbers(report: Report, ids: tuple[int, ...]) -> list[int]:
    return sorted(report.numbers[one] for one in ids)


def _lengths(found: Lengths) -> dict[str, Any]:
    return {"count": found.count, "median": _minutes(found.median), "p90": _minutes(found.p90)}


def _minutes(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds() / 60, 2)
