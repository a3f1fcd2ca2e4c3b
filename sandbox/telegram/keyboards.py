"""Which buttons does a message carry, and which does Telegram refuse?"""

from typing import Any

from sandbox.conversation import Button, Json
from sandbox.params import Params
from sandbox.telegram.errors import bad

# Bot API, InlineKeyboardButton.callback_data: 1 to 64 bytes.
DATA_BYTES = 64
# More than this many buttons in one message are refused (tdlib: REPLY_MARKUP_TOO_LONG).
BUTTONS = 100


def read_markup(p: Params) -> Json | None:
    """The reply_markup, checked; None when there is none. Raises Refusal."""
    markup = p.data("reply_markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"])
        for row in rows:
            for button in row:
                _check_inline(button)
        return {"inline_keyboard": rows} if any(rows) else None
    if "keyboard" in markup:
        rows = [[_plain(button) for button in row] for row in _rows(markup["keyboard"], strings=True)]
        return markup | {"keyboard": rows}
    return markup


def inline(markup: Json | None) -> Json:
    """The part of a Message object that shows inline buttons; reply keyboards are not part of it."""
    return {"reply_markup": markup} if markup and "inline_keyboard" in markup else {}


def buttons(markup: Json | None) -> list[list[Button]]:
    """The buttons as a person sees them, whichever keyboard they are on."""
    rows = (markup or {}).get("inline_keyboard") or (markup or {}).get("keyboard") or []
    return [[Button(str(b["text"]), b.get("callback_data"), b.get("url")) for b in row] for row in rows]


def _rows(value: Any, *, strings: bool = False) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad('field "inline_keyboard" must be of type Array of Array' if not strings else "Array expected")
    rows: list[list[Any]] = value
    if sum(len(row) for row in rows) > BUTTONS:
        raise bad("REPLY_MARKUP_TOO_LONG")
    return [row for row in rows if row]


def _check_inline(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: Object expected")
    if not str(button.get("text") or "").strip():
        raise bad("inline keyboard button text must be non-empty")
    kinds = {"callback_data", "url", "web_app", "login_url", "switch_inline_query", "copy_text", "callback_game", "pay"}
    kinds |= {"switch_inline_query_current_chat", "switch_inline_query_chosen_chat"}
    if not kinds & button.keys():
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= DATA_BYTES:
        raise bad("BUTTON_DATA_INVALID")


def _plain(button: Any) -> Json:
    given: Json = {"text": button} if isinstance(button, str) else button if isinstance(button, dict) else {}
    if not str(given.get("text") or "").strip():
        raise bad("keyboard button text must be non-empty")
    return given
