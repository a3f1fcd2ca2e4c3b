"""The Zalo Official Account as a channel of the house."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta

import httpx

from channels.contract import (
    Attachment,
    AttachmentKind,
    Capabilities,
    Event,
    File,
    FileLimit,
    Inbound,
    Menu,
    Outbound,
    Rate,
    Sent,
    Window,
)
from channels.download import download, expect
from channels.errors import NotOurs, PackageTooLow, SendError, Unauthorised
from channels.grants import Consent, Standing, Vault
from channels.http_client import new_client
from channels.payload import header, load_json, mapping, string
from channels.text import line
from channels.zalo_oa import parse, render, signature
from channels.zalo_oa.client import BAD_PARAMETER, EXPIRED_FILE, NOT_SUPPORTED, Client, Refusal
from channels.zalo_oa.history import History
from channels.zalo_oa.render import Part
from channels.zalo_oa.settings import Settings, account_of
from channels.zalo_oa.tokens import Tokens

log = logging.getLogger(__name__)

CONSULT, GROUP = "/v3.0/oa/message/cs", "/v3.0/oa/group/message"
UPLOAD = "/v2.0/oa/upload/"
ACCOUNT, PROFILE = "/v2.0/oa/getoa", "/v3.0/oa/user/detail"
MAX_FETCH = 20 * 1024 * 1024  # bytes of what a resident sent
MAX_UNFINISHED = 1000
MAX_OTHERS = 100


def build(settings: Settings) -> "ZaloOa":
    """The channel of one Official Account. Opens no connection."""
    return ZaloOa(settings)


class ZaloOa:
    """One Official Account; see `channels.contract.Channel` and `channels.grants.Granted` for what methods promise."""

    kind = "zalo_oa"
    polls = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.name = settings.name
        self.account = account_of(settings.oa_id)
        self._others: set[str] = set()  # accounts of the same app whose events came here
        self.capabilities = _capabilities(settings)
        self._secrets = (settings.oa_secret.get_secret_value(), settings.app_secret.get_secret_value())
        self.http, self.trace = new_client(*self._secrets)
        self.tokens = Tokens(settings, self.http)
        self.client = Client(self.http, settings, self.tokens)
        self.history = History(self.client, self.name, settings.rows_of_a_read)
        self._own_place = _place(httpx.URL(settings.api_url))
        self._buttons = settings.buttons_at_most if settings.list_buttons else 0
        # Which calls of a message went through before one failed; see channels/zalo_bot/adapter.py
        self._unfinished: OrderedDict[str, list[str]] = OrderedDict()

    def __repr__(self) -> str:
        return f"<ZaloOa {self.name}>"

    # -------------------------------------------------------------------------------------------------------- inward

    def verify(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> None:
        """The digest over the raw bytes, by either of the two secrets Zalo shares with us."""
        del query, status
        given = header(headers, signature.HEADER)
        signature.check(given, body, self.settings.app_id, self._secrets, parse.KNOWN)

    def parse(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> list[Event]:
        """The events of one webhook body. Raises `NotOurs` for those of another account linked to the same app."""
        del headers, query, status
        if not body.strip():
            return []
        payload = load_json(body)
        other = parse.account_of(payload, self.settings.oa_id)
        if other:
            self._note(other)
            raise NotOurs(account_of(other))
        return parse.events(payload, self.name, self.settings.oa_id)

    def _note(self, other: str) -> None:
        """Say once of each other account that its events come here."""
        if other in self._others or len(self._others) >= MAX_OTHERS:
            return
        self._others.add(other)
        log.warning(
            "%s: Zalo brings events of the Official Account %s, but oa_id says %s; they are not kept here. If it is"
            " another ward's, give it a channel with this app_id, or an app of its own; else unlink it from the app in"
            " Zalo's console.",
            self.name,
            other,
            self.settings.oa_id,
        )

    async def poll(self) -> AsyncIterator[list[Event]]:
        """Zalo brings its events; what an outage swallowed is read by `missed`."""
        nothing: tuple[list[Event], ...] = ()
        for batch in nothing:
            yield batch

    async def fetch(self, attachment: Attachment) -> File:
        """What a resident sent, from Zalo's own hosts, under the name it was sent by."""
        file = await download(self.http, attachment.ref, self._may_fetch, MAX_FETCH)
        name = attachment.name if attachment.kind is AttachmentKind.DOCUMENT and attachment.name else file.name
        return expect(attachment.kind, File(file.content, name, file.mime))

    def _may_fetch(self, url: httpx.URL) -> bool:
        if _place(url) == self._own_place:
            return True
        known = any(url.host == host or url.host.endswith("." + host) for host in self.settings.media_hosts)
        return known and url.scheme == "https" and url.port is None

    # ------------------------------------------------------------------------------------------------------- outward

    async def send(self, message: Outbound) -> Sent:
        """Say `message`, in several messages when it is long or has files. A second try goes on where one failed.

        Zalo knows no reference of ours. Where an earlier try may have arrived, the chat is read first.
        """
        wanted = render.parts(
            message, self.settings.max_text, max_buttons=self._buttons, form_image=self.settings.form_image
        )
        done = self._unfinished.pop(message.ref, [])
        for index in range(len(done), len(wanted)):
            try:
                arrived = await self._arrived(message, wanted[index], done) if index == len(done) else ""
                done.append(arrived or await self._say(message.chat, wanted[index]))
            except (SendError, asyncio.CancelledError) as problem:  # cancelled: whoever sends has no more patience
                if done and getattr(problem, "retryable", True):
                    self._remember(message.ref, done)
                raise
        return Sent(tuple(message_id for message_id in done if message_id))

    async def _arrived(self, message: Outbound, part: Part, done: list[str]) -> str:
        """The id under which a part already stands in the chat, if an earlier try may have brought it there."""
        text = string(part.message.get("text"))
        if message.again_since is None or not text or message.chat.startswith(parse.GROUP_MARK):
            return ""
        return await self.history.said(message.chat, text, message.again_since, set(done))

    async def _say(self, chat: str, part: Part) -> str:
        """One call; what Zalo may refuse of its finery is left out at a second try, for nothing was sent then."""
        try:
            return await self._post(chat, await self._made(part))
        except Refusal as refusal:
            if refusal.code == EXPIRED_FILE and part.file is not None:
                return await self._last(chat, await self._made(part))
            if refusal.code in (BAD_PARAMETER, NOT_SUPPORTED) and part.plainer is not None:
                plain = await self._last(chat, part.plainer)
                if "text" in part.message and "attachment" in part.message and "quote_message_id" not in part.message:
                    self._buttons = 0
                    log.warning("%s: no buttons here (%d); choices are numbered only", self.name, refusal.code)
                return plain
            raise refusal.error from None

    async def _last(self, chat: str, message: render.Json) -> str:
        try:
            return await self._post(chat, message)
        except Refusal as refusal:
            raise refusal.error from None

    async def _made(self, part: Part) -> render.Json:
        if part.file is None:
            return part.message
        try:
            answer = await self.client.upload(UPLOAD + part.upload, part.file)
        except Refusal as refusal:
            raise refusal.error from None
        return render.with_file(part, mapping(answer))

    async def _post(self, chat: str, message: render.Json) -> str:
        path = GROUP if chat.startswith(parse.GROUP_MARK) else CONSULT
        answer = await self.client.post(path, {"recipient": render.recipient(chat), "message": message})
        return string(mapping(answer).get("message_id")) or string(mapping(answer).get("msg_id"))

    def _remember(self, ref: str, done: list[str]) -> None:
        self._unfinished[ref] = done
        while len(self._unfinished) > MAX_UNFINISHED:
            self._unfinished.popitem(last=False)

    async def announce(self, menus: tuple[Menu, ...]) -> None:
        """The menu of an Official Account is drawn in its console."""

    async def name_of(self, user: str) -> str:
        """The name in their profile, which Zalo shows to paying accounts only."""
        try:
            found = mapping(await self.client.get(PROFILE, {"user_id": user}))
        except Refusal as refusal:
            raise refusal.error from None
        return line(string(found.get("display_name")), 100)

    async def missed(self, since: datetime) -> list[Inbound]:
        """What was said in private chats while the webhook was not brought; groups cannot be read so."""
        return await self.history.missed(since)

    # --------------------------------------------------------------------------------------------------- the account

    def use(self, vault: Vault) -> None:
        """Where the tokens live."""
        self.tokens.use(vault)

    def consent(self, redirect_uri: str) -> Consent:
        """The link for the administrator of the Official Account."""
        return self.tokens.consent(redirect_uri)

    async def consented(self, code: str, account: str, state: str) -> str:
        """Keep the first pair of tokens. Refused for another account than the one of the office file."""
        if account and account != self.settings.oa_id:
            raise Unauthorised(f"consent was given for the account {account}, the office file says another oa_id")
        await self.tokens.exchange(code, state)
        return await self._account()

    async def tend(self) -> None:
        """Renew the tokens when it is time."""
        await self.tokens.tend()

    async def standing(self) -> Standing:
        """How the grant stands."""
        return await self.tokens.standing()

    async def prepare(self, webhook_url: str) -> None:
        """Zalo's console is told the webhook by hand, so nothing is registered here."""
        if not webhook_url:
            log.warning("%s: there is no PUBLIC_URL, so Zalo has no address to bring events to", self.name)

    async def whoami(self) -> str:
        """The account's name and package, and whether the package reaches as far as the helpdesk must."""
        who = await self._account()
        try:
            await self._try_package()
        except PackageTooLow as low:
            raise PackageTooLow(f"{who}: {low.detail}") from None
        return who

    async def _account(self) -> str:
        try:
            found = mapping(await self.client.get(ACCOUNT))
        except Refusal as refusal:
            raise refusal.error from None
        package = string(found.get("package_name"))
        who = f"{string(found.get('name')) or 'Official Account'} ({string(found.get('oa_id')) or 'no id'})"
        return f"{who}, package {package}" if package else who

    async def _try_package(self) -> None:
        """Reading a profile needs the same package as writing: try it on whoever wrote last. Raises `PackageTooLow`."""
        try:
            for chat in await self.history.recent(1):
                await self.client.get(PROFILE, {"user_id": chat.user})
        except Refusal as refusal:
            if isinstance(refusal.error, PackageTooLow):
                raise refusal.error from None

    async def close(self) -> None:
        """Let go of connections."""
        await self.http.aclose()


def _capabilities(settings: Settings) -> Capabilities:
    rate = settings.calls_per_minute / 60 / 2  # the other half is for reads, uploads and other programs of the app
    return Capabilities(
        max_text=settings.max_text,
        replies=True,
        contact_form=True,
        groups=True,
        group_mark=parse.GROUP_MARK,
        files=frozenset({AttachmentKind.PHOTO, AttachmentKind.DOCUMENT}),
        max_file=max(settings.image_limit, settings.gif_limit, settings.file_limit),
        max_fetch=MAX_FETCH,
        file_limits={
            AttachmentKind.PHOTO: (
                FileLimit((".jpg", ".jpeg", ".png"), settings.image_limit),
                FileLimit((".gif",), settings.gif_limit),
            ),
            AttachmentKind.DOCUMENT: (FileLimit((".pdf", ".doc", ".docx"), settings.file_limit),),
        },
        overall=Rate(rate, burst=max(1, round(rate))),
        window=Window(
            free=timedelta(hours=settings.free_window_hours),
            last=timedelta(days=settings.window_days) - timedelta(minutes=settings.window_margin_minutes),
            price=settings.price_after_free,
        ),
        answer_within=settings.answer_within,
    )


def _place(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
