"""Are the documents what an office can file: layout, numbers, words as they were written, and nothing that runs?"""

import io
import json
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.shared import Pt
from openpyxl import load_workbook  # type: ignore[import-untyped]  # openpyxl ships no annotations

from bot import weekly
from bot.documents import as_json, chart, weekly_docx, workbook
from bot.documents.chart import Bar, Picture
from bot.policies import policy_of
from bot.texts.catalog import Catalog
from bot.weekly import Report
from channels import registry
from config import catalogue
from config.catalogue import Catalogue
from config.office import Office, load_offices
from tests.tickets.generated_year import make
from tickets.models import Part, Staff
from tickets.policy import Policy
from tickets.reports import handed_in
from tickets.reports import weekly as moments
from tickets.reports.periods import days

TEXTS = Catalog.load()
OFFICES = Path(__file__).resolve().parents[2] / "config" / "offices"
WEEK = date(2026, 11, 2)
AFTER = datetime(2026, 11, 6, 8, tzinfo=UTC)  # Friday, 15:00


@dataclass(frozen=True)
class Ward:
    office: Office
    policy: Policy
    catalogue: Catalogue


@pytest.fixture(scope="session")
def ward() -> Ward:
    loaded = load_offices(OFFICES, {}, registry.schemas())
    office = next(one for one in loaded.offices if one.id == "nam-gia-nghia")
    return Ward(office, policy_of(office, catalogue.load()), catalogue.load())


@pytest.fixture
async def report(database: str, ward: Ward) -> Report:
    """A week of a generated year, with words and numbers of departments."""
    await make("nam-gia-nghia", tickets=150, seed=7)
    who = await Staff.all().first()
    assert who is not None
    at = AFTER - timedelta(hours=6)
    for part, department, text, late in (
        (Part.STEERING, "van-phong", "Phân công trực.\nDòng hai.", False),
        (Part.DIFFICULTIES, "van-hoa-xa-hoi", '=HYPERLINK("http://x")', True),
        (Part.PROPOSALS, "", "Chữ \x0b lạ \ufffe và <b>thẻ</b> & {ngoặc}", False),
    ):
        await handed_in.say("nam-gia-nghia", WEEK, part, department, text, who, at, late=late)
    await handed_in.count("nam-gia-nghia", WEEK, "ho-so-khong-hen", "2.000815", "van-phong", 1046, who, at, late=True)
    rhythm = await weekly.rhythm(ward)
    assert rhythm is not None
    week = moments.week(ward.policy.calendar, rhythm, WEEK)
    assert week is not None
    return await weekly.of_week(ward, week, AFTER)


def paper(report: Report) -> Any:
    return Document(io.BytesIO(weekly_docx.written(report, TEXTS)))


def everything(document: Any) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


async def test_the_page_is_that_of_the_decree(report: Report) -> None:
    document = paper(report)
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(one.mm) for one in margins] == [20, 20, 30, 15]
    assert (document.styles["Normal"].font.name, document.styles["Normal"].font.size) == ("Times New Roman", Pt(14))
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xml
    assert "PAGE" not in section.first_page_header._element.xml
    assert document.core_properties.author == "UBND phường Nam Gia Nghĩa"


async def test_head_parts_and_foot_stand_in_their_order(report: Report) -> None:
    text = everything(paper(report))
    for wanted in (
        "UBND TỈNH LÂM ĐỒNG",
        "UBND PHƯỜNG NAM GIA NGHĨA",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "/BC-UBND",
        "Nam Gia Nghĩa, ngày 06 tháng 11 năm 2026",
        "- Văn phòng UBND tỉnh Lâm Đồng (b/c);",
        "- Lưu: VT, TTPVHCC.",
        "Lũy kế từ 27/08/2025",
        "[Chọn thẩm quyền ký:",
    ):
        assert wanted in text
    parts = [
        one.text for one in paper(report).paragraphs if one.text.partition(".")[0] in ("I", "II", "III", "IV", "V")
    ]
    assert [one.partition(".")[0] for one in parts] == ["I", "II", "III", "IV", "V"]
    assert text.count("{") == 1, "a placeholder was left open (the one brace is a department's own)"


@pytest.mark.parametrize(
    ("day", "said"),
    [(date(2027, 1, 5), ("05", "01")), (date(2027, 2, 12), ("12", "02")), (date(2027, 3, 9), ("09", "3"))],
)
def test_days_and_months_have_the_zeros_of_the_decree(day: date, said: tuple[str, str]) -> None:
    assert weekly_docx.dated(day) == said


