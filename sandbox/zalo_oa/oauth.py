"""Which tokens does the emulated Zalo give, and which does it still take?"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from aiohttp import web

from sandbox.conversation import Json
from sandbox.zalo_oa.errors import NoToken, Refusal
from sandbox.zalo_oa.state import State

ACCESS_LIVES, REFRESH_LIVES, CODE_LIVES = timedelta(hours=25), timedelta(days=90), timedelta(minutes=10)


@dataclass
class Code:
    """A consent, until it is exchanged."""

    challenge: str
    expires: datetime


@dataclass
class Grants:
    """The app of an office and its tokens. A refresh token is good once; its access token lives on."""

    state: State
    app_id: str
    app_secret: str
    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, datetime] = field(default_factory=dict)  # token → when it expires
    refresh: dict[str, datetime] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    rotations: int = 0

    def pair(self) -> tuple[str, str]:
        """A new pair of tokens."""
        access, refresh = f"AT-{secrets.token_urlsafe(40)}", f"RT-{secrets.token_urlsafe(40)}"
        self.access[access] = self.state.now() + ACCESS_LIVES
        self.refresh[refresh] = self.state.now() + REFRESH_LIVES
        return access, refresh

    def check(self, token: str | None) -> None:
        """Raises Refusal unless the access token is good."""
        if not token or token not in self.access:
            raise Refusal(-216)
        if self.state.now() >= self.access[token]:
            raise Refusal(-220)

    def void(self) -> None:
        """The administrator took the consent back: nothing is good any more."""
        self.used |= self.refresh.keys()
        self.access.clear()
        self.refresh.clear()

    def expire(self) -> None:
        """Every access token is too old from now on."""
        self.access = dict.fromkeys(self.access, self.state.now())

    # ---------------------------------------------------------------------------------------------------------- calls

    def consent(self, query: Json) -> str:
        """The administrator presses "allow" at once: where the browser is sent. Raises NoToken."""
        if query.get("app_id") != self.app_id:
            raise NoToken(-14002, "Invalid app id")
        target = str(query.get("redirect_uri") or "")
        if not target.startswith(("http://", "https://")):
            raise NoToken(-14003, "Invalid redirect uri")
        code = secrets.token_urlsafe(24)
        self.codes[code] = Code(str(query.get("code_challenge") or ""), self.state.now() + CODE_LIVES)
        given = {"oa_id": self.state.oa_id, "code": code}
        if query.get("state"):
            given["state"] = str(query["state"])
        return f"{target}{'&' if '?' in target else '?'}{urlencode(given)}"

    def exchange(self, secret: str | None, form: Json) -> Json:
        """The token endpoint. Raises NoToken."""
        if not secret or not secrets.compare_digest(secret.encode(), self.app_secret.encode()):
            raise NoToken(-14004, "Invalid secret key")
        if form.get("app_id") != self.app_id:
            raise NoToken(-14002, "Invalid app id")
        match form.get("grant_type"):
            case "authorization_code":
                self._by_code(form)
            case "refresh_token":
                self._by_refresh(form)
            case _:
                raise NoToken(-14005, "Invalid grant type")
        access, refresh = self.pair()
        self.rotations += 1
        lives = str(int(ACCESS_LIVES.total_seconds()))
        return {"access_token": access, "refresh_token": refresh, "expires_in": lives}

    def _by_code(self, form: Json) -> None:
        code = self.codes.pop(str(form.get("code")), None)
        if code is None or self.state.now() >= code.expires:
            raise NoToken(-118, "Invalid grant")
        digest = hashlib.sha256(str(form.get("code_verifier") or "").encode()).digest()
        if code.challenge and base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
            raise NoToken(-14003, "Invalid code verifier")

    def _by_refresh(self, form: Json) -> None:
        token = str(form.get("refresh_token"))
        if token in self.used:
            raise NoToken(-14020, "Refresh token expired or used")
        expires = self.refresh.pop(token, None)
        if expires is None:
            raise NoToken(-14014, "Invalid refresh token")
        self.used.add(token)
        if self.state.now() >= expires:
            raise NoToken(-14020, "Refresh token expired or used")


async def read_form(request: web.Request) -> Json:
    """A form, and nothing else: the token endpoint reads no JSON."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {}
    return {name: str(value) for name, value in (await request.post()).items()}
