"""One message of ours as what the OpenAPI takes: texts by parts, choices numbered and, if few, as buttons too."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from channels.contract import AttachmentKind, Button, File, Outbound, OutboundKind
from channels.errors import Refused
from channels.text import numbered, split
from channels.zalo_oa.parse import GROUP_MARK

_MAX_LABEL = 100
_MAX_PAYLOAD = 1000

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One call of the message endpoint. `file` is uploaded first, as `upload` says, and its id put into the message."""

    message: Json
    file: File | None = None
    upload: str = ""  # image, gif or file
    plainer: Json | None = None  # the same without what Zalo may refuse: a quote, buttons


def parts(message: Outbound, max_text: int, *, max_buttons: int, form_image: str = "") -> list[Part]:
    """The calls that say `message`, in order; none for the answer to a press, which Zalo knows nothing of. More choices
    than `max_buttons` are numbered only; `form_image` is the address of the picture on a form.

    Raises `Refused` for what Zalo cannot carry, before anything was sent.
    """
    if message.kind is OutboundKind.ANSWER_PRESS:
        return []
    if message.kind is OutboundKind.ASK_CONTACT:
        title, _, rest = message.text.partition("\n")
        return [Part(contact_form(title, rest, form_image), plainer={"text": spoken(message.text, ())})]
    if message.kind is OutboundKind.EDIT:
        raise Refused("zalo_oa: a sent message cannot be changed")
    files = [_uploaded(one.kind, one.file) for one in message.attachments]
    texts = split(spoken(message.text, message.buttons), max_text)
    if not texts and not files:
        raise Refused("zalo_oa: an empty message")
    if len(texts) == 1 and len(files) == 1 and files[0].upload != "file" and not message.reply_to:
        return [Part({**files[0].message, "text": texts[0]}, files[0].file, files[0].upload)]
    said = [Part({"text": text}) for text in texts]
    if said and message.reply_to:
        said[0] = Part({**said[0].message, "quote_message_id": message.reply_to}, plainer={"text": texts[0]})
    choices = [button for row in message.buttons for button in row]
    if said and 0 < len(choices) <= max_buttons and all(map(_fits, choices)):
        last = said[-1]
        said[-1] = Part({**last.message, "attachment": _template(choices)}, plainer={"text": texts[-1]})
    return [*said, *files]


def spoken(text: str, buttons: Sequence[Sequence[Button]]) -> str:
    """The words as they stand in the chat: composed letters, numbered choices, and nobody called by a quoted mark."""
    return unicodedata.normalize("NFC", numbered(text, buttons)).replace("[@", "[ @").strip()


def recipient(chat: str) -> Json:
    """Whom the endpoint is told to write to."""
    if chat.startswith(GROUP_MARK):
        return {"group_id": chat.removeprefix(GROUP_MARK)}
    return {"user_id": chat}


def with_file(part: Part, answer: Json) -> Json:
    """The message of `part` with what the upload gave. Raises `Refused` when it gave nothing."""
    key = "token" if part.upload == "file" else "attachment_id"
    given = answer.get(key)
    if not isinstance(given, str) or not given:
        raise Refused("zalo_oa: the upload was accepted, but no file came of it")
    if part.upload == "file":
        return {**part.message, "attachment": {"type": "file", "payload": {"token": given}}}
    element: Json = {"media_type": part.upload, "attachment_id": given}
    if part.upload == "gif" and part.file is not None:
        width, height = _gif_size(part.file.content)
        element |= {"width": width, "height": height}
    payload = {"template_type": "media", "elements": [element]}
    return {**part.message, "attachment": {"type": "template", "payload": payload}}


def contact_form(title: str, subtitle: str, image_url: str) -> Json:
    """The card that asks for name, phone and address; the answer is an event of its own."""
    element = {"title": title[:100], "subtitle": subtitle[:500]} | ({"image_url": image_url} if image_url else {})
    payload = {"template_type": "request_user_info", "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}


def _uploaded(kind: AttachmentKind, file: File | None) -> Part:
    if file is None:
        raise Refused(f"zalo_oa: a {kind} must be given as bytes")
    if kind is AttachmentKind.PHOTO:
        return Part({}, file, "gif" if file.mime == "image/gif" else "image")
    if kind is AttachmentKind.DOCUMENT:
        return Part({}, file, "file")
    raise Refused(f"zalo_oa: cannot send a {kind}")


def _fits(button: Button) -> bool:
    return bool(button.label) and len(button.command) <= _MAX_PAYLOAD


def _template(choices: Sequence[Button]) -> Json:
    made = [{"title": one.label[:_MAX_LABEL], "type": "oa.query.hide", "payload": one.command} for one in choices]
    return {"type": "template", "payload": {"buttons": made}}


def _gif_size(content: bytes) -> tuple[int, int]:
    return int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")
