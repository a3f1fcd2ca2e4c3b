"""What the web server answers: to networks, to strangers, to load balancers, and when things are broken."""

import dataclasses
import gzip
import io
import json
import shutil
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from tortoise.context import TortoiseContext

from bot import files
from bot.jobs import Jobs
from bot.wiring import App
from channels.contract import Capabilities
from channels.webhooks import MAX_BODY
from config.database import tortoise_config
from tests.bot.web_office import KANNEL_PASSWORD, OFFICE, TOKEN, served, telegram_secret
from tickets.models import InboxRow, InboxState, StoredFile

TELEGRAM = f"/webhooks/{OFFICE}/telegram"
SMS = f"/webhooks/{OFFICE}/sms"
FORGED = (
    '{"app_id":"360","event_name":"user_send_text","timestamp":"1790000002345","sender":{"id":"48"},'
    '"recipient":{"id":"579"},"message":{"text":"lời của dân 0912345678","msg_id":"m1"}}'
).encode()


def update(number: int = 1, **message: Any) -> bytes:
    """A Telegram update in which Nguyễn Văn Thử writes."""
    person = {"id": 5001, "is_bot": False, "first_name": "Nguyễn Văn Thử"}
    chat = {"id": 5001, "type": "private", "first_name": "Nguyễn Văn Thử"}
    said = {"message_id": number, "date": 1790000000, "chat": chat, "from": person, "text": "Xin chào"}
    return json.dumps({"update_id": number, "message": said | message}).encode()


def proved() -> dict[str, str]:
    return {"X-Telegram-Bot-Api-Secret-Token": telegram_secret(), "Content-Type": "application/json"}


async def test_an_event_is_stored_before_it_is_acknowledged_and_once_however_often_it_comes(
    web: httpx.AsyncClient,
) -> None:
    for _ in range(3):
        answer = await web.post(TELEGRAM, content=update(), headers=proved())
        assert answer.status_code == 200
        assert await InboxRow.filter(office=OFFICE, channel="telegram").count() == 1


async def test_updates_that_come_out_of_order_and_a_year_late_are_all_kept(web: httpx.AsyncClient) -> None:
    year_old = int(time.time()) - 366 * 86_400
    for number, date in ((7, year_old), (5, year_old + 60), (6, year_old + 30)):
        answer = await web.post(TELEGRAM, content=update(number, date=date), headers=proved())
        assert answer.status_code == 200
    assert await InboxRow.all().count() == 3


REFUSED = [
    pytest.param(update(), {}, 401, "unverified", id="no secret"),
    pytest.param(
        update(), {"X-Telegram-Bot-Api-Secret-Token": "sai"}, 401, "unverified", id="a secret that is not ours"
    ),
    pytest.param(b"not json", None, 400, "malformed", id="a body that is not JSON"),
    pytest.param("{'text': 'chào'}".encode("utf-16"), None, 400, "malformed", id="another encoding"),
    pytest.param(b"[1, 2", None, 400, "malformed", id="a body that breaks off"),
    pytest.param(b"\x00" * (MAX_BODY + 1), None, 413, "too_large", id="a body that is too large"),
]


@pytest.mark.parametrize(("body", "headers", "status", "outcome"), REFUSED)
async def test_bad_requests_are_refused_counted_and_leave_nothing(
    web: httpx.AsyncClient, app: App, body: bytes, headers: dict[str, str] | None, status: int, outcome: str
) -> None:
    answer = await web.post(TELEGRAM, content=body, headers=proved() if headers is None else headers)
    assert answer.status_code == status
    assert not await InboxRow.exists()
    assert f'office="{OFFICE}",outcome="{outcome}"}} 1.0' in (await web.get("/metrics")).text


async def test_a_small_body_that_unpacks_to_a_large_one_is_refused(web: httpx.AsyncClient) -> None:
    bomb = gzip.compress(b" " * (50 * MAX_BODY))
    assert len(bomb) < MAX_BODY
    answer = await web.post(TELEGRAM, content=bomb, headers=proved() | {"Content-Encoding": "gzip"})
    assert answer.status_code == 413


async def test_a_body_that_is_not_packed_as_it_says_is_the_senders_mistake(web: httpx.AsyncClient) -> None:
    answer = await web.post(TELEGRAM, content=b"not gzip", headers=proved() | {"Content-Encoding": "gzip"})
    assert answer.status_code == 400
    assert not await InboxRow.exists()


async def test_an_empty_probe_is_told_that_somebody_is_here(web: httpx.AsyncClient) -> None:
    for method in ("GET", "POST"):
        answer = await web.request(method, TELEGRAM)
        assert (answer.status_code, answer.content) == (200, b"")
    assert not await InboxRow.exists()


