"""Conversations: what people and networks send that nobody asked for gets a clear answer, and nothing is lost."""

import pytest

from bot.stage import Stage
from tests.conversations.conftest import People, number_of
from tests.conversations.test_claiming import QUESTION, opened
from tests.conversations.test_resident_groups import US, group_id
from tickets.models import Contact, InboxRow, InboxState, Message, Role, Staff, Ticket

NETWORKS = pytest.mark.parametrize("network", ["telegram", "zalo_bot"])


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        pytest.param("/nhan", "Phiếu số mấy", id="no number"),
        pytest.param("/nhan 999999", "Không tìm thấy phiếu #999999", id="a number nobody has"),
        pytest.param("/nhan 99999999999999999999", "Không tìm thấy", id="a number no integer holds"),
        pytest.param("/nhan -5", "Phiếu số mấy", id="a negative number"),
        pytest.param("/nhan ١٢", "Phiếu số mấy", id="digits of another script"),
        pytest.param("/nhan abc", "Phiếu số mấy", id="no number at all"),
        pytest.param("/khongco 5", "Không có lệnh", id="an unknown command"),
        pytest.param("/phancong 1 Ai Đó", "quyền cao hơn", id="a member assigns"),
        pytest.param("/moicanbo supervisor tatca Kẻ Lạ", "quyền cao hơn", id="a member invites"),
        pytest.param("/loi", "quyền cao hơn", id="a member looks at failures"),
        pytest.param("/tl", "Phiếu số mấy", id="an answer to nothing"),
    ],
)
@NETWORKS
async def test_a_command_that_cannot_be_meant(people: People, words: str, answer: str, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    await mai.says(words)
    await mai.hears(answer)


@NETWORKS
async def test_a_ticket_of_another_area_is_named_but_not_shown(people: People, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    await people.staff("Hà Thử", areas="xay-dung")
    number = await opened(resident, "xin giay phep xay dung nha o rieng le")
    await mai.says(f"/xem {number}")
    shown = await mai.hears(f"#{number}")
    assert "ngoài lĩnh vực" in shown["text"]
    assert "rieng le" not in shown["text"]


@pytest.mark.parametrize("words", ["/nhan 1", "/quahan", "/loi", "/moicanbo supervisor tatca Tôi"])
@NETWORKS
async def test_a_resident_who_types_a_staff_command_learns_nothing(
    people: People, stage: Stage, words: str, network: str
) -> None:
    resident = people.resident(network)
    await resident.says(words)
    await resident.hears("chưa hiểu")
    await stage.settled()
    assert not await Ticket.exists(resident__name=resident.name, subject=words)
    contact = await Contact.get(user=resident.id)
    assert contact.staff_id is None


@NETWORKS
async def test_another_residents_ticket_cannot_be_rated_or_reopened(people: People, network: str) -> None:
    mai, resident, other = (
        await people.staff("Mai Thử", network=network),
        people.resident(network),
        people.resident(network),
    )
    number = await opened(resident)
    await mai.says(f"/xong {number} xin chào")
    await other.says(f"/danhgia {number} 1")
    await other.hears("Không tìm thấy")
    await other.says(f"/chuaxong {number}")
    await other.hears("Không tìm thấy")


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("THT-2222-2222", id="nobody made it"),
        pytest.param("/start THT22222222", id="behind a start link"),
    ],
)
@NETWORKS
async def test_a_wrong_invitation_opens_nothing(people: People, stage: Stage, code: str, network: str) -> None:
    stranger = people.resident(network)
    await stranger.says(code)
    await stranger.hears("mã mời không đúng")
    await stage.settled()
    assert not await Ticket.exists(contact__user=stranger.id)


@NETWORKS
async def test_an_invitation_serves_once(people: People, stage: Stage, network: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    await boss.says("/moicanbo member ho-tich,chứng thực Mai Thử Hai")
    code = (await boss.hears("Mã mời"))["text"].partition(": ")[2].split()[0]
    first, second = people.resident(network), people.resident("smsgate")
    await first.says(code.lower())
    await first.hears("Mai Thử Hai", "Chứng thực")
    await second.says(code)
    await second.hears("ma moi khong dung")
    assert await Staff.filter(name="Mai Thử Hai", active=True).count() == 1


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("khai sinh \x00 cho bé", id="a NUL byte"),
        pytest.param("khai sinh \ud83d cho bé", id="half a surrogate pair"),
        pytest.param("khai sinh cho bé".encode().decode("utf-8").replace("é", "e\u0301"), id="decomposed letters"),
        pytest.param("\u202ekhai sinh\u202c cho bé", id="right-to-left marks"),
        pytest.param("<b>khai sinh</b> *cho* _bé_ [x](http://a) & {0} %s", id="markup of every kind"),
        pytest.param("làm khai sinh cho bé 👶🏽🎉", id="emoji"),
    ],
)
@pytest.mark.parametrize("network", ["telegram", "zalo_bot", "smsgate"])
async def test_odd_text_is_kept_and_shown_as_it_is(people: People, network: str, words: str) -> None:
    desk = await people.staff("Bình Thử", areas="ho-tich,tiep-nhan")
    resident = people.resident(network)
    await resident.says(words)
    offer = await resident.hears("#")
    await desk.says(f"/nhan {number_of(offer)}")
    await desk.hears("đã nhận phiếu")
    said = await Message.filter(ticket__number=number_of(offer)).first()
    assert said is not None
    assert "khai sinh" in said.text
    assert "\x00" not in said.text


