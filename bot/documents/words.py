"""The sentences of a report, from its values: the same for the document, the workbook and the chat."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.weekly import ModelRow, ModelTable, Report
from tickets.models import Part
from tickets.reports.figures import Figures

if TYPE_CHECKING:
    from bot.texts.catalog import Catalog

_ROOM = " " * 9  # for a number written by hand
_UPWARDS = 2  # of the usual receivers, those above the ward: a unit of it writes to the ward
_AREAS = 3  # named where work was late


@dataclass(frozen=True, slots=True)
class Words:
    """A report and the texts in which it is said."""

    report: Report
    texts: "Catalog"

    def say(self, key: str, **values: object) -> str:
        """A sentence of the report; values it has no place for are left out."""
        full = f"report.{key}"
        wanted = self.texts.placeholders(self.report.language, full)
        return self.texts.say(self.report.language, full, **{k: v for k, v in values.items() if k in wanted})

    @property
    def dates(self) -> dict[str, Any]:
        report = self.report
        return {
            "office": self.issuer,
            "first": f"{report.first:%d/%m/%Y}",
            "last": f"{report.last:%d/%m/%Y}",
            "since": f"{report.since:%d/%m/%Y}",
            "cut": self._cut(),
        }

    def _cut(self) -> str:
        cut = self.report.cut
        if (cut.hour, cut.minute) == (0, 0):
            return self.say("cut_day", date=f"{cut - timedelta(days=1):%d/%m/%Y}")
        return self.say("cut_hour", hour=f"{cut:%H}", minute=f"{cut:%M}", date=f"{cut:%d/%m/%Y}")

    @property
    def issuer(self) -> str:
        """Who reports: the office, or a unit of it in its own name."""
        return self.report.letter.issued_by or self.report.office_name

    @property
    def above(self) -> str:
        """The body above the one that reports, at the head of the page."""
        return self.report.office_name if self.report.letter.issued_by else self.report.superior

    @property
    def number(self) -> str:
        """The line for the document's number, which the registry fills in."""
        pattern = self.report.letter.number
        if not pattern:
            unit = "".join(word[0].upper() for word in self.report.letter.issued_by.split()) or "UBND"
            pattern = f"{{number}}/BC-{unit}"
        return self.say("number", number=pattern.replace("{number}", _ROOM))

    def block(self) -> list[str]:
        """The signing block a person chose, in lines; a request to choose where nobody did."""
        chosen = self.report.signed_by
        if not chosen:
            return self.say("sign_choose").split("\n")
        return self.say(f"sign_own_{chosen}" if self.report.letter.issued_by else f"sign_{chosen}").split("\n")

    @property
    def ward(self) -> str:
        """ "phường Nam Gia Nghĩa"."""
        return self.report.office_name.removeprefix("UBND ").removeprefix("Ủy ban nhân dân ")

    @property
    def file_name(self) -> str:
        """Without its ending."""
        return self.say("file", office=self.report.office, last=self.report.last.isoformat())

    @property
    def period_column(self) -> str:
        return self.say("column_week" if self.report.week is not None else "column_period")

    @property
    def total_column(self) -> str:
        return self.say("column_total", since=f"{self.report.since:%d/%m/%Y}")

    def bare(self, name: str) -> str:
        """The name of an initiative for quotes around it: its own would stand within them."""
        return name.replace("“", "‘").replace("”", "’")

    def row_name(self, model: ModelTable, row: ModelRow) -> str:
        if row.code:
            return f"{row.name} ({row.code})" if row.name else row.code
        return self.say("row_whole" if len(model.rows) > 1 else "row_all")

    def said(self, part: Part) -> list[str]:
        """The words handed in for a part, a line each, with whose they are."""
        found = []
        for one in self.report.words.get(part, ()):
            lines = [line.strip() for line in one.text.split("\n") if line.strip()]
            if not lines:
                continue
            last = self.say("said_late", text=lines[-1]) if one.late else lines[-1]
            lines = [*lines[:-1], last]
            first = self.say("said_by", department=one.department, text=lines[0]) if one.department else lines[0]
            found += [first, *lines[1:]]
        return found

    def drafted(self, part: Part) -> list[str]:
        """What the figures themselves have to say in a part."""
        found = self.report.period
        if part is not Part.DIFFICULTIES or not (found.count("late") or found.count("overdue")):
            return []
        areas = sorted(
            (
                (len(set(sets.get("late", ())) | set(sets.get("overdue", ()))), self.report.area_names.get(area, area))
                for area, sets in found.by["area"].items()
            ),
            key=lambda row: (-row[0], row[1]),
        )
        named = ", ".join(f"{name} ({count})" for count, name in areas[:_AREAS] if count)
        return [self.say("drafted_late", late=found.count("late"), overdue=found.count("overdue"), areas=named)]

    def summary(self) -> Iterator[str]:
        """The figures of the period in sentences."""
        found = self.report.period
        counts = {name: found.count(name) for name in ("received", "settled", "on_time", "late", "live", "overdue")}
        if not any(counts.values()):
            yield self.say("summary_nothing")
            return
        if counts["settled"]:
            share = f"{100 * counts['on_time'] / counts['settled']:.1f}%".replace(".", ",")
            yield self.say("summary_received", **counts, share=share)
        else:
            yield self.say("summary_unsettled", **counts)
        medians = {"first": found.first_reply.median, "resolve": found.resolve.median}
        known = [
            self.say(f"summary_{name}", median=self.length(one)) for name, one in medians.items() if one is not None
        ]
        if known:
            yield self.say("summary_times", times="; ".join(known))
        if found.satisfaction.count:
            yield self.say("summary_satisfaction", rating=self.rating(found), ratings=found.satisfaction.count)

    def rating(self, found: Figures) -> str:
        mean = found.satisfaction.mean
        return "–" if mean is None else f"{mean:.1f}".replace(".", ",")

    def length(self, span: timedelta | None) -> str:
        if span is None:
            return "–"
        hours, minutes = divmod(round(span.total_seconds() / 60), 60)
        key = "hours" if hours and minutes else "whole_hours" if hours else "minutes"
        values = {"hours": {"hours": hours, "minutes": minutes}, "whole_hours": {"hours": hours}}
        return self.texts.say(self.report.language, f"time.{key}", **values.get(key, {"minutes": minutes}))

    def receivers(self) -> list[str]:
        """Nơi nhận: as the office file says, else those a ward's report usually goes to."""
        written = self.report.letter.sent_to
        if written:
            last = len(written) - 1
            marks = [line.strip().lstrip("-").strip().rstrip(";.") for line in written]
            return [f"- {line}{'.' if number == last else ';'}" for number, line in enumerate(marks)]
        lines = []
        for number in range(1, 6):
            if (number == 1 and not self.report.superior) or (number <= _UPWARDS and self.report.letter.issued_by):
                continue
            lines.append(
                self.say(f"to_{number}", superior=self.report.superior, office=self.report.office_name, ward=self.ward)
            )
        return lines
