"""What all gateways for short messages have in common in these rows."""

from dataclasses import replace
from typing import Any

from channels.sms import gateways
from channels.sms.adapter import Sms
from channels.sms.adapter import build as build_sms
from channels.sms.settings import Settings
from tests.channels.conftest import Delivery
from tests.channels.contract.case import NOW, WEBHOOK

OWN = "+84901000111"
TOKEN = "made-up-path-secret"  # of the webhook's path, where a gateway signs nothing


def built(gateway: str, api_url: str, **settings: Any) -> Sms:
    """The channel of one gateway; the numbers of a page that does not exist, secrets that are none."""
    given = {"name": "sms", "gateway": gateway, "api_url": api_url, "own_numbers": (OWN,), "callback_url": WEBHOOK}
    made = Settings.model_validate(given | settings)
    assert isinstance(made, gateways.settings_of(gateway))
    return build_sms(made, clock=lambda: NOW)


def without_token(delivery: Delivery) -> dict[str, Delivery]:
    """Forgeries of what is proven by the secret of the path alone."""
    rest = {key: value for key, value in delivery.query.items() if key not in ("token", "mark")}
    return {
        "no secret": replace(delivery, query=rest),
        "an empty secret": replace(delivery, query={**rest, "token": ""}),
        "another secret": replace(delivery, query={**rest, "token": TOKEN[:-1] + "x"}),
        "half the secret": replace(delivery, query={**rest, "token": TOKEN[:8]}),
        "the secret as something else": replace(delivery, query={**rest, "key": TOKEN}),
    }
