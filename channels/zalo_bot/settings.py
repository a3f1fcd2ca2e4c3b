"""What the office file says about a Zalo bot."""

import hashlib
import hmac
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from channels.contract import About
from channels.http_client import base_url

DEFAULT_API_URL = "https://bot-api.zaloplatforms.com"  # bot-api.zapps.me is its older name
SECRET_LENGTH = (8, 256)  # what setWebhook takes


ABOUT = About(
    title="Zalo Bot",
    proof="X-Bot-Api-Secret-Token",
    again="không · no",
    reports="không · none",
    costs="miễn phí, 50 người và 3.000 tin mỗi tháng · free, 50 people and 3,000 messages a month (2026-11)",
    example={"name": "zalo", "kind": "zalo_bot", "token": "1459000000000000001:not-a-token"},
)


class Settings(BaseModel):
    """One bot, made in the mini app "Zalo Bot Creator"."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(min_length=1, description="the channel's name within the office")
    kind: Literal["zalo_bot"] = "zalo_bot"
    token: SecretStr = Field(description="from Zalo Bot Creator, `<number>:<secret>`")
    mode: Literal["polling", "webhook"] = Field(
        "polling", description="`polling` is meant for trying out and can lose messages; `webhook` needs PUBLIC_URL"
    )
    secret: SecretStr | None = Field(
        None, description="proves that a webhook comes from Zalo, 8 to 256 characters; made from the token when absent"
    )
    shown_as: str = Field("", max_length=100, description="the bot's name in Zalo, as people mention it in groups")
    api_url: str = Field(DEFAULT_API_URL, description="base address of the API")
    messages_per_second: float | None = Field(
        None, gt=0, description="how many messages we send at most, over all chats; unlimited when absent"
    )
    # Of the free tier, as its pricing page was quoted in September 2026.
    messages_per_month: int = Field(default=3000, ge=0, description="what the bot's plan lets it send; 0: no limit")

    @field_validator("token")
    @classmethod
    def _token_fits_into_an_address(cls, token: SecretStr) -> SecretStr:
        text = token.get_secret_value()
        if not text.isascii() or not text.isprintable() or not text or set(text) & set(" /?#%"):
            raise ValueError("a token is one word such as 123456789:AbC; copy it again from Zalo Bot Creator")
        return token

    @field_validator("secret")
    @classmethod
    def _secret_is_taken_by_zalo(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is None:
            return None
        text = secret.get_secret_value()
        if not SECRET_LENGTH[0] <= len(text) <= SECRET_LENGTH[1] or not text.isascii() or not text.isprintable():
            raise ValueError("use 8 to 256 plain ASCII characters, or leave it out")
        return secret

    @field_validator("api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        return base_url(value)

    def accounts(self) -> dict[str, str]:
        """What this channel has alone: of two that ask one bot for its messages, each gets some."""
        return {self.token.get_secret_value(): "the token of one Zalo bot"}

    def webhook_secret(self) -> str:
        """What Zalo sends in X-Bot-Api-Secret-Token. Made from the token when none is set, so that every process of a
        deployment knows the same one; it does not lead back to the token.
        """
        if self.secret is not None:
            return self.secret.get_secret_value()
        key = self.token.get_secret_value().encode()
        return hmac.new(key, b"tohotro zalo_bot webhook", hashlib.sha256).hexdigest()
