"""Short messages as a channel of the house, whatever gateway holds the SIM."""

from collections.abc import AsyncIterator, Callable, Mapping
from time import time

from channels.contract import (
    Acknowledgement,
    Attachment,
    Capabilities,
    Event,
    File,
    Menu,
    Outbound,
    OutboundKind,
    Rate,
    Sent,
)
from channels.errors import Refused
from channels.sms import gateways
from channels.sms.gateway import Gateway, wire_ref
from channels.sms.numbers import number
from channels.sms.render import max_text, texts_of
from channels.sms.settings import Settings
from channels.text import fits, sms_parts


def build(settings: Settings, clock: Callable[[], float] = time) -> "Sms":
    """The channel of one number. `clock` (epoch seconds) is what signatures are dated against."""
    return Sms(settings, gateways.build(settings, clock))


class Sms:
    """One number behind one gateway; see `channels.contract.Channel` for what each method promises."""

    kind = "sms"
    polls = False

    def __init__(self, settings: Settings, gateway: Gateway) -> None:
        self.name = settings.name
        self.gateway = gateway
        self._settings = settings
        rate = settings.messages_per_second
        self.capabilities = Capabilities(
            max_text=max_text(settings.max_parts, diacritics=settings.diacritics),
            diacritics=settings.diacritics,
            person_opens=False,
            overall=Rate(rate, burst=max(1, round(rate))) if rate else None,
            receives=gateway.receives,
            templates=settings.templates,
            notices_by=settings.notices_by,
            by_part=True,
            part_price=settings.part_price,
        )

    def __repr__(self) -> str:
        return f"<Sms {self.name} by {self._settings.gateway}>"

    def verify(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> None:
        """The gateway's signature or password."""
        self.gateway.verify(headers, body, query, status)

    def parse(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> list[Event]:
        """A message received, or what became of one sent."""
        return self.gateway.parse(headers, body, query, status)

    def acknowledge(self, body: bytes, query: Mapping[str, str], status: bool) -> Acknowledgement:
        """What the gateway must read in our answer."""
        return self.gateway.acknowledge(body, query, status)

    async def poll(self) -> AsyncIterator[list[Event]]:
        """Nothing: gateways call us."""
        batches: tuple[list[Event], ...] = ()
        for batch in batches:
            yield batch

    async def send(self, message: Outbound) -> Sent:
        """One text to one mobile, in several messages when it is long; machines are never written to.

        Their ids are made of our own reference, so that a gateway that knows them takes none twice.
        """
        if message.kind is OutboundKind.ANSWER_PRESS:
            return Sent(())
        to = number(message.chat, self.gateway.own)
        if not to.answerable:
            raise Refused(f"sms: the recipient is no mobile that can be answered ({to.kind})")
        texts = texts_of(message, self._settings.max_parts, diacritics=self._settings.diacritics)
        if self._settings.templates and not all(fits(text, self._settings.templates) for text in texts):
            raise Refused("sms: no template of this brand name fits the words")
        ids = []
        for piece, text in enumerate(texts, start=1):
            ref = message.ref if piece == 1 else f"{message.ref}-{piece}"
            ids.append(await self.gateway.send(to.e164, text, wire_ref(ref)))
        return Sent(tuple(ids), parts=sum(sms_parts(text).count for text in texts))

    async def fetch(self, attachment: Attachment) -> File:
        """Short messages bring no files."""
        raise Refused(f"sms: nothing to fetch ({attachment.kind})")

    async def announce(self, menus: tuple[Menu, ...]) -> None:
        """Short messages have no command menu."""

    async def prepare(self, webhook_url: str) -> None:
        """Tell the gateway where to bring messages, as far as it can be told."""
        await self.gateway.prepare(webhook_url)

    async def whoami(self) -> str:
        """The gateway as it answers our password."""
        return await self.gateway.whoami()

    async def close(self) -> None:
        """Let go of connections."""
        await self.gateway.close()
