"""What the office file says about a Zalo Official Account, and every limit and price of Zalo's as a setting.

Dates say when a value was last read, in transcriptions of Zalo's pages by others; correct here what has changed since.
"""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from channels.contract import About
from channels.http_client import base_url

_READ = "(read 2026-11)"


ABOUT = About(
    title="Zalo Official Account",
    proof="X-ZEvent-Signature",
    again="không, đọc lại hội thoại trước khi gửi lại · no, the chat is read before a second try",
    reports="đã nhận, đã xem · received, seen",
    costs="gói OA có trả phí; 48 giờ miễn phí, sau đó khoảng 55 đ/tin tới 7 ngày · "
    "a paid package; free for 48 hours, then about 55 VND a message up to 7 days (2026-11)",
    example={
        "name": "zalo-oa",
        "kind": "zalo_oa",
        "app_id": "3600000000000000456",
        "app_secret": "not-a-secret",
        "oa_id": "5790000000000000001",
        "oa_secret": "not-a-secret",
    },
)


def account_of(oa_id: str) -> str:
    """How an Official Account is called among all accounts of all networks."""
    return f"zalo_oa account {oa_id}"


class Settings(BaseModel):
    """One Official Account and the app that is linked to it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    https_only: ClassVar[bool] = True  # Zalo takes no other address for events and for consent

    name: str = Field(min_length=1, description="the channel's name within the office")
    kind: Literal["zalo_oa"] = "zalo_oa"
    app_id: str = Field(description="of the app in developers.zalo.me, a number")
    app_secret: SecretStr = Field(description="the app's secret key")
    oa_id: str = Field(
        description="of the Official Account, a number; others linked to the same app are channels of their own"
    )
    oa_secret: SecretStr = Field(description="the OA Secret Key of the webhook page; it proves that events are Zalo's")
    refresh_token: SecretStr | None = Field(
        None, description="a first refresh token, if you have one; without it `tohotro zalo-oa connect` gets one"
    )
    code_verifier: SecretStr | None = Field(
        None, description="only if the app's console holds a fixed PKCE pair: its verifier"
    )
    api_url: str = Field("https://openapi.zalo.me", description="base address of the OpenAPI")
    oauth_url: str = Field("https://oauth.zaloapp.com", description="base address of consent and tokens")
    media_hosts: tuple[str, ...] = Field(
        ("zdn.vn", "zadn.vn", "zalo.me", "zaloapp.com"),
        description="where Zalo keeps what people send; gathered from live traffic, no list is published " + _READ,
    )
    list_buttons: bool = Field(
        True, description="offer a few choices as buttons under their numbered lines; off by itself if refused"
    )
    form_image: str = Field("", description="public address of the picture on the form that asks for contact details")
    max_text: int = Field(
        1900, ge=100, le=2000, description=f"characters of one message; Zalo's limit is 2,000 {_READ}"
    )
    free_window_hours: int = Field(48, ge=0, description=f"answers are free so long after a person's last word {_READ}")
    window_days: int = Field(7, ge=1, description=f"and possible at all so long {_READ}")
    window_margin_minutes: int = Field(10, ge=0, description="we stop so long before Zalo does")
    price_after_free: int = Field(55, ge=0, description=f"đồng for a message after the free hours {_READ}")
    image_limit: int = Field(1_000_000, ge=1, description=f"bytes of a JPG or PNG that is uploaded: 1 MB {_READ}")
    gif_limit: int = Field(5_000_000, ge=1, description=f"bytes of a GIF: 5 MB {_READ}")
    file_limit: int = Field(5_000_000, ge=1, description=f"bytes of a PDF, DOC or DOCX: 5 MB {_READ}")
    buttons_at_most: int = Field(5, ge=1, description=f"choices offered as buttons under one message {_READ}")
    rows_of_a_read: int = Field(10, ge=1, description=f"rows of one read of chats, at most {_READ}")
    answer_within: float = Field(
        1.7, gt=0, description=f"seconds; Zalo waits two, and stops calling for good after six late answers {_READ}"
    )
    night_ends: int = Field(
        6, ge=0, le=23, description=f"o'clock in Vietnam when what Zalo refuses at night may leave again {_READ}"
    )
    calls_per_minute: int = Field(4000, ge=1, description=f"requests of one app {_READ}; we send at half of it")
    refresh_token_days: int = Field(90, ge=2, description=f"a refresh token lives three months {_READ}")
    warn_after_days: int = Field(
        60, ge=1, description="from then on supervisors hear that a token has not been renewed"
    )
    renew_after_days: int = Field(7, ge=1, description="tokens are renewed at the latest so often, even when idle")

    def accounts(self) -> dict[str, str]:
        """What this channel has alone: of two with one account each would use up the other's tokens.

        An app may have several accounts: its one webhook brings the events of all, and each goes to its channel.
        """
        return {account_of(self.oa_id): f"the Official Account {self.oa_id}"}

    @field_validator("app_id", "oa_id", mode="before")
    @classmethod
    def _is_a_number(cls, value: object) -> str:
        text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
        if not text.isascii() or not text.isdecimal():
            raise ValueError("is a number of about 19 digits; copy it again from Zalo's console")
        return text

    @field_validator("app_secret", "oa_secret", "refresh_token", "code_verifier")
    @classmethod
    def _is_one_word(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        text = value.get_secret_value()
        if not text or not text.isascii() or not text.isprintable() or " " in text:
            raise ValueError("is one word of plain characters; copy it again from Zalo's console")
        return value

    @field_validator("api_url", "oauth_url")
    @classmethod
    def _address(cls, value: str) -> str:
        return base_url(value)
