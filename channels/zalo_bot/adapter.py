"""The Zalo Bot Platform as a channel of the house."""

import asyncio
import hashlib
import logging
import random
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx

from channels.contract import (
    Attachment,
    AttachmentKind,
    Capabilities,
    Event,
    File,
    Menu,
    Outbound,
    Rate,
    Sent,
)
from channels.download import download, expect
from channels.errors import QuotaSpent, Refused, SendError, Throttled, Unauthorised, Unverified
from channels.payload import header, load_json, mapping, same, string
from channels.zalo_bot import parse, render
from channels.zalo_bot.client import PHOTO_READ, Client, webhook_address
from channels.zalo_bot.settings import Settings

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
FINGERPRINT = "secret"  # query key of the registered webhook, see _marked
POLL_SECONDS = 30
MAX_PAUSE = 60.0  # seconds between polls while Zalo cannot be reached
MAX_FILE = 10 * 1024 * 1024
MAX_UNFINISHED = 1000
# Where Zalo keeps what people send; gathered from live traffic of others, no list is published.
MEDIA_HOSTS = ("zdn.vn", "zadn.vn", "zalo.me", "zaloapp.com")


def build(settings: Settings) -> "ZaloBot":
    """The channel of one bot. Opens no connection."""
    return ZaloBot(settings)


