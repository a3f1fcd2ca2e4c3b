"""What can be asked of the emulated SpeedSMS, and how does it report and bring messages?

One webhook for both, in JSON, unsigned; what a person wrote comes without any id.
"""

import itertools
import json
import secrets
import time
from base64 import b64encode
from collections import deque
from typing import Any, ClassVar

from aiohttp import web

from sandbox.deliver import Parcel
from sandbox.faults import Fault
from sandbox.network import Ground
from sandbox.short_messages import ShortMessages, fields
from sandbox.smsgate.numbers import is_mobile, normal, parts

PRICE = 250  # đồng a part, made up
A_MINUTE = 60  # requests
LONGEST = 1600


class SpeedSms(ShortMessages):
    """One account."""

    kind: ClassVar[str] = "speedsms"
    path: ClassVar[str] = "/sandbox/speedsms"

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.token = secrets.token_urlsafe(24)
        self.webhook_token = secrets.token_urlsafe(18)
        self.balance = 1_000_000
        self._numbers = itertools.count(100_001)
        self._states: dict[int, int] = {}
        self._asked: deque[float] = deque(maxlen=A_MINUTE)

    def credentials(self) -> dict[str, str]:
        """The token of the account, and a word for the end of our webhook's path."""
        return {"access_token": self.token, "webhook_token": self.webhook_token}

    def routes(self) -> list[web.RouteDef]:
        """Their paths, with and without the index.php that belongs to their base address."""
        found = []
        for base in (self.path, self.path + "/index.php"):
            send = self.door("send", self._send, number=_first)
            found += [
                web.post(f"{base}/sms/send", send),
                web.get(f"{base}/sms/status/{{id}}", self.door("status", self._status)),
                web.get(f"{base}/user/info", self.door("info", self._info)),
            ]
        return found

    async def _send(self, request: web.Request) -> web.Response:
        if refused := self._refused(request):
            return refused
        said = await fields(request)
        wrong = self._wrong(said)
        if wrong is not None:
            return no(*wrong)
        good = [one for one in said["to"] if is_mobile(str(one))]
        bad = [one for one in said["to"] if one not in good]
        if not good:
            return no("105", "phone number invalid")
        price = PRICE * parts(said["content"]) * len(good)
        if price > self.balance:
            return no("300", "Your account balance not enough to send sms")
        self.balance -= price
        number = next(self._numbers)
        for one in good:
            self._goes(number, str(one), said["content"])
        count = parts(said["content"]) * len(good)
        data = {"tranId": number, "totalSMS": count, "totalPrice": price, "invalidPhone": bad}
        return web.json_response({"status": "success", "code": "00", "data": data})

    def _refused(self, request: web.Request) -> web.Response | None:
        expected = "Basic " + b64encode(f"{self.token}:x".encode()).decode()
        if not secrets.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode()):
            return no("007", "Unauthorized", status=401)
        moment = time.monotonic()
        if self.ground.limits and len(self._asked) == A_MINUTE and moment - self._asked[0] < A_MINUTE:
            left = str(int(A_MINUTE - (moment - self._asked[0])) + 1)
            return web.Response(status=429, headers={"X-Rate-Limit-Reset": left}, text="Rate limit exceeded.")
        self._asked.append(moment)
        return None

    def _wrong(self, said: dict[str, Any]) -> tuple[str, str] | None:
        to, content, kind = said.get("to"), said.get("content"), said.get("sms_type")
        if not isinstance(to, list) or not 1 <= len(to) <= 100 or not isinstance(content, str) or not content:
            return "101", "Invalid or missing parameters"
        if kind not in range(1, 9) or (kind in (3, 5, 7) and not said.get("sender")):
            return "101", "Invalid or missing parameters"
        if len(content) > LONGEST:
            return "113", "Your sms content too long"
        return None

    def _goes(self, number: int, phone: str, text: str) -> None:
        reached = self.arrives(phone, text, str(number))
        self._states[number] = 0 if reached else 65
        if self.webhook:
            temporary = {"type": "report", "tranId": number, "phone": phone, "status": 1}
            for report in (temporary | {"status": self._states[number]}, temporary):
                self.reports(self._parcel(report))

    async def _status(self, request: web.Request) -> web.Response:
        if refused := self._refused(request):
            return refused
        asked = request.match_info["id"]
        state = self._states.get(int(asked)) if asked.isdecimal() else None
        if state is None:
            return no("101", "Invalid or missing parameters")
        return web.json_response({"status": "success", "code": "00", "data": [{"status": state}]})

    async def _info(self, request: web.Request) -> web.Response:
        if refused := self._refused(request):
            return refused
        data = {"email": "ward@example", "balance": self.balance, "currency": "VND"}
        return web.json_response({"status": "success", "code": "00", "data": data})

    def written(self, person: str, text: str, message_id: str) -> Parcel:
        """Phone and words, and nothing else."""
        del message_id
        return self._parcel({"type": "sms", "phone": normal(person).removeprefix("+"), "content": text})

    def _parcel(self, body: dict[str, Any]) -> Parcel:
        written = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        return Parcel(self.webhook, written, lambda _body: {"Content-Type": "application/json"})

    def refusal(self, fault: Fault) -> web.Response:
        """429 with their header, or their 500."""
        if fault.kind == "429":
            reset = {"X-Rate-Limit-Reset": str(fault.retry_after)}
            return web.Response(status=429, headers=reset, text="Rate limit exceeded.")
        return no("500", "Internal server error", status=500)


def no(code: str, message: str, status: int = 200) -> web.Response:
    """A refusal in their words."""
    return web.json_response({"status": "error", "code": code, "message": message}, status=status)


def _first(said: Any) -> str:
    to = said.get("to")
    return str(to[0]) if isinstance(to, list) and to else ""
