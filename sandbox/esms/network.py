"""What can be asked of the emulated eSMS, and how does it report and bring messages?

Everything under HTTP 200, the outcome in CodeResult; reports and messages as GET with all in the query.
"""

import base64
import hashlib
import re
import secrets
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar
from urllib.parse import urlencode

from aiohttp import web

from sandbox.conversation import Message, now
from sandbox.deliver import Parcel
from sandbox.faults import Fault
from sandbox.loopback import is_loopback
from sandbox.network import Ground
from sandbox.short_messages import ShortMessages, fields
from sandbox.smsgate.numbers import GSM_BASIC, GSM_EXTENDED, is_mobile, normal, parts

SERVICE = "/MainService.svc/json"
PRICE = 850  # đồng a part, made up
KEYWORD = "HD"
SHORT_CODE = "8041"
KNOWN_BRAND = "UBNDPHUONG"
TEST_BRAND = "Baotrixemay"  # of the handbook, with the one text registered for it
TEST_TEMPLATE = "{code:10} la ma xac minh dang ky Baotrixemay cua ban"
ZONE = timezone(timedelta(hours=7))
REMEMBERED = timedelta(hours=24)


class Esms(ShortMessages):
    """One account with a brand name, a fixed number and a short code."""

    kind: ClassVar[str] = "esms"
    path: ClassVar[str] = "/sandbox/esms"

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.api_key = secrets.token_hex(16)
        self.secret_key = secrets.token_hex(12)
        self.mo_key = secrets.token_hex(8)
        self.webhook_token = secrets.token_urlsafe(18)
        self.balance = 1_000_000
        self.templates: dict[str, list[str]] = {TEST_BRAND: [TEST_TEMPLATE], KNOWN_BRAND: []}
        self._requests: dict[str, tuple[datetime, str]] = {}
        self._statuses: dict[str, dict[str, str]] = {}

    def credentials(self) -> dict[str, str]:
        """The two keys of the account, the key of MO, and a word for the end of our webhook's path."""
        return {
            "api_key": self.api_key,
            "secret_key": self.secret_key,
            "mo_key": self.mo_key,
            "webhook_token": self.webhook_token,
        }

    def routes(self) -> list[web.RouteDef]:
        """Sending as JSON, the balance, the status of one message."""
        base = self.path + SERVICE
        send = self.door("send", self._send, number=lambda said: str(said.get("Phone") or ""))
        template = self.door("template", self._template)
        return [
            *(web.post(f"{base}/SendMultipleMessage_V4_post_json{end}", send) for end in ("", "/")),
            web.post(f"{base}/GetBalance_json", self.door("balance", self._balance)),
            web.get(f"{base}/GetSendStatus", self.door("status", self._status)),
            *(web.post(f"{base}/SubServicePreviewJson{end}", template) for end in ("", "/")),
        ]

    # ------------------------------------------------------------------------------------------------------------ calls

    async def _send(self, request: web.Request) -> web.Response:
        said = await fields(request)
        if not said:
            return web.json_response({"error": "Invalid request"})
        wrong = self._wrong(said)
        if wrong is not None:
            return code(*wrong)
        ref, text, phone = str(said.get("RequestId") or ""), str(said["Content"]), str(said["Phone"])
        known = self._requests.get(ref)
        if ref and known is not None and now() - known[0] < REMEMBERED:
            return code("124", "Duplicate RequestId")
        price = PRICE * parts(text)
        if price > self.balance:
            return code("103", "Balance is not enough")
        sms_id = secrets.token_hex(12) + "44"
        if ref:
            self._requests[ref] = (now(), sms_id)
        if said.get("Sandbox") != "1":
            self.balance -= price
            self._goes(said, phone, _shown(text, unicode=said.get("IsUnicode") == "1"), sms_id, price)
        return web.json_response({"CodeResult": "100", "CountRegenerate": 0, "SMSID": sms_id})

    def _wrong(self, said: dict[str, Any]) -> tuple[str, str] | None:
        """The first thing they would complain about."""
        kind, phone = said.get("SmsType"), str(said.get("Phone") or "")
        brand, content = str(said.get("Brandname") or ""), str(said.get("Content") or "")
        branded = kind == "2"
        fits = any(_pattern(one).fullmatch(content) for one in self.templates.get(brand, ()))
        complaints = (
            ((said.get("ApiKey"), said.get("SecretKey")) != (self.api_key, self.secret_key), "101", "Authorize Failed"),
            (any(not isinstance(value, str) for value in said.values()), "99", "every value must be a string"),
            (not kind, "300", "SmsType is required"),
            (kind not in ("2", "8"), "118", "SmsType is not valid"),
            ("," in phone or ";" in phone, "163", "Only one phone"),
            (not is_mobile(phone), "108", "Phone is not valid"),
            (not content, "99", "Content is required"),
            (branded and brand not in self.templates, "104", "Brandname is not exist"),
            (branded and not fits, "146", "Template is not registered"),
        )
        return next(((number, words) for wrong, number, words in complaints if wrong), None)

    def _goes(self, said: dict[str, Any], phone: str, text: str, sms_id: str, price: int) -> None:
        reached = self.arrives(phone, text, sms_id)
        report = {
            "SMSID": sms_id,
            "SendStatus": "5",
            "SendSuccess": "1" if reached else "0",
            "SendFailed": "0" if reached else "1",
            "TotalReceiver": "1",
            "TotalSent": "1",
            "TotalPrice": str(price),
            "RequestId": str(said.get("RequestId") or ""),
            "TypeId": str(said["SmsType"]),
            "telcoid": "1",
            "phonenumber": phone,
        }
        self._statuses[sms_id] = report
        url = str(said.get("CallbackUrl") or "")
        if url and is_loopback(url):
            waiting = report | {"SendStatus": "2", "SendSuccess": "0", "SendFailed": "0"}
            for one in (report, waiting):  # they overtake each other
                self.reports(_get(url, one))

    async def _template(self, request: web.Request) -> web.Response:
        """Register a text for the brand; people approve them there, here nobody has to wait."""
        said = await fields(request)
        if (said.get("ApiKey"), said.get("SecretKey")) != (self.api_key, self.secret_key):
            return code("101", "Authorize Failed")
        self.templates.setdefault(str(said.get("Brandname") or KNOWN_BRAND), []).append(str(said.get("Content") or ""))
        return web.json_response({"CodeResult": "100"})

    async def _balance(self, request: web.Request) -> web.Response:
        said = await fields(request)
        if (said.get("ApiKey"), said.get("SecretKey")) != (self.api_key, self.secret_key):
            return web.json_response({"CodeResponse": "101", "ErrorMessage": "Authorize Failed"})
        return web.json_response({"CodeResponse": "100", "Balance": self.balance, "UserID": 1})

    async def _status(self, request: web.Request) -> web.Response:
        query = request.query
        if (query.get("ApiKey"), query.get("SecretKey")) != (self.api_key, self.secret_key):
            return web.json_response({"CodeResponse": "101"})
        found = self._statuses.get(query.get("RefId", ""))
        return web.json_response({"CodeResponse": "100" if found else "99"} | (found or {}))

    # ----------------------------------------------------------------------------------------------------------- people

    def written(self, person: str, text: str, message_id: str) -> Parcel:
        """An MO of the short code, signed; the answer must be their XML, and words in it go to the person."""
        first = text.split(" ", 1)[0].upper()
        query = {
            "sender": normal(person).removeprefix("+"),
            "content": text,
            "serviceNumber": SHORT_CODE,
            "keyword": KEYWORD if first == KEYWORD else "",
            "cpid": "17",
            "smsid": message_id,
            "receiverTime": datetime.now(ZONE).strftime("%Y%m%d%H%M%S"),
        }
        signed = query["cpid"] + query["smsid"] + query["content"] + query["receiverTime"] + self.mo_key
        digest = hashlib.md5(signed.encode("utf-8", "replace"), usedforsecurity=False).digest()
        query["sign"] = base64.b64encode(digest).decode()

        def answered(answer: bytes) -> None:
            words = re.search(rb"<Message>(.+?)</Message>", answer, re.DOTALL)
            if words:
                chat = normal(person)
                self.book.add(Message(secrets.token_hex(8), chat, None, words[1].decode(), now()))

        return _get(self.webhook, query, taken=answered, enough=lambda answer: b"<ClientResponse>" in answer)

    def refusal(self, fault: Fault) -> web.Response:
        """Before their service stands a common web server."""
        if fault.kind == "429":
            return web.Response(status=429, headers={"Retry-After": str(fault.retry_after)}, text="Too Many Requests")
        return web.Response(status=500, text="<html><body>Server Error</body></html>", content_type="text/html")


def code(number: str, message: str) -> web.Response:
    """A refusal, under HTTP 200 like everything."""
    return web.json_response({"CodeResult": number, "CountRegenerate": 0, "ErrorMessage": message})


def _get(url: str, query: dict[str, str], **more: Any) -> Parcel:
    joint = "&" if "?" in url else "?"
    return Parcel(f"{url}{joint}{urlencode(query)}", b"", lambda _body: {}, method="GET", **more)


def _shown(text: str, *, unicode: bool) -> str:
    return text if unicode else "".join(c if c in GSM_BASIC or c in GSM_EXTENDED else "?" for c in text)


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(one) for one in re.split(r"\{[^{}]*\}", template)), re.DOTALL)
