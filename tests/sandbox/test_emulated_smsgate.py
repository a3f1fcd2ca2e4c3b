"""Does the emulated phone send, receive, report and sign as SMSGate in local mode does?"""

import hashlib
import hmac
import json
import time
from typing import Any

import httpx
import pytest

from sandbox import Sandbox
from sandbox.smsgate.numbers import normal, parts
from sandbox.smsgate.signing import sign, write
from tests.sandbox.sandbox_doors import WAIT, Door, Hook

HOA = "+84912345678"


def text_to(number: str, text: str = "Hồ sơ đã tiếp nhận", **more: Any) -> dict[str, Any]:
    return {"textMessage": {"text": text}, "phoneNumbers": [number]} | more


async def listen(phone: httpx.AsyncClient, hook: Hook, *events: str) -> None:
    for event in events:
        answer = await phone.post("/webhooks", json={"id": event, "url": hook.url, "event": event})
        assert answer.status_code == 201


def events(got: list[tuple[dict[str, str], bytes]]) -> list[tuple[str, str]]:
    bodies = [json.loads(body) for _, body in got]
    return [(body["event"], body["payload"]["messageId"]) for body in bodies]


async def test_health_needs_no_password_and_the_rest_does(networks: Sandbox, http: httpx.AsyncClient) -> None:
    base = networks.networks_line()["smsgate"]["api_url"]
    assert (await http.get(f"{base}/health")).json()["status"] == "pass"
    refused = await http.get(f"{base}/messages", auth=("sms", "sai"))
    assert (refused.status_code, refused.json()) == (401, {"message": "Unauthorized"})
    assert (await http.post(f"{base}/messages", json=text_to(HOA))).status_code == 401


async def test_a_text_is_accepted_sent_and_delivered_once_per_part(
    phone: httpx.AsyncClient, networks: Sandbox, hook: Hook, door: Door
) -> None:
    await listen(phone, hook, "sms:sent", "sms:delivered")
    long = "Hồ sơ của bác đã được tiếp nhận. " * 4
    answer = await phone.post("/messages", json=text_to(HOA, long, id="phieu-12"))
    assert (answer.status_code, answer.json()["state"]) == (202, "Pending")
    assert answer.json()["recipients"] == [{"phoneNumber": HOA, "state": "Pending"}]
    got = await hook.wait(3)
    assert events(got) == [("sms:sent", "phieu-12"), ("sms:delivered", "phieu-12"), ("sms:delivered", "phieu-12")]
    assert json.loads(got[0][1])["payload"]["partsCount"] == 2
    after = (await phone.get("/messages/phieu-12")).json()
    assert (after["state"], list(after["states"])) == ("Delivered", ["Pending", "Processed", "Sent", "Delivered"])
    (shown,) = await door.seen("smsgate", "0912 345 678")
    assert shown == shown | {"message_id": "phieu-12", "text": long, "parts": 2}


async def test_the_same_id_is_accepted_once(phone: httpx.AsyncClient, networks: Sandbox) -> None:
    assert (await phone.post("/message", json=text_to(HOA, "một", id="a"))).status_code == 202
    again = await phone.post("/messages", json=text_to(HOA, "một", id="a"))
    assert (again.status_code, list(again.json())) == (409, ["message"])
    await networks.until("smsgate", HOA, lambda m: m.id == "a", WAIT)
    assert len(networks.seen("smsgate", HOA)) == 1


REFUSED = [
    pytest.param({"phoneNumbers": [HOA]}, id="no text"),
    pytest.param(text_to("123"), id="a short code without skipPhoneValidation"),
    pytest.param(text_to("VIETTEL"), id="a sender name"),
    pytest.param({"textMessage": {"text": "x"}, "phoneNumbers": []}, id="nobody"),
    pytest.param({"textMessage": {"text": "x"}, "phoneNumbers": [HOA, HOA]}, id="the same number twice"),
    pytest.param(text_to(HOA, id="x" * 37), id="an id of 37 characters"),
    pytest.param(text_to(HOA, message="x"), id="two texts"),
    pytest.param(text_to(HOA, ttl=1), id="a life of one second"),
    pytest.param([1], id="no object"),
]


