"""How do events reach the Zalo bot: by getUpdates or to its webhook?"""

import json
import time
from collections import deque
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from sandbox.bell import Bell
from sandbox.conversation import Json
from sandbox.deliver import Courier, Parcel
from sandbox.faults import Faults
from sandbox.loopback import is_loopback
from sandbox.params import Params
from sandbox.zalo_bot.errors import Refusal, bad
from sandbox.zalo_bot.state import WEBHOOK_TESTS, State, Webhook, milliseconds

# Zalo's callers present themselves so; some web application firewalls refuse it.
USER_AGENT = "Java/1.8.0_192"
PATIENCE = 5.0
PROBE_PATIENCE = 2.0
# How often Zalo repeats a delivery is not documented; a bot that never takes an event loses it in the end.
TRIES, LONGEST_WAIT = 12, 12.0


class Updates:
    """The events the bot has not taken yet."""

    def __init__(self, session: ClientSession, state: State, faults: Faults) -> None:
        self._session = session
        self._state = state
        self._faults = faults
        self._bell = Bell()
        self._pending: deque[Json] = deque()
        self._polling = False
        self._courier: Courier | None = None
        self._underway: dict[str, Json] = {}

    def push(self, event: Json) -> None:
        """Adds an event."""
        if self._courier is None:
            self._pending.append(event)
            self._bell.ring()
        else:
            self._hand(self._courier, event)

    async def get(self, p: Params) -> Json:
        """getUpdates: one event, which is gone once read; 408 when none came in time."""
        if self._state.webhook.url:
            raise bad("can't use getUpdates while webhook is active, delete the webhook first")
        if self._polling:
            # Not documented for the real platform; the only other public fake (openclaw's crabline) answers 409 too.
            raise Refusal(409, "Conflict: terminated by other getUpdates request")
        try:
            seconds = float(p.text("timeout") or 30)
        except ValueError:
            raise bad("timeout must be a number") from None
        self._polling = True
        try:
            found = await self._bell.until(self._next, min(max(seconds, 0), 120))
        finally:
            self._polling = False
        if found is None:
            raise Refusal(408, "Request timeout")
        if not found:
            raise bad("can't use getUpdates while webhook is active, delete the webhook first")
        return found

    def _next(self) -> Json | None:
        if self._state.webhook.url:
            return {}
        return self._pending.popleft() if self._pending else None

    async def set_webhook(self, p: Params) -> Json:
        """setWebhook; the URL is kept even when the probe of it fails."""
        url, secret = p.text("url") or "", p.text("secret_token") or ""
        if not url:
            raise bad("url must not be empty")
        if urlsplit(url).scheme != "https" and not is_loopback(url):
            raise bad("url must be a public https address")
        if not is_loopback(url):
            raise bad("the emulated network delivers to loopback addresses only")
        if not 8 <= len(secret) <= 256:
            raise bad("secret_token must be between 8 and 256 characters")
        await self.stop()
        self._state.webhook = Webhook(url, secret, milliseconds())
        self._bell.ring()
        verification = await self._probe()
        self._courier = Courier(self._session, patience=PATIENCE, tries=TRIES, at_once=20, longest_wait=LONGEST_WAIT)
        while self._pending:
            self._hand(self._courier, self._pending.popleft())
        return {"url": url, "updated_at": self._state.webhook.updated_at, "verification": verification}

    async def check_webhook(self, _p: Params) -> Json:
        """testWebhook."""
        if not self._state.webhook.url:
            raise bad("webhook is not set")
        self._state.tests += 1
        if self._state.tests > WEBHOOK_TESTS:
            raise Refusal(426, "testWebhook daily limit exceeded", camel=True)
        return await self._probe()

    async def delete_webhook(self, _p: Params) -> Json:
        """deleteWebhook."""
        await self.stop()
        self._state.webhook = Webhook(updated_at=milliseconds())
        return {"url": "", "updated_at": self._state.webhook.updated_at}

    async def webhook_info(self, _p: Params) -> Json:
        """getWebhookInfo."""
        return {"url": self._state.webhook.url, "updated_at": self._state.webhook.updated_at}

    @property
    def waiting(self) -> int:
        """How many events nobody has taken."""
        return len(self._pending) + len(self._underway)

    async def stop(self) -> None:
        """Ends deliveries; what no webhook has taken waits for the next one or for a poll."""
        courier, self._courier = self._courier, None
        if courier is not None:
            await courier.stop()
        self._pending.extendleft(reversed(self._underway.values()))
        self._underway.clear()

    async def _probe(self) -> Json:
        hook = self._state.webhook
        started = time.monotonic()
        found: Json = {"ok": False, "url": hook.url}
        try:
            async with self._session.post(
                hook.url, data=b"", headers=_headers(hook), timeout=ClientTimeout(total=PROBE_PATIENCE)
            ) as response:
                status = response.status
        except TimeoutError:
            return found | {"outcome": "webhook.err.timeout", "hint": "no answer in time"}
        except ClientError:
            return found | {"outcome": "webhook.err.conn", "hint": "could not connect"}
        outcome = f"webhook.http.{status}" if status in (403, 404) else "webhook.http.other"
        outcome = "webhook.ok" if 200 <= status < 300 else "webhook.http.5xx" if status >= 500 else outcome
        measured = {"status_code": status, "latency_ms": int((time.monotonic() - started) * 1000)}
        return found | measured | {"ok": outcome == "webhook.ok", "outcome": outcome, "hint": f"HTTP {status}"}

    def _hand(self, courier: Courier, event: Json) -> None:
        hook = self._state.webhook
        wrapped = self._faults.strikes("wrapped")
        body = json.dumps({"ok": True, "result": event} if wrapped else event).encode()
        message_id, chat = event["message"]["message_id"], event["message"]["chat"]["id"]
        self._underway[message_id] = event

        def done(_answer: bytes = b"") -> None:
            self._underway.pop(message_id, None)

        for _ in range(2 if self._faults.strikes("duplicate") else 1):
            lagging = self._faults.strikes("swap")
            courier.hand(
                chat, Parcel(hook.url, body, lambda _body: _headers(hook), done, given_up=done), lagging=lagging
            )


def _headers(hook: Webhook) -> dict[str, str]:
    return {"X-Bot-Api-Secret-Token": hook.secret, "User-Agent": USER_AGENT}
