"""What every network brings us goes through the same door by the same rules."""

import itertools
import json
from dataclasses import replace
from typing import Any

import pytest

from channels.contract import Channel, Inbound, InboundKind, Receipt, SenderClass
from channels.text import sms_parts
from tests.channels.contract.case import Case
from tests.channels.contract.conftest import the_case

WORDS = "Xin chào, tôi hỏi về đăng ký khai sinh & hộ khẩu ạ 😀\ndòng hai"


def only(result: Any) -> Inbound:
    (event,) = result.events
    assert isinstance(event, Inbound)
    return event


def test_a_network_without_rows_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"viber has no rows: write .*cases/viber\.py"):
        the_case("viber")


async def test_a_message_is_handed_over_and_answered_as_the_provider_wants(
    case: Case, channel: Channel, deliver: Any
) -> None:
    result = await deliver(channel, case.message(WORDS, "1001"))
    event = only(result)
    assert (event.kind, event.text, event.sender) == (InboundKind.MESSAGE, WORDS, SenderClass.PERSON)
    assert event.event_id
    answer = result.answer
    assert (answer.status, answer.body, answer.content_type) == (
        200,
        case.acknowledged.body,
        case.acknowledged.content_type,
    )
    kept = json.dumps(event.raw)
    assert not [secret for secret in case.secrets if secret in kept]


async def test_a_replay_has_the_key_of_the_first_and_other_words_have_another(
    case: Case, channel: Channel, deliver: Any
) -> None:
    first, again, other = [
        only(await deliver(channel, delivery)).event_id
        for delivery in (case.message(WORDS, "1001"), case.message(WORDS, "1001"), case.message("khác", "1002"))
    ]
    assert first == again
    assert first != other


async def test_nothing_is_taken_without_a_right_proof(case: Case, channel: Channel, deliver: Any) -> None:
    attempts = case.forged(case.message(WORDS, "1001"))
    assert attempts
    for report, _ in case.reports:
        attempts = {**attempts, **{f"a report: {name}": one for name, one in case.forged(report).items()}}
    for what, attempt in attempts.items():
        refused = await deliver(channel, attempt)
        assert (refused.answer.status, refused.events, refused.kept_unread) == (401, [], []), what


async def test_an_event_of_an_unknown_kind_is_acknowledged_and_ignored(
    case: Case, channel: Channel, deliver: Any
) -> None:
    result = await deliver(channel, case.unknown)
    assert (result.answer.status, result.events) == (200, [])


async def test_an_address_tried_with_nothing_in_hand_answers_200(case: Case, channel: Channel, deliver: Any) -> None:
    result = await deliver(channel, replace(case.signed(b""), headers={}, body=b"", query={}))
    assert (result.answer.status, result.answer.outcome) == (200, "probe")


async def test_an_empty_body_with_a_right_proof_is_no_event(case: Case, channel: Channel, deliver: Any) -> None:
    result = await deliver(channel, case.signed(b""))
    assert result.events == []
    assert result.answer.status in (200, 400)


async def test_a_body_that_is_not_what_was_promised_is_refused(case: Case, channel: Channel, deliver: Any) -> None:
    result = await deliver(channel, case.broken)
    assert (result.answer.status, result.events) == (400, [])


RUBBISH = [
    pytest.param(b"[]", id="a list"),
    pytest.param(b"{}", id="an object of nothing"),
    pytest.param(b"null", id="null"),
    pytest.param(b"7", id="a number"),
    pytest.param(b'"words"', id="a text"),
    pytest.param(b"\xff\xfe\x00garbage", id="no UTF-8"),
    pytest.param(b"<html><body>hello</body></html>", id="HTML"),
    pytest.param(b'{"message": {"text": "half', id="half a body"),
    pytest.param(b"[" * 50_000, id="a very deep list"),
    pytest.param(b"a=1&a=2&=&%zz", id="a strange form"),
    pytest.param(b'{"event": 1e999, "id": NaN}', id="numbers that are none"),
    pytest.param(b'{"message": [], "payload": 3, "content": {}, "phone": [], "event": {}}', id="every type wrong"),
]


@pytest.mark.parametrize("body", RUBBISH)
async def test_rubbish_with_a_right_proof_harms_nobody(
    *, case: Case, channel: Channel, deliver: Any, body: bytes
) -> None:
    result = await deliver(channel, case.signed(body))
    assert result.answer.status in (200, 400)
    for event in result.events:
        assert getattr(event, "kind", None) in (None, InboundKind.UNSUPPORTED, InboundKind.MESSAGE)
        json.dumps(event.raw)


async def test_what_cannot_be_read_is_told_so_that_its_sender_hears_of_it(
    case: Case, channel: Channel, deliver: Any
) -> None:
    if case.unreadable is None:
        assert channel.capabilities.files == frozenset()
        return
    event = only(await deliver(channel, case.unreadable))
    assert event.kind is InboundKind.UNSUPPORTED or event.attachments


async def test_receipts_in_any_order_say_the_same(case: Case, channel: Channel, deliver: Any) -> None:
    expected = [state for _, state in case.reports]
    for order in itertools.permutations(case.reports):
        found: dict[str, Receipt] = {}
        for report, state in (*order, *order):  # and each of them twice
            (receipt,) = (await deliver(channel, report)).events
            assert isinstance(receipt, Receipt)
            assert receipt.state is state
            assert receipt.ref or receipt.message_id
            found[receipt.event_id] = receipt
        assert sorted(one.state for one in found.values()) == sorted(expected)
    for report, _ in case.reports:
        assert (await deliver(channel, report)).answer.status == 200


# ------------------------------------------------------------------------ where people are telephone numbers

TWENTY_PARTS = "Kính thưa Ủy ban, tôi ở tổ 5 xin trình bày sự việc như sau. " * 22
SENDERS = [
    pytest.param("VIETTEL", None, id="a name"),
    pytest.param("8088", None, id="a short code"),
    pytest.param("191", None, id="a service number"),
    pytest.param("19001234", None, id="a hotline"),
    pytest.param("OWN", None, id="ourselves: a loop"),
    pytest.param("0912345678", RESIDENT := "+84912345678", id="a mobile as it is dialled"),
    pytest.param("84912345678", RESIDENT, id="without the plus"),
    pytest.param("0084912345678", RESIDENT, id="with two zeros"),
    pytest.param("01681234567", "+84381234567", id="eleven digits, of before 2018"),
    pytest.param("841681234567", "+84381234567", id="eleven digits with the country"),
    pytest.param("01291234567", "+84821234567", id="eleven digits of another operator"),
]


@pytest.mark.parametrize(("sender", "chat"), SENDERS)
async def test_who_a_short_message_is_from(
    *, case: Case, channel: Channel, deliver: Any, sender: str, chat: str | None
) -> None:
    if case.by_phone is None:
        assert not channel.capabilities.by_part
        return
    event = only(await deliver(channel, case.by_phone(case.own if sender == "OWN" else sender, "xin chao")))
    assert event.sender is (SenderClass.MACHINE if chat is None else SenderClass.PERSON)
    if chat is not None:
        assert (event.chat, event.user) == (chat, chat)


async def test_twenty_parts_joined_by_the_gateway_arrive_whole(case: Case, channel: Channel, deliver: Any) -> None:
    if case.by_phone is None:
        return
    assert sms_parts(TWENTY_PARTS).count >= 20
    event = only(await deliver(channel, case.by_phone("0912345678", TWENTY_PARTS)))
    assert event.text == TWENTY_PARTS.strip()