@pytest.mark.parametrize("body", REFUSED)
async def test_bad_requests_are_refused_with_a_message(body: Any, phone: httpx.AsyncClient) -> None:
    answer = await phone.post("/messages", json=body)
    assert answer.status_code == 400
    assert answer.json()["message"]


async def test_odd_numbers_pass_when_validation_is_skipped(phone: httpx.AsyncClient) -> None:
    answer = await phone.post("/messages", params={"skipPhoneValidation": "true"}, json=text_to("1022"))
    assert answer.status_code == 202


async def test_a_received_text_is_signed_and_kept_in_the_inbox(
    phone: httpx.AsyncClient, networks: Sandbox, hook: Hook, door: Door
) -> None:
    await listen(phone, hook, "sms:received")
    text = "Cho hỏi <hộ khẩu> & 'tách' = ?"
    spoken = await door.say("smsgate", sender=HOA, text=text)
    ((headers, raw),) = await hook.wait(1)
    key = networks.networks_line()["smsgate"]["signing_key"]
    expected = hmac.new(key.encode(), raw + headers["X-Timestamp"].encode(), hashlib.sha256).hexdigest()
    assert headers["X-Signature"] == expected
    assert abs(int(headers["X-Timestamp"]) - time.time()) < 60
    assert headers["User-Agent"].startswith("me.capcom.smsgateway/")
    body = json.loads(raw)
    assert body["payload"]["message"] == text
    assert (body["payload"]["sender"], body["payload"]["messageId"]) == (HOA, spoken)
    assert len(spoken) == 8
    assert b"\\u003ch\xe1\xbb\x99 kh" in raw
    assert not set(b"<>&'") & set(raw)
    inbox = await phone.get("/inbox", params={"type": "SMS", "limit": 10})
    assert (inbox.headers["X-Total-Count"], inbox.json()[0]["contentPreview"]) == ("1", text)


def test_the_published_signature_vector_comes_out() -> None:
    body = write(
        {"deviceId": "d", "event": "sms:received", "id": "e", "payload": {"message": "Xin chào ạ"}, "webhookId": "w"}
    )
    digest = sign("testkey1", body, "1795284023")
    assert digest == "a43cee29a63472ab4688392fbd5712d842b178e5bbfe23c02c34524ff367db94"


async def test_the_same_words_said_twice_are_two_messages(door: Door, phone: httpx.AsyncClient, hook: Hook) -> None:
    await listen(phone, hook, "sms:received")
    assert await door.say("smsgate", sender=HOA, text="ok") != await door.say("smsgate", sender=HOA, text="ok")
    await hook.wait(2)


async def test_a_doubled_delivery_comes_in_two_envelopes(phone: httpx.AsyncClient, hook: Hook, door: Door) -> None:
    await listen(phone, hook, "sms:received")
    await door.fault("smsgate", kind="duplicate")
    await door.say("smsgate", sender=HOA, text="hai lần")
    first, second = [json.loads(body) for _, body in await hook.wait(2)]
    assert first["id"] != second["id"]
    assert first["payload"] == second["payload"]


async def test_a_refused_event_comes_again_and_is_overtaken(phone: httpx.AsyncClient, hook: Hook, door: Door) -> None:
    await listen(phone, hook, "sms:received")
    hook.statuses = [500]
    one = await door.say("smsgate", sender=HOA, text="một")
    two = await door.say("smsgate", sender=HOA, text="hai")
    got = await hook.wait(2)
    assert [message_id for _, message_id in events(got)] == [two, one]


async def test_a_phone_out_of_reach_makes_the_message_fail(
    phone: httpx.AsyncClient, hook: Hook, door: Door, networks: Sandbox
) -> None:
    await listen(phone, hook, "sms:failed", "sms:sent")
    await door.fault("smsgate", kind="blocked", chat="0912345678")
    await phone.post("/messages", json=text_to(HOA, id="a"))
    ((_, raw),) = await hook.wait(1)
    assert json.loads(raw)["event"] == "sms:failed"
    assert "RESULT_ERROR" in json.loads(raw)["payload"]["reason"]
    assert (await phone.get("/messages/a")).json()["recipients"][0]["state"] == "Failed"
    assert networks.seen("smsgate", HOA) == []


