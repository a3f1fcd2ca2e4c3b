"""The token pair of an Official Account: consent, exchange, renewal by one at a time, and its encryption.

A refresh token is good for one use. Whoever renews holds the vault for the whole call, looks once more what is kept,
and uses a new pair only after it is durable: see docs/decisions/0013-one-refresher-and-a-journal.md.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from channels.errors import SendError, Unauthorised, Uncertain, Unreachable
from channels.grants import Consent, Held, Kept, Standing, Vault
from channels.http_client import outcome_of, timeouts
from channels.payload import string
from channels.text import line
from channels.trace import redact
from channels.zalo_oa.settings import Settings

log = logging.getLogger(__name__)

_TOKEN_PATH = "/v4/oa/access_token"  # noqa: S105 - a path
_CONSENT_PATH = "/v4/oa/permission"
_READ = 15.0  # seconds for an answer; a vault is held longer than this
_LIFE = 90_000  # seconds of an access token when the answer does not say: 25 h
_EARLY = 0.6  # of its life, then it is renewed
_AT_LEAST = timedelta(minutes=5)  # an access token with less left is renewed before it is used
# The pair will never be renewed: invalid, expired or used refresh token, invalid grant. As others observed, 2026.
_OVER = {-14014, -14020, -118}
_FORMAT = "1."


class GrantOver(Unauthorised):
    """The refresh token is used up or void: an administrator must consent anew."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Both tokens, and the digest of the first refresh token of the settings if they descend from it."""

    access: str
    refresh: str
    seed: str = ""

    def __repr__(self) -> str:
        return "<Pair>"


