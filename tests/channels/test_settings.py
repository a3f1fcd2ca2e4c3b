"""The registry, and what a mistake in a channel's part of the office file is told."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from channels.contract import Capabilities
from channels.registry import KINDS, build, schemas

ZALO = {"name": "zalo", "kind": "zalo_bot", "token": "1459:made-up-token"}
OA = {
    "name": "oa", "kind": "zalo_oa", "app_id": "3600000000000000456", "app_secret": "made-up-app-secret",
    "oa_id": 5790000000000000001, "oa_secret": "made-up-oa-secret",
}  # fmt: skip
PHONE = {
    "name": "sms", "kind": "sms", "gateway": "smsgate", "api_url": "http://192.0.2.7:8080", "username": "ward",
    "password": "made-up-password", "signing_key": "testkey1",
}  # fmt: skip
KANNEL = {
    "name": "sms", "kind": "sms", "gateway": "kannel", "api_url": "http://127.0.0.1:13013", "username": "ward",
    "password": "made-up-password", "sender": "8088", "webhook_password": "made-up-hook-password",
}  # fmt: skip


@pytest.mark.parametrize("given", [ZALO, OA, PHONE, KANNEL], ids=lambda given: given.get("gateway", given["kind"]))
async def test_a_channel_is_made_from_its_part_of_the_office_file(given: dict[str, Any]) -> None:
    channel = build(schemas()[given["kind"]].model_validate(given))
    assert (channel.name, channel.kind) == (given["name"], given["kind"])
    assert isinstance(channel.capabilities, Capabilities)
    assert "made-up" not in repr(channel)
    await channel.close()


def test_every_kind_has_settings_with_a_name_and_a_kind() -> None:
    found = schemas()
    assert set(found) == set(KINDS)
    for kind, model in found.items():
        assert issubclass(model, BaseModel)
        assert model.model_fields["kind"].default == kind
        assert {"name", "kind", "api_url"} <= set(model.model_fields)


def test_an_unknown_kind_is_named() -> None:
    class Pigeon(BaseModel):
        kind: str = "pigeon"

    with pytest.raises(ValueError, match=r"'pigeon'; there are telegram, zalo_bot, zalo_oa, sms"):
        build(Pigeon())


MISTAKES = [
    pytest.param(ZALO | {"tokn": "x"}, "tokn", "not permitted", id="an unknown key"),
    pytest.param({"name": "zalo", "kind": "zalo_bot"}, "token", "required", id="no token"),
    pytest.param(ZALO | {"token": "two words"}, "token", "one word", id="a token with a space"),
    pytest.param(ZALO | {"token": "a/b"}, "token", "one word", id="a token that is an address"),
    pytest.param(ZALO | {"secret": "short"}, "secret", "8 to 256", id="a short secret"),
    pytest.param(ZALO | {"secret": "x" * 257}, "secret", "8 to 256", id="a long secret"),
    pytest.param(OA | {"app_id": "my app"}, "app_id", "number of about 19 digits", id="an app's name for its id"),
    pytest.param(OA | {"oa_secret": "two words"}, "oa_secret", "one word", id="a secret with a space"),
    pytest.param(OA | {"oauth_url": "oauth.example"}, "oauth_url", "whole address", id="an address without its https"),
    pytest.param(ZALO | {"mode": "push"}, "mode", "webhook", id="a mode there is not"),
    pytest.param(ZALO | {"api_url": "bot-api.example"}, "api_url", "whole address", id="an address without https"),
    pytest.param(ZALO | {"api_url": "https://u:p@x.example"}, "api_url", "user name", id="an address with a user"),
    pytest.param(
        {k: v for k, v in PHONE.items() if k != "signing_key"}, "signing_key", "required", id="no signing key"
    ),
    pytest.param({k: v for k, v in KANNEL.items() if k != "sender"}, "sender", "required", id="no sender"),
    pytest.param(
        {k: v for k, v in KANNEL.items() if k != "webhook_password"},
        "webhook_password",
        "required",
        id="no way to verify",
    ),
    pytest.param(PHONE | {"sender": "8088"}, "sender", "belongs to gateway kannel", id="a key of the other gateway"),
    pytest.param(KANNEL | {"sim": 1}, "sim", "belongs to gateway smsgate", id="and the other way round"),
    pytest.param(PHONE | {"signing_key": "short"}, "signing_key", "8 characters", id="a short signing key"),
    pytest.param(PHONE | {"gateway": "pigeon"}, "gateway", "kannel", id="a gateway there is not"),
    pytest.param(PHONE | {"max_parts": 20}, "max_parts", "less than or equal", id="more parts than phones send"),
    pytest.param(KANNEL | {"sender": "Phường"}, "sender", "ASCII", id="a sender that fits in no header"),
    pytest.param(PHONE | {"password": ""}, "password", "empty", id="an empty password"),
]


@pytest.mark.parametrize(("given", "where", "says"), MISTAKES)
def test_mistakes_are_told_at_their_key_and_without_secrets(given: dict[str, Any], where: str, says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        schemas()[given["kind"]].model_validate(given)
    (mistake,) = caught.value.errors()
    assert mistake["loc"] == (where,)
    assert says in mistake["msg"]
    assert "made-up" not in str(caught.value)


def test_a_parts_limit_says_how_long_a_text_may_be() -> None:
    without = build(schemas()["sms"].model_validate(PHONE)).capabilities
    marked = build(schemas()["sms"].model_validate(PHONE | {"diacritics": True})).capabilities
    assert (without.max_text, without.diacritics) == (918, False)
    assert (marked.max_text, marked.diacritics) == (402, True)
