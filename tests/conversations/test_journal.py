"""Conversations: what was changed about the office stands in a journal that supervisors read, on any network."""

from datetime import timedelta

import pytest
from asyncpg import RaiseError

from bot.stage import Stage
from bot.texts.catalog import Catalog
from tests.conversations.conftest import People
from tickets import acts
from tickets.acts import ActKind
from tickets.models import Act, Role, Staff


@pytest.fixture(params=["telegram", "zalo_bot"])
def network(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_a_change_of_the_calendar_is_read_in_the_journal(people: People, network: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    await boss.says("/lich nghi 24/12 sửa trụ sở")
    await boss.hears("Đã ghi")
    await boss.says("/nhatky Bình Thử")
    told = await boss.hears("Nhật ký quản trị: 2 việc", "Bình Thử: đổi lịch làm việc", "Lý do: sửa trụ sở")
    assert "08:00 hôm nay" in told["text"]
    await boss.says("/lich bo 24/12")
    await boss.hears("như lịch thường")


@pytest.mark.parametrize("role", [Role.MEMBER, Role.LEAD])
async def test_the_journal_is_for_supervisors(people: People, role: Role, network: str) -> None:
    mai = await people.staff("Mai Thử", role=role, network=network)
    await mai.says("/nhatky")
    await mai.hears("quyền cao hơn")


async def test_the_journal_is_not_read_out_in_a_group(people: People) -> None:
    boss = (await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)).among(people.group())
    await boss.says("/nhatky")
    await boss.hears("tin nhắn riêng")


async def test_pages_are_turned_by_button_number_or_word(people: People, stage: Stage, network: str) -> None:
    boss = await people.staff("Lật Thử", areas="", role=Role.SUPERVISOR, network=network)
    row = await Staff.get(name="Lật Thử", active=True)
    now = stage.app.clock.now()
    for count in range(23):
        await acts.note(row.office, row, ActKind.OTHER, now + timedelta(seconds=count), what=f"việc thử {count + 1}.")
    await boss.says("/nhatky Lật Thử")
    await boss.hears("24 việc (trang 1/3)", "việc thử 23.", "việc thử 14.")
    if network == "telegram":
        await boss.presses("Xem tiếp")
    else:
        await boss.says("1")
    turned = boss.sees if network == "telegram" else boss.hears  # a page turned by its button stays where it is
    await turned("(trang 2/3)", "việc thử 13.", "việc thử 4.")
    await boss.says("tiếp")
    last = await boss.hears("(trang 3/3)", "việc thử 3.", "việc thử 1.")
    assert "việc thử 4." not in last["text"]
    await boss.says("trước")
    await boss.hears("(trang 2/3)")
    await boss.says("/nhatky Lật Thử trang 9999")
    await boss.hears("chưa có việc nào")


@pytest.mark.parametrize("kind", list(ActKind))
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_kind_of_act_has_its_sentence(kind: ActKind, language: str) -> None:
    assert Catalog.load().has(language, f"acts.{kind}")


async def test_an_act_is_never_altered(people: People, stage: Stage) -> None:
    await people.staff("Sửa Thử")
    row = await Staff.get(name="Sửa Thử", active=True)
    act = await acts.note(row.office, row, ActKind.OTHER, stage.app.clock.now(), what="việc thử")
    with pytest.raises(RaiseError, match="append-only"):
        await Act.filter(id=act.id).update(reason="khác")
    with pytest.raises(RaiseError, match="append-only"):
        await Act.filter(id=act.id).delete()
