"""Are mistakes in a Telegram channel's settings found early, without quoting secrets or loading aiogram?"""

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from channels.telegram.settings import Settings

GOOD: dict[str, Any] = {"name": "telegram", "kind": "telegram", "token": "7000000001:AAsecret-part_1"}


def test_a_token_is_enough() -> None:
    settings = Settings(**GOOD)
    assert (settings.mode, settings.api_url, settings.proxy) == ("polling", "https://api.telegram.org", None)
    assert "AAsecret" not in repr(settings)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"token": "AAsecret-part_1"}, "token", id="a token without its number"),
        pytest.param({"token": "7000000001:AAsecret part"}, "token", id="a token with a blank"),
        pytest.param({"token": "7000000001:AAsecret/../x"}, "token", id="a token that would change the address"),
        pytest.param({"secret": "AAsecret là đây"}, "secret", id="a secret Telegram does not take"),
        pytest.param({"secret": "AAsecret" * 33}, "secret", id="a secret too long"),
        pytest.param({"mode": "pull"}, "mode", id="an unknown mode"),
        pytest.param({"kind": "zalo_bot"}, "kind", id="another kind"),
        pytest.param({"api_url": "api.telegram.org"}, "api_url", id="an address without its scheme"),
        pytest.param({"proxy": "socks5://u:AAsecret@127.0.0.1:1080"}, "proxy", id="a proxy we cannot speak to"),
        pytest.param({"tokn": "AAsecret"}, "tokn", id="an unknown key"),
    ],
)
def test_mistakes_name_the_key_and_not_the_value(change: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(**GOOD | change)
    assert [problem["loc"] for problem in caught.value.errors()] == [(field,)]
    assert "AAsecret" not in str(caught.value)


def test_a_webhook_secret_is_made_from_the_token_when_none_is_given() -> None:
    made = Settings(**GOOD).webhook_secret()
    assert made == Settings(**GOOD | {"name": "another"}).webhook_secret(), "every process makes the same"
    assert made != Settings(**GOOD | {"token": "7000000001:AAother"}).webhook_secret()
    assert len(made) == 64
    assert "AAsecret" not in made
    assert Settings(**GOOD | {"secret": "of_our-own"}).webhook_secret() == "of_our-own"


def test_a_blank_proxy_is_none() -> None:
    assert Settings(**GOOD | {"proxy": ""}).proxy is None


def test_checking_an_office_file_does_not_load_aiogram() -> None:
    code = "import sys, channels.telegram, channels.telegram.settings; sys.exit('aiogram' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