async def test_an_unknown_kind_of_event_is_kept_as_it_came_and_not_handled(web: httpx.AsyncClient) -> None:
    body = json.dumps({"update_id": 3, "a_kind_of_next_year": {"words": "gì đó"}}).encode()
    answer = await web.post(TELEGRAM, content=body, headers=proved())
    assert answer.status_code == 200
    row = await InboxRow.get()
    assert row.kind == "unknown"
    assert "gì đó" in json.dumps(row.payload, ensure_ascii=False)


async def test_kannel_brings_messages_by_get_and_gets_an_empty_answer(web: httpx.AsyncClient) -> None:
    query = {"id": "m1", "from": "+84912345678", "to": "8079", "text": "Xin hỏi", "token": KANNEL_PASSWORD}
    answer = await web.get(SMS, params=query)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert (await InboxRow.get()).text == "Xin hỏi"


async def test_delivery_reports_have_a_path_of_their_own(web: httpx.AsyncClient) -> None:
    answer = await web.get(f"{SMS}/status", params={"ref": "17", "st": "1", "token": KANNEL_PASSWORD})
    assert answer.status_code == 200
    row = await InboxRow.get()
    assert (row.kind, row.reply_to) == ("receipt", "17")


async def test_asking_only_for_the_head_brings_no_message(web: httpx.AsyncClient) -> None:
    query = {"id": "m1", "from": "+84912345678", "text": "Xin hỏi", "token": KANNEL_PASSWORD}
    assert (await web.head(SMS, params=query)).status_code == 405
    assert not await InboxRow.exists()


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/webhooks/khong-co/telegram", id="an office we do not have"),
        pytest.param(f"/webhooks/{OFFICE}/khong-co", id="a channel the office does not have"),
        pytest.param(f"/webhooks/{OFFICE}/zalo", id="a channel that is asked, not called"),
        pytest.param("/webhooks/../../etc/passwd", id="a path out of the tree"),
        pytest.param("/files/1.9999999999.khong-co/giay.jpg", id="a link nobody signed"),
        pytest.param("/files/khong/giay.jpg", id="a link that is none"),
        pytest.param("/wp-login.php", id="somebody looking for something else"),
    ],
)
async def test_what_we_do_not_have_is_not_found(web: httpx.AsyncClient, path: str) -> None:
    answer = await web.post(path, content=update(), headers=proved())
    assert answer.status_code in {404, 405}
    assert (await web.get(path)).status_code == 404
    assert not await InboxRow.exists()


async def test_a_signed_link_gives_the_paper_as_often_as_it_is_asked_for(app: App, web: httpx.AsyncClient) -> None:
    desk = dataclasses.replace(app.desks[OFFICE], public_url=str(web.base_url).rstrip("/"))
    stored = await StoredFile.create(
        office=OFFICE,
        channel="telegram",
        ref_digest="0" * 64,
        name="giấy khai sinh.html",
        mime="text/html",
        content=b"<script>alert(1)</script>",
        at=datetime.now(UTC),
    )
    for _ in range(2):
        answer = await web.get(files.public_url(desk, stored))
        assert (answer.status_code, answer.content) == (200, b"<script>alert(1)</script>")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")


async def test_health_tells_whether_it_lives_and_whether_it_can_work(web: httpx.AsyncClient) -> None:
    assert (await web.get("/health/live")).json() == {"status": "ok"}
    ready = await web.get("/health/ready")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)


async def test_without_redis_it_is_not_ready_and_takes_messages_all_the_same(app: App) -> None:
    jobs = Jobs("unix:///nowhere/valkey.sock", app.clock)
    jobs.open()
    without = dataclasses.replace(app, jobs=jobs)
    async with served(without) as web:
        ready = await web.get("/health/ready")
        assert (ready.status_code, ready.json()["redis"], ready.json()["database"]) == (503, "away", "ok")
        assert (await web.post(TELEGRAM, content=update(), headers=proved())).status_code == 200
    await jobs.close()
    assert await InboxRow.all().count() == 1


@pytest.fixture
def spool(app: App) -> Iterator[Path]:
    """The folder of the spool, gone again after the test whatever became of it."""
    folder = app.settings.data_dir / "spool"
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    if folder.is_dir():
        shutil.rmtree(folder)
    else:
        folder.unlink(missing_ok=True)