async def test_who_signs_is_chosen_by_a_person(report: Report) -> None:
    text = everything(paper(replace(report, signed_by="kt")))
    assert "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH" in text
    assert "[Chọn" not in text


async def test_the_letter_goes_out_as_the_office_file_says(report: Report) -> None:
    letter = weekly.Letter(
        issued_by="Trung tâm Phục vụ hành chính công", sent_to=("UBND phường (b/c)", "- Lưu: VT."), signer="Nguyễn Thử"
    )
    text = everything(paper(replace(report, signed_by="kt", letter=letter)))
    head = "UBND PHƯỜNG NAM GIA NGHĨA\nTRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG"
    for wanted in (head, "/BC-TTPVHCC", "- UBND phường (b/c);\n- Lưu: VT.", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", "Nguyễn Thử"):
        assert wanted in text
    assert "UBND TỈNH LÂM ĐỒNG" not in text
    assert "Nguyễn Thử" not in everything(paper(replace(report, letter=letter)))  # nobody has chosen who signs


async def test_words_are_told_with_whose_they_are_and_late_ones_are_marked(report: Report) -> None:
    lines = [one.text for one in paper(report).paragraphs]
    assert "- Văn phòng HĐND và UBND: Phân công trực." in lines
    assert any("=HYPERLINK" in one and "gửi sau giờ chốt" in one for one in lines)
    assert any("Chữ  lạ  và <b>thẻ</b> & {ngoặc}" in one for one in lines)
    assert any("đề nghị bổ sung: /baocao sua tuyentruyen" in one for one in lines)
    assert any(one.startswith("[Chưa nhận được báo cáo của: Trung tâm Phục vụ") for one in lines)
    assert "1.046 (*)" in everything(paper(report))
    assert any(one.startswith("(*)") for one in lines)


async def test_the_workbook_runs_nothing_and_names_the_tickets_behind_its_numbers(report: Report) -> None:
    content = workbook.written(report, TEXTS)
    book = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
    listed = [row for row in book["Phieu"].iter_rows(min_row=2, values_only=True) if row[0] == "Tiếp nhận"]
    assert len(listed) == report.period.count("received") > 0
    assert {row[1] for row in listed} == {report.numbers[one] for one in report.period.sets["received"]}
    assert book["Mo hinh"].max_row > len(report.models)


async def test_the_json_has_every_number_with_its_tickets(report: Report) -> None:
    found: dict[str, Any] = json.loads(as_json.written(report, TEXTS))
    for name, numbers in found["total"]["tickets"].items():
        assert len(numbers) == found["total"]["counts"][name]
    assert found["models"][3]["procedures"][0]["reported"] == [1046, 1046]
    assert found["cut"].startswith("2026-11-06T11:00:00")


@pytest.mark.parametrize(
    "written", [weekly_docx.written, workbook.written, as_json.written], ids=["docx", "xlsx", "json"]
)
async def test_a_period_without_tickets_is_still_a_report(database: str, ward: Ward, written: Any) -> None:
    period = days(date(2026, 3, 1), date(2026, 3, 31), ward.policy.calendar.zone)
    empty = await weekly.of_period(ward, period, AFTER)
    content = written(empty, TEXTS)
    assert content
    if written is weekly_docx.written:
        text = everything(Document(io.BytesIO(content)))
        assert "không phát sinh câu hỏi" in text
        assert "hết ngày 31/03/2026" in text
    if written is not as_json.written:
        assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


def test_the_chart_is_the_size_of_a_phone_and_has_every_letter() -> None:
    """A letter the font lacks would be a warning, and so a failure."""
    bars = tuple(Bar(name, 5, 2, 1) for name in ("Hộ tịch", "Đất đai ữ ỡ ợ ậ ẵ ỷ", "12 lĩnh vực khác"))
    picture = Picture(
        "Tuần 16/11 – 22/11/2026", (("1", "Tiếp nhận"),) * 4, "Theo ngày", (("16/11", 3, 2),), "Theo lĩnh vực", bars,
        ("Tiếp nhận", "Đã giải quyết", "Đúng hẹn", "Trễ hẹn", "Đang làm"), "UBND phường Thử",
    )  # fmt: skip
    content = chart.drawn(picture)
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])) == (960, 1280)
    assert len(content) < 500_000


def test_a_chart_of_nothing_is_drawn_too() -> None:
    empty = Picture("Tuần", (), "Theo ngày", (), "Theo lĩnh vực", (), ("a", "b", "c", "d", "e"), "")
    assert chart.drawn(empty)[:4] == b"\x89PNG"
