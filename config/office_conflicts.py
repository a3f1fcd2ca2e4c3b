"""What two channels must not share, in one office or in two: a phone number, a bot, an account."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import BaseModel

from config.mistakes import Problem


def shared(channels: Iterable[tuple[str, BaseModel]], taken: dict[str, str]) -> Iterator[Problem]:
    """What the `channels` (with the names by which they are spoken of) have in common with those in `taken`, which
    grows by them. A settings model says by `accounts()` what is its alone: keys, which may be secrets, with words.
    """
    for spoken, channel in channels:
        accounts = getattr(channel, "accounts", None)
        owned: Mapping[str, str] = accounts() if accounts is not None else {}
        for key, words in owned.items():
            if key in taken:
                what = f"{spoken} and {taken[key]} both have {words}: every message would come to both"
                yield Problem(("channels",), what, "Give each its own, or leave one of them out.")
        for key in owned:
            taken.setdefault(key, spoken)
