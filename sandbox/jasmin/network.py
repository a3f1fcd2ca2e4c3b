"""What can be asked of the emulated Jasmin, and how does it report and throw messages?"""

import secrets
import uuid
from typing import Any, ClassVar
from urllib.parse import urlencode

from aiohttp import web

from sandbox.deliver import Parcel
from sandbox.faults import Fault
from sandbox.loopback import is_loopback
from sandbox.network import Ground
from sandbox.short_messages import ShortMessages, fields, form
from sandbox.smsgate.numbers import GSM_BASIC, GSM_EXTENDED, normal

UCS2 = "8"
ACK = b"ACK/Jasmin"


class Jasmin(ShortMessages):
    """One user."""

    kind: ClassVar[str] = "jasmin"
    path: ClassVar[str] = "/sandbox/jasmin"

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.username = "ward"
        self.password = secrets.token_urlsafe(12)
        self.webhook_token = secrets.token_urlsafe(18)

    def credentials(self) -> dict[str, str]:
        """The user, and a word for the end of our webhook's path."""
        return {"username": self.username, "password": self.password, "webhook_token": self.webhook_token}

    def routes(self) -> list[web.RouteDef]:
        """Sending, the balance, and a sign of life."""
        send = self.door("send", self._send, number=lambda said: str(said.get("to") or ""))
        balance = self.door("balance", self._balance)
        return [
            web.post(f"{self.path}/send", send),
            web.get(f"{self.path}/send", send),
            web.get(f"{self.path}/balance", balance),
            web.get(f"{self.path}/ping", self.door("ping", self._ping)),
        ]

    async def _send(self, request: web.Request) -> web.Response:
        said = await fields(request)
        if not self._known(said):
            return error(403, f"Authentication failure for username:{said.get('username', '')}")
        to, words = str(said.get("to") or ""), self._words(said)
        if not to.removeprefix("+").isdecimal():
            return error(400, "Argument [to] has an invalid value")
        if words is None:
            return error(400, "content or hex-content parameter expected")
        if len(to.removeprefix("+")) < 9:
            return error(412, "No route found")
        message_id = str(uuid.uuid4())
        reached = self.arrives(to, words, message_id)
        url = str(said.get("dlr-url") or "")
        if said.get("dlr") == "yes" and url and is_loopback(url):
            self._tell(url, message_id, str(said.get("dlr-level") or "1"), "DELIVRD" if reached else "UNDELIV")
        return web.Response(text=f'Success "{message_id}"')

    def _known(self, said: dict[str, Any]) -> bool:
        return (said.get("username"), said.get("password")) == (self.username, self.password)

    def _words(self, said: dict[str, Any]) -> str | None:
        """What the handset shows; Jasmin replaces what its coding lacks."""
        if ("content" in said) == ("hex-content" in said):
            return None
        if said.get("coding") == UCS2:
            try:
                return bytes.fromhex(said.get("hex-content", "")).decode("utf-16-be")
            except ValueError:
                return None
        return "".join(c if c in GSM_BASIC or c in GSM_EXTENDED else "?" for c in str(said.get("content", "")))

    def _tell(self, url: str, message_id: str, level: str, state: str) -> None:
        last = {"id": message_id, "message_status": state, "level": "3", "connector": "sandbox", "id_smsc": "1"}
        first = {"id": message_id, "message_status": "ESME_ROK", "level": "1", "connector": "sandbox"}
        for report in (last, first) if level == "3" else (first,) if level == "1" else (last,):
            self.reports(Parcel(url, urlencode(report).encode(), form, enough=_acknowledged))

    async def _balance(self, request: web.Request) -> web.Response:
        if not self._known(dict(request.query)):
            return error(403, "Authentication failure")
        return web.json_response({"balance": "ND", "sms_count": "ND"})

    async def _ping(self, _request: web.Request) -> web.Response:
        return web.Response(text="Jasmin/PONG")

    def written(self, person: str, text: str, message_id: str) -> Parcel:
        """A form whose `content` cannot be relied upon; it comes again until it is acknowledged in their words."""
        said = {
            "id": str(uuid.UUID(message_id)),
            "from": normal(person),
            "to": self.number,
            "origin-connector": "sandbox",
            "coding": UCS2,
            "content": text.encode("utf-16-be", "replace").decode("latin-1"),
            "binary": text.encode("utf-16-be", "replace").hex(),
        }
        return Parcel(self.webhook, urlencode(said).encode(), form, enough=_acknowledged)

    def refusal(self, fault: Fault) -> web.Response:
        """429 of a proxy, or their own 500."""
        if fault.kind == "429":
            return web.Response(status=429, headers={"Retry-After": str(fault.retry_after)})
        return error(500, "Cannot send submit_sm, check SMPPClientManagerPB log file for details")


def error(status: int, words: str) -> web.Response:
    """A refusal in their words."""
    return web.Response(status=status, text=f'Error "{words}"')


def _acknowledged(answer: bytes) -> bool:
    return answer.strip() == ACK
