"""Conversations: when tickets come faster than a chat can take cards, they come as one list that works like cards."""

import asyncio

from bot.stage import Stage
from sandbox.person import Person
from tests.conversations.conftest import People, number_of
from tests.conversations.test_claiming import QUESTION
from tests.conversations.test_topics import linked, room
from tickets.models import Status, Ticket

LIST = "phiếu mới chưa ai nhận"


async def asked(residents: list[Person]) -> list[int]:
    """All of them ask at once; their numbers."""
    await asyncio.gather(*(one.says(QUESTION) for one in residents))
    return [number_of(await one.hears("#")) for one in residents]


async def test_a_storm_in_a_group_is_a_list_that_shows_who_took_what(people: People, stage: Stage) -> None:
    mai, nam = await people.staff("Mai Thử"), await people.staff("Nam Thử")
    group = await linked(people, mai, nam, topics=False)
    numbers = await asked([people.resident("telegram") for _ in range(14)])
    listed = await mai.among(group).sees(LIST)
    on_it = [number for number in numbers if f"#{number} " in listed["text"]]
    assert len(on_it) > 1
    for number in numbers:  # a list takes ten; what is over has a turn of its own
        await mai.among(group).sees(f"#{number} ")
    alone = [one["text"] for one in await mai.among(group).seen() if "Chưa ai nhận" in one["text"]]
    for number in numbers:
        shown = [text for text in alone if f"Phiếu #{number} " in text]
        lists = [one for one in await mai.among(group).seen() if LIST in one["text"] and f"#{number} " in one["text"]]
        assert len(shown) + len(lists) == 1, f"#{number} stands once"
    first = on_it[0]
    await mai.among(group).presses(f"Nhận #{first}")
    taken = await mai.among(group).sees(f"✓ #{first} ", "Mai Thử đang giải quyết")
    assert f"Nhận #{first}" not in taken["buttons"]
    toast = await nam.among(group).does(text=f"/nhan {first}")
    assert toast["message_id"]
    await nam.among(group).hears(f"Phiếu #{first} đã có Mai Thử nhận trước")


async def test_where_messages_are_counted_later_cards_come_as_a_numbered_list(people: People, stage: Stage) -> None:
    ha = await people.staff("Hà Thử", network="zalo_bot")
    [first] = await asked([people.resident("telegram")])
    await ha.hears(f"Phiếu #{first}")
    more = await asked([people.resident("telegram") for _ in range(3)])
    listed = await ha.hears(LIST, *(f"#{number} " for number in more), patience=60)
    line = next(line for line in listed["text"].splitlines() if f"Nhận #{more[1]}" in line)
    await ha.says(line.partition(".")[0])
    await ha.hears(f"đã nhận phiếu #{more[1]}")
    await ha.says("9")  # nothing of the sort was offered
    await ha.hears("từ 1 đến 3")
    line = next(line for line in listed["text"].splitlines() if f"Nhận #{more[2]}" in line)
    await ha.says(line.partition(".")[0])
    await ha.hears(f"đã nhận phiếu #{more[2]}")
    assert (await Ticket.get(number=more[1], office="phuong-thu")).status is Status.CLAIMED


async def test_a_storm_in_a_group_with_topics_is_a_list_and_whoever_takes_one_finds_it_in_its_topic(
    people: People, stage: Stage
) -> None:
    mai = await people.staff("Mai Thử")
    group = await linked(people, mai)
    residents = [people.resident("telegram") for _ in range(14)]
    numbers = await asked(residents)
    listed = await mai.among(group).sees(LIST)
    assert "thread" not in listed, "a list is of no one ticket"
    on_it = [number for number in numbers if f"#{number} " in listed["text"]]
    assert len(on_it) > 1
    names = [topic.name for topic in room(stage, group).topics.values()]
    assert not any(f"#{number} " in name for number in on_it for name in names), "no topic before somebody has it"
    first = on_it[0]
    await mai.among(group).presses(f"Nhận #{first}")
    words = await mai.among(group).sees(f"#{first} · B. Thử:\n{QUESTION}")
    card = await mai.among(group).sees(f"Phiếu #{first} ", "Mai Thử đang giải quyết")
    assert card.get("thread") == words["thread"], (card, words)
    await mai.among(group).sees(f"✓ #{first} ", "Mai Thử đang giải quyết", patience=90)
    topic = room(stage, group).topics[int(words["thread"])]
    assert f"#{first} " in topic.name
    await mai.among(group).says("Dạ mời ông bà tới quầy 9", reply_to=words["message_id"])
    await residents[numbers.index(first)].hears("quầy 9")
    await mai.among(group).says("/xong", thread=words["thread"])
    await residents[numbers.index(first)].hears("đã xong")
