"""Five hundred tickets in five minutes over three groups of staff, at the limits Telegram states: `make storm`.

Prints how long a ticket took until its group showed it, alone or on a list, how often Telegram refused (429), and
what kept it waiting.
"""

import argparse
import asyncio
import json
import time
from collections import Counter, deque
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import pairwise
from typing import Any

import uvloop

from benchmarks.ground import Ground, enrol, ground, policy
from benchmarks.load import quantile
from channels.telegram.adapter import CAPABILITIES
from tickets import people
from tickets.models import OutboxRow, Staff, Status, Ticket

# Area, what a resident asks, the group, the officer in it.
GROUPS = (
    ("ho-tich", "Cho hỏi thủ tục đăng ký khai sinh cho con cần giấy tờ gì", "-1009000000001", "4200001"),
    ("chung-thuc", "Tôi muốn chứng thực bản sao bằng tốt nghiệp thì đến đâu", "-1009000000002", "4200002"),
    ("dat-dai", "Xin hỏi thủ tục cấp sổ đỏ lần đầu cho đất ở", "-1009000000003", "4200003"),
)
FIRST_RESIDENT = 30_000_000
A_CLAIM = 6.0  # seconds between two claims of one officer
A_MINUTE = timedelta(minutes=1)
SHOWS = "sendMessage"  # a card, or a list of them
PATIENCE = 120.0  # seconds until the last ticket must stand in its group


async def main(chosen: argparse.Namespace) -> dict[str, Any]:
    async with ground(limits=True) as up:
        calls: deque[dict[str, Any]] = deque()  # all of them: the sandbox itself keeps only the latest
        up.networks.networks["telegram"].ground.calls = calls
        await up.start("web")
        await up.start("worker")
        await up.ready()
        officers = [await _group(up, *one) for one in GROUPS]
        before = len(calls)
        begun = time.monotonic()
        stop = asyncio.Event()
        claiming = [
            asyncio.create_task(_claim(up, staff, one[3], stop)) for staff, one in zip(officers, GROUPS, strict=True)
        ]
        for number in range(chosen.tickets):
            due = begun + number * chosen.seconds / chosen.tickets
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            asks = GROUPS[number % len(GROUPS)][1]
            await up.networks.say("telegram", sender=str(FIRST_RESIDENT + number), name="Bà Đo", text=asks)
        delays, missing = await _shown(chosen.tickets)
        stop.set()
        await asyncio.gather(*claiming)
        return _found(chosen, delays, missing, list(calls)[before:])


async def _group(up: Ground, area: str, _asks: str, group: str, person: str) -> Staff:
    """A linked group in which its officer has been seen."""
    staff = await enrol(up, "telegram", person, f"Cán bộ {area}", [area])
    await people.link_group(policy(up).office, "telegram", group, [area])
    await up.networks.say("telegram", sender=person, chat=group, text="/cuatoi")
    return staff


async def _claim(up: Ground, staff: Staff, person: str, stop: asyncio.Event) -> None:
    """An officer who takes the oldest ticket again and again, so that what stands in the group has to change."""
    while not stop.is_set():
        free = Ticket.filter(area__in=staff.areas, status=Status.OPEN).order_by("id")
        ticket = await free.first()
        if ticket is not None:
            await up.networks.say("telegram", sender=person, text=f"/nhan {ticket.number}")
        await asyncio.wait([asyncio.create_task(stop.wait())], timeout=A_CLAIM)


async def _shown(tickets: int) -> tuple[list[float], int]:
    """Seconds from each ticket's opening until its group showed it, and how many are not shown in time."""
    groups = [one[2] for one in GROUPS]
    end = time.monotonic() + PATIENCE
    while True:
        shown: dict[int, float] = {}
        cards = OutboxRow.filter(chat__in=groups, card=True, edits_id__isnull=True).prefetch_related(
            "ticket", "on_board"
        )
        for card in await cards:
            at = card.on_board.sent_at if card.on_board is not None else card.sent_at
            if at is not None and card.ticket is not None:
                seconds = (at - card.ticket.opened_at).total_seconds()
                shown[card.ticket.id] = min(seconds, shown.get(card.ticket.id, seconds))
        if len(shown) >= tickets or time.monotonic() > end:
            return list(shown.values()), tickets - len(shown)
        await asyncio.sleep(1)


def _found(
    chosen: argparse.Namespace, delays: list[float], missing: int, calls: list[dict[str, Any]]
) -> dict[str, Any]:
    groups = {one[2] for one in GROUPS}
    there = [call for call in calls if call["chat"] in groups and call["status"] == HTTPStatus.OK]
    kinds = Counter(call["method"] for call in there)
    fullest, gaps = 0, []
    for group in groups:
        at = [datetime.fromisoformat(call["at"]) for call in there if call["chat"] == group]
        fullest = max([fullest, *(sum(timedelta() <= one - first < A_MINUTE for one in at) for first in at)])
        shows = [
            datetime.fromisoformat(call["at"]) for call in there if (call["chat"], call["method"]) == (group, SHOWS)
        ]
        gaps += [(later - sooner).total_seconds() for sooner, later in pairwise(shows)]
    return {
        "tickets": chosen.tickets,
        "seconds": chosen.seconds,
        "groups": len(GROUPS),
        "card_delay_p50_s": round(quantile(delays, 0.5), 1),
        "card_delay_p95_s": round(quantile(delays, 0.95), 1),
        "card_delay_max_s": round(max(delays, default=0.0), 1),
        "not_shown": missing,
        "refused_429": sum(call["status"] == HTTPStatus.TOO_MANY_REQUESTS for call in calls),
        "calls_to_groups": dict(kinds),
        "fullest_minute_of_a_group": fullest,
        "between_two_cards_p50_s": round(quantile(gaps, 0.5), 1),
        "between_two_cards_p95_s": round(quantile(gaps, 0.95), 1),
    }


def _limit(found: dict[str, Any]) -> str:
    """What kept the cards waiting, in words."""
    rate = CAPABILITIES.per_group
    assert rate is not None
    shows, all_of_them = found["calls_to_groups"].get(SHOWS, 0), sum(found["calls_to_groups"].values())
    return (
        f"what limits it: Telegram takes 20 messages a minute in a group, changes of messages among them; ours took"
        f" {found['fullest_minute_of_a_group']} at most. That is a turn every {1 / rate.per_second:.1f} s once the"
        f" first {rate.burst} are spent, and {all_of_them - shows} of {all_of_them} turns showed who took what;"
        f" between two cards or lists of a group lay {found['between_two_cards_p50_s']} s"
        f" (p95 {found['between_two_cards_p95_s']} s)"
    )


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=300.0)
    found = uvloop.run(main(parser.parse_args()))
    print(
        f"{found['tickets']} tickets in {found['seconds']:.0f} s over {found['groups']} groups: card after"
        f" p50 {found['card_delay_p50_s']} p95 {found['card_delay_p95_s']} max {found['card_delay_max_s']} s,"
        f" {found['not_shown']} not shown, {found['refused_429']} refusals (429)"
    )
    print(_limit(found))
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    run()