@NETWORKS
async def test_a_very_long_message_is_kept_in_part_and_answered(people: People, stage: Stage, network: str) -> None:
    await people.staff("Thu Thử", areas="tiep-nhan,ho-tich")
    resident = people.resident(network)
    await resident.says("làm khai sinh cho bé " + "dài ơi là dài " * 8000)
    number = number_of(await resident.hears("#"))
    await stage.settled()
    said = await Message.get(ticket__number=number)
    assert 10_000 < len(said.text) <= 20_100


@NETWORKS
async def test_greetings_open_nothing(people: People, stage: Stage, network: str) -> None:
    resident = people.resident(network)
    await resident.says("chào em")
    await resident.hears("kính chào")
    await stage.settled()
    assert not await Ticket.exists(contact__user=resident.id)


@NETWORKS
async def test_strangers_in_a_group_are_not_answered(people: People, stage: Stage, network: str) -> None:
    stranger = people.resident(network).among(group_id(network))
    await stranger.says("/nhan 1")
    await stranger.says("chào cả nhà")
    await stage.settled()
    assert await stranger.seen() == []
    assert await InboxRow.filter(chat=stranger.chat, state=InboxState.IGNORED).count() >= 2


@NETWORKS
async def test_a_member_cannot_link_a_group(people: People, network: str) -> None:
    mai = (await people.staff("Mai Thử", network=network)).among(group_id(network))
    await mai.says("/batdau" if network == "telegram" else f"{US[network]}/batdau")
    await mai.hears("quyền cao hơn")


@pytest.mark.parametrize("sender", ["VIETTEL", "191", "19001234"])
async def test_a_machine_that_sends_sms_is_never_answered(stage: Stage, sender: str) -> None:
    machine = stage.person("smsgate", sender)
    await machine.says("TB: tai khoan cua quy khach con 0d")
    await stage.settled()
    assert await machine.seen() == []


async def test_somebody_unsupported_is_told_another_way_once(people: People, stage: Stage) -> None:
    resident = people.resident("zalo_bot")
    for _ in range(3):
        await resident.does(unsupported=True)
    await resident.hears("chưa mở được")
    await stage.settled()
    assert len([one for one in await resident.seen() if "chưa mở được" in one["text"]]) == 1


@NETWORKS
async def test_the_staff_of_one_office_see_nothing_of_another(people: People, stage: Stage, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    number = await opened(resident, QUESTION)
    await stage.settled()
    await Ticket.filter(office="phuong-thu", number=number).update(office="phuong-khac")
    await mai.says(f"/xem {number}")
    await mai.hears("Không tìm thấy")


async def test_a_webhook_delivered_twice_is_one_message(people: People, stage: Stage) -> None:
    await people.staff("Mai Thử")
    resident = people.resident("zalo_bot")
    await stage.door.post("fault", {"network": "zalo_bot", "kind": "duplicate", "times": 1})
    number = await opened(resident)
    await stage.settled()
    assert await Message.filter(ticket__number=number).count() == 1
    assert not await Ticket.exists(office="phuong-thu", number=number + 1)


@pytest.mark.parametrize(("first", "second"), [("telegram", "zalo_bot"), ("zalo_bot", "telegram")])
async def test_one_more_app_is_the_same_person(people: People, stage: Stage, first: str, second: str) -> None:
    mai = await people.staff("Mai Thử", network=first)
    await mai.says("/themkenh")
    code = (await mai.hears("Mã thêm kênh"))["text"].partition(": ")[2].split()[0]
    elsewhere = people.resident(second, "Mai Kia")
    await elsewhere.says(code)
    await elsewhere.hears("Mai Thử")
    number = await opened(people.resident("telegram"))
    await elsewhere.hears(f"Phiếu #{number}")
    assert await Staff.filter(name="Mai Thử", active=True).count() == 1
    await stage.settled()
    assert not any(f"Phiếu #{number}" in one["text"] for one in await mai.seen())
