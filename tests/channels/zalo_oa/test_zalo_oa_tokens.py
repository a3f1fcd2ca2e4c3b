"""Zalo OA: when tokens are renewed, what each answer of the token endpoint means, and how they are kept."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from channels.errors import SendError, Unauthorised, Uncertain, Unreachable
from channels.http_client import new_client
from channels.zalo_oa.settings import Settings
from channels.zalo_oa.tokens import GrantOver, Pair, Seal, Tokens
from tests.channels.zalo_oa.memory_vault import MemoryVault

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
GIVEN: dict[str, Any] = {
    "name": "oa", "app_id": "360", "app_secret": "made-up-app-secret", "oa_id": "579", "oa_secret": "made-up-oa-secret",
}  # fmt: skip


class Bench:
    """Tokens whose clock is set by hand."""

    def __init__(self, url: str, **more: Any) -> None:
        self.settings = Settings.model_validate(GIVEN | {"oauth_url": url} | more)
        self.http, _ = new_client()
        self.now = NOW
        self.vault = MemoryVault()
        self.tokens = Tokens(self.settings, self.http, lambda: self.now)
        self.tokens.use(self.vault)

    async def kept(self, access: str = "AT-1", refresh: str = "RT-1") -> None:
        sealed = Seal(self.settings).close(Pair(access, refresh))
        await self.vault.keep(sealed, self.now, self.now + timedelta(hours=25))

    def pair(self) -> Pair | None:
        return Seal(self.settings).open(self.vault.kept.sealed) if self.vault.kept else None


@pytest.fixture
async def bench(stand_in: Any, nothing_secret_logged: Any) -> AsyncIterator[Bench]:
    made = Bench(stand_in.url)
    yield made
    await made.http.aclose()
    nothing_secret_logged("made-up-app-secret", "made-up-oa-secret", "AT-1", "RT-1", "AT-2", "RT-2")


def good(number: int = 2, **more: Any) -> dict[str, Any]:
    return {"access_token": f"AT-{number}", "refresh_token": f"RT-{number}", "expires_in": "90000"} | more


async def test_a_renewal_is_a_form_with_the_secret_in_its_header(bench: Bench, stand_in: Any, reply: Any) -> None:
    await bench.kept()
    stand_in.will(reply(body=good()))
    assert await bench.tokens.renewed("AT-1") == "AT-2"
    (asked,) = stand_in.requests
    assert (asked.method, asked.path) == ("POST", "/v4/oa/access_token")
    assert asked.headers["secret_key"] == "made-up-app-secret"
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    form = {key: values[0] for key, values in parse_qs(asked.body.decode()).items()}
    assert form == {"app_id": "360", "grant_type": "refresh_token", "refresh_token": "RT-1"}
    assert bench.pair() == Pair("AT-2", "RT-2")


WHEN = [
    pytest.param(timedelta(hours=1), False, id="fresh"),
    pytest.param(timedelta(hours=14, minutes=59), False, id="at less than 60 % of 25 hours"),
    pytest.param(timedelta(hours=15), True, id="at 60 %"),
    pytest.param(timedelta(days=7), True, id="idle for a week"),
    pytest.param(timedelta(days=89), True, id="forgotten for long, and still good"),
]


@pytest.mark.parametrize(("age", "renewed"), WHEN)
async def test_tokens_are_renewed_ahead_of_time(
    *, age: timedelta, renewed: bool, bench: Bench, stand_in: Any, reply: Any
) -> None:
    await bench.kept()
    bench.now += age
    if renewed:
        stand_in.will(reply(body=good()))
    await bench.tokens.tend()
    assert len(stand_in.requests) == renewed
    assert bench.pair() == (Pair("AT-2", "RT-2") if renewed else Pair("AT-1", "RT-1"))
    await bench.tokens.tend()
    assert len(stand_in.requests) == renewed


async def test_a_token_that_says_it_lives_long_is_renewed_weekly(bench: Bench, stand_in: Any, reply: Any) -> None:
    await bench.kept()
    stand_in.will(reply(body=good(expires_in=str(90 * 86_400))), reply(body=good(3)))
    await bench.tokens.renewed("AT-1")
    bench.now += timedelta(days=6, hours=23)
    await bench.tokens.tend()
    assert len(stand_in.requests) == 1
    bench.now += timedelta(hours=1)
    await bench.tokens.tend()
    assert bench.pair() == Pair("AT-3", "RT-3")


ANSWERS = [
    pytest.param({"error": -14014, "error_name": "Invalid refresh token"}, 200, GrantOver, True, id="void"),
    pytest.param({"error": "-14020", "error_reason": "used"}, 200, GrantOver, True, id="used, its code as text"),
    pytest.param({"error": -118, "error_name": "Invalid grant"}, 400, GrantOver, True, id="no grant, under 400"),
    pytest.param({"error_name": "invalid_grant"}, 200, GrantOver, True, id="no grant, without a code"),
    pytest.param({"error": -14002, "error_name": "Invalid app"}, 200, Unauthorised, False, id="another app"),
    pytest.param({"access_token": None, "refresh_token": None}, 200, Unauthorised, False, id="tokens of null"),
    pytest.param({"access_token": "", "refresh_token": "RT-2"}, 200, Unauthorised, False, id="an empty one"),
    pytest.param({}, 200, Unreachable, False, id="an object of nothing"),
    pytest.param("<html>", 200, Unreachable, False, id="a page"),
    pytest.param("<html>", 502, Unreachable, False, id="a gateway's page"),
    pytest.param("", 504, Uncertain, False, id="a gateway that waited in vain"),
]


@pytest.mark.parametrize(("body", "status", "error", "over"), ANSWERS)
async def test_an_answer_without_a_pair_replaces_none(
    *, body: Any, status: int, error: type[SendError], over: bool, bench: Bench, stand_in: Any, reply: Any
) -> None:
    await bench.kept()
    stand_in.will(reply(status, body))
    with pytest.raises(error) as raised:
        await bench.tokens.renewed("AT-1")
    assert type(raised.value) is error
    assert bench.pair() == Pair("AT-1", "RT-1")
    assert bench.vault.kept is not None
    assert bool(bench.vault.kept.refused) is over
    if over:  # nobody asks a second time
        with pytest.raises(GrantOver, match="zalo-oa connect"):
            await bench.tokens.renewed("AT-1")
        await bench.tokens.tend()
        assert len(stand_in.requests) == 1
        assert await bench.tokens.access() == "AT-1", "what still lives is still used"
        assert (await bench.tokens.standing()).state == "lost"


async def test_a_pair_without_a_new_refresh_token_keeps_the_old_one(bench: Bench, stand_in: Any, reply: Any) -> None:
    await bench.kept()
    stand_in.will(reply(body={"access_token": "AT-2", "refresh_token": None, "expires_in": 3600}))
    await bench.tokens.renewed("AT-1")
    assert bench.pair() == Pair("AT-2", "RT-1")


async def test_ten_who_find_the_token_refused_renew_it_once(bench: Bench, stand_in: Any, reply: Any) -> None:
    await bench.kept()
    stand_in.will(reply(body=good()))
    found = await asyncio.gather(*(bench.tokens.renewed("AT-1") for _ in range(10)))
    assert set(found) == {"AT-2"}
    assert len(stand_in.requests) == 1


async def test_what_another_process_renewed_is_used(bench: Bench, stand_in: Any) -> None:
    await bench.kept()
    assert await bench.tokens.access() == "AT-1"
    await bench.kept("AT-2", "RT-2")
    assert await bench.tokens.renewed("AT-1") == "AT-2"
    assert stand_in.requests == []


async def test_a_first_refresh_token_of_the_settings(stand_in: Any, reply: Any) -> None:
    bench = Bench(stand_in.url, refresh_token="RT-seed")
    stand_in.will(reply(body=good(1)))
    assert await bench.tokens.access() == "AT-1"
    assert (bench.pair() or Pair("", "")).refresh == "RT-1"
    # lost, and the administrator entered a new one: it is used; the old one is not tried again
    assert bench.vault.kept is not None
    bench.vault.kept = replace(bench.vault.kept, refused="-14020")
    with pytest.raises(GrantOver):
        await bench.tokens.renewed("AT-1")
    anew = Bench(stand_in.url, refresh_token="RT-new-seed")
    anew.vault = bench.vault
    anew.tokens.use(bench.vault)
    stand_in.will(reply(body=good(5)))
    assert await anew.tokens.renewed("AT-1") == "AT-5"
    assert b"RT-new-seed" in stand_in.requests[-1].body
    await bench.http.aclose()
    await anew.http.aclose()


async def test_a_first_refresh_token_that_is_void_is_not_asked_about_in_a_loop(stand_in: Any, reply: Any) -> None:
    bench = Bench(stand_in.url, refresh_token="RT-seed")
    stand_in.will(reply(body={"error": -14014}))
    for _ in range(3):
        with pytest.raises(GrantOver):
            await bench.tokens.tend()
    assert len(stand_in.requests) == 1
    await bench.http.aclose()


STANDING = [
    pytest.param(timedelta(days=1), "good", id="a day"),
    pytest.param(timedelta(days=59), "good", id="59 days"),
    pytest.param(timedelta(days=60), "old", id="60 days: supervisors hear of it"),
    pytest.param(timedelta(days=90), "lost", id="three months"),
]


@pytest.mark.parametrize(("age", "state"), STANDING)
async def test_how_a_grant_stands(age: timedelta, state: str, bench: Bench) -> None:
    assert (await bench.tokens.standing()).state == "none"
    await bench.kept()
    bench.now += age
    assert (await bench.tokens.standing()).state == state


async def test_tokens_are_ciphertext_for_this_app_and_account_only(bench: Bench) -> None:
    await bench.kept()
    assert bench.vault.kept is not None
    sealed = bench.vault.kept.sealed
    assert "AT-1" not in sealed
    assert sealed != Seal(bench.settings).close(Pair("AT-1", "RT-1")), "the same pair twice looks different"
    for change in ({"app_secret": "another"}, {"app_id": "361"}, {"oa_id": "580"}):
        assert Seal(Settings.model_validate(GIVEN | change)).open(sealed) is None
    for damaged in ("", "1.", "1.!!", sealed[:-8], sealed[:9] + "A" + sealed[10:]):
        assert Seal(bench.settings).open(damaged) is None or damaged == sealed
    other = Bench("http://127.0.0.1:9", app_secret="another")
    other.tokens.use(bench.vault)
    assert (await other.tokens.standing()).reason == "it was encrypted under another app_secret"
    await other.http.aclose()
    assert "AT-1" not in repr(Pair("AT-1", "RT-1"))
