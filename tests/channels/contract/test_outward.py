"""What leaves by any network, and what every strange answer of a provider means for the message."""

import re
from typing import Any

import pytest

from bot.texts.catalog import Catalog
from channels.contract import AttachmentKind, Channel, File, Outbound, OutboundFile
from channels.errors import Refused, SendError, TooLong, Uncertain, Unreachable
from channels.text import plain
from tests.channels.conftest import Reply
from tests.channels.contract.case import Case
from tests.channels.contract.conftest import Provider
from workers import delivery

WORDS = "Ho so cua ong ba da duoc tiep nhan"
PAGE = "<html><head><title>Welcome</title></head><body>Login</body></html>"


def message(case: Case, text: str = WORDS, **more: Any) -> Outbound:
    return Outbound(ref="101-1795284023", chat=case.chat, text=text, **more)


async def failure(case: Case, channel: Channel, outbound: Outbound | None = None) -> SendError:
    """The error that sending ends in, which must be fit to be logged and to be told to whoever wrote the words."""
    with pytest.raises(SendError) as caught:
        await delivery._send(channel, outbound or message(case))
    error = caught.value
    said = f"{error} {error.detail} {error!r}"
    assert not [secret for secret in case.secrets if secret in said]
    assert not re.search(r"\d{9}|tiep nhan|Login", said)
    assert Catalog.load().has("vi", f"send.{error.reason}")
    return error


async def test_words_are_carried_as_they_are(case: Case, channel: Channel, provider: Provider) -> None:
    text = "Dạ, hồ sơ <b>*_số 5_*</b> & {x} đã xong"
    sent = await channel.send(message(case, text))
    assert sent.message_ids
    wanted = text if channel.capabilities.diacritics else plain(text)
    assert "".join(case.said(one) for one in provider.requests).replace("\\", "").count("5") == 1
    assert case.said(provider.requests[-1]) == wanted


async def test_nothing_is_cut_off_in_silence(case: Case, channel: Channel, provider: Provider) -> None:
    limit = channel.capabilities.max_text
    text = ("Moi ong ba toi quay so 9. " * limit)[: 3 * limit].strip()
    await channel.send(message(case, text))
    pieces = [case.said(one) for one in provider.requests]
    assert len(pieces) > 1
    assert all(len(one) <= limit for one in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


async def test_too_much_is_refused_before_it_is_asked_or_sent_whole(
    case: Case, channel: Channel, provider: Provider
) -> None:
    text = "Moi ong ba toi quay so 9. " * 2000
    if channel.capabilities.by_part:
        assert type(await failure(case, channel, message(case, text))) is TooLong
        assert provider.requests == []
        return
    await channel.send(message(case, text))
    said = "".join(case.said(one) for one in provider.requests)
    assert "".join(said.split()) == "".join(text.split())


@pytest.mark.parametrize("kind", AttachmentKind)
async def test_a_file_it_cannot_carry_is_refused_and_the_writer_is_told(
    *, case: Case, channel: Channel, provider: Provider, kind: AttachmentKind
) -> None:
    if kind in channel.capabilities.files | channel.capabilities.file_urls:
        return
    file = OutboundFile(kind, "mau.bin", file=File(b"x", "mau.bin", "application/octet-stream"))
    error = await failure(case, channel, message(case, attachments=(file,)))
    assert isinstance(error, Refused)
    assert provider.requests == []


async def test_each_answer_of_the_provider_means_what_it_should(case: Case, provider: Provider) -> None:
    assert {kind.retryable for _, kind in case.answers.values()} == {True, False}, "one that passes and one that stays"
    for what, (reply, expected) in case.answers.items():
        channel = case.build(provider.url)
        provider.replies = [reply]
        error = await failure(case, channel)
        assert type(error) is expected, what
        await channel.close()


# ---------------------------------------------------------------------------------------- answers that are none

ODD = [
    pytest.param(Reply(200, b"\x00\xff\xfe\x81garbage"), r"HTTP 200|JSON", id="garbage"),
    pytest.param(Reply(200, PAGE, {"Content-Type": "text/html"}), r"HTTP 200|JSON", id="a page of HTML"),
    pytest.param(Reply(200, '{"ok": true, "resul', {"Content-Type": "application/json"}), r"HTTP|JSON", id="half JSON"),
    pytest.param(Reply(200, b""), r"HTTP 200|JSON", id="nothing under 200"),
    pytest.param(Reply(200, "[]", {"Content-Type": "application/json"}), r"HTTP|JSON", id="a list"),
    pytest.param(Reply(302, b"", {"Location": "https://login.example/"}), r"302|redirect", id="a redirect"),
    pytest.param(Reply(307, b"", {"Location": "https://login.example/"}), r"307|redirect", id="one that repeats"),
    pytest.param(Reply(500, PAGE), r"500", id="an error of the server"),
    pytest.param(Reply(502, PAGE), r"502", id="a proxy before it"),
    pytest.param(Reply(503, ""), r"503", id="overloaded"),
    pytest.param(Reply(cut=True), r"no answer|Disconnected|lost", id="the connection breaks"),
]


@pytest.mark.parametrize(("reply", "says"), ODD)
async def test_an_answer_that_is_none_is_tried_again_and_named(
    *, case: Case, channel: Channel, provider: Provider, reply: Reply, says: str
) -> None:
    provider.replies = [reply]
    error = await failure(case, channel)
    assert isinstance(error, Unreachable), error
    assert re.search(says, error.detail), error.detail
    assert (await channel.send(message(case))).message_ids, "and the next one passes"


async def test_a_body_that_breaks_off_is_tried_again(case: Case, channel: Channel, provider: Provider) -> None:
    provider.breaks = True
    assert isinstance(await failure(case, channel), Unreachable)
    assert (await channel.send(message(case))).message_ids


async def test_an_error_under_200_is_an_error(case: Case, channel: Channel, provider: Provider) -> None:
    if case.under_200 is None:
        return
    reply, expected = case.under_200
    assert reply.status == 200
    provider.replies = [reply]
    assert type(await failure(case, channel)) is expected


async def test_a_certificate_nobody_vouched_for_is_not_accepted(case: Case, unknown_authority: Provider) -> None:
    channel = case.build(unknown_authority.url)
    error = await failure(case, channel)
    assert isinstance(error, Unreachable)
    assert not isinstance(error, Uncertain), "nothing has left"
    assert "certificate" in error.detail
    assert unknown_authority.requests == []
    await channel.close()


async def test_a_server_that_never_answers_holds_nobody_for_long(
    case: Case, channel: Channel, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_SEND", 0.3)
    provider.replies = [Reply(held=True)]
    error = await failure(case, channel)
    assert isinstance(error, Uncertain)
    assert "no answer in time" in error.detail
    monkeypatch.undo()
    assert (await channel.send(message(case))).message_ids


async def test_nobody_there(case: Case, nobody: str) -> None:
    channel = case.build(nobody)
    error = await failure(case, channel)
    assert isinstance(error, Unreachable)
    assert not isinstance(error, Uncertain)
    await channel.close()
