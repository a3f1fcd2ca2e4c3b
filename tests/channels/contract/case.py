"""What a channel or gateway must bring to be put through the rows that all of them pass."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from channels.contract import Acknowledgement, Channel, ReceiptState
from channels.errors import SendError
from tests.channels.conftest import Delivery, Reply, Request

NOW = 1795284023  # the moment in which every case lives, epoch seconds
RESIDENT = "+84912345678"
WEBHOOK = "https://ward.example/webhooks/bnt/here"


@dataclass(frozen=True)
class Case:
    """One channel or gateway. Deliveries come as the provider makes them, with a proof that is right."""

    build: Callable[[str], Channel]  # by webhook, against the API at an address, living at `NOW`
    secrets: tuple[str, ...]  # none of them may ever be logged
    chat: str  # somebody who can be written to
    message: Callable[[str, str], Delivery]  # words of a person, and what the provider calls the message
    forged: Callable[[Delivery], Mapping[str, Delivery]]  # the same without a right proof, each by what is wrong
    signed: Callable[[bytes], Delivery]  # any body at all
    unknown: Delivery  # an event of a kind that is not ours to know
    broken: Delivery  # not what the provider promises
    unreadable: Delivery | None  # something we cannot read, of which the sender must hear; None: brings words only
    taken: Callable[[int], Reply]  # how the provider takes the n-th message of a test
    said: Callable[[Request], str]  # the words in a request
    answers: Mapping[str, tuple[Reply, type[SendError]]]  # by what happened; some pass, some stay
    under_200: tuple[Reply, type[SendError]] | None  # a refusal under HTTP 200; None: the API never does that
    reports: tuple[tuple[Delivery, ReceiptState], ...] = ()  # about one message, in the natural order
    acknowledged: Acknowledgement = field(default_factory=Acknowledgement)  # what a stored message must be answered
    by_phone: Callable[[str, str], Delivery] | None = None  # sender and words, where people are telephone numbers
    own: str = ""  # one of our own numbers there


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
