"""Is the weekly report collected and finished by chat, by those who may, and do its documents arrive?"""

import io
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from docx import Document

from bot import weekly_sent
from bot.wiring import App, Desk
from tests.workers.conftest import Network
from tickets.models import Contact, Part, ReportFigure, ReportRun, Role, Staff
from tickets.reports import handed_in

THURSDAY = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)  # nine in Vietnam
FRIDAY_NOON = datetime(2026, 11, 27, 5, 0, tzinfo=UTC)
WEEK = date(2026, 11, 23)

Says = Callable[..., Awaitable[None]]


@pytest.fixture
async def say(app: App, desk: Desk, rich: Network, hears: Says, working: None, until: Says) -> Says:
    """A member, a lead and a supervisor in chats of these names; `await say("mai", "/baocao", "Chưa gửi")`."""
    rich.capabilities = replace(rich.capabilities, max_file=10_000_000)
    app.clock.set(THURSDAY)
    for name, role, areas in (
        ("mai", Role.MEMBER, ["ho-tich"]),
        ("lan", Role.LEAD, ["bao-tro-xa-hoi"]),
        ("binh", Role.SUPERVISOR, []),
    ):
        staff = await Staff.create(office=desk.policy.office, name=name, role=role, areas=areas, created_at=THURSDAY)
        await Contact.create(
            office=desk.policy.office, channel="rich", user=name, chat=name, staff=staff, last_seen_at=THURSDAY
        )

    async def said(who: str, line: str, *parts: str) -> None:
        before = len(rich.sent)
        await hears(who, line)

        async def answered() -> bool:
            return any(one.chat == who and all(part in one.text for part in parts) for one in rich.sent[before:])

        await until(answered)

    return said


@pytest.mark.parametrize(
    ("who", "line", "answer"),
    [
        pytest.param("mai", "/baocao", "Chưa gửi: ", id="how it stands"),
        pytest.param("mai", "/baocao khó khăn", "Cách gửi", id="a part without words"),
        pytest.param("mai", "/baocao sua khokhan x", "quyền cao hơn", id="a member does not finish"),
        pytest.param("lan", "/baocao dagui", "quyền cao hơn", id="a lead does not send"),
        pytest.param("mai", "/baocao xem", "quyền cao hơn", id="a member gets no draft"),
        pytest.param("mai", "/baocao khokhan van-hoa-xa-hoi: x", "quyền cao hơn", id="not for another department"),
        pytest.param("lan", "/baocao so ngay-khong-viet 9.999999 5", "Cách ghi số liệu", id="no such procedure"),
        pytest.param("lan", "/baocao so ngay-khong-viet -5", "Cách ghi số liệu", id="less than nothing"),
        pytest.param("lan", "/baocao so mo-hinh-la 5", "Cách ghi số liệu", id="no such initiative"),
        pytest.param("lan", "/baocao so", "Cách ghi số liệu", id="no number"),
        pytest.param("binh", "/baocao sua", "Cách sửa", id="finishing what"),
        pytest.param("binh", "/baocao ky abc", "Chọn thẩm quyền ký", id="a signature that is none"),
        pytest.param("lan", "/baocao tháng 13", "Chưa rõ", id="a period that is none"),
    ],
)
async def test_what_is_answered(say: Says, who: str, line: str, answer: str) -> None:
    await say(who, line, answer)


async def test_a_week_is_collected_finished_and_sent(app: App, desk: Desk, rich: Network, say: Says) -> None:
    office = desk.policy.office
    await say("mai", "/baocao khó khăn, mạng chậm\nmáy in hỏng", "Văn phòng HĐND và UBND")
    await say("lan", "/baocao kiến nghị Cấp thêm giấy", "đề xuất, kiến nghị")
    await say("lan", "/baocao so ngay-khong-viet 1.001193 1.024", "1024 cho Ngày không viết")
    await say("lan", "/baocao so ngay-khong-viet 1.001193 24", "24 cho Ngày không viết")
    assert await ReportFigure.filter(withdrawn=False).values_list("count", flat=True) == [24]
    [words] = (await handed_in.texts(office, WEEK))[Part.DIFFICULTIES]
    assert (words.text, words.department) == ("mạng chậm\nmáy in hỏng", "van-phong")
    app.clock.set(FRIDAY_NOON)
    await say("binh", "/baocao sua khokhan Đường truyền chậm, đã khắc phục.", "Đã thay nội dung")
    await say("binh", "/baocao ky kt", "Mô hình “Ngày không viết”: 24")
    shown = rich.sent[-1]
    assert [one.name.rpartition(".")[2] for one in shown.attachments] == ["docx", "xlsx"]
    assert shown.attachments[0].file is not None
    document = Document(io.BytesIO(shown.attachments[0].file.content))
    lines = [one.text for one in document.paragraphs]
    assert "Đường truyền chậm, đã khắc phục." in lines
    assert not any("mạng chậm" in one for one in lines)
    assert "KT. CHỦ TỊCH" in document.tables[-1].rows[0].cells[1].text
    await say("binh", "/baocao dagui", "Đã ghi nhận")
    assert await ReportRun.exists(office=office, week=WEEK, step="sent")


async def test_the_report_of_any_month_comes_to_a_lead(rich: Network, say: Says) -> None:
    await say("lan", "/baocao tháng 10", "01/10 – 31/10/2026", "không phát sinh câu hỏi")
    assert len(rich.sent[-1].attachments) == 2


@pytest.mark.parametrize(
    ("issued_by", "first"),
    [
        pytest.param(None, "TM. – Chủ tịch", id="the office reports"),
        pytest.param("Trung tâm Phục vụ hành chính công", "Giám đốc", id="its service centre reports"),
    ],
)
async def test_those_offered_to_sign_are_of_the_unit_that_reports(
    desk: Desk, issued_by: str | None, first: str
) -> None:
    written = desk.office.reports.weekly
    assert written is not None
    reports = desk.office.reports.model_copy(update={"weekly": written.model_copy(update={"issued_by": issued_by})})
    offered = weekly_sent.signing(replace(desk, office=desk.office.model_copy(update={"reports": reports})), "vi")
    assert offered[0] == (first, "/baocao ky tm")