async def test_without_the_database_an_event_is_kept_in_a_file_and_acknowledged(app: App, spool: Path) -> None:
    async with TortoiseContext() as elsewhere:
        await elsewhere.init(config=tortoise_config("postgresql://nobody@127.0.0.1:9/nothing"))
        async with served(app) as web:
            answer = await web.post(TELEGRAM, content=update(), headers=proved())
            assert answer.status_code == 200
            assert sum(kept.stat().st_size for kept in spool.iterdir()) > 0
    assert not await InboxRow.exists()


async def test_without_database_and_spool_nothing_is_acknowledged_and_the_network_is_asked_to_come_again(
    app: App, spool: Path
) -> None:
    spool.parent.mkdir(parents=True, exist_ok=True)
    spool.write_text("a file where the folder should be")
    async with TortoiseContext() as elsewhere:
        await elsewhere.init(config=tortoise_config("postgresql://nobody@127.0.0.1:9/nothing"))
        async with served(app) as web:
            answer = await web.post(TELEGRAM, content=update(), headers=proved())
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            ready = await web.get("/health/ready")
            assert (ready.status_code, ready.json()["database"]) == (503, "away")
            assert "tohotro_database_up 0.0" in (await web.get("/metrics")).text
            assert (await web.get("/health/live")).status_code == 200
    assert not await InboxRow.exists()


class Broken:
    """A channel with a mistake in it, as an adapter of tomorrow may have."""

    capabilities = Capabilities(max_text=1)

    name, kind, polls = "telegram", "broken", False

    def verify(self, *_: Any) -> None:
        return

    def parse(self, _headers: Mapping[str, str], body: bytes, *_: Any) -> list[Any]:
        raise ZeroDivisionError(body.decode())


async def test_an_unexpected_failure_has_a_reference_that_is_also_in_the_log(app: App, log: io.StringIO) -> None:
    desk = dataclasses.replace(app.desks[OFFICE], channels={"telegram": Broken()})
    async with served(dataclasses.replace(app, desks={OFFICE: desk})) as web:
        answer = await web.post(TELEGRAM, content=f"token {TOKEN} phone 0912345678".encode())
    assert answer.status_code == 500
    reference = answer.json()["reference"]
    logged = [json.loads(line) for line in log.getvalue().splitlines()]
    told = next(line for line in logged if line.get("reference") == reference)
    assert "ZeroDivisionError" in told["exception"]
    assert TOKEN not in log.getvalue()
    assert "0912345678" not in log.getvalue()


async def test_requests_are_logged_by_their_pattern_never_by_their_address(
    web: httpx.AsyncClient, log: io.StringIO
) -> None:
    await web.get(SMS, params={"id": "m1", "from": "+84912345678", "text": "lời của dân", "token": KANNEL_PASSWORD})
    await web.get("/files/17.1790000000.chu-ky-bi-mat/giay.jpg")
    await web.get("/khong/co/0912345678")
    routes = [json.loads(line).get("route") for line in log.getvalue().splitlines()]
    assert [route for route in routes if route] == [
        SMS,
        "/files/{link}/{name}",
        "(unknown)",
    ]
    for secret in (KANNEL_PASSWORD, "912345678", "lời của dân", "chu-ky-bi-mat"):
        assert secret not in log.getvalue()


async def test_what_a_network_brings_in_vain_is_a_line_that_names_the_channel_and_repeats_nothing(
    web: httpx.AsyncClient, log: io.StringIO
) -> None:
    words = b"garbage 0912345678 lie\x00 <html>"
    await web.post(TELEGRAM, content=words, headers=proved())
    await web.post(f"/webhooks/{OFFICE}/oa", content=FORGED, headers={"X-ZEvent-Signature": "mac=" + "ab" * 32})
    await web.post(f"{SMS}/sai-mat-khau", content=words)
    logged = [json.loads(line) for line in log.getvalue().splitlines()]
    told = [(one["channel"], one["outcome"]) for one in logged if one["event"] == "webhook not taken"]
    assert told == [("telegram", "malformed"), ("oa", "unverified"), ("sms", "unverified")]
    for part in ("0912345678", "garbage", "lời của dân", "ab" * 32, "sai-mat-khau", telegram_secret()):
        assert part not in log.getvalue()


async def test_metrics_count_rows_by_state(web: httpx.AsyncClient) -> None:
    await web.post(TELEGRAM, content=update(), headers=proved())
    page = (await web.get("/metrics")).text
    assert f'tohotro_inbox_rows{{channel="telegram",office="{OFFICE}",state="{InboxState.NEW}"}} 1.0' in page
    assert 'tohotro_oldest_waiting_seconds{queue="inbox"}' in page
    assert "tohotro_database_up 1.0" in page
