"""The figures of a report as a workbook, with the tickets behind every number."""

import io
from typing import TYPE_CHECKING, Any

from bot.documents.words import Words
from bot.weekly import FREE_PARTS, GENERAL, NOW, Report
from tickets.reports.figures import FIGURES

if TYPE_CHECKING:
    from bot.texts.catalog import Catalog

_AREA_FIGURES = ("received", "on_time", "late", "live", "overdue")
_WIDEST = 60


def written(report: Report, texts: "Catalog") -> bytes:
    """The .xlsx of a report: five sheets. What people wrote is text, never a formula."""
    from openpyxl import Workbook  # type: ignore[import-untyped]  # openpyxl ships no annotations

    words = Words(report, texts)
    book = Workbook()
    book.properties.title, book.properties.creator = words.file_name, report.office_name
    _general(book.active, words)
    _models(book.create_sheet(), words)
    _areas(book.create_sheet(), words)
    _said(book.create_sheet(), words)
    _tickets(book.create_sheet(), words)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _general(sheet: Any, words: Words) -> None:
    report = words.report
    rows: list[list[Any]] = [
        [words.say(f"row_{name}"), report.period.count(name), report.total.count(name)] for name in GENERAL
    ]
    rows += [[words.say(f"row_{name}"), report.period.count(name), None] for name in NOW]
    rows.append([words.say("row_satisfaction"), report.period.satisfaction.mean, report.total.satisfaction.mean])
    heads = [words.say("column_figure"), words.period_column, words.total_column]
    _fill(sheet, words.say("sheet_general"), heads, rows)
    for cell in sheet[sheet.max_row][1:]:
        cell.number_format = "0.0"


def _models(sheet: Any, words: Words) -> None:
    heads = [words.say("column_model"), words.say("column_code"), words.say("column_procedure")]
    for key in ("received", "settled", "reported"):
        name = words.say(f"column_{key}")
        heads += [f"{name}, {words.period_column.lower()}", f"{name}, {words.say('column_total_short').lower()}"]
    rows: list[list[Any]] = []
    late = False
    for model in words.report.models:
        for row in model.rows:
            name = row.name or words.row_name(model, row)
            rows.append([model.name, row.code, name, *row.received, *row.settled, *row.reported])
            if row.late:
                rows[-1][2] += " (*)"
                late = True
    if late:
        rows.append([words.say("footnote_late")])
    _fill(sheet, words.say("sheet_models"), heads, rows)


def _areas(sheet: Any, words: Words) -> None:
    report = words.report
    heads = [words.say("column_area")]
    for name in _AREA_FIGURES:
        label = words.say(f"row_{name}")
        heads += [f"{label}, {words.period_column.lower()}", f"{label}, {words.say('column_total_short').lower()}"]
    areas = sorted({*report.period.by["area"], *report.total.by["area"]})
    rows = []
    for area in areas:
        row: list[Any] = [report.area_names.get(area, area)]
        for name in _AREA_FIGURES:
            row += [len(found.by["area"].get(area, {}).get(name, ())) for found in (report.period, report.total)]
        rows.append(row)
    _fill(sheet, words.say("sheet_areas"), heads, rows)


def _said(sheet: Any, words: Words) -> None:
    rows = [
        [words.say(f"part_{part}"), one.department, words.say("said_late", text=one.text) if one.late else one.text]
        for part in FREE_PARTS
        for one in words.report.words.get(part, ())
    ]
    heads = [words.say("column_part"), words.say("column_department"), words.say("column_text")]
    _fill(sheet, words.say("sheet_words"), heads, rows)


def _tickets(sheet: Any, words: Words) -> None:
    """Which tickets each number of the period counts."""
    report = words.report
    rows = [
        [words.texts.say(report.language, f"figures.name_{name}"), report.numbers[ticket]]
        for name in FIGURES
        if name != "deflected"
        for ticket in report.period.sets[name]
    ]
    _fill(sheet, words.say("sheet_tickets"), [words.say("column_figure"), words.say("column_ticket")], rows)
    sheet.auto_filter.ref = sheet.dimensions


def _fill(sheet: Any, title: str, heads: list[str], rows: list[list[Any]]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # type: ignore[import-untyped]  # as above
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # as above

    sheet.title = title
    for row, values in enumerate([heads, *rows], start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # "=1+1" that somebody typed stays what it is
            cell.font = Font(name="Times New Roman", size=12, bold=row == 1)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if row == 1:
                cell.fill = PatternFill("solid", fgColor="DDE8F0")
    for column in range(1, len(heads) + 1):
        longest = max((len(str(sheet.cell(row, column).value or "")) for row in range(2, sheet.max_row + 1)), default=0)
        head = max(len(word) for word in heads[column - 1].split()) + 6
        sheet.column_dimensions[get_column_letter(column)].width = min(_WIDEST, max(longest + 3, head, 12))
    sheet.freeze_panes = "A2"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
