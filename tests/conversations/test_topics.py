"""Conversations: a topic per ticket in a group that has topics, and what happens when somebody deletes things there."""

import asyncio
from collections.abc import Callable
from typing import Any

from bot.stage import Stage
from bot.topics import MADE_AT_MOST
from sandbox.person import Person
from sandbox.telegram.network import Telegram
from sandbox.telegram.state import Room
from tests.conversations.conftest import People
from tests.conversations.test_claiming import QUESTION, opened
from tickets.models import Role, StaffChat, TicketTopic


def room(stage: Stage, group: str) -> Room:
    """The group as the network has it."""
    telegram = stage.networks.networks["telegram"]
    assert isinstance(telegram, Telegram)
    return telegram.state.rooms[int(group)]


async def becomes(what: Callable[[], bool], patience: float = 90.0) -> None:
    """Wait until `what` holds: changes of what stands in a group make room for what is new there."""
    async with asyncio.timeout(patience):
        while not what():  # noqa: ASYNC110 - the emulated group rings no bell for its topics
            await asyncio.sleep(0.05)


async def linked(people: People, *members: Person, topics: bool = True) -> str:
    """A group for ho-tich, in which `members` have been seen; with `topics`, as the office file would say so."""
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    group = people.group()
    await boss.among(group).says("/batdau ho-tich")
    await boss.among(group).hears("Hộ tịch")
    for one in members:
        await one.among(group).says("/cuatoi")
        await one.among(group).hears("không giữ")
    await StaffChat.filter(chat=group).update(topics=topics)
    return group


def told_in(messages: list[dict[str, Any]], thread: int) -> list[str]:
    return [one["text"] for one in messages if one.get("thread") == str(thread)]


async def test_a_ticket_lives_in_its_topic_from_the_card_to_the_end(people: People, stage: Stage) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident("zalo_bot", "Nguyễn Văn Thử")
    group = await linked(people, mai)
    number = await opened(resident)
    card = await mai.among(group).sees(f"Phiếu #{number}", "Chưa ai nhận")
    [topic] = room(stage, group).topics.values()
    assert card["thread"] == str(topic.id)
    assert topic.name.startswith("🔵 #"), topic.name
    await mai.among(group).presses("Nhận")
    words = await mai.among(group).sees(f"#{number}", QUESTION, "N. V. Thử:")
    assert words["thread"] == str(topic.id)
    await becomes(lambda: topic.name.startswith("🟢") and "Mai Thử" in topic.name)
    await mai.among(group).says("ca này giống hôm qua nhỉ", thread=str(topic.id))
    await mai.among(group).says("Dạ ông bà mang giấy chứng sinh ạ", reply_to=words["message_id"])
    await resident.hears("giấy chứng sinh")
    await mai.among(group).says("/tl thêm căn cước nữa ạ", thread=str(topic.id))
    await resident.hears("thêm căn cước")
    await mai.among(group).says("/xong", thread=str(topic.id))
    await resident.hears("đã xong")
    await becomes(lambda: topic.closed and topic.name.startswith("✅"))
    heard = " ".join(one["text"] for one in await resident.seen())
    assert "hôm qua nhỉ" not in heard
    general = [one["text"] for one in await mai.among(group).seen() if "thread" not in one]
    assert not any(f"#{number}" in text for text in general), general
    # a resident who is not content opens it again
    await resident.says("/chuaxong")
    await becomes(lambda: not topic.closed)


async def test_a_deleted_topic_is_made_again_with_its_card(people: People, stage: Stage) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident("telegram")
    group = await linked(people, mai)
    number = await opened(resident)
    await mai.among(group).sees(f"Phiếu #{number}")
    [old] = room(stage, group).topics.values()
    await mai.among(group).does(delete_topic=str(old.id))
    await mai.says(f"/nhan {number}")
    await mai.among(group).sees(f"Phiếu #{number}", "Mai Thử đang giải quyết")
    await stage.settled()
    [new] = room(stage, group).topics.values()
    screen = await mai.among(group).seen()
    assert any("Mai Thử đang giải quyết" in text for text in told_in(screen, new.id))
    assert any(QUESTION in text for text in told_in(screen, new.id))
    assert not any(f"#{number}" in one["text"] for one in screen if "thread" not in one)


async def test_a_group_without_topics_gets_its_cards_all_the_same_and_those_above_hear_why(people: People) -> None:
    mai = await people.staff("Mai Thử")
    boss = await people.staff("Chánh Thử", areas="", role=Role.SUPERVISOR)
    group = people.group()
    await boss.among(group).does(text="chào", forum=False)
    await boss.among(group).says("/batdau ho-tich")
    await boss.among(group).hears("Hộ tịch")
    await StaffChat.filter(chat=group).update(topics=True)
    number = await opened(people.resident("telegram"))
    await mai.among(group).sees(f"Phiếu #{number}", "Chưa ai nhận")
    await boss.hears("không cho bot lập chủ đề", "Hộ tịch")


