"""The gateways that companies sell, against the emulated ones: both ways, reports, faults."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from channels.contract import Inbound, Outbound, Receipt, ReceiptState, SenderClass
from channels.errors import Refused, SendError, Throttled, Unauthorised, Uncertain, Unreachable
from channels.sms.adapter import Sms, build
from channels.sms.settings import Settings
from sandbox.server import Sandbox

HOA = "+84912345678"
GATEWAYS = {
    "esms": {"short_code": "8041"},
    "speedsms": {},
    "twilio": {},
    "jasmin": {"sender": "8088"},
}


@dataclass
class Line:
    """One gateway: our channel, the door it brings events to, and the network."""

    gateway: str
    channel: Sms
    door: Any
    networks: Sandbox

    async def says(self, text: str, sender: str = HOA) -> None:
        await self.networks.say(self.gateway, sender=sender, text=text)

    async def sends(self, text: str, ref: str = "out-1") -> tuple[str, ...]:
        return (await self.channel.send(Outbound(ref=ref, chat=HOA, text=text))).message_ids

    def seen(self) -> list[str]:
        return [message.text for message in self.networks.seen(self.gateway, HOA)]


def made(networks: Sandbox, gateway: str, **more: Any) -> Sms:
    credentials = networks.networks_line()[gateway]
    given = {"name": "sms", "gateway": gateway, "diacritics": True, **GATEWAYS[gateway], **credentials, **more}
    return build(Settings.model_validate(given))


@pytest.fixture(params=sorted(GATEWAYS))
async def line(
    request: pytest.FixtureRequest,
    networks: Sandbox,
    door: Callable[[Sms], Awaitable[Any]],
    nothing_secret_logged: Callable[..., None],
) -> AsyncIterator[Line]:
    gateway = request.param
    channel = made(networks, gateway)
    opened = await door(channel)
    token = networks.networks_line()[gateway].get("webhook_token")
    networks.enter(gateway, f"{opened.url}/{token}" if token else opened.url)
    await channel.prepare(opened.url)
    yield Line(gateway, channel, opened, networks)
    await channel.close()
    credentials = networks.networks_line()[gateway]
    nothing_secret_logged(
        *(value for key, value in credentials.items() if key not in ("api_url", "sender", "username"))
    )


async def test_both_ways_with_every_mark(line: Line) -> None:
    await line.says("Xin chào, tôi hỏi về hộ khẩu & 1+1 = 2 ạ 😀")
    event = await line.door.next()
    assert isinstance(event, Inbound)
    assert (event.chat, event.text) == (HOA, "Xin chào, tôi hỏi về hộ khẩu & 1+1 = 2 ạ 😀")
    ids = await line.sends("Dạ, hồ sơ đã tiếp nhận ạ")
    assert line.seen() == ["Dạ, hồ sơ đã tiếp nhận ạ"], "and nothing of our acknowledgement"
    found: dict[ReceiptState, Receipt] = {}
    while ReceiptState.DELIVERED not in found:
        receipt = await line.door.next()
        assert isinstance(receipt, Receipt)
        assert receipt.ref == "out-1" or receipt.message_id in ids
        found[receipt.state] = receipt
    assert set(line.door.outcomes) <= {"accepted", "ignored"}


async def test_marks_left_off_are_plain_and_a_long_text_arrives_whole(networks: Sandbox, line: Line) -> None:
    channel = made(networks, line.gateway, diacritics=False)
    words = "Mời ông bà mang theo giấy tờ tùy thân. " * 40
    sent = await channel.send(Outbound(ref="long", chat=HOA, text=words))
    assert sent.parts >= 10
    assert "".join("".join(line.seen()).split()) == "Moiongbamangtheogiaytotuythan." * 40
    await channel.close()


async def test_a_message_brought_twice_has_one_key(line: Line) -> None:
    line.networks.fault(line.gateway, "duplicate", times=1)
    await line.says("hai lan")
    first, second = await line.door.next(), await line.door.next()
    assert first.event_id == second.event_id


async def test_a_busy_house_is_asked_again(line: Line) -> None:
    line.door.busy = 2
    await line.says("xin hoi")
    assert (await line.door.next()).text == "xin hoi"
    assert line.door.outcomes.count("busy") == 2


async def test_a_brand_that_writes_is_a_machine(line: Line) -> None:
    await line.says("Goi cuoc sap het han", sender="VIETTEL")
    event = await line.door.next()
    assert (event.sender, event.chat) == (SenderClass.MACHINE, "VIETTEL")


async def test_a_handset_out_of_reach_is_reported(line: Line) -> None:
    line.networks.fault(line.gateway, "blocked", chat=HOA, times=1)
    await line.sends("khong toi")
    states = set()
    while ReceiptState.FAILED not in states:
        states.add((await line.door.next()).state)
    assert ReceiptState.DELIVERED not in states
    assert line.seen() == []


FAULTS = [
    pytest.param("429", {"times": 1, "retry_after": 7}, Throttled, id="too fast"),
    pytest.param("500", {"times": 1}, Unreachable, id="an error of theirs"),
    pytest.param("down", {}, Uncertain, id="away"),
    pytest.param("drop-answer", {"times": 1}, Uncertain, id="the answer is lost"),
]


@pytest.mark.parametrize(("kind", "more", "error"), FAULTS)
async def test_faults(*, kind: str, more: dict[str, Any], error: type[SendError], line: Line) -> None:
    line.networks.fault(line.gateway, kind, **more)
    with pytest.raises(SendError) as caught:
        await line.sends("xin chao")
    repeatable = line.gateway == "esms" and error is Uncertain  # it knows our reference
    assert type(caught.value) is (Unreachable if repeatable else error)
    if isinstance(caught.value, Throttled):
        assert caught.value.retry_after == 7
    line.networks.fault(line.gateway, "clear")
    await line.sends("xin chao")
    expected = 2 if kind == "drop-answer" and line.gateway != "esms" else 1
    assert line.seen() == ["xin chao"] * expected


async def test_who_we_are_and_that_a_wrong_secret_is_said_so(line: Line, networks: Sandbox) -> None:
    assert await line.channel.whoami()
    secret = {"esms": "secret_key", "speedsms": "access_token", "twilio": "auth_token", "jasmin": "password"}
    wrong = made(networks, line.gateway, **{secret[line.gateway]: "made-up-and-wrong"})
    with pytest.raises(Unauthorised):
        await wrong.whoami()
    with pytest.raises(Unauthorised):
        await wrong.send(Outbound(ref="r", chat=HOA, text="x"))
    await wrong.close()


async def registered(networks: Sandbox, templates: list[str]) -> None:
    line = networks.networks_line()["esms"]
    said = {"ApiKey": line["api_key"], "SecretKey": line["secret_key"], "Brandname": "UBNDPHUONG", "SmsType": "2"}
    async with httpx.AsyncClient(verify=False) as http:
        for one in templates:
            address = f"{line['api_url']}/MainService.svc/json/SubServicePreviewJson/"
            assert (await http.post(address, json=said | {"Content": one})).json()["CodeResult"] == "100"


async def test_a_brand_name_is_one_way_and_sends_what_is_registered(networks: Sandbox) -> None:
    templates = ["UBND phuong: phieu so {so} cua ong/ba da co ket qua. {them}"]
    brand = made(networks, "esms", short_code="", brandname="UBNDPHUONG", templates=templates, diacritics=False)
    await registered(networks, templates)
    assert (brand.capabilities.receives, brand.capabilities.templates) == (False, tuple(templates))
    await brand.send(
        Outbound(ref="b1", chat=HOA, text="UBND phường: phiếu số 12 của ông/bà đã có kết quả. Mời tới quầy 3.")
    )
    assert len(networks.seen("esms", HOA)) == 1
    with pytest.raises(Refused, match="no template"):
        await brand.send(Outbound(ref="b2", chat=HOA, text="Lời nào đó không đăng ký"))
    sends = [call for call in networks.calls("esms") if call["method"] == "send"]
    assert len(sends) == 1, "asked for nothing that would be refused"
    await brand.close()


async def test_the_same_reference_is_taken_once_by_esms(networks: Sandbox) -> None:
    channel = made(networks, "esms")
    for _ in range(2):
        await channel.send(Outbound(ref="same", chat=HOA, text="mot lan"))
    assert [message.text for message in networks.seen("esms", HOA)] == ["mot lan"]
    await channel.close()


async def test_a_resident_who_wrote_stop_to_twilio_is_not_written_to(networks: Sandbox) -> None:
    channel = made(networks, "twilio")
    await networks.say("twilio", sender=HOA, text="STOP")
    with pytest.raises(SendError) as caught:
        await channel.send(Outbound(ref="r", chat=HOA, text="x"))
    assert caught.value.reason == "blocked"
    await channel.close()


async def test_addresses_elsewhere_are_not_taken_for_events(networks: Sandbox) -> None:
    async with httpx.AsyncClient(base_url=networks.url, verify=False) as http:
        for network, url in (("esms", "https://ward.example/hook"), ("smsgate", "http://127.0.0.1:1/")):
            answer = await http.post("/sandbox/control/enter", json={"network": network, "url": url})
            assert answer.status_code == 400
            assert answer.json()["error"]
