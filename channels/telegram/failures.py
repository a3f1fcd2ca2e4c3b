"""What each refusal of Telegram means for the message: aiogram's exceptions to `channels.errors`, by description.

The Bot API has no codes finer than HTTP's; its descriptions are the only distinction there is. Those below were read
in the server's source (github.com/tdlib/telegram-bot-api, Client.cpp) and in bots' logs, 2026-11.
"""

import re

from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from channels import errors
from channels.telegram.session import AnswerLostError

WAIT = 5.0  # seconds, for a 429 that does not say how long
DETAIL = 200  # characters of a description kept

_GONE = ("chat not found", "user not found", "peer_id_invalid", "group chat was deactivated")
_HARMLESS = (
    "message is not modified",
    "message can't be edited",
    "message to delete not found",
    "message to react not found",
    "query is too old",
    "query id is invalid",
    "topic_not_modified",
)
_MESSAGE_GONE = ("message to edit not found", "message_id_invalid")
_TOPIC_GONE = ("message thread not found", "topic_deleted", "topic_id_invalid")
_NO_TOPICS = ("chat is not a forum", "not enough rights to create a topic", "not enough rights to manage topics")
_NOT_A_PHOTO = ("image_process_failed", "photo_invalid_dimensions", "too big for a photo")
_NO_TEXT = "there is no text in the message to edit"


class Conflict(errors.Unreachable):
    """Somebody else receives this bot's updates."""


class NoText(errors.Refused):
    """The message to edit is a photo or file: its words are a caption."""


class NotAPhoto(errors.Refused):
    """Telegram cannot show this picture as a photo (too long, too wide, broken); as a document it would take it."""


_MEANINGS: tuple[tuple[tuple[str, ...], type[errors.SendError]], ...] = (
    (_HARMLESS, errors.NothingToChange),
    (_MESSAGE_GONE, errors.MessageGone),
    (_TOPIC_GONE, errors.TopicGone),
    (_NO_TOPICS, errors.NoTopics),
)

# The first that fits counts: aiogram makes TelegramEntityTooLarge a network error, which it is not.
_KINDS: tuple[tuple[type[TelegramAPIError], type[errors.SendError]], ...] = (
    (TelegramUnauthorizedError, errors.Unauthorised),
    (TelegramConflictError, Conflict),
    (TelegramEntityTooLarge, errors.Refused),
    (AnswerLostError, errors.Uncertain),
    (TelegramNetworkError, errors.Unreachable),
    (TelegramServerError, errors.Unreachable),
)


def of(error: AiogramError, *, group: bool = False) -> errors.SendError:
    """The `SendError` that `error` amounts to; `group` says whether the chat is a group, where nobody blocks a bot."""
    if isinstance(error, ClientDecodeError):
        return errors.Uncertain(error.message)  # its whole text would quote the answer, and with it a resident
    if not isinstance(error, TelegramAPIError):
        return errors.Uncertain(type(error).__name__)
    description = _description(error)
    detail = f"{error.method.__api_method__}: {description}"[:DETAIL]
    if isinstance(error, TelegramRetryAfter):
        return errors.Throttled(float(error.retry_after), detail)
    if isinstance(error, TelegramMigrateToChat):
        return errors.ChatGone(detail, moved_to=str(error.migrate_to_chat_id))
    if isinstance(error, TelegramForbiddenError):
        return errors.ChatGone(detail) if group else errors.Blocked(detail)
    for kind, meaning in _KINDS:
        if isinstance(error, kind):
            return meaning(detail)
    return _of_description(description.lower(), detail, missing=isinstance(error, TelegramNotFound))


def _of_description(description: str, detail: str, *, missing: bool) -> errors.SendError:
    for described, meaning in _MEANINGS:
        if any(words in description for words in described):
            return meaning(detail)
    if _NO_TEXT in description:
        return NoText(detail)
    if any(words in description for words in _NOT_A_PHOTO):
        return NotAPhoto(detail)
    if any(words in description for words in _GONE):
        return errors.ChatGone(detail)
    if missing:
        # A bare 404 is how Telegram answers a token it cannot take apart, on every method.
        return errors.Unauthorised(f"{detail} (wrong token or api_url)")
    if description.startswith("too many requests"):  # aiogram knows the 429 only by its retry_after
        seconds = re.search(r"retry after (\d+)", description)
        return errors.Throttled(float(seconds[1]) if seconds else WAIT, detail)
    return errors.Refused(detail)


def _description(error: TelegramAPIError) -> str:
    """Telegram's own words: aiogram wraps two kinds in a sentence of its own and puts them last."""
    return error.message.rpartition("Original description: ")[2]
