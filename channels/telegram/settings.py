"""What an office file says about a Telegram channel; readable without importing aiogram."""

import hashlib
import hmac
import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from channels.contract import About
from channels.http_client import base_url

# The bot's number, a colon, 35 characters today (core.telegram.org/bots/features, 2026-11); the length is not
# documented as fixed, so only the alphabet is held to.
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
# The alphabet and length of `secret_token` are those of setWebhook (core.telegram.org/bots/api, 2026-11).
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


ABOUT = About(
    title="Telegram",
    proof="X-Telegram-Bot-Api-Secret-Token",
    again="không · no",
    reports="không · none",
    costs="miễn phí · free (core.telegram.org/bots/faq, 2026-11)",
    example={"name": "telegram", "kind": "telegram", "token": "7000000001:AA-not-a-token"},
)


class Settings(BaseModel):
    """The keys of a channel of kind `telegram`. Mistakes never quote the value: it may be the token."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(min_length=1, description="the channel's name in this office")
    kind: Literal["telegram"] = "telegram"
    token: SecretStr = Field(description="from @BotFather, in the form 123456789:AA…")
    mode: Literal["polling", "webhook"] = "polling"
    secret: SecretStr | None = Field(default=None, description="webhook secret_token; made from the token when absent")
    api_url: str = Field(default="https://api.telegram.org", description="another server that speaks the Bot API")
    limits: bool = Field(default=True, description="keep to Telegram's limits; off for measurements elsewhere only")
    proxy: SecretStr | None = Field(default=None, description="http://user:password@host:port; hidden like a password")

    @field_validator("token")
    @classmethod
    def _token_has_its_form(cls, value: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("a Telegram token looks like 123456789:AAH… ; copy it again from @BotFather")
        return value

    @field_validator("secret")
    @classmethod
    def _secret_has_its_alphabet(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("Telegram takes 1 to 256 letters, digits, _ and - ; leave it out to have one made")
        return value

    @field_validator("api_url")
    @classmethod
    def _api_url_is_an_address(cls, value: str) -> str:
        return base_url(value)

    @field_validator("proxy")
    @classmethod
    def _proxy_is_http(cls, value: SecretStr | None) -> SecretStr | None:
        # SOCKS would need the package aiohttp-socks, which the lock file does not have.
        if value is not None and not value.get_secret_value():
            return None  # a proxy left blank in .env is no proxy
        if value is not None:
            parts = urlsplit(value.get_secret_value())
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise ValueError("only an HTTP proxy is supported: http://user:password@host:port")
        return value

    def accounts(self) -> dict[str, str]:
        """What this channel has alone: of two that ask one bot for its messages, each gets some."""
        return {self.token.get_secret_value(): "the token of one Telegram bot"}

    def webhook_secret(self) -> str:
        """What Telegram repeats in `X-Telegram-Bot-Api-Secret-Token`: `secret`, else one made from the token."""
        if self.secret is not None:
            return self.secret.get_secret_value()
        key = self.token.get_secret_value().encode()
        return hmac.new(key, b"tohotro telegram webhook", hashlib.sha256).hexdigest()