async def test_a_deleted_card_is_said_anew_at_the_next_change(people: People, stage: Stage) -> None:
    mai = await people.staff("Mai Thử")
    group = await linked(people, mai, topics=False)
    number = await opened(people.resident("telegram"))
    card = await mai.among(group).sees(f"Phiếu #{number}")
    await stage.settled()
    await mai.among(group).does(delete=card["message_id"])
    await mai.says(f"/nhan {number}")
    again = await mai.among(group).sees(f"Phiếu #{number}", "Mai Thử đang giải quyết")
    assert again["message_id"] != card["message_id"]
    assert not again["edited"]


async def test_a_group_gets_cards_before_anybody_of_its_area_was_seen_in_it(people: People) -> None:
    mai, ha = await people.staff("Mai Thử"), await people.staff("Hà Thử", network="zalo_bot")
    group = await linked(people, topics=False)
    number = await opened(people.resident("telegram"))
    await mai.among(group).sees(f"Phiếu #{number}")
    for one in (mai, ha):
        await one.hears(f"Phiếu #{number}")


async def test_a_bot_put_out_of_its_group_is_reported_and_cards_go_to_each(people: People, stage: Stage) -> None:
    mai = await people.staff("Mai Thử")
    boss = await people.staff("Chánh Thử", areas="", role=Role.SUPERVISOR)
    group = await linked(people, mai, topics=False)
    await mai.among(group).does(put_out=True)
    await boss.hears("không còn trong nhóm", "Hộ tịch")
    await stage.settled()
    number = await opened(people.resident("telegram"))
    await mai.hears(f"Phiếu #{number}", "Chưa ai nhận")


async def test_a_group_that_becomes_a_supergroup_keeps_its_cards_true(people: People, stage: Stage) -> None:
    mai = await people.staff("Mai Thử")
    boss = await people.staff("Chánh Thử", areas="", role=Role.SUPERVISOR)
    old, new = f"-{4000000 + int(mai.id)}", people.group()
    await boss.among(old).says("/batdau ho-tich")
    await boss.among(old).hears("Hộ tịch")
    await mai.among(old).says("/cuatoi")
    await mai.among(old).hears("không giữ")
    number = await opened(people.resident("telegram"))
    await mai.among(old).sees(f"Phiếu #{number}")
    await stage.settled()
    await boss.among(old).does(migrate_to=new)
    await mai.says(f"/nhan {number}")
    await mai.among(new).sees(f"Phiếu #{number}", "Mai Thử đang giải quyết")
    await mai.says(f"/doi {number} xin thêm giấy")
    await mai.among(new).sees(f"Phiếu #{number}", "chờ người dân")
    await stage.settled()
    cards = [one for one in await mai.among(new).seen() if f"Phiếu #{number}" in one["text"]]
    assert len(cards) == 1, "said anew once, then changed in place"


async def test_a_topic_deleted_again_and_again_is_given_up_and_its_ticket_goes_on_in_private(
    people: People, stage: Stage
) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident("telegram")
    boss = await people.staff("Chánh Thử", areas="", role=Role.SUPERVISOR)
    group = await linked(people, mai)
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await mai.among(group).sees(f"Phiếu #{number}", "Mai Thử đang giải quyết")
    made = set()
    for words in ("mà mấy giờ mở cửa vậy", "có cần photo không ạ", "chiều nay tôi ghé nhé"):
        await stage.settled()
        [topic] = room(stage, group).topics.values()
        made.add(topic.id)
        await mai.among(group).does(delete_topic=str(topic.id))
        await resident.says(words)
        if len(made) < MADE_AT_MOST:
            await mai.among(group).sees(f"#{number}", words)
    await boss.hears(f"Chủ đề của phiếu #{number}")
    await mai.sees(f"#{number}", "chiều nay tôi ghé nhé")  # what had no place in the group
    await resident.says("à quên, cho hỏi lệ phí")
    words_now = await mai.sees(f"#{number}", "cho hỏi lệ phí")
    await stage.settled()
    assert not room(stage, group).topics
    assert not any(f"#{number}" in one["text"] for one in await mai.among(group).seen()), "nothing falls into the group"
    await mai.says("Dạ không mất phí ạ", reply_to=words_now["message_id"])
    await resident.hears("không mất phí")
    await mai.says(f"/xong {number}")
    await resident.hears("đã xong")
    await stage.settled()
    told = [one["text"] for one in await boss.seen() if f"Chủ đề của phiếu #{number}" in one["text"]]
    assert len(told) == 1


async def test_the_card_of_a_ticket_whose_topic_is_given_up_goes_to_each_person(people: People, stage: Stage) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident("telegram")
    group = await linked(people, mai)
    number = await opened(resident)
    await mai.among(group).sees(f"Phiếu #{number}", "Chưa ai nhận")
    await stage.settled()
    await TicketTopic.filter(ticket__number=number, group=group).update(made=MADE_AT_MOST)
    [topic] = room(stage, group).topics.values()
    await mai.among(group).does(delete_topic=str(topic.id))
    await resident.says("chiều nay tôi ghé nhé")
    await mai.sees(f"Phiếu #{number}", "Chưa ai nhận", "chiều nay tôi ghé nhé")
    await mai.presses("Nhận")
    await mai.hears(f"đã nhận phiếu #{number}")
