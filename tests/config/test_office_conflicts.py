"""What two channels must not share is told, in one office and over two; gateways' keys are judged by their gateway."""

from pathlib import Path
from typing import Any

import pytest

from channels.registry import schemas
from config.office import Loaded, load_offices
from tests.config.right_office import RIGHT

CHANNELS = RIGHT[RIGHT.index("channels:") : RIGHT.index("reception:")]
PHONE = (
    "{{name: {name}, kind: sms, gateway: smsgate, api_url: 'http://192.0.2.{host}:8080', username: ward,"
    " password: '${{SECRET}}', signing_key: '${{SECRET}}', own_numbers: ['{number}']{more}}}"
)
ENVIRON = {"SECRET": "made-up-secret"}


def phone(name: str = "sms", host: int = 7, number: str = "0901000111", more: str = "") -> str:
    return PHONE.format(name=name, host=host, number=number, more=more)


def loaded(folder: Path, **offices: list[str]) -> Loaded:
    for office, channels in offices.items():
        lines = "channels:\n" + "".join(f"  - {one}\n" for one in channels)
        text = RIGHT.replace(CHANNELS, lines).replace("office: thu-nghiem", f"office: {office}")
        (folder / f"{office}.yaml").write_text(text, encoding="utf-8")
    return load_offices(folder, ENVIRON, schemas())


def test_two_offices_with_numbers_of_their_own_are_right(tmp_path: Path) -> None:
    found = loaded(tmp_path, mot=[phone()], hai=[phone(host=8, number="0901000222")])
    assert found.mistakes == ()


@pytest.mark.parametrize(
    ("second", "words"),
    [
        pytest.param(
            phone(host=8, number="+84 901 000 111"), "the number +84901000111", id="a number, otherwise written"
        ),
        pytest.param(phone(number="0901000222"), "the phone at http://192.0.2.7:8080", id="one telephone"),
        pytest.param(
            "{name: k, kind: sms, gateway: kannel, api_url: 'http://127.0.0.1:13013', username: u,"
            " sender: '0901000111', password: '${SECRET}', webhook_password: '${SECRET}'}",
            "the number +84901000111",
            id="a number behind another gateway",
        ),
    ],
)
def test_two_offices_with_the_same_number_are_told(tmp_path: Path, second: str, words: str) -> None:
    found = loaded(tmp_path, mot=[phone()], nam=[second])
    (mistake,) = found.mistakes
    assert words in mistake.what
    assert "mot/sms" in mistake.what
    assert mistake.file.endswith("nam.yaml")
    assert "made-up" not in f"{mistake}"


def test_one_bot_in_two_channels_is_told_without_its_token(tmp_path: Path) -> None:
    bot = "{{name: {0}, kind: telegram, token: '${{SECRET}}'}}"
    environ = {"SECRET": "7000000001:AAmade-up-secret"}
    for name in ("mot", "nam"):
        text = RIGHT.replace(CHANNELS, f"channels:\n  - {bot.format(name)}\n").replace("thu-nghiem", name)
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (mistake,) = load_offices(tmp_path, environ, schemas()).mistakes
    assert "one Telegram bot" in mistake.what
    assert "made-up" not in f"{mistake}"


@pytest.mark.parametrize(
    ("second", "words"),
    [
        pytest.param("app_id: 361, oa_id: 579", "the Official Account 579", id="one account"),
        pytest.param("app_id: 360, oa_id: 580", "", id="one app: what it brings goes to each account's channel"),
        pytest.param("app_id: 361, oa_id: 580", "", id="each its own"),
    ],
)
def test_one_official_account_in_two_offices_is_told(tmp_path: Path, second: str, words: str) -> None:
    account = "{{name: oa, kind: zalo_oa, {0}, app_secret: '${{SECRET}}', oa_secret: '${{SECRET}}'}}"
    found = loaded(tmp_path, mot=[account.format("app_id: 360, oa_id: 579")], nam=[account.format(second)])
    assert [words in one.what for one in found.mistakes] == ([True] if words else [])
    assert "made-up" not in "".join(f"{one}" for one in found.mistakes)


MISTAKES: list[Any] = [
    pytest.param(phone(more=", notices_by: brnad"), "no other channel 'brnad'", id="nobody of that name"),
    pytest.param(phone(more=", notices_by: sms"), "no other channel 'sms'", id="itself"),
    pytest.param(phone(more=", sender: '8088'"), "'sender' belongs to gateway kannel", id="a key of another gateway"),
    pytest.param(phone(more=", brandname: X"), "'brandname' belongs to gateway esms", id="a brand of none"),
    pytest.param(phone(more=", brandd: X"), "unknown key 'brandd'", id="a key of nobody"),
    pytest.param(phone(more=", templates: ['{so']"), "a template is a text", id="a template with half a brace"),
    pytest.param("{name: s, kind: sms, gateway: pigeon}", "must be smsgate, kannel, esms", id="no such gateway"),
    pytest.param("{name: s, kind: sms}", "'gateway' is missing", id="no gateway"),
    pytest.param(
        "{name: s, kind: sms, gateway: esms, api_key: '${SECRET}', secret_key: '${SECRET}', webhook_token: '${SECRET}',"
        " brandname: UBND}",
        "registered texts only",
        id="a brand without a registered text",
    ),
    pytest.param(
        "{name: s, kind: sms, gateway: esms, api_key: '${SECRET}', secret_key: '${SECRET}',"
        " webhook_token: 'a/b c d e'}",
        "letters, digits",
        id="a secret that cannot stand in an address",
    ),
    pytest.param(
        "{name: s, kind: sms, gateway: speedsms, access_token: '${SECRET}', webhook_token: '${SECRET}', sms_type: 3}",
        "who is the message from",
        id="a brand of SpeedSMS without a name",
    ),
]


@pytest.mark.parametrize(("channel", "says"), MISTAKES)
def test_mistakes_of_gateways_are_told(tmp_path: Path, channel: str, says: str) -> None:
    found = loaded(tmp_path, mot=[channel])
    assert any(says in mistake.what for mistake in found.mistakes), [f"{one}" for one in found.mistakes]
    assert all(mistake.remedy for mistake in found.mistakes)
    assert "made-up" not in "".join(f"{one}" for one in found.mistakes)


@pytest.mark.parametrize(
    ("budget", "says"),
    [
        pytest.param("{sms_parts: 3000, warn_at: 80%}", "", id="parts"),
        pytest.param("{dong: 500000}", "", id="money"),
        pytest.param("{dong: 0}", "'dong'", id="nothing at all"),
        pytest.param("{part: 5}", "unknown key 'part'", id="a key that is none"),
    ],
)
def test_a_budget(tmp_path: Path, budget: str, says: str) -> None:
    text = RIGHT.replace(CHANNELS, "") + f"\nbudget: {budget}\n"
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    found = load_offices(tmp_path, {}, schemas())
    if says:
        assert says in found.mistakes[0].what
    else:
        assert found.offices[0].budget is not None
        assert found.offices[0].budget.warn_at == 0.8