class Tokens:
    """The tokens of one account in this process; the vault is shared by all."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient, now: Callable[[], datetime] | None = None) -> None:
        self._settings = settings
        self._http = http
        self._now = now or (lambda: datetime.now(UTC))
        self._vault: Vault | None = None
        self._seal = Seal(settings)
        self._known: tuple[Kept, Pair] | None = None
        self._vain = ""  # mark of a first refresh token that Zalo does not take
        self._one_here = asyncio.Lock()  # many coroutines of a process need one connection to wait on, not many

    def use(self, vault: Vault) -> None:
        self._vault = vault

    # ------------------------------------------------------------------------------------------------------- in use

    async def access(self) -> str:
        """An access token that has not expired. Raises `Unauthorised` when there is none, `Unreachable`."""
        if self._known is None or self._expires_soon(self._known[0]):
            await self._look()
        if self._known is None or self._expires_soon(self._known[0]):
            return await self.renewed(self._known[1].access if self._known else "")
        return self._known[1].access

    async def renewed(self, instead_of: str) -> str:
        """An access token other than `instead_of`, which Zalo does not accept or which expires. Raises as `access`."""
        async with self._one_here:
            if (
                self._known is not None
                and self._known[1].access != instead_of
                and not self._expires_soon(self._known[0])
            ):
                return self._known[1].access
            async with self._held() as held:
                pair = self._opened(held.kept)
                if held.kept and pair and pair.access != instead_of and not self._expires_soon(held.kept):
                    self._known = (held.kept, pair)  # somebody was faster
                    return pair.access
                return (await self._renew(held, pair)).access

    async def tend(self) -> None:
        """Renew if it is time: early in the life of the access token, and often enough when nobody writes."""
        await self._look()
        if self._known is not None and not self._due(self._known[0]):
            return
        if self._known is None and self._settings.refresh_token is None:
            return  # nobody has consented yet
        async with self._one_here, self._held() as held:
            pair = self._opened(held.kept)
            if held.kept is None or pair is None or self._due(held.kept):
                await self._renew(held, pair)
            else:
                self._known = (held.kept, pair)

    async def standing(self) -> Standing:
        """How the grant stands, from what is kept."""
        if self._vault is None:
            return Standing("none")
        kept = await self._vault.read()
        if kept is None:
            return Standing("none")
        ends = kept.got_at + timedelta(days=self._settings.refresh_token_days)
        now = self._now()
        good = Standing("good", got_at=kept.got_at, expires_at=kept.expires_at, ends_at=ends)
        if self._opened(kept) is None:
            return replace(good, state="lost", reason="it was encrypted under another app_secret")
        if kept.refused or now >= ends:
            return replace(good, state="lost", reason=kept.refused or "it has not been renewed in time")
        warned = now >= kept.got_at + timedelta(days=self._settings.warn_after_days)
        return replace(good, state="old") if warned else good

    # ------------------------------------------------------------------------------------------------------- consent

    def consent(self, redirect_uri: str) -> Consent:
        """A link with PKCE and a state nobody can guess."""
        state = secrets.token_urlsafe(24)
        challenge = _b64(hashlib.sha256(self._verifier(state).encode()).digest())
        query = urlencode({
            "app_id": self._settings.app_id,
            "redirect_uri": redirect_uri,
            "code_challenge": challenge,
            "state": state,
        })  # fmt: skip
        return Consent(f"{self._settings.oauth_url}{_CONSENT_PATH}?{query}", state)

    async def exchange(self, code: str, state: str) -> None:
        """The pair for a consent code, kept. Raises `Unauthorised`, `Unreachable`."""
        form = {"code": code, "grant_type": "authorization_code", "code_verifier": self._verifier(state)}
        async with self._one_here, self._held() as held:
            await self._ask(held, form, None)

    def _verifier(self, state: str) -> str:
        """PKCE's secret (RFC 7636), 43 characters, made from the state so that it need not be kept anywhere."""
        fixed = self._settings.code_verifier
        if fixed is not None:
            return fixed.get_secret_value()
        return _b64(hmac.digest(self._settings.app_secret.get_secret_value().encode(), state.encode(), "sha256"))

    # ------------------------------------------------------------------------------------------------------- renewal

    async def _look(self) -> None:
        """Take what is kept now, which another process may have renewed."""
        kept = await self._vault.read() if self._vault else None
        pair = self._opened(kept)
        self._known = (kept, pair) if kept and pair else None

    def _held(self) -> Any:
        if self._vault is None:
            raise Unauthorised("no place to keep tokens")
        return self._vault.held()

    async def _renew(self, held: Held, pair: Pair | None) -> Pair:
        seed = self._settings.refresh_token.get_secret_value() if self._settings.refresh_token else ""
        mark = hashlib.sha256(seed.encode()).hexdigest() if seed else ""
        refused = held.kept.refused if held.kept else ""
        if seed and mark != self._vain and (pair is None or (refused and pair.seed != mark)):
            refresh = seed  # the first of all, or one entered anew after the last was lost
            self._vain = mark
        elif pair is None:
            raise GrantOver("nobody has consented yet, or the kept tokens cannot be opened: `tohotro zalo-oa connect`")
        elif refused:
            raise GrantOver(f"{refused}: an administrator must consent again, `tohotro zalo-oa connect`")
        else:
            refresh, mark = pair.refresh, pair.seed
        return await self._ask(held, {"refresh_token": refresh, "grant_type": "refresh_token"}, Pair("", refresh, mark))

    async def _ask(self, held: Held, form: Mapping[str, str], before: Pair | None) -> Pair:
        """One call of the token endpoint, and what it gave kept. Nothing is put in the place of a pair but a pair."""
        settings = self._settings
        what = f"token ({form['grant_type']})"
        with outcome_of(what):
            response = await self._http.post(
                settings.oauth_url + _TOKEN_PATH,
                data={**form, "app_id": settings.app_id},
                headers={"secret_key": settings.app_secret.get_secret_value()},
                timeout=timeouts(_READ),
            )
        answer = _object(response)
        pair = Pair(
            string(answer.get("access_token")),
            string(answer.get("refresh_token")) or (before.refresh if before else ""),
            before.seed if before else "",
        )
        if not pair.access or not pair.refresh:
            raise await self._no(what, held, response, answer, tuple(form.values()), renewing=before is not None)
        now = self._now()
        expires = now + timedelta(seconds=_seconds(answer.get("expires_in")))
        await held.keep(self._seal.close(pair), now, expires)
        self._vain = ""
        if held.kept is not None:
            self._known = (held.kept, pair)
        log.info("%s: new tokens, good until %s", settings.name, expires.isoformat(timespec="minutes"))
        return pair

    async def _no(
        self,
        what: str,
        held: Held,
        response: httpx.Response,
        answer: Mapping[str, Any],
        sent: tuple[str, ...],
        *,
        renewing: bool,
    ) -> SendError:
        """The error an answer without tokens stands for. The end of a grant is noted, so that nobody asks in vain."""
        if not answer:
            kind = Uncertain if response.status_code == httpx.codes.GATEWAY_TIMEOUT else Unreachable
            return kind(f"{what}: HTTP {response.status_code} without an answer of the API")
        code = number(answer.get("error"))
        said = ", ".join(
            dict.fromkeys(string(answer.get(key)) for key in ("error_name", "error_reason", "error_description"))
        )
        said = redact(line(said), (*sent, self._settings.app_secret.get_secret_value()))
        detail = f"{what}: {code} {said}".strip()
        over = code in _OVER or (code == 0 and "grant" in said.lower())
        if over and renewing:
            await held.refuse(detail[:200])
        return GrantOver(detail) if over else Unauthorised(detail)

    def _opened(self, kept: Kept | None) -> Pair | None:
        return self._seal.open(kept.sealed) if kept else None

    def _expires_soon(self, kept: Kept) -> bool:
        return self._now() >= kept.expires_at - _AT_LEAST

    def _due(self, kept: Kept) -> bool:
        life = kept.expires_at - kept.got_at
        after = min(life * _EARLY, timedelta(days=self._settings.renew_after_days))
        return not kept.refused and self._now() >= kept.got_at + after


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Seal:
    """Encrypts pairs under a key made from the app's secret, bound to app and account.

    Who has the database alone has nothing; who changes the app's secret consents once more.
    """

    def __init__(self, settings: Settings) -> None:
        secret = settings.app_secret.get_secret_value().encode()
        key = HKDF(hashes.SHA256(), 32, salt=None, info=b"tohotro zalo_oa tokens").derive(secret)
        self._cipher = AESGCM(key)
        self._bound = f"{settings.app_id}\0{settings.oa_id}".encode()

    def close(self, pair: Pair) -> str:
        """The pair as text that says nothing without the key."""
        nonce = os.urandom(12)
        clear = json.dumps([pair.access, pair.refresh, pair.seed]).encode()
        return _FORMAT + base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, clear, self._bound)).decode()

    def open(self, sealed: str) -> Pair | None:
        """The pair, or None when it was closed under another key or for another account."""
        try:
            raw = base64.urlsafe_b64decode(sealed.removeprefix(_FORMAT))
            return Pair(*json.loads(self._cipher.decrypt(raw[:12], raw[12:], self._bound)))
        except (ValueError, InvalidTag):
            return None


def number(value: Any) -> int:
    """A code that may come as number or text; 0 for what is none."""
    try:
        return int(string(value))
    except ValueError:
        return 0


def _seconds(value: Any) -> int:
    """The life of an access token; the answer says it as text."""
    seconds = number(value)
    return seconds if 0 < seconds <= 366 * 86_400 else _LIFE


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        found = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
