"""What can be asked of the emulated Twilio, and how does it sign and bring events?"""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import unescape

from aiohttp import web

from sandbox.conversation import Message, now
from sandbox.deliver import Parcel
from sandbox.faults import Fault
from sandbox.loopback import is_loopback
from sandbox.network import ControlError, Done, Ground, Said
from sandbox.short_messages import ShortMessages, fields, form
from sandbox.smsgate.numbers import is_mobile, normal, parts

VERSION = "/2010-04-01"
LONGEST = 1600
STOP = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT")
START = ("START", "YES", "UNSTOP")


class Twilio(ShortMessages):
    """One account and its number."""

    kind: ClassVar[str] = "twilio"
    path: ClassVar[str] = "/sandbox/twilio"
    number: ClassVar[str] = "+15005550006"

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.sid = "AC" + secrets.token_hex(16)
        self.token = secrets.token_hex(16)
        self.phone_sid = "PN" + secrets.token_hex(16)
        self.messages: dict[str, dict[str, Any]] = {}
        self.stopped: set[str] = set()

    def credentials(self) -> dict[str, str]:
        """Account, token, and the number that sends."""
        return {"account_sid": self.sid, "auth_token": self.token, "sender": self.number}

    def routes(self) -> list[web.RouteDef]:
        """Messages, the account, and the number with its SmsUrl."""
        account = f"{self.path}{VERSION}/Accounts/{{sid}}"
        send = self.door("Messages", self._send, number=lambda said: str(said.get("To") or ""))
        return [
            web.post(f"{account}/Messages.json", send),
            web.get(f"{account}/Messages/{{message}}.json", self.door("Message", self._message)),
            web.get(f"{account}.json", self.door("Account", self._account)),
            web.post(f"{account}/IncomingPhoneNumbers/{{number}}.json", self.door("Number", self._number)),
        ]

    # ------------------------------------------------------------------------------------------------------------ calls

    def _barred(self, request: web.Request) -> web.Response | None:
        expected = "Basic " + base64.b64encode(f"{self.sid}:{self.token}".encode()).decode()
        right = secrets.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode())
        if right and request.match_info["sid"] == self.sid:
            return None
        return no(401, 20003, "Authenticate")

    async def _send(self, request: web.Request) -> web.Response:
        if barred := self._barred(request):
            return barred
        said = await fields(request)
        to, text = str(said.get("To") or ""), str(said.get("Body") or "")
        if not to:
            return no(400, 21604, "A 'To' phone number is required.")
        if not said.get("From") and not said.get("MessagingServiceSid"):
            return no(400, 21603, "A 'From' phone number is required.")
        if not text:
            return no(400, 21602, "Message body is required.")
        if len(text) > LONGEST:
            return no(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        if not to.startswith("+") or not is_mobile(to):
            return no(400, 21211, f"The 'To' number {to} is not a valid phone number.")
        if normal(to) in self.stopped:
            return no(400, 21610, "Attempt to send to unsubscribed recipient")
        sid = "SM" + secrets.token_hex(16)
        shown = {
            "sid": sid,
            "account_sid": self.sid,
            "to": to,
            "from": str(said.get("From") or self.number),
            "body": text,
            "status": "queued",
            "num_segments": str(parts(text)),
            "error_code": None,
            "error_message": None,
        }
        self.messages[sid] = shown
        self._goes(shown, str(said.get("StatusCallback") or ""))
        return web.json_response(shown | {"status": "queued"}, status=201)

    def _goes(self, shown: dict[str, Any], callback: str) -> None:
        reached = self.arrives(shown["to"], shown["body"], shown["sid"])
        shown["status"] = "delivered" if reached else "undelivered"
        if not callback or not is_loopback(callback):
            return
        common = {"MessageSid": shown["sid"], "SmsSid": shown["sid"], "AccountSid": self.sid, "ApiVersion": VERSION[1:]}
        common |= {"To": shown["to"], "From": shown["from"]}
        last = {"MessageStatus": shown["status"]} | ({} if reached else {"ErrorCode": "30003"})
        for state in (last, {"MessageStatus": "sent"}, {"MessageStatus": "queued"}):  # they overtake each other
            self.reports(self._parcel(callback, common | state))

    async def _message(self, request: web.Request) -> web.Response:
        found = self.messages.get(request.match_info["message"])
        return self._barred(request) or (web.json_response(found) if found else no(404, 20404, "not found"))

    async def _account(self, request: web.Request) -> web.Response:
        barred = self._barred(request)
        return barred or web.json_response({"sid": self.sid, "friendly_name": "Sandbox", "status": "active"})

    async def _number(self, request: web.Request) -> web.Response:
        if barred := self._barred(request):
            return barred
        if request.match_info["number"] != self.phone_sid:
            return no(404, 20404, "not found")
        try:
            self.enter(str((await fields(request)).get("SmsUrl") or ""))
        except ControlError as error:
            return no(400, 21502, str(error))
        return web.json_response({"sid": self.phone_sid, "phone_number": self.number, "sms_url": self.webhook})

    # ----------------------------------------------------------------------------------------------------------- people

    async def say(self, said: Said) -> Done:
        """As everywhere; STOP and START are theirs to obey, and are brought to us all the same."""
        word = (said.text or "").strip().upper()
        if word in STOP:
            self.stopped.add(normal(said.person))
        elif word in START:
            self.stopped.discard(normal(said.person))
        return await super().say(said)

    def written(self, person: str, text: str, message_id: str) -> Parcel:
        """A signed form; TwiML in the answer goes to the person, and so would plain text."""
        sid = "SM" + message_id
        said = {
            "ToCountry": "US",
            "SmsMessageSid": sid,
            "NumMedia": "0",
            "SmsSid": sid,
            "SmsStatus": "received",
            "Body": text.encode("utf-8", "replace").decode(),
            "FromCountry": "VN",
            "To": self.number,
            "NumSegments": str(max(1, parts(text))),
            "MessageSid": sid,
            "AccountSid": self.sid,
            "From": normal(person),
            "ApiVersion": VERSION[1:],
        }

        def answered(answer: bytes) -> None:
            shown = answer.decode("utf-8", "replace")
            words = re.findall(r"<Message>(.*?)</Message>", shown, re.DOTALL)
            if not shown.lstrip().startswith("<") and shown.strip():
                words = [shown.strip()]
            for one in words:
                self.book.add(Message(secrets.token_hex(8), normal(person), None, unescape(one), now()))

        return self._parcel(self.webhook, said, taken=answered)

    def _parcel(self, url: str, said: dict[str, str], **more: Any) -> Parcel:
        signed = url + "".join(name + value for name, value in sorted(said.items()))
        mac = base64.b64encode(hmac.new(self.token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
        body = urlencode(said).encode()
        assert dict(parse_qsl(body.decode(), keep_blank_values=True)) == said
        return Parcel(url, body, lambda raw: form(raw) | {"X-Twilio-Signature": mac}, **more)

    def refusal(self, fault: Fault) -> web.Response:
        """429 or 500 in their words."""
        if fault.kind == "429":
            response = no(429, 20429, "Too Many Requests")
            response.headers["Retry-After"] = str(fault.retry_after)
            return response
        return no(500, 20500, "Internal Server Error")


def no(status: int, code: int, message: str) -> web.Response:
    """A refusal in their words."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return web.json_response({"code": code, "message": message, "more_info": more, "status": status}, status=status)
