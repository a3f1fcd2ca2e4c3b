"""Signatures of gateways against vectors that others published or that passed the vendor's own validator."""

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

import pytest

from channels.errors import Unverified
from channels.sms.adapter import Sms, build
from channels.sms.settings import Settings

WORDS = "Xin chào, đăng ký khai sinh ạ?"
MESSAGE = {
    "MessageSid": "SM0123456789abcdef0123456789abcdef",
    "From": "+84912345678",
    "To": "+84901000111",
    "Body": WORDS,
    "NumMedia": "0",
}
CALL = {
    "CallSid": "CA1234567890ABCDE",
    "From": "+12349013030",
    "To": "+18005551212",
    "Caller": "+12349013030",
    "Digits": "1234",
}
HOOK = "https://helpdesk.example/hook/twilio"


def twilio(token: str, address: str) -> Sms:
    given = {"name": "sms", "gateway": "twilio", "account_sid": "AC0", "auth_token": token, "sender": "+84901000111"}
    return build(Settings.model_validate(given | {"callback_url": address}))


def signed(key: str, address: str, query: dict[str, str], form: dict[str, str]) -> str:
    url = address + (f"?{urlencode(query)}" if query else "")
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha1).digest()).decode()


@pytest.mark.parametrize(
    ("token", "address", "query", "form", "expected"),
    [
        pytest.param("secret", HOOK, {}, MESSAGE, "QaF4RTOZQ4g+oFz59hDxTpO1oZk=", id="passed the official validator"),
        pytest.param(
            "12345",
            "https://mycompany.com/myapp.php",
            {"foo": "1", "bar": "2"},
            CALL,
            "0/KCTR6DLpKmkAf8muzZqo1nDgQ=",
            id="a published example, with a query",
        ),
    ],
)
async def test_twilios_vectors(
    *, token: str, address: str, query: dict[str, str], form: dict[str, str], expected: str
) -> None:
    channel = twilio("long-enough-for-settings", address)
    gateway: Any = channel.gateway
    gateway._key = token  # the vectors' tokens are shorter than ours may be
    body = urlencode(form).encode()
    channel.verify({"x-twilio-signature": expected}, body, query, False)
    for headers, changed in (
        ({"X-Twilio-Signature": expected[:-2] + "A="}, body),
        ({"X-Twilio-Signature": expected}, body + b"&x=1"),
        ({}, body),
    ):
        with pytest.raises(Unverified):
            channel.verify(headers, changed, query, False)
    await channel.close()


@pytest.mark.parametrize(
    "seen", ["https://ward.example/w/o/c", "https://ward.example:443/w/o/c"], ids=["without a port", "with its port"]
)
async def test_the_default_port_may_be_written_or_not(seen: str) -> None:
    for address in ("https://ward.example/w/o/c", "https://ward.example:443/w/o/c"):
        channel = twilio("made-up-token", address)
        mac = signed("made-up-token", seen, {}, MESSAGE)
        channel.verify({"X-Twilio-Signature": mac}, urlencode(MESSAGE).encode(), {}, False)
        await channel.close()


async def test_nothing_is_believed_where_our_own_address_is_not_known(caplog: pytest.LogCaptureFixture) -> None:
    channel = twilio("made-up-token", "")
    mac = signed("made-up-token", "", {}, MESSAGE)
    with pytest.raises(Unverified):
        channel.verify({"X-Twilio-Signature": mac}, urlencode(MESSAGE).encode(), {}, False)
    await channel.prepare("")
    assert "PUBLIC_URL" in caplog.text
    await channel.close()


async def test_a_json_body_is_signed_by_its_hash() -> None:
    channel = twilio("made-up-token", HOOK)
    body = b'{"MessageSid": "SM1"}'
    query = {"bodySHA256": hashlib.sha256(body).hexdigest()}
    mac = signed("made-up-token", HOOK, query, {})
    channel.verify({"X-Twilio-Signature": mac}, body, query, False)
    with pytest.raises(Unverified):
        channel.verify({"X-Twilio-Signature": mac}, body + b" ", query, False)
    await channel.close()


@pytest.mark.parametrize("spelling", ["base64", "hex", "HEX"])
async def test_esms_signs_in_base64_or_hexadecimal(spelling: str) -> None:
    given = {"name": "sms", "gateway": "esms", "api_key": "made-up", "secret_key": "made-up", "short_code": "8041"}
    given |= {"mo_key": "made-up-key", "webhook_token": "made-up-token"}
    channel = build(Settings.model_validate(given))
    query = {"cpid": "1", "smsid": "2", "content": WORDS, "receiverTime": "20261121181650", "sender": "84912345678"}
    digest = hashlib.md5(f"12{WORDS}20261121181650made-up-key".encode())
    sign = {
        "base64": base64.b64encode(digest.digest()).decode(),
        "hex": digest.hexdigest(),
        "HEX": digest.hexdigest().upper(),
    }[spelling]
    channel.verify({}, b"", {**query, "token": "made-up-token", "sign": sign}, False)
    with pytest.raises(Unverified):
        channel.verify({}, b"", {**query, "token": "made-up-token", "sign": sign, "content": "other"}, False)
    await channel.close()


def test_the_hash_of_the_handbook() -> None:
    assert base64.b64encode(hashlib.md5(b"qwertyuiop").digest()).decode() == "buqbfvGReaBpVO3Q9sBc6w=="
