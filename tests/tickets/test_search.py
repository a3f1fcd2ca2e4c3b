"""Is a ticket found by what somebody remembers of it, and only by those who may see it?"""

import pytest

from tests.tickets.conftest import MONDAY_8, Ward
from tickets import lifecycle, search, tags
from tickets.canned import filled, key_of, placeholders
from tickets.models import Contact, Role


@pytest.mark.parametrize(
    ("said", "found"),
    [
        pytest.param("KHAI SINH", True, id="capitals"),
        pytest.param("khai si", True, id="a word begun"),
        pytest.param("sinh khai", True, id="another order"),
        pytest.param("khai tử", False, id="a word that is not there"),
        pytest.param("Tìm Thử", True, id="the resident's name"),
        pytest.param("quầy số chín", True, id="words of an answer"),
        pytest.param("hỏi lại công an", True, id="words of a note"),
        pytest.param("#Hộ nghèo", True, id="a tag"),
        pytest.param("#hộ", False, id="a part of a tag"),
        pytest.param("'; DROP TABLE ticket; --", False, id="what would be SQL"),
        pytest.param("khai & ! ( sinh :*", True, id="what would be a query of the index"),
        pytest.param("&|!():*", False, id="nothing but signs"),
        pytest.param("4567", True, id="the end of the telephone"),
        pytest.param("0901234567", True, id="the whole telephone as people say it"),
        pytest.param("9999", False, id="another telephone's end"),
    ],
)
async def test_a_ticket_is_found(ward: Ward, said: str, found: bool) -> None:
    mai = await ward.staff("Mai Thử")
    contact = await ward.resident("Bà Tìm Thử")
    await Contact.filter(id=contact.id).update(user="+84901234567", name="Bà Tìm Thử")
    ticket = await ward.ticket(contact=await Contact.get(id=contact.id))
    await lifecycle.reply(ward.policy, ticket, mai, "Mời bà tới quầy số chín", [], MONDAY_8)
    await lifecycle.note(ward.policy, ticket, mai, "đã hỏi lại công an", MONDAY_8)
    await tags.change(ward.policy, ticket, mai, ["Hộ nghèo"], [], MONDAY_8)
    tickets, count = await search.search(ward.policy, mai, said)
    assert [one.id for one in tickets] == ([ticket.id] if found else [])
    assert count == found


@pytest.mark.parametrize("said", ["{0}", "#{0}", "THT-{0}", "tht {0}", "tht{0}"])
async def test_a_number_comes_first(ward: Ward, said: str) -> None:
    mai = await ward.staff("Mai Thử")
    tickets = [await ward.ticket() for _ in range(3)]
    found, _ = await search.search(ward.policy, mai, said.format(tickets[0].number))
    assert found[0].number == tickets[0].number


async def test_nobody_finds_what_they_may_not_see(ward: Ward) -> None:
    land = await ward.staff("Hà Thử", areas=("dat-dai",))
    boss = await ward.staff("Bình Thử", Role.SUPERVISOR, ())
    ticket = await ward.ticket()
    for said in ("khai sinh", str(ticket.number)):
        assert (await search.search(ward.policy, land, said))[1] == 0
        assert (await search.search(ward.policy, boss, said))[1] == 1


def test_placeholders_are_read_however_they_are_written() -> None:
    text = "Dạ {Tên}, phiếu {SỐ} {lĩnh vực} {tên}"
    assert placeholders(text) == ["ten", "so", "linhvuc"]
    assert filled(text, {"ten": "{so} %s", "so": "#5"}) == "Dạ {so} %s, phiếu #5 {so} %s"
    assert key_of("Giấy chứng-sinh 2") == "giaychungsinh2"