@pytest.mark.parametrize(
    ("order", "heard"),
    [
        pytest.param("LIFO", ["b", "a"], id="newest first, the app's default"),
        pytest.param("FIFO", ["a", "b"], id="in order when it is told so"),
    ],
)
async def test_the_queue_runs_in_the_order_that_is_set(
    order: str, heard: list[str], phone: httpx.AsyncClient, networks: Sandbox
) -> None:
    await phone.patch("/settings", json={"messages": {"processing_order": order, "send_interval_min": 0.3}})
    for name in ("first", "a", "b"):
        await phone.post("/messages", json=text_to(HOA, name, id=name))
    await networks.until("smsgate", HOA, lambda m: m.id == heard[-1], WAIT)
    assert [m.id for m in networks.seen("smsgate", HOA)] == ["first", *heard]


async def test_what_is_still_waiting_can_be_cancelled(phone: httpx.AsyncClient, networks: Sandbox) -> None:
    await phone.patch("/settings", json={"messages": {"send_interval_min": 30}})
    for name in ("first", "second"):
        await phone.post("/messages", json=text_to(HOA, name, id=name))
    assert (await phone.delete("/messages/second")).json()["state"] == "Cancelled"
    assert (await phone.delete("/messages/first")).status_code == 409
    assert [m.id for m in networks.seen("smsgate", HOA)] == ["first"]


async def test_webhooks_are_replaced_listed_removed_and_checked(phone: httpx.AsyncClient, hook: Hook) -> None:
    await listen(phone, hook, "sms:received")
    await listen(phone, hook, "sms:received")
    assert [entry["id"] for entry in (await phone.get("/webhooks")).json()] == ["sms:received"]
    assert (await phone.delete("/webhooks/sms:received")).status_code == 204
    assert (await phone.delete("/webhooks/sms:received")).status_code == 404
    for body in ({"url": hook.url, "event": "sms:lost"}, {"url": "http://10.0.0.1/", "event": "sms:sent"}, {}):
        assert (await phone.post("/webhooks", json=body)).status_code == 400


async def test_the_signing_key_can_be_set_and_never_read(phone: httpx.AsyncClient, networks: Sandbox) -> None:
    answer = await phone.patch("/settings", json={"webhooks": {"signing_key": "khoa-moi"}})
    assert "khoa-moi" not in answer.text
    assert networks.networks_line()["smsgate"]["signing_key"] == "khoa-moi"


async def test_faults_of_the_phone(phone: httpx.AsyncClient, door: Door, networks: Sandbox) -> None:
    await door.fault("smsgate", kind="429", times=1, retry_after=7)
    refused = await phone.post("/messages", json=text_to(HOA))
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
    await door.fault("smsgate", kind="down")
    with pytest.raises(httpx.TransportError):
        await phone.get("/health")
    await door.fault("smsgate", kind="clear")
    await door.fault("smsgate", kind="drop-answer", times=1)
    with pytest.raises(httpx.TransportError):
        await phone.post("/messages", json=text_to(HOA, id="mat-tra-loi"))
    assert (await phone.post("/messages", json=text_to(HOA, id="mat-tra-loi"))).status_code == 409
    await networks.until("smsgate", HOA, lambda m: m.id == "mat-tra-loi", WAIT)


async def test_a_photo_by_sms_is_an_mms_notice(phone: httpx.AsyncClient, hook: Hook, door: Door) -> None:
    await listen(phone, hook, "mms:received")
    await door.say("smsgate", sender=HOA, photo=True)
    ((_, raw),) = await hook.wait(1)
    assert json.loads(raw)["payload"]["sender"] == HOA


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("a" * 160, 1, id="160 plain letters"),
        pytest.param("a" * 161, 2, id="161 plain letters"),
        pytest.param("a" * 159 + "€", 2, id="the euro sign counts twice"),
        pytest.param("ạ" * 70, 1, id="70 Vietnamese letters"),
        pytest.param("ạ" * 71, 2, id="71 Vietnamese letters"),
        pytest.param("ạ" * 135, 3, id="135 Vietnamese letters"),
        pytest.param("😀" * 36, 2, id="emoji count twice"),
    ],
)
def test_parts_are_counted_as_the_network_does(text: str, count: int) -> None:
    assert parts(text) == count


@pytest.mark.parametrize("written", ["0912345678", "84912345678", "0084912345678", "0912.345.678", "(+84) 91-234-5678"])
def test_one_phone_has_one_name(written: str) -> None:
    assert normal(written) == HOA
