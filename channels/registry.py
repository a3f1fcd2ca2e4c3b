"""The one list of channels: which kinds there are, what settings each takes, and how one is made."""

from importlib import import_module
from typing import cast

from pydantic import BaseModel

from channels.contract import About, Channel

# A kind is the name of a folder here, with `settings.Settings`, `settings.ABOUT` (a kind with several gateways has
# `Settings.variants`) and `adapter.build`. They are imported when asked for: checking an office file must not wait for
# aiogram.
KINDS = ("telegram", "zalo_bot", "zalo_oa", "sms")


def schemas() -> dict[str, type[BaseModel]]:
    """The settings model of every kind, for checking the `channels` of an office file."""
    found: dict[str, type[BaseModel]] = {}
    for kind in KINDS:
        model = import_module(f"channels.{kind}.settings").Settings
        assert issubclass(model, BaseModel)
        found[kind] = model
    return found


def abouts() -> dict[str, About]:
    """What an office should know of everything it can choose: by kind, or by kind/gateway where a kind has several."""
    found: dict[str, About] = {}
    for kind in KINDS:
        settings = import_module(f"channels.{kind}.settings")
        variants = getattr(settings.Settings, "variants", None)
        if variants is not None:
            found |= {f"{kind}/{name}": about for name, about in variants().items()}
        else:
            found[kind] = settings.ABOUT
    return found


def build(settings: BaseModel) -> Channel:
    """The channel that `settings` (of one of the models of `schemas`) describes. Opens no connection.

    Raises `ValueError` for settings of no kind in the list.
    """
    kind = getattr(settings, "kind", "")
    if kind not in KINDS:
        raise ValueError(f"no channel of kind {kind!r}; there are {', '.join(KINDS)}")
    return cast("Channel", import_module(f"channels.{kind}.adapter").build(settings))
