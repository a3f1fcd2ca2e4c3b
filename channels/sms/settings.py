"""What the office file says about a gateway for short messages."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from channels.http_client import base_url

MIN_SECRET = 8  # characters; SMSGate makes its own signing key of eight

# Which gateway a field belongs to, and whether that gateway cannot do without.
_BELONGS: dict[str, tuple[str, bool]] = {
    "signing_key": ("smsgate", True),
    "sim": ("smsgate", False),
    "device_id": ("smsgate", False),
    "sender": ("kannel", True),
    "webhook_username": ("kannel", False),
    "webhook_password": ("kannel", True),
    "smsc": ("kannel", False),
}
_WHY = {
    "signing_key": "without it a forged message looks like the phone's own; see Settings > Webhooks in the app",
    "sender": "the number or name that residents see",
    "webhook_password": "the password in Kannel's post-url; without it anybody could post messages",
}


class Settings(BaseModel):
    """One phone number, reached through a spare Android phone (`smsgate`) or a Kannel (`kannel`)."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(min_length=1, description="the channel's name within the office")
    kind: Literal["sms"] = "sms"
    gateway: Literal["smsgate", "kannel"] = Field(description="which program holds the SIM")
    api_url: str = Field(
        description="smsgate: http://PHONE:8080, https://api.sms-gate.app/3rdparty/v1 or "
        "https://OWN_HOST/api/3rdparty/v1; kannel: http://HOST:13013 (its /cgi-bin/sendsms is added)"
    )
    username: str = Field(min_length=1, description="smsgate: of the app's server; kannel: of a sendsms-user")
    password: SecretStr = Field(description="that user's password")
    diacritics: bool = Field(
        False, description="send Vietnamese with its marks: 70 characters a message instead of 160"
    )
    max_parts: int = Field(
        6, ge=1, le=9, description="a longer text is refused; Kannel's max-messages must not be less"
    )
    messages_per_second: float | None = Field(
        None,
        gt=0,
        description="how many messages we send at most, in all; unlimited when absent",
        validate_default=True,
    )
    own_numbers: tuple[str, ...] = Field((), description="the numbers of our own SIMs, so that no loop can start")
    callback_url: str = Field(
        "", description="this channel's webhook as the gateway reaches it, when that is not by PUBLIC_URL"
    )
    signing_key: SecretStr | None = Field(
        None, description="smsgate: key of the webhooks, Settings > Webhooks", validate_default=True
    )
    sim: int | None = Field(None, ge=1, le=3, description="smsgate: which SIM sends", validate_default=True)
    device_id: str | None = Field(
        None,
        max_length=21,
        description="smsgate: which phone of the account sends (cloud and private server)",
        validate_default=True,
    )
    sender: str | None = Field(None, description="kannel: the sender that residents see", validate_default=True)
    webhook_username: str | None = Field(
        None, description="kannel: user name in its post-url (`kannel`)", validate_default=True
    )
    webhook_password: SecretStr | None = Field(
        None, description="kannel: password in its post-url, or the value of ?token=", validate_default=True
    )
    smsc: str | None = Field(None, description="kannel: smsc-id to send by", validate_default=True)

    @field_validator(*_BELONGS)
    @classmethod
    def _fits_the_gateway(
        cls, value: str | int | SecretStr | None, info: ValidationInfo
    ) -> str | int | SecretStr | None:
        gateway = info.data.get("gateway")
        owner, needed = _BELONGS[info.field_name or ""]
        if gateway is None:  # itself wrong, and already said so
            return value
        if value is not None and gateway != owner:
            raise ValueError(f"belongs to gateway {owner}, not {gateway}: remove it")
        if value is None and needed and gateway == owner:
            raise ValueError(f"gateway {owner} needs it: {_WHY[info.field_name or '']}")
        if isinstance(value, SecretStr) and len(value.get_secret_value()) < MIN_SECRET:
            raise ValueError(f"use at least {MIN_SECRET} characters")
        return value

    @field_validator("username", "sender", "smsc", "webhook_username")
    @classmethod
    def _fits_into_a_header(cls, value: str | None) -> str | None:
        if value is not None and (not value.isascii() or not value.isprintable() or value != value.strip()):
            raise ValueError("use plain ASCII characters")
        return value

    @field_validator("password")
    @classmethod
    def _password_is_given(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if not text or not text.isprintable():
            raise ValueError("is empty or holds a line break")
        return value

    @field_validator("api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        return base_url(value)

    @field_validator("callback_url")
    @classmethod
    def _callback_address(cls, value: str) -> str:
        return base_url(value) if value else ""