class ZaloBot:
    """One bot account; see `channels.contract.Channel` for what each method promises."""

    kind = "zalo_bot"

    def __init__(self, settings: Settings) -> None:
        token = settings.token.get_secret_value()
        self.name = settings.name
        self.polls = settings.mode == "polling"
        rate = settings.messages_per_second
        self.capabilities = Capabilities(
            max_text=render.MAX_TEXT,
            groups=True,  # a beta of the platform
            file_urls=frozenset({AttachmentKind.PHOTO}),
            max_file=MAX_FILE,
            max_fetch=MAX_FILE,
            overall=Rate(rate, burst=max(1, round(rate))) if rate else None,
            monthly=settings.messages_per_month,
        )
        self.client = Client(token, settings.api_url)
        self._api_host = _place(httpx.URL(settings.api_url))
        self._secret = settings.webhook_secret()
        self._own_ids = {token.partition(":")[0]}
        self._own_names = {settings.shown_as} - {""}
        self._poll_seconds = POLL_SECONDS
        self._sleep = asyncio.sleep
        # Which calls of a message went through before one failed: the next try goes on there, instead of saying the
        # first part twice. Kept in memory only; after a restart the whole message is sent again.
        self._unfinished: OrderedDict[str, list[str]] = OrderedDict()

    def __repr__(self) -> str:
        return f"<ZaloBot {self.name}>"

    # -------------------------------------------------------------------------------------------------------- inward

    def verify(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> None:
        """The secret in its header. Zalo also tries an address with an empty body and no secret, which is let in."""
        del query, status
        given = header(headers, SECRET_HEADER)
        if not given and not body.strip():
            return
        if not same(given, self._secret):
            raise Unverified

    def parse(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> list[Event]:
        """The events of one webhook body."""
        del headers, query, status
        return self._events(load_json(body)) if body.strip() else []

    def _events(self, payload: object) -> list[Event]:
        found = (parse.event(update, self.name, self._own_ids, self._own_names) for update in parse.updates(payload))
        return [event for event in found if event is not None]

    async def poll(self) -> AsyncIterator[list[Event]]:
        """Long polls for ever. A read is final at Zalo: what is lost between it and our commit is gone.

        Raises `Unauthorised` when the token is no longer good; waits out everything else.
        """
        failures, cleared = 0, False
        while True:
            try:
                events = self._events(await self.client.updates(self._poll_seconds))
                failures = 0
            except Unauthorised:
                raise
            except Refused as refusal:
                # 400 is how a poll ends while a webhook is registered.
                if not cleared:
                    cleared = True
                    await self._clear_webhook(str(refusal))
                    continue
                failures += 1
                await self._pause(failures, refusal)
                continue
            except SendError as problem:
                failures += 1
                await self._pause(failures, problem)
                continue
            if events:
                yield events

    async def _clear_webhook(self, why: str) -> None:
        log.warning("%s: polling was refused (%s); removing the webhook this bot may still have", self.name, why)
        try:
            await self.client.call("deleteWebhook")
        except Unauthorised:
            raise
        except SendError as problem:
            log.warning("%s: the webhook could not be removed: %s", self.name, problem)

    async def _pause(self, failures: int, problem: SendError) -> None:
        if isinstance(problem, Throttled):
            seconds = problem.retry_after
        elif isinstance(problem, QuotaSpent):
            seconds = MAX_PAUSE
        else:
            seconds = min(MAX_PAUSE, 0.5 * 2 ** min(failures, 8)) * random.uniform(0.75, 1)  # noqa: S311 - no secret
        log.warning("%s: polling failed (%s), next try in %.1f s", self.name, problem, seconds)
        await self._sleep(seconds)

    async def fetch(self, attachment: Attachment) -> File:
        """A picture, sticker or voice message, at most 10 MB, from Zalo's own hosts; their addresses expire."""
        file = await download(self.client.http, attachment.ref, self._may_fetch, MAX_FILE)
        return expect(attachment.kind, file)

    def _may_fetch(self, url: httpx.URL) -> bool:
        if _place(url) == self._api_host:
            return True
        known = any(url.host == host or url.host.endswith("." + host) for host in MEDIA_HOSTS)
        return known and url.scheme == "https" and url.port is None

    # ------------------------------------------------------------------------------------------------------- outward

    async def send(self, message: Outbound) -> Sent:
        """Say `message`, in several messages when it is long. A second try goes on where the first one failed."""
        calls = render.calls(message)
        done = self._unfinished.pop(message.ref, [])
        for call in calls[len(done) :]:
            try:
                read = {"read": PHOTO_READ} if call.method == "sendPhoto" else {}
                result = await self.client.call(call.method, call.params, **read)
            except (SendError, asyncio.CancelledError) as problem:  # cancelled: whoever sends has no more patience
                if done and getattr(problem, "retryable", True):
                    self._remember(message.ref, done)
                raise
            done.append(string(mapping(result).get("message_id")))
        return Sent(tuple(message_id for message_id in done if message_id))

    def _remember(self, ref: str, done: list[str]) -> None:
        self._unfinished[ref] = done
        while len(self._unfinished) > MAX_UNFINISHED:
            self._unfinished.popitem(last=False)

    async def announce(self, menus: tuple[Menu, ...]) -> None:
        """Zalo bots have no command menu."""

    # --------------------------------------------------------------------------------------------------- the account

    async def prepare(self, webhook_url: str) -> None:
        """Register `webhook_url`; when polling, remove what is registered. setWebhook is said to be limited per day, so
        it is called only when something would change. Raises children of `SendError`.
        """
        await self.whoami()
        registered = webhook_address(await self.client.call("getWebhookInfo"))
        if not webhook_url:
            if not self.polls:
                log.warning("%s: mode is webhook, but there is no PUBLIC_URL to register", self.name)
            elif registered:
                log.warning("%s: this bot had a webhook, which silences polling; removing it", self.name)
                await self.client.call("deleteWebhook")
            return
        wanted = self._marked(webhook_url)
        if registered == wanted:
            return
        result = mapping(await self.client.call("setWebhook", {"url": wanted, "secret_token": self._secret}))
        check = mapping(result.get("verification"))
        if check.get("ok") is False:  # the address is kept by Zalo all the same
            log.warning(
                "%s: Zalo could not reach the webhook (%s, HTTP %s); is PUBLIC_URL right, and does a firewall or CDN "
                "refuse the agent Java/1.8?",
                self.name,
                string(check.get("outcome")) or "no reason given",
                string(check.get("status_code")) or "none",
            )

    def _marked(self, webhook_url: str) -> str:
        """The address with a fingerprint of the secret: the secret itself cannot be read back, and a changed one must
        be registered anew.
        """
        parts = urlsplit(webhook_url)
        mark = hashlib.sha256(self._secret.encode()).hexdigest()[:6]
        query = urlencode([*parse_qsl(parts.query), (FINGERPRINT, mark)])
        return urlunsplit(parts._replace(query=query))

    async def whoami(self) -> str:
        """The bot's account name and id."""
        me = mapping(await self.client.call("getMe"))
        bot_id = string(me.get("id"))
        if bot_id:
            self._own_ids.add(bot_id)
        return f"{string(me.get('account_name')) or 'Zalo bot'} ({bot_id or 'no id'})"

    async def close(self) -> None:
        """Let go of connections."""
        await self.client.close()


def _place(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
