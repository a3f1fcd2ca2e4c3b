"""The one list of gateways for short messages: a name is a module here with `Settings`, `ABOUT` and `build`."""

from collections.abc import Callable
from importlib import import_module
from typing import cast

from channels.contract import About
from channels.sms.gateway import Gateway
from channels.sms.settings import Settings

GATEWAYS = ("smsgate", "kannel", "esms", "speedsms", "twilio", "jasmin")


def settings_of(name: str) -> type[Settings]:
    """The settings of the gateway `name`, which is one of `GATEWAYS`."""
    return cast("type[Settings]", import_module(f"channels.sms.{name}").Settings)


def about(name: str) -> About:
    """What an office should know of the gateway `name`."""
    return cast("About", import_module(f"channels.sms.{name}").ABOUT)


def build(settings: Settings, clock: Callable[[], float]) -> Gateway:
    """The gateway that `settings` describe. Opens no connection. `clock`: epoch seconds."""
    return cast("Gateway", import_module(f"channels.sms.{settings.gateway}").build(settings, clock))
