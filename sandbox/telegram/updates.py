"""How do updates reach the bot: by getUpdates or to its webhook?"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, takewhile
from urllib.parse import urlsplit

from aiohttp import ClientSession

from sandbox.bell import Bell
from sandbox.conversation import Json
from sandbox.deliver import Courier, Parcel
from sandbox.faults import Faults
from sandbox.loopback import is_loopback
from sandbox.params import Params
from sandbox.telegram.errors import bad, conflict
from sandbox.telegram.state import timestamp

# Bot API, getUpdates: these come only to who asks for them.
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
PATIENCE = 60.0


@dataclass
class Webhook:
    """A registered webhook."""

    url: str
    secret: str
    max_connections: int = 40
    last_error: tuple[int, str] | None = None


class Updates:
    """The queue of updates the bot has not taken yet."""

    def __init__(self, session: ClientSession, faults: Faults, call: Callable[[Json], None]) -> None:
        """`call` carries out a method that a webhook answered with."""
        self._session = session
        self._faults = faults
        self._call = call
        self._bell = Bell()
        self._pending: dict[int, tuple[Json, int]] = {}
        self._last_id = 100_000_000
        self._poll = 0
        self._allowed: list[str] = []
        self._webhook: Webhook | None = None
        self._courier: Courier | None = None

    def push(self, kind: str, body: Json, chat: int) -> None:
        """Adds an update about `chat`, unless the bot did not ask for its kind."""
        if (kind not in self._allowed) if self._allowed else (kind in NOT_BY_DEFAULT):
            return
        self._last_id += 1
        self._pending[self._last_id] = ({"update_id": self._last_id, kind: body}, chat)
        self._hand(self._last_id)
        self._bell.ring()

    async def get(self, p: Params) -> list[Json]:
        """getUpdates."""
        if self._webhook is not None:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self._choose(p)
        self._confirm(p.integer("offset") or 0)
        limit = min(max(p.integer("limit") or 100, 1), 100)
        self._poll += 1
        mine = self._poll
        # The older of two polls is ended, the newer goes on: that is how a second instance of a bot shows itself.
        self._bell.ring()

        def look() -> list[Json] | str | None:
            if self._webhook is not None:
                return "terminated by setWebhook request"
            if self._poll != mine:
                return "terminated by other getUpdates request; make sure that only one bot instance is running"
            return [update for update, _ in islice(self._pending.values(), limit)] or None

        found: list[Json] | str | None = await self._bell.until(look, min(p.integer("timeout") or 0, 50))
        if isinstance(found, str):
            raise conflict(found)
        return [] if found is None else found

    async def set_webhook(self, p: Params) -> bool:
        """setWebhook; an empty URL removes it."""
        url, secret = p.text("url") or "", p.text("secret_token") or ""
        if not url:
            return await self.delete_webhook(p)
        if not (urlsplit(url).scheme == "https" or is_loopback(url)):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if not is_loopback(url):
            raise bad("bad webhook: the emulated network delivers to loopback addresses only")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            raise bad("secret token contains unallowed characters")
        await self._end_delivery()
        self._choose(p)
        self._drop(p)
        self._webhook = Webhook(url, secret, min(max(p.integer("max_connections") or 40, 1), 100))
        self._courier = Courier(self._session, patience=PATIENCE, at_once=self._webhook.max_connections)
        self._bell.ring()
        for update_id in self._pending:
            self._hand(update_id)
        return True

    async def delete_webhook(self, p: Params) -> bool:
        """deleteWebhook."""
        await self._end_delivery()
        self._drop(p)
        return True

    async def webhook_info(self, _p: Params) -> Json:
        """getWebhookInfo."""
        hook = self._webhook
        info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(self._pending)}
        if hook is not None:
            info |= {"url": hook.url, "max_connections": hook.max_connections, "ip_address": "127.0.0.1"}
            if hook.last_error is not None:
                info |= {"last_error_date": hook.last_error[0], "last_error_message": hook.last_error[1]}
        if self._allowed:
            info["allowed_updates"] = self._allowed
        return info

    @property
    def waiting(self) -> int:
        """How many updates the bot has not confirmed."""
        return len(self._pending)

    async def stop(self) -> None:
        """Ends deliveries and polls."""
        await self._end_delivery()

    def _choose(self, p: Params) -> None:
        allowed = p.data("allowed_updates")
        if isinstance(allowed, list):
            self._allowed = [str(kind) for kind in allowed]

    def _drop(self, p: Params) -> None:
        if p.truth("drop_pending_updates"):
            self._pending.clear()

    def _confirm(self, offset: int) -> None:
        if offset > 0:
            gone = list(takewhile(lambda update_id: update_id < offset, self._pending))
        else:
            gone = list(self._pending)[:offset] if offset else []
        for update_id in gone:
            del self._pending[update_id]

    async def _end_delivery(self) -> None:
        courier, self._courier, self._webhook = self._courier, None, None
        if courier is not None:
            await courier.stop()

    def _hand(self, update_id: int) -> None:
        hook, courier = self._webhook, self._courier
        if hook is None or courier is None:
            return
        update, chat = self._pending[update_id]

        def taken(answer: bytes) -> None:
            self._pending.pop(update_id, None)
            self._answered(answer)

        def refused(reason: str) -> None:
            hook.last_error = (timestamp(), reason)

        secret = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        body = json.dumps(update).encode()
        for _ in range(2 if self._faults.strikes("duplicate") else 1):
            lagging = self._faults.strikes("swap")
            courier.hand(chat, Parcel(hook.url, body, lambda _body: secret, taken, refused), lagging=lagging)

    def _answered(self, answer: bytes) -> None:
        """A webhook may answer with a method to be carried out (Bot API, "Making requests when getting updates")."""
        try:
            call = json.loads(answer)
        except ValueError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            self._call(call)
