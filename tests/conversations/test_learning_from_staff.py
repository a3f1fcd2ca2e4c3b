"""Corrections that staff made in chat become the office's own model, and its residents are understood by it."""

import pytest

from bot.learning import taught
from bot.own_models import FRESH
from bot.stage import Stage
from bot.understanding import MODEL
from tests.conversations.conftest import Helpdesk
from tests.conversations.test_answers import OFFICE, Neighbours
from tickets.models import LearntModel, Role, TaughtExample, Ticket

# Words of this place that no general model can know: the "mù u" fund is about help after the flood.
LOCAL = [
    "sổ mù u nhà tui bao giờ có",
    "xin hỏi sổ mù u của bà con xóm dưới",
    "sổ mù u chưa thấy phát cho dân",
    "ai giữ sổ mù u vậy cán bộ",
    "tên nhà tui có trong sổ mù u không",
    "sổ mù u năm nay ghi ở đâu",
]
CODE = "2.002161"


@pytest.fixture
def neighbours(helpdesk: Helpdesk, stage: Stage) -> Neighbours:
    assert stage is helpdesk.thu
    return Neighbours(helpdesk.vi)


async def test_learn_staff_keeps_a_better_model_which_every_process_uses(neighbours: Neighbours) -> None:
    shipped = MODEL.read_bytes()
    await TaughtExample.filter(office=OFFICE).delete()
    lead = await neighbours.officer(Role.SUPERVISOR)
    for words in LOCAL:
        resident = neighbours.person()
        await resident.says(words)
        await resident.hears("phiếu #")
        await resident.says("gặp cán bộ")
        number = (await Ticket.filter(office=OFFICE, contact__chat=resident.id).order_by("-id").first()).number
        await lead.hears(f"#{number}")
        await lead.says(f"/dung {number} {CODE}")
        await lead.hears(CODE, "Máy sẽ học")
    said: list[str] = []
    assert await taught.learn(OFFICE, said.append) == 0, said
    assert f"{OFFICE}: 6 corrections of staff: 0.000 understood before" in said[0]
    assert said[0].endswith("kept")
    kept = await LearntModel.get(office=OFFICE)
    assert kept.after > kept.before
    assert MODEL.read_bytes() == shipped, "the shipped model is left alone"
    await neighbours.stage.time_passes(FRESH)
    resident = neighbours.person()
    await resident.says("sổ mù u của má tui ở đâu")
    await resident.hears("thiên tai")  # routed there, asked about or answered: no shipped model would name it
