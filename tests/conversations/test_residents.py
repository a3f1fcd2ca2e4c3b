"""Conversations of residents: several matters at once, hours, reopening, rating, languages, leaving midway."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.stage import Stage
from bot.texts.catalog import Catalog
from sandbox.person import Person
from tests.conversations.conftest import MONDAY_8, People, chooses, number_of
from tests.conversations.test_claiming import opened
from tickets.models import Message, Role, Status, Ticket

NETWORKS = [pytest.param(network, id=network) for network in ("telegram", "zalo_bot")]
BIRTH = "làm giấy khai sinh cho con cần giấy gì ạ"
COPY = "chứng thực bản sao bằng đại học ở đâu ạ"
EVERYTHING = "ho-tich,chung-thuc,tiep-nhan,cu-tru,dat-dai"


async def ticket(number: int) -> Ticket:
    return await Ticket.get(office="phuong-thu", number=number)


async def words_of(number: int) -> list[str]:
    said = Message.filter(ticket__office="phuong-thu", ticket__number=number, direction="in").order_by("id")
    return [str(one) for one in await said.values_list("text", flat=True)]


async def two_matters(resident: Person, stage: Stage) -> tuple[int, int]:
    first = await opened(resident, BIRTH)
    await resident.says(f"/moi {COPY}")
    second = number_of(await resident.hears("#", "Chứng thực"))
    assert first != second
    await stage.time_passes(timedelta(minutes=40))
    await stage.settled()
    return first, second


@pytest.mark.parametrize("network", NETWORKS)
async def test_words_that_could_belong_to_two_matters_are_asked_about(
    people: People, stage: Stage, network: str
) -> None:
    officer, resident = await people.staff("Hà Thử", areas=EVERYTHING), people.resident(network)
    first, second = await two_matters(resident, stage)
    await officer.says(f"/nhan {first}")
    await officer.hears("đã nhận")
    await resident.says("tôi gửi thêm ảnh nhé")
    question = await resident.hears("thuộc việc nào")
    await resident.says("hay để sáng mai")
    await chooses(resident, question, f"#{first}")
    await officer.hears(f"#{first}", "hay để sáng mai")
    await resident.hears(f"#{first}")
    assert (await words_of(first))[1:] == ["tôi gửi thêm ảnh nhé", "hay để sáng mai"]
    assert len(await words_of(second)) == 1


@pytest.mark.parametrize("network", NETWORKS)
async def test_none_of_them_is_a_new_matter(people: People, stage: Stage, network: str) -> None:
    await people.staff("Hà Thử", areas=EVERYTHING)
    resident = people.resident(network)
    first, second = await two_matters(resident, stage)
    await resident.says("tôi muốn đăng ký tạm trú cho người thuê nhà")
    question = await resident.hears("thuộc việc nào")
    await chooses(resident, question, "Việc mới")
    third = number_of(await resident.hears("phiếu #"))
    assert third not in (first, second)
    assert await words_of(third) == ["tôi muốn đăng ký tạm trú cho người thuê nhà"]


@pytest.mark.parametrize("network", NETWORKS)
async def test_words_nobody_decided_about_are_not_lost(people: People, stage: Stage, network: str) -> None:
    await people.staff("Hà Thử", areas=EVERYTHING)
    resident = people.resident(network)
    first, second = await two_matters(resident, stage)
    await resident.says("ngày mai tôi ghé được không nhỉ")
    await resident.hears("thuộc việc nào")
    await stage.time_passes(timedelta(minutes=11))
    await resident.hears("đã nhận thêm", f"#{second}")
    assert (await words_of(second))[1:] == ["ngày mai tôi ghé được không nhỉ"]
    assert len(await words_of(first)) == 1


@pytest.mark.parametrize(
    ("words", "which"),
    [
        pytest.param("về phiếu số {first} thì mai tôi mang giấy lên", 0, id="the number says it"),
        pytest.param("bản sao chứng thực cần mấy bản ạ", 1, id="only one of them is of that area"),
    ],
)
@pytest.mark.parametrize("network", NETWORKS)
async def test_what_is_plain_is_not_asked(people: People, stage: Stage, words: str, which: int, network: str) -> None:
    await people.staff("Hà Thử", areas=EVERYTHING)
    resident = people.resident(network)
    numbers = await two_matters(resident, stage)
    said = words.format(first=numbers[0])
    await resident.says(said)
    await resident.hears("đã nhận thêm", f"#{numbers[which]}")
    assert said in await words_of(numbers[which])


@pytest.mark.parametrize("network", NETWORKS)
async def test_choosing_first_and_writing_then(people: People, stage: Stage, network: str) -> None:
    await people.staff("Hà Thử", areas=EVERYTHING)
    resident = people.resident(network)
    first, _ = await two_matters(resident, stage)
    await resident.says("/phieu")
    await resident.hears("đang có các việc sau")
    await resident.says(f"/phieu {first}")
    await resident.hears("tin tiếp theo", f"#{first}")
    await resident.says("giấy chứng sinh bị rách thì sao")
    await resident.hears("đã nhận thêm", f"#{first}")
    await resident.says("/phieu 99999")
    await resident.hears("Không tìm thấy")


@pytest.mark.parametrize("network", NETWORKS)
async def test_status_is_told_as_at_the_counter(people: People, stage: Stage, network: str) -> None:
    officer, resident = await people.staff("Hà Thử", areas=EVERYTHING), people.resident(network)
    first, second = await two_matters(resident, stage)
    await officer.says(f"/nhan {second}")
    await officer.hears("đã nhận")
    await resident.says("trạng thái")
    told = await resident.hears(f"#{first}", f"#{second}")
    assert "Hà Thử phụ trách, sẽ trả lời trước" in told["text"]
    assert "Hộ tịch" in told["text"]


@pytest.mark.parametrize("network", ["telegram", "zalo_bot", "smsgate"])
@pytest.mark.parametrize(
    ("after", "opens"),
    [
        pytest.param(timedelta(hours=4), "13:30 hôm nay", id="at lunch"),
        pytest.param(timedelta(hours=11), "07:30 ngày mai", id="in the evening"),
        pytest.param(timedelta(days=1, hours=-2), "07:30 hôm nay", id="before the morning"),
        pytest.param(timedelta(days=5, hours=2), "07:30 thứ Hai 30/11", id="on a Saturday"),
    ],
)
async def test_when_the_office_is_closed_one_reads_from_when_somebody_answers(
    people: People, stage: Stage, network: str, after: timedelta, opens: str
) -> None:
    await people.staff("Hà Thử")
    resident = people.resident(network)
    await stage.it_is(MONDAY_8 + after)
    await resident.says(BIRTH)
    await resident.hears("phiếu #", f"cán bộ trả lời từ {opens}")
    await resident.says("giờ làm việc")
    await resident.hears("07:30–11:30", f"trả lời từ {opens}")


@pytest.mark.parametrize("network", ["telegram", "zalo_bot", "smsgate"])
async def test_on_the_eve_of_days_off_the_first_day_after_them_is_told(
    people: People, stage: Stage, network: str
) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    resident = people.resident(network)
    await boss.says("/lich nghi 26/11..27/11 lễ của phường")
    await boss.hears("Đã ghi")
    await stage.it_is(MONDAY_8 + timedelta(days=2, hours=10))  # Wednesday evening; then two days off and a weekend
    await resident.says(BIRTH)
    await resident.hears("phiếu #", "cán bộ trả lời từ 07:30 thứ Hai 30/11")
    await boss.says("/lich bo 26/11..27/11")
    await boss.hears("như lịch thường")


@pytest.mark.parametrize("network", NETWORKS)
async def test_after_the_time_for_reopening_a_new_ticket_names_the_old_one(
    people: People, stage: Stage, network: str
) -> None:
    officer, resident = await people.staff("Hà Thử"), people.resident(network)
    old = await opened(resident, BIRTH)
    await officer.says(f"/tl {old} Mời ông bà tới quầy số 9")
    await officer.says(f"/xong {old}")
    await resident.hears("đã xong")
    await stage.time_passes(timedelta(days=8))
    await stage.settled()
    await resident.says("giấy khai sinh hôm trước ghi sai tên cha")
    new = number_of(await resident.hears("nối tiếp phiếu", f"#{old}"))
    assert new != old
    await officer.hears(f"Phiếu #{new}", f"Nối tiếp phiếu #{old}")


@pytest.mark.parametrize("network", NETWORKS)
async def test_a_rating_may_have_one_sentence(people: People, stage: Stage, network: str) -> None:
    lead = await people.staff("Lan Thử", role=Role.LEAD)
    officer, resident = await people.staff("Hà Thử"), people.resident(network)
    number = await opened(resident, BIRTH)
    await officer.says(f"/tl {number} Mời ông bà tới quầy số 9")
    await officer.says(f"/xong {number}")
    question = await resident.hears("đã xong")
    await chooses(resident, question, "Chưa tốt")
    await resident.hears("viết một câu")
    await lead.hears("chưa hài lòng", f"#{number}")
    await resident.says("cán bộ nói hơi nhanh, tôi nghe không kịp")
    await resident.hears("cảm ơn lời góp ý")
    await lead.hears(f"#{number}", "nghe không kịp")
    rated = await ticket(number)
    assert (rated.rating, rated.rating_comment) == (2, "cán bộ nói hơi nhanh, tôi nghe không kịp")
    assert rated.status is Status.RESOLVED, "a sentence about the service reopens nothing"


async def test_nobody_is_asked_for_a_rating_when_the_answer_window_is_over(people: People, stage: Stage) -> None:
    officer, resident = await people.staff("Hà Thử", network="zalo_bot"), people.resident("zalo_oa")
    in_time, late = await opened(resident, BIRTH), await opened(people.resident("zalo_oa"), BIRTH)
    for number in (in_time, late):
        await officer.says(f"/nhan {number}")
        await officer.hears(f"đã nhận phiếu #{number}")
    await officer.says(f"/xong {in_time}")
    await officer.hears(f"#{in_time}", "mời đánh giá")
    await resident.hears("có hài lòng không")
    await stage.time_passes(timedelta(hours=49))  # writing is free for 48 hours on an Official Account
    await officer.says(f"/xong {late}")
    said = await officer.hears(f"Đã giải quyết phiếu #{late}")
    assert "đánh giá" not in said["text"]


@pytest.mark.parametrize("network", NETWORKS)
async def test_a_question_after_a_rating_is_a_question(people: People, stage: Stage, network: str) -> None:
    officer, resident = await people.staff("Hà Thử"), people.resident(network)
    number = await opened(resident, BIRTH)
    await officer.says(f"/tl {number} Mời ông bà tới quầy số 9")
    await officer.says(f"/xong {number}")
    await chooses(resident, await resident.hears("đã xong"), "Rất tốt")
    await resident.hears("góp ý thêm một câu")
    await resident.says("cho hỏi giấy khai sinh lấy ở quầy nào?")
    await resident.hears("mở lại", f"#{number}")
    assert (await ticket(number)).rating_comment == ""


async def test_who_blocks_us_while_being_asked_keeps_nothing_waiting(people: People, stage: Stage) -> None:
    officer, resident = await people.staff("Hà Thử", areas=EVERYTHING), people.resident("telegram")
    first, second = await two_matters(resident, stage)
    await officer.says(f"/nhan {second}")
    await officer.hears("đã nhận")
    await resident.says("ngày mai tôi ghé được không nhỉ")
    await resident.hears("thuộc việc nào")
    await resident.does(block=True)
    await officer.hears(f"#{second}", "đã chặn hoặc ngừng nhận tin")
    await officer.sees(f"Phiếu #{first}", "đã chặn hoặc ngừng nhận tin")
    assert "ngày mai tôi ghé được không nhỉ" in (await words_of(first)) + (await words_of(second))


@pytest.mark.parametrize("network", ["zalo_bot", "zalo_oa"])
async def test_who_blocks_us_where_the_network_does_not_say_so_keeps_nothing_waiting_either(
    people: People, stage: Stage, network: str
) -> None:
    officer, resident = await people.staff("Hà Thử", areas=EVERYTHING), people.resident(network)
    _, second = await two_matters(resident, stage)
    await officer.says(f"/nhan {second}")
    await officer.hears("đã nhận")
    await resident.says("ngày mai tôi ghé được không nhỉ")
    await resident.hears("thuộc việc nào")
    await resident.does(block=True)
    await stage.time_passes(timedelta(minutes=11))  # nobody chose: it belongs to the later matter
    await officer.hears(f"#{second}", "ngày mai tôi ghé")
    assert (await words_of(second))[1:] == ["ngày mai tôi ghé được không nhỉ"]
    await officer.says(f"/tl {second} Dạ mời ông bà ghé trước 16 giờ")
    await officer.hears("chưa tới được người dân", f"#{second}")


@pytest.fixture
def third_language(stage: Stage, tmp_path: Path) -> Iterator[None]:
    """A file dropped beside the two others, with only some of the sentences."""
    shipped = Path(__file__).parents[2] / "bot" / "texts"
    for name in ("vi.toml", "en.toml"):
        shutil.copy(shipped / name, tmp_path / name)
    (tmp_path / "xx.toml").write_text(
        '[language]\nname = "Lingua Prova"\n[common]\nlanguage_set = "Nunc prova loquimur."\n'
        '[resident]\nreceived = "Recepimus #{number}, {area}, {due}."\n',
        encoding="utf-8",
    )
    desks = stage.app.desks
    assert isinstance(desks, dict)
    before = stage.desk
    desks[before.policy.office] = replace(before, texts=Catalog.load(tmp_path))
    yield
    desks[before.policy.office] = before


@pytest.mark.parametrize("network", NETWORKS)
async def test_a_third_language_is_a_file(people: People, stage: Stage, third_language: None, network: str) -> None:
    await people.staff("Hà Thử")
    resident = people.resident(network)
    await resident.says("/ngonngu")
    question = await resident.hears("Tiếng Việt", "English", "Lingua Prova") if network != "telegram" else None
    if question is None:
        await resident.hears("choose a language")
        await resident.presses("Lingua Prova")
    else:
        await chooses(resident, question, "Lingua Prova")
    await resident.hears("Nunc prova loquimur")
    await resident.says(BIRTH)
    await resident.hears("Recepimus #", "Hộ tịch")
    await resident.says("/trangthai")
    await resident.hears("các việc của ông/bà")  # what is not translated yet is said in the original
