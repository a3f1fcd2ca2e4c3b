"""The few pieces a Vietnamese office paper is made of, over python-docx: page, paragraph, tables, rules."""

from collections.abc import Sequence
from typing import Any

FONT = "Times New Roman"
BODY = 14  # points
TABLE = 12
SMALL = 11
_FIRST_LINE = 12.7  # mm

Style = dict[str, Any]


def page(*, title: str, author: str) -> Any:
    """An empty A4 document with the decree's margins, whose pages are numbered at the top from the second on."""
    from docx import Document
    from docx.shared import Mm, Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    _number(section.header.paragraphs[0])
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(BODY)
    fonts = normal.element.rPr.rFonts
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(_name(script), FONT)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(_name(theme), None)
    language = normal.element.rPr.find(_name("w:lang"))
    if language is None:
        language = _element("w:lang")
        normal.element.rPr.append(language)
    language.set(_name("w:val"), "vi-VN")
    about = document.core_properties
    about.title, about.author, about.last_modified_by, about.comments = title, author, author, ""
    about.language = "vi-VN"
    return document


def paragraph(
    document: Any,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    centred: bool = False,
    first_line: bool = False,
    keep: bool = False,
    marked: bool = False,
    size: float = BODY,
    above: float = 0,
    below: float = 6,
) -> Any:
    """A paragraph of the body: justified unless centred. `keep` holds it with the next, `marked` shows what is open."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    made = document.add_paragraph()
    form = made.paragraph_format
    form.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.JUSTIFY
    form.space_before, form.space_after, form.line_spacing = Pt(above), Pt(below), 1.1
    form.keep_with_next = keep
    form.widow_control = True
    if first_line:
        form.first_line_indent = Mm(_FIRST_LINE)
    _run(made, text, {"size": size, "bold": bold, "italic": italic, "marked": marked})
    return made


def placed(document: Any, length: float) -> None:
    """A short rule of `length` mm in the middle of the page, as below a trích yếu."""
    made = document.add_paragraph()
    _rule(made, (165.0 - length) / 2, (165.0 - length) / 2)
    _tight(made, below=10)


def line_below(cell: Any, margin: float) -> None:
    """A rule under what stands in a cell, `margin` mm shorter on either side."""
    made = cell.add_paragraph()
    _rule(made, margin, margin)
    _tight(made, below=0)


def plain_table(document: Any, widths: Sequence[float], *, rows: int = 2) -> Any:
    """A table without lines whose first row is never torn apart; widths in mm."""
    table = document.add_table(rows=rows, cols=len(widths))
    table.autofit = False
    margins = _element("w:tblCellMar")
    for side in ("left", "right"):
        margin = _element(f"w:{side}")
        margin.set(_name("w:w"), "0")
        margin.set(_name("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.find(_name("w:tblLook")).addprevious(margins)  # noqa: SLF001 - python-docx 1.2 has no other way to cells without padding
    _widths(table, widths)
    _whole_rows(table)
    return table


def bordered(document: Any, widths: Sequence[float], heads: int) -> Any:
    """A table with lines; its first `heads` rows are repeated on every page. Widths in mm."""
    table = document.add_table(rows=heads, cols=len(widths))
    table.style = "Table Grid"
    table.autofit = False
    _widths(table, widths)
    for row in table.rows:
        mark = _element("w:tblHeader")
        mark.set(_name("w:val"), "true")
        row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - python-docx 1.2 has no other way to a repeated row
    return table


def columns(table: Any) -> None:
    """After the rows were added: the same widths in each, none torn apart by a page."""
    widths = [cell.width for cell in table.rows[0].cells]
    grid = [column.width for column in table.columns]
    for row in table.rows:
        for cell, width in zip(row.cells, grid or widths, strict=False):
            if cell.width is None:
                cell.width = width
    _whole_rows(table)


def write_cell(
    cell: Any,
    runs: Sequence[tuple[str, Style]],
    *,
    align: str = "centre",
    more: bool = False,
    above: float = 0,
    roomy: float = 0,
) -> None:
    """Words into a cell, with `roomy` points above and below; `more`: into a new paragraph under what stands there."""
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    made = cell.add_paragraph() if more else cell.paragraphs[0]
    form = made.paragraph_format
    form.alignment = {
        "centre": WD_ALIGN_PARAGRAPH.CENTER,
        "left": WD_ALIGN_PARAGRAPH.LEFT,
        "right": WD_ALIGN_PARAGRAPH.RIGHT,
    }[align]
    form.space_before, form.space_after, form.line_spacing = Pt(above), Pt(roomy), 1.0
    for text, style in runs:
        _run(made, text, style)
    if roomy:
        form.space_before = Pt(roomy)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _run(made: Any, text: str, style: Style) -> None:
    from docx.enum.text import WD_COLOR_INDEX
    from docx.shared import Pt

    run = made.add_run(text)
    run.bold, run.italic = style.get("bold") or None, style.get("italic") or None
    run.font.size = Pt(style.get("size", BODY))
    if style.get("marked"):
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _number(made: Any) -> None:
    """The field PAGE, centred."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    made.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = made.add_run()
    run.font.size, run.font.name = Pt(13), FONT
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = _element("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(_name("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)  # noqa: SLF001 - python-docx 1.2 has no fields


def _rule(made: Any, left: float, right: float) -> None:
    """A line above an empty paragraph, indented by mm on both sides."""
    from docx.shared import Mm

    made.paragraph_format.left_indent, made.paragraph_format.right_indent = Mm(left), Mm(right)
    borders = _element("w:pBdr")
    top = _element("w:top")
    for key, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(_name(f"w:{key}"), value)
    borders.append(top)
    properties = made._p.get_or_add_pPr()  # noqa: SLF001 - python-docx 1.2 draws no borders
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _tight(made: Any, *, below: float) -> None:
    from docx.shared import Pt

    form = made.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(1), Pt(below), Pt(4)


def _widths(table: Any, widths: Sequence[float]) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Mm

    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _whole_rows(table: Any) -> None:
    for row in table.rows:
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx 1.2 has no other way to a whole row
        if properties.find(_name("w:cantSplit")) is None:
            properties.insert(0, _element("w:cantSplit"))


def _element(name: str) -> Any:
    from docx.oxml import OxmlElement

    return OxmlElement(name)


def _name(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(name))
