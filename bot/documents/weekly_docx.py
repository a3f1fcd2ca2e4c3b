"""The report as a Word document in the layout of Nghị định 30/2020/NĐ-CP, Phụ lục I.

A4; margins: top and bottom 20–25 mm, left 30–35 mm, right 15–20 mm; Times New Roman, black; page number centred at the
top from the second page.
"""

import io
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.documents.layout import (
    BODY,
    SMALL,
    TABLE,
    bordered,
    columns,
    line_below,
    page,
    paragraph,
    placed,
    plain_table,
    write_cell,
)
from bot.documents.words import Words
from bot.weekly import FREE_PARTS, GENERAL, NOW, ModelTable, Report
from tickets.models import Part

if TYPE_CHECKING:
    from bot.texts.catalog import Catalog

_ONE_LINE = 26  # bold capitals of 12 points on the left side of the head
_BELOW_TABLE = 8  # points above a heading that follows a table
_WORD = {  # what a person types to finish a part
    Part.STEERING: "chidao",
    Part.PUBLICITY: "tuyentruyen",
    Part.RESULTS: "ketqua",
    Part.DIFFICULTIES: "khokhan",
    Part.PROPOSALS: "dexuat",
}


def written(report: Report, texts: "Catalog") -> bytes:
    """The .docx of a report. Takes about a tenth of a second; touches no file."""
    document = page(title=Words(report, texts).file_name, author=report.office_name)
    words = Words(report, texts)
    _head(document, words)
    paragraph(document, words.say("opening", **words.dates), first_line=True)
    for part in FREE_PARTS:
        paragraph(
            document,
            words.say(f"part_{part}"),
            bold=True,
            keep=True,
            above=_BELOW_TABLE if part is Part.DIFFICULTIES else 0,
        )
        if part is Part.RESULTS:
            _results(document, words)
        else:
            _free(document, words, part)
    paragraph(document, words.say("closing", **words.dates), first_line=True, keep=True)
    _foot(document, words)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def dated(day: date) -> tuple[str, str]:
    """Day and month as the decree writes them: days below 10 and the months 1 and 2 with a zero in front."""
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)  # noqa: PLR2004 - January, February
    return f"{day.day:02}", month


def amount(number: int) -> str:
    """With a point between thousands, as numbers are written in Vietnamese."""
    return f"{number:,}".replace(",", ".")


def _head(document: Any, words: Words) -> None:
    report = words.report
    day, month = dated(report.made)
    # Decree 30/2020 lets the head have 12 or 13 points, motto and date 13 or 14: the smaller fit between the margins.
    table = plain_table(document, (72.0, 93.0))
    left, right = table.rows[0].cells
    write_cell(left, [(words.above.upper(), {"size": 12})] if words.above else [])
    write_cell(
        left, [(_unbroken(words.issuer, words.ward).upper(), {"size": 12, "bold": True})], more=bool(words.above)
    )
    line_below(left, 25.0)
    write_cell(right, [(words.say("nation"), {"size": 12, "bold": True})])
    write_cell(right, [(words.say("motto"), {"size": 13, "bold": True})], more=True)
    line_below(right, 15.0)
    number, place = table.rows[1].cells
    write_cell(number, [(words.number, {"size": 13})], above=4)
    dateline = words.say("dated", place=report.place, day=day, month=month, year=report.made.year)
    write_cell(place, [(dateline, {"size": 13, "italic": True})], above=4)
    paragraph(document, words.say("kind"), bold=True, centred=True, above=14, below=0)
    lines = words.say("subject_week", **words.dates, ward=words.ward).split("\n")
    for line in lines:
        paragraph(document, line, bold=True, centred=True, below=0)
    placed(document, 60.0)


def _unbroken(issuer: str, ward: str) -> str:
    """A name too long for its line is broken before that of the ward, not within it."""
    name = ward.partition(" ")[2]
    return issuer.replace(name, name.replace(" ", "\u00a0")) if name and len(issuer) > _ONE_LINE else issuer


def _free(document: Any, words: Words, part: Part) -> None:
    """What departments said; what only the program can say is drafted; what nobody said is left to a person."""
    said = words.said(part)
    drafted = words.drafted(part)
    for text in [*drafted, *said]:
        paragraph(document, text, first_line=True)
    if not said and not drafted:
        paragraph(document, words.say("to_fill", word=_WORD[part]), first_line=True, marked=True)
    if part is Part.STEERING and words.report.missing:
        departments = "; ".join(words.report.missing)
        paragraph(document, words.say("missing", departments=departments), first_line=True, marked=True)


