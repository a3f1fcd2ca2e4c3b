"""What the office file says about any gateway for short messages; each gateway's module adds what is its own."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from channels.contract import About
from channels.http_client import base_url
from channels.text import template_pattern

MIN_SECRET = 8  # characters; SMSGate makes its own signing key of eight


class Settings(BaseModel):
    """One phone number or brand name, reached through one of the gateways of `channels.sms.gateways`.

    Validating it gives the settings of the gateway that is named.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(min_length=1, description="the channel's name within the office")
    kind: Literal["sms"] = "sms"
    gateway: str = Field(description="which program or company holds the SIM or the brand name")
    api_url: str = Field(description="where the gateway is asked to send")
    diacritics: bool = Field(
        False, description="send Vietnamese with its marks: 70 characters a message instead of 160"
    )
    max_parts: int = Field(
        6, ge=1, le=9, description="a longer text is refused; Kannel's max-messages must not be less"
    )
    messages_per_second: float | None = Field(
        None, gt=0, description="how many messages we send at most, in all; unlimited when absent"
    )
    part_price: int = Field(
        0, ge=0, description="đồng for one part, as on the last bill; 0 when parts cost nothing or the price is unknown"
    )
    own_numbers: tuple[str, ...] = Field((), description="the numbers of our own SIMs, so that no loop can start")
    callback_url: str = Field(
        "", description="this channel's webhook as the gateway reaches it, when that is not by PUBLIC_URL"
    )
    notices_by: str = Field(
        "",
        description="the name of a one-way channel (a brand name) for those notices that it has a template for",
    )
    templates: tuple[str, ...] = Field(
        (), description="texts registered for the brand name, {name} where words are filled in; only these leave by it"
    )

    @classmethod
    def variant(cls, values: Mapping[str, Any]) -> type[BaseModel]:
        """The model for what is written in `values`: that of its gateway, this one when there is no such gateway."""
        from channels.sms import gateways  # the modules of the gateways are built upon this class

        name = values.get("gateway")
        return gateways.settings_of(name) if name in gateways.GATEWAYS else cls

    def accounts(self) -> dict[str, str]:
        """What this channel has alone, with words for it: no two channels may share a number that receives."""
        from channels.sms.gateway import numbers_of  # brings the tables of telephone numbers

        return {f"number {one}": f"the number {one}" for one in numbers_of(*self.own_numbers, *self.senders())}

    def senders(self) -> tuple[str, ...]:
        """Under which numbers messages leave, where the gateway's settings say so."""
        sender = getattr(self, "sender", None)
        return (sender,) if isinstance(sender, str) else ()

    @classmethod
    def variants(cls) -> dict[str, About]:
        """What there is to choose from, by the name of the gateway."""
        from channels.sms import gateways  # as above

        return {name: gateways.about(name) for name in gateways.GATEWAYS}

    @model_validator(mode="wrap")
    @classmethod
    def _of_its_gateway(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Any:
        from channels.sms import gateways  # as above

        if not isinstance(data, dict):
            return handler(data)
        if cls is Settings:
            chosen = cls.variant(data)
            if chosen is not cls:
                return chosen.model_validate(data)
            wrong = "missing" if data.get("gateway") is None else "literal_error"
            expected = {"expected": ", ".join(gateways.GATEWAYS)} if wrong == "literal_error" else {}
            raise _told("gateway", wrong, **expected)
        for key in data.keys() - cls.model_fields.keys():
            if owners := [name for name in gateways.GATEWAYS if key in gateways.settings_of(name).model_fields]:
                what = f"{key!r} belongs to gateway {' or '.join(owners)}, not {data.get('gateway')}"
                raise _told(key, PydanticCustomError("written", "{what}", {"what": what, "remedy": "Remove it."}))
        return handler(data)

    @field_validator("*")
    @classmethod
    def _secrets_are_no_accidents(cls, value: Any) -> Any:
        if isinstance(value, SecretStr):
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

    @field_validator("templates")
    @classmethod
    def _templates_can_be_read(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            template_pattern(one)
        return value


def _told(key: str, wrong: str | PydanticCustomError, **context: Any) -> ValidationError:
    return ValidationError.from_exception_data(
        "Settings", [InitErrorDetails(type=wrong, loc=(key,), input=None, ctx=context)], hide_input=True
    )


def long_enough(value: SecretStr | None) -> SecretStr | None:
    """For validators of secrets that prove where a request comes from. Raises `ValueError`."""
    if value is not None and len(value.get_secret_value()) < MIN_SECRET:
        raise ValueError(f"use at least {MIN_SECRET} characters")
    return value


def for_a_path(value: SecretStr) -> SecretStr:
    """As `long_enough`, for a secret that stands in the path of an address."""
    long_enough(value)
    if not all(char.isascii() and (char.isalnum() or char in "-_") for char in value.get_secret_value()):
        raise ValueError("use letters, digits, - and _ only: it stands in an address")
    return value


def for_a_header(value: str | None) -> str | None:
    """For validators of what is sent in a header. Raises `ValueError`."""
    if value is not None and (not value.isascii() or not value.isprintable() or value != value.strip()):
        raise ValueError("use plain ASCII characters")
    return value
