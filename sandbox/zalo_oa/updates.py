"""How does an event reach the webhook of the app: signed, in two seconds, again with num_retry, and at last no more?"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from sandbox.conversation import Json
from sandbox.deliver import Courier, Parcel
from sandbox.faults import Faults
from sandbox.loopback import is_loopback
from sandbox.network import ControlError

PATIENCE = 2.0
# At once, and after 30 s, 5 min, 15 min, 30 min and 1 h, here compressed; then the webhook is switched off.
TRIES = 6


class Webhook:
    """The webhook that was typed into the console of the app."""

    def __init__(self, session: ClientSession, faults: Faults, app_id: str, secret: str) -> None:
        self._session = session
        self._faults = faults
        self._app_id = app_id
        self._secret = secret
        self._courier: Courier | None = None
        self._underway = 0
        self.url = ""
        self.subscribed = False

    def enter(self, url: str) -> None:
        """Type an address into the console. Raises ControlError for one beyond this machine."""
        if url and not is_loopback(url):
            raise ControlError("the emulated network delivers to loopback addresses only")
        self.url, self.subscribed = url, bool(url)

    async def probe(self) -> int:
        """What saving the address does: an unsigned, empty call. Returns the status, 0 for none."""
        try:
            async with self._session.post(self.url, data=b"", timeout=ClientTimeout(total=PATIENCE)) as response:
                return response.status
        except (ClientError, TimeoutError):
            return 0

    @property
    def waiting(self) -> int:
        """How many events are on their way."""
        return self._underway

    def push(self, lane: str, event: Json) -> None:
        """Brings an event, unless nobody listens any more."""
        if not self.url or not self.subscribed:
            return
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        if self._faults.strikes("numeric-ids"):
            text = _numeric(event)
        body = text.encode()
        if self._courier is None:
            self._courier = Courier(self._session, patience=PATIENCE, tries=TRIES, at_once=20)
        for _ in range(2 if self._faults.strikes("duplicate") else 1):
            self._hand(self._courier, lane, body, str(event.get("timestamp", "")))

    def _hand(self, courier: Courier, lane: str, body: bytes, timestamp: str) -> None:
        tried = 0
        self._underway += 1
        mac = self._mac(body, timestamp)

        def headers(_body: bytes) -> Mapping[str, str]:
            nonlocal tried
            tried += 1
            retry = {"num_retry": str(tried - 1)} if tried > 1 else {}
            return {**({"X-ZEvent-Signature": f"mac={mac}"} if mac else {}), **retry}

        def taken(_answer: bytes) -> None:
            self._underway -= 1

        def refused(_reason: str) -> None:
            if tried >= TRIES:
                self._underway -= 1
                self.subscribed = False

        parcel = Parcel(self.url, body, headers, taken, refused)
        courier.hand(lane, parcel, lagging=self._faults.strikes("swap"))

    def _mac(self, body: bytes, timestamp: str) -> str:
        if self._faults.strikes("no-signature"):
            return ""
        if self._faults.strikes("bad-signature"):
            return "0" * 64
        if self._faults.strikes("hmac-signature"):
            return hmac.new(self._secret.encode(), body, "sha256").hexdigest()
        signed = self._app_id.encode() + body + timestamp.encode() + self._secret.encode()
        return hashlib.sha256(signed).hexdigest()

    async def stop(self) -> None:
        """Gives up what is on its way."""
        courier, self._courier = self._courier, None
        if courier is not None:
            await courier.stop()
        self._underway = 0


def _numeric(event: Json) -> str:
    """The event with its ids and timestamp as numbers, as some integrations were seen to get them."""

    def turned(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: turned(inner, name) for name, inner in value.items()}
        numeric = key in ("id", "app_id", "oa_id", "timestamp", "user_id_by_app")
        return int(value) if numeric and isinstance(value, str) and value.isdecimal() else value

    return json.dumps(turned(event), ensure_ascii=False)