def _results(document: Any, words: Words) -> None:
    report = words.report
    paragraph(document, words.say("results_general"), bold=True, first_line=True, keep=True)
    for line in words.summary():
        paragraph(document, line, first_line=True)
    _general_table(document, words)
    late = False
    for number, model in enumerate(report.models, start=2):
        paragraph(
            document,
            words.say("results_model", number=number, name=words.bare(model.name)),
            bold=True,
            first_line=True,
            keep=True,
            above=8,
        )
        _model_table(document, words, model)
        late = late or any(row.late for row in model.rows)
    if late:
        paragraph(document, words.say("footnote_late"), italic=True, size=TABLE, above=4)
    said = words.said(Part.RESULTS)
    if said:
        title = words.say("results_said", number=len(report.models) + 2)
        paragraph(document, title, bold=True, first_line=True, keep=True, above=8)
        for text in said:
            paragraph(document, text, first_line=True)


def _general_table(document: Any, words: Words) -> None:
    report = words.report
    table = bordered(document, (12.0, 93.0, 28.0, 32.0), 1)
    heads = (words.say("column_order"), words.say("column_figure"), words.period_column, words.total_column)
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        write_cell(cell, [(text, {"size": TABLE, "bold": True})], roomy=1.5)
    rows = [(name, amount(report.period.count(name)), amount(report.total.count(name))) for name in GENERAL]
    rows += [(name, amount(report.period.count(name)), "–") for name in NOW]
    rows.append(("satisfaction", words.rating(report.period), words.rating(report.total)))
    for order, (name, period, total) in enumerate(rows, start=1):
        cells = table.add_row().cells
        for cell, text, where in zip(
            cells,
            (str(order), words.say(f"row_{name}"), period, total),
            ("centre", "left", "right", "right"),
            strict=True,
        ):
            write_cell(cell, [(text, {"size": TABLE})], align=where, roomy=1.5)
    columns(table)


def _model_table(document: Any, words: Words, model: ModelTable) -> None:
    """Two columns for every figure: the period, and everything so far."""
    table = bordered(document, (10.0, 65.0, 15.0, 15.0, 15.0, 15.0, 15.0, 15.0), 2)
    top, below = table.rows
    order, name = top.cells[0].merge(below.cells[0]), top.cells[1].merge(below.cells[1])
    write_cell(order, [(words.say("column_order"), {"size": SMALL, "bold": True})], roomy=1.5)
    write_cell(name, [(words.say("column_procedure"), {"size": SMALL, "bold": True})], roomy=1.5)
    for number, key in enumerate(("received", "settled", "reported")):
        head = top.cells[2 + 2 * number].merge(top.cells[3 + 2 * number])
        write_cell(head, [(words.say(f"column_{key}"), {"size": SMALL, "bold": True})], roomy=1.5)
        for offset, text in enumerate((words.period_column, words.say("column_total_short"))):
            write_cell(below.cells[2 + 2 * number + offset], [(text, {"size": SMALL, "bold": True})], roomy=1.5)
    for number, row in enumerate(model.rows, start=1):
        cells = table.add_row().cells
        write_cell(cells[0], [(str(number), {"size": TABLE})], roomy=1.5)
        write_cell(cells[1], [(words.row_name(model, row), {"size": TABLE})], align="left", roomy=1.5)
        values = [*row.received, *row.settled, *row.reported]
        for cell, value, marked in zip(cells[2:], values, (False,) * 4 + (row.late, False), strict=True):
            write_cell(
                cell, [(f"{amount(value)}{' (*)' if marked else ''}", {"size": TABLE})], align="right", roomy=1.5
            )
    columns(table)


def _foot(document: Any, words: Words) -> None:
    """Nơi nhận beside the signature. Which block it is, a person chooses; the name is left to them."""
    report = words.report
    table = plain_table(document, (82.5, 82.5), rows=1)
    left, right = table.rows[0].cells
    write_cell(left, [(words.say("to_head"), {"size": 12, "bold": True, "italic": True})], align="left")
    for line in words.receivers():
        write_cell(left, [(line, {"size": 11})], align="left", more=True)
    for number, line in enumerate(words.block()):
        style = {"size": BODY, "bold": True, "marked": not report.signed_by}
        write_cell(right, [(line, style)], more=number > 0)
    for _ in range(5):
        write_cell(right, [("", {"size": BODY})], more=True)
    if report.signed_by and report.letter.signer:
        write_cell(right, [(report.letter.signer, {"size": BODY, "bold": True})], more=True)
