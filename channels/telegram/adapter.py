"""One bot of an office on Telegram: the duties of a channel, done through aiogram's client."""

import asyncio
import logging
import random
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.exceptions import AiogramError
from aiogram.methods import (
    DeleteWebhook,
    GetFile,
    GetMe,
    GetUpdates,
    GetWebhookInfo,
    SetWebhook,
    TelegramMethod,
)

from channels import errors
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
from channels.payload import header, mapping, same
from channels.telegram import failures, files, menus, parse, render, topics
from channels.telegram.session import ANSWER, UPLOAD, Session
from channels.telegram.settings import Settings
from channels.text import storable

log = logging.getLogger(__name__)

LONG_POLL = 25  # seconds Telegram holds getUpdates open when there is nothing
SLACK = 10.0  # seconds more that we wait for the answer
SLOWEST = 30.0  # seconds between tries when polling fails
REMEMBERED = 256  # half-sent messages of which we know what has arrived

CAPABILITIES = Capabilities(
    max_text=render.TEXT,
    buttons=True,
    edits=True,
    replies=True,
    groups=True,
    slash=True,
    files=frozenset(AttachmentKind),
    max_file=files.UPLOAD_LIMIT,
    # About one message a second in a chat, 30 a second overall, 20 a minute in a group (Bot FAQ, 2026-11), short bursts
    # tolerated. A burst of 6 and 14 a minute behind it never make more than 20 in any minute, edits and topics
    # included (tdlib/td#2592); six are what claiming a ticket in a group with topics costs, with one to spare.
    per_chat=Rate(per_second=1, burst=20),
    per_group=Rate(per_second=14 / 60, burst=6),
    group_mark="-",
    overall=Rate(per_second=28, burst=28),
    topics=True,
    reactions=True,
    withdraws=True,
    max_fetch=files.DOWNLOAD_LIMIT,
)


def build(settings: Settings) -> "Telegram":
    """The channel of `settings`. Opens no connection."""
    return Telegram(settings)


