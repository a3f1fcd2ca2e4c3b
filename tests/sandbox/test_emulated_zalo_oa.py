"""Does the emulated Official Account behave as its documents say, seen with a plain HTTP client?"""

import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox import Sandbox, media
from tests.sandbox.sandbox_doors import Door, Hook

HOA = "4800000000000000123"
OA = "zalo_oa"
CS = "/v3.0/oa/message/cs"


@pytest.fixture
def line(networks: Sandbox) -> dict[str, str]:
    return networks.networks_line()[OA]


async def call(http: httpx.AsyncClient, line: dict[str, str], path: str, body: Any = None, **more: Any) -> Any:
    headers = {"access_token": more.pop("token", line["token"])}
    if body is None and "files" not in more:
        answer = await http.get(line["api_url"] + path, headers=headers, **more)
    else:
        answer = await http.post(line["api_url"] + path, headers=headers, json=body, **more)
    assert answer.status_code == 200, "errors come under HTTP 200"
    return answer.json()


async def console(http: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await http.post("/sandbox/control/console", json={"network": OA, **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def text(words: str, user: str = HOA, **more: Any) -> dict[str, Any]:
    return {"recipient": {"user_id": user}, "message": {"text": words, **more}}


async def test_words_go_to_who_has_written_and_come_back_as_an_echo(
    http: httpx.AsyncClient, door: Door, line: dict[str, str], hook: Hook
) -> None:
    assert (await call(http, line, CS, text("x")))["error"] == -213
    assert (await console(http, webhook=hook.url))["probe"] == 200
    spoken = await door.say(OA, sender=HOA, name="Hoa", text="Cho hỏi khai sinh")
    sent = await call(http, line, CS, text("Mời bác lên phường", quote_message_id=spoken))
    assert (sent["error"], sent["data"]["user_id"], type(sent["data"]["sent_time"])) == (0, HOA, str)
    (shown,) = await door.seen(OA, HOA)
    assert (shown["message_id"], shown["reply_to"]) == (sent["data"]["message_id"], spoken)
    _, (headers, said), (_, echo) = await hook.wait(3)
    body = json.loads(said)
    assert (body["event_name"], body["message"]["msg_id"]) == ("user_send_text", spoken)
    signed = line["app_id"].encode() + said + body["timestamp"].encode() + line["oa_secret"].encode()
    assert headers["X-ZEvent-Signature"] == "mac=" + hashlib.sha256(signed).hexdigest()
    assert json.loads(echo)["event_name"] == "oa_send_text"
    assert json.loads(echo)["message"]["msg_id"] == sent["data"]["message_id"]


async def test_who_does_not_answer_is_called_again_with_a_number(
    http: httpx.AsyncClient, door: Door, hook: Hook
) -> None:
    await console(http, webhook=hook.url)
    hook.statuses = [500, 503]
    await door.say(OA, sender=HOA, text="một")
    _, (headers, _) = await hook.wait(2)
    assert (hook.refused, headers["num_retry"]) == (2, "2")


async def test_the_window_closes_by_the_clock_of_this_network(
    http: httpx.AsyncClient, door: Door, line: dict[str, str]
) -> None:
    await door.say(OA, sender=HOA, text="một")
    token = await renewed(http, line, line["refresh_token"])
    await console(http, move=6.9 * 86_400)
    assert (await call(http, line, CS, text("x"), token=token["access_token"]))["error"] == -220
    token = await renewed(http, line, token["refresh_token"])
    assert (await call(http, line, CS, text("x"), token=token["access_token"]))["error"] == 0
    await console(http, move=0.2 * 86_400)
    assert (await call(http, line, CS, text("x"), token=token["access_token"]))["error"] == -230
    await door.say(OA, sender=HOA, event="click")
    assert (await call(http, line, CS, text("x"), token=token["access_token"]))["error"] == 0


async def renewed(http: httpx.AsyncClient, line: dict[str, str], refresh: str) -> dict[str, Any]:
    form = {"refresh_token": refresh, "app_id": line["app_id"], "grant_type": "refresh_token"}
    answer = await http.post(
        line["oauth_url"] + "/v4/oa/access_token", data=form, headers={"secret_key": line["app_secret"]}
    )
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_a_refresh_token_is_good_once_and_a_code_for_its_verifier(
    http: httpx.AsyncClient, line: dict[str, str]
) -> None:
    first = await renewed(http, line, line["refresh_token"])
    assert first["expires_in"] == "90000"
    assert (await renewed(http, line, line["refresh_token"]))["error"] == -14020
    assert (await renewed(http, line, "RT-nobody's"))["error"] == -14014
    assert (await renewed(http, line | {"app_secret": "x"}, first["refresh_token"]))["error"] < 0
    query = {"app_id": line["app_id"], "redirect_uri": "http://127.0.0.1:9/back", "code_challenge": "x", "state": "s"}
    sent = await http.get(line["oauth_url"] + "/v4/oa/permission", params=query)
    back = {key: values[0] for key, values in parse_qs(urlsplit(sent.headers["Location"]).query).items()}
    assert (back["state"], back["oa_id"]) == ("s", line["oa_id"])
    form = {"code": back["code"], "app_id": line["app_id"], "grant_type": "authorization_code", "code_verifier": "no"}
    headers = {"secret_key": line["app_secret"]}
    answer = await http.post(line["oauth_url"] + "/v4/oa/access_token", data=form, headers=headers)
    assert answer.json()["error"] == -14003
    as_json = await http.post(line["oauth_url"] + "/v4/oa/access_token", json=form, headers=headers)
    assert as_json.json()["error"] < 0, "the token endpoint reads forms only"


REFUSED = [
    pytest.param(text("x" * 2001), -210, id="too long"),
    pytest.param({"recipient": {"user_id": 480}, "message": {"text": "x"}}, -201, id="an id as a number"),
    pytest.param(text("x", attachment={"type": "file", "payload": {"token": "no"}}), -100, id="no such file"),
    pytest.param(text("x", quote_message_id="no"), -201, id="no such message to quote"),
    pytest.param(text("x", attachment={"type": "template", "payload": {"template_type": "z"}}), -233, id="a template"),
    pytest.param(
        text("x", attachment={"type": "template", "payload": {"buttons": [{"title": "a"}] * 6}}), -201, id="six buttons"
    ),
]


@pytest.mark.parametrize(("body", "code"), REFUSED)
async def test_what_is_refused(
    *, body: dict[str, Any], code: int, http: httpx.AsyncClient, door: Door, line: dict[str, str]
) -> None:
    await door.say(OA, sender=HOA, text="một")
    assert (await call(http, line, CS, body))["error"] == code
    assert (await call(http, line, CS, text("x"), token="AT-nobody's"))["error"] == -216
    assert await door.seen(OA, HOA) == []


UPLOADS = [
    pytest.param("image", ("a.jpg", media.jpeg(20, 20, 1), "image/jpeg"), "attachment_id", id="a picture"),
    pytest.param("file", ("a.pdf", media.pdf(), "application/pdf"), "token", id="a paper"),
    pytest.param("file", ("a", media.pdf(), "application/pdf"), None, id="without its ending there is no data"),
    pytest.param("file", ("a.xlsx", b"PK", "application/zip"), -201, id="a workbook"),
    pytest.param("image", ("a.jpg", media.jpeg(20, 20, 1) + b"0" * 1_000_001, "image/jpeg"), -210, id="over 1 MB"),
]


@pytest.mark.parametrize(("kind", "file", "found"), UPLOADS)
async def test_uploads(*, kind: str, file: Any, found: Any, http: httpx.AsyncClient, line: dict[str, str]) -> None:
    answer = await call(http, line, f"/v2.0/oa/upload/{kind}", files={"file": file})
    if isinstance(found, int):
        assert answer["error"] == found
    else:
        assert list(answer["data"]) == ([found] if found else [])


async def test_reads_take_one_json_and_ten_rows_at_most(
    http: httpx.AsyncClient, door: Door, line: dict[str, str]
) -> None:
    for number in range(12):
        await door.say(OA, sender=HOA, name="Hoa", text=str(number))
    query = {"data": json.dumps({"user_id": HOA, "offset": 0, "count": 10})}
    rows = (await call(http, line, "/v2.0/oa/conversation", params=query))["data"]
    assert [(row["message"], row["src"]) for row in rows[:2]] == [("11", 1), ("10", 1)]
    query["data"] = json.dumps({"user_id": HOA, "offset": 0, "count": 11})
    assert (await call(http, line, "/v2.0/oa/conversation", params=query))["error"] == -201
    profile = await call(http, line, "/v3.0/oa/user/detail", params={"data": json.dumps({"user_id": HOA})})
    assert profile["data"]["display_name"] == "Hoa"
    await console(http, package=False)
    assert (await call(http, line, "/v3.0/oa/user/detail", params=query))["error"] == -224
    assert (await call(http, line, CS, text("x")))["error"] == -224