class Telegram:
    """Implements `channels.contract.Channel`. Holds one HTTP session, and what arrived of messages in several parts."""

    kind = "telegram"

    def __init__(self, settings: Settings, answer: float = ANSWER, long_poll: int = LONG_POLL) -> None:
        """`answer`: seconds to wait for Telegram; `long_poll`: seconds it may hold an empty poll."""
        self.name = settings.name
        self.polls = settings.mode == "polling"
        self.capabilities = (
            CAPABILITIES if settings.limits else replace(CAPABILITIES, per_chat=None, per_group=None, overall=None)
        )
        self._settings = settings
        self._secret = settings.webhook_secret()
        self._answer = answer
        self._long_poll = long_poll
        self._session = Session(settings.api_url, settings.proxy.get_secret_value() if settings.proxy else None)
        # Previews of links would have Telegram's servers open whatever address a resident wrote.
        self._bot = Bot(
            settings.token.get_secret_value(), self._session, DefaultBotProperties(link_preview_is_disabled=True)
        )
        self._username = ""
        self._arrived: OrderedDict[str, list[list[str]]] = OrderedDict()

    def __repr__(self) -> str:
        return f"<Telegram channel {self.name!r}>"

    # ------------------------------------------------------------------------------------------------------- inward

    def verify(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> None:  # noqa: ARG002 - contract
        """Raise `Unverified` unless the request carries our webhook secret."""
        if not same(header(headers, "X-Telegram-Bot-Api-Secret-Token"), self._secret):
            raise errors.Unverified("X-Telegram-Bot-Api-Secret-Token is missing or wrong")

    def parse(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> list[Event]:  # noqa: ARG002 - contract
        """The event of a verified update, if it holds one for us. Raises `Malformed`."""
        return parse.body(body, self.name, self._username)

    async def poll(self) -> AsyncGenerator[list[Event], None]:
        """Batches of events for ever. Telegram forgets a batch only when the next one is asked for, which happens
        after the caller came back for it. Raises `Unauthorised`; any other failure is waited out.
        """
        offset: int | None = None
        failed = 0
        while True:
            try:
                updates = await self._updates(offset)
            except errors.Unauthorised:
                raise
            except errors.Throttled as wait:
                log.warning("%s: told to wait %.0f s before asking for messages again", self.name, wait.retry_after)
                await asyncio.sleep(wait.retry_after)
                continue
            except errors.SendError as problem:
                failed += 1
                pause = min(SLOWEST, 2.0 ** min(failed, 10) / 2) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
                self._complain(problem, pause)
                await asyncio.sleep(pause)
                continue
            failed = 0
            events = [event for update in updates for event in self._read(update)]
            if events:
                yield events
            if updates:
                offset = max(update["update_id"] for update in updates) + 1

    async def _updates(self, offset: int | None) -> list[dict[str, Any]]:
        method = GetUpdates(offset=offset, timeout=self._long_poll, allowed_updates=parse.WANTED)
        answer = await self._ask(method, self._long_poll + SLACK)
        updates = [update for update in answer if parse.is_update(update)] if isinstance(answer, list) else []
        if not updates and answer != []:
            raise errors.Unreachable("getUpdates: the answer holds no updates")
        return updates

    def _read(self, update: dict[str, Any]) -> list[Event]:
        try:
            return parse.update(storable(update), self.name, self._username)
        except Exception as problem:  # a mistake of ours must not hold up everything behind it
            log.error("%s: update %s not read: %s", self.name, update["update_id"], type(problem).__name__)  # noqa: TRY400 - a traceback could quote words
            return []

    def _complain(self, problem: errors.SendError, pause: float) -> None:
        if isinstance(problem, failures.Conflict):
            log.error(
                "%s: Telegram gives this bot's messages to somebody else: another program polls with the same token, "
                "or a webhook was set. Stop the other one, or make a new token at @BotFather. Next try in %.0f s. (%s)",
                self.name,
                pause,
                problem.detail,
            )
        else:
            log.warning("%s: no messages could be fetched, next try in %.1f s: %s", self.name, pause, problem.detail)

    # ------------------------------------------------------------------------------------------------------ outward

    async def send(self, message: Outbound) -> Sent:
        """Hand over one message, in several calls if need be. Raises a child of `SendError`.

        When a later part fails, a further try with the same `ref` goes on from there: what has arrived is not said
        twice (as long as this process lives). A picture that is no photo to Telegram goes as a document.
        """
        try:
            return await self._send(message)
        except failures.NotAPhoto:
            return await self._send(replace(message, attachments=files.as_documents(message.attachments)))

    async def _send(self, message: Outbound) -> Sent:
        group = message.chat.startswith("-")
        arrived = self._arrived.pop(message.ref, [])
        try:
            for call in render.calls(message)[len(arrived) :]:
                arrived.append(_ids(await self._deliver(call, message, group), message))
        except errors.SendError as problem:
            if arrived and message.ref and problem.retryable:
                self._arrived[message.ref] = arrived
                if len(self._arrived) > REMEMBERED:
                    self._arrived.popitem(last=False)
            raise
        return Sent(tuple(number for numbers in arrived for number in numbers))

    async def _deliver(self, call: TelegramMethod[Any], message: Outbound, group: bool) -> Any:
        seconds = max(UPLOAD, self._answer) if any(file.file for file in message.attachments) else self._answer
        try:
            return await self._ask(call, seconds, group=group)
        except failures.NoText:
            return await self._ask(render.caption_edit(message), seconds, group=group)

    async def open_topic(self, group: str, title: str) -> str:
        """Make a topic; returns its chat. Raises `NoTopics`, and `SendError` children."""
        made = mapping(await self._ask(topics.opening(group, title), group=True))
        if type(made.get("message_thread_id")) is not int:
            raise errors.Uncertain("createForumTopic: the answer could not be read")
        return f"{group}/{made['message_thread_id']}"

    async def retitle_topic(self, chat: str, title: str) -> None:
        """Give a topic another title. Raises `TopicGone`, `NothingToChange`, and other `SendError` children."""
        await self._ask(topics.titling(chat, title), group=True)

    async def shut_topic(self, chat: str, shut: bool) -> None:
        """Close or open a topic. Raises as `retitle_topic`."""
        await self._ask(topics.shutting(chat, shut), group=True)

    async def announce(self, menus_: tuple[Menu, ...]) -> None:
        """Set the command menus. A chat that Telegram does not know (any more) is passed over.

        Raises `ValueError` for words Telegram does not take, and `SendError` children.
        """
        for call in menus.calls(menus_):
            try:
                await self._ask(call)
            except (errors.ChatGone, errors.Blocked, errors.Refused) as problem:
                log.warning("%s: a command menu was not set: %s", self.name, problem.detail)

    # -------------------------------------------------------------------------------------------------- housekeeping

    async def fetch(self, attachment: Attachment) -> File:
        """The bytes of a file received, at most 20 MB. Raises `SendError` children."""
        file_id = files.file_id(attachment.ref)
        if not file_id:
            raise errors.Refused("a place or a contact has no bytes")
        if attachment.size > files.DOWNLOAD_LIMIT:
            raise errors.TooLarge(f"getFile: more than {files.DOWNLOAD_LIMIT} bytes")
        path = mapping(await self._ask(GetFile(file_id=file_id))).get("file_path")
        if not isinstance(path, str) or not path:
            raise errors.Refused("getFile: no path")
        content = await self._session.download(self._bot.token, path, files.DOWNLOAD_LIMIT)
        name = attachment.name or files.safe_name(path)
        return File(content, name, files.mime_of(attachment.mime, name))

    async def prepare(self, webhook_url: str) -> None:
        """Learn our own name, then set the webhook, or clear it when polling; what waits at Telegram is kept."""
        await self.whoami()
        if self.polls:
            await self._ask(DeleteWebhook(drop_pending_updates=False))
            return
        if not webhook_url:
            raise errors.Refused("mode: webhook needs TOHOTRO_PUBLIC_URL, an https address Telegram can reach")
        if _differs(mapping(await self._ask(GetWebhookInfo())), webhook_url):
            await self._ask(
                SetWebhook(
                    url=webhook_url,
                    secret_token=self._secret,
                    allowed_updates=parse.WANTED,
                    drop_pending_updates=False,
                )
            )

    async def whoami(self) -> str:
        """`@username` of the bot. Raises `SendError` children."""
        username = mapping(await self._ask(GetMe())).get("username")
        if not isinstance(username, str):
            raise errors.Uncertain("getMe: the answer could not be read")
        self._username = username
        return f"@{username}"

    async def close(self) -> None:
        """Let go of connections."""
        await self._session.close()

    async def _ask(self, method: TelegramMethod[Any], seconds: float | None = None, *, group: bool = False) -> Any:
        """The JSON that `method` results in. Raises `SendError` children, whose chain holds neither token nor words."""
        try:
            return await self._session.make_request(self._bot, method, seconds or self._answer)
        except AiogramError as error:
            failure = failures.of(error, group=group)
        raise failure


def _differs(info: dict[str, Any], url: str) -> bool:
    """Whether the webhook must be set anew. Telegram never shows the secret it has: refused deliveries betray it."""
    refused = "401" in str(info.get("last_error_message", ""))
    return info.get("url") != url or set(info.get("allowed_updates") or ()) != set(parse.WANTED) or refused


def _ids(result: Any, message: Outbound) -> list[str]:
    """The ids of the messages in an answer; an edit may answer with `true` alone."""
    sent = result if isinstance(result, list) else [result]
    numbers = [message_id for item in sent if (message_id := parse.id_of(mapping(item)))]
    return numbers or ([message.message_id] if message.message_id else [])
