"""Which text and entities does Telegram make of marked-up text, and what does it refuse?"""

import html
import re
from dataclasses import dataclass
from typing import Any

from sandbox.conversation import Json
from sandbox.params import Params
from sandbox.telegram.errors import bad

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
# The only named entities Telegram knows; others stay as they are written.
ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9A-Fa-f]+);")
TOKEN = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*)(?P<rest>[^<>]*)>|<|[^<]+")
COMMAND = re.compile(r"/[A-Za-z0-9_]{1,64}(@[A-Za-z0-9_]{3,32})?")
MENTION = re.compile(r"(?<![\w/@])@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w)")
# message_length_max and caption_length_max count code points (core.telegram.org/constructor/config).
TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


def units(text: str) -> int:
    """Length in UTF-16 code units, the measure of entity offsets."""
    return sum(2 if ord(c) > 0xFFFF else 1 for c in text)


@dataclass
class _Open:
    name: str
    entity: Json
    at_byte: int


def parse_html(source: str) -> tuple[str, list[Json]]:
    """The text and the entities of Telegram's HTML style. Raises Refusal with Telegram's own sentence."""
    text = ""
    stack: list[_Open] = []
    entities: list[Json] = []
    for match in TOKEN.finditer(source):
        piece, at = match.group(), len(source[: match.start()].encode())
        name = (match["name"] or "").lower()
        if piece == "<":
            raise bad(f'can\'t parse entities: Unsupported start tag "" at byte offset {at}')
        if not name:
            text += ENTITY.sub(lambda entity: html.unescape(entity.group()), piece)
        elif name not in TAGS:
            what = "end" if match["end"] else "start"
            raise bad(f'can\'t parse entities: Unsupported {what} tag "{name}" at byte offset {at}')
        elif not match["end"]:
            entity: Json = {"type": TAGS[name], "offset": units(text), "length": 0}
            address = re.search(r'(?:href|emoji-id)\s*=\s*["\']([^"\']*)["\']', match["rest"] or "")
            if address and name in ("a", "tg-emoji"):
                entity["url" if name == "a" else "custom_emoji_id"] = html.unescape(address[1])
            stack.append(_Open(name, entity, at))
        elif not stack or stack[-1].name != name:
            raise bad(f"can't parse entities: Unexpected end tag at byte offset {at}")
        else:
            entity = stack.pop().entity
            entity["length"] = units(text) - entity["offset"]
            if entity["length"] and (entity["type"] != "text_link" or "url" in entity):
                entities.append(entity)
    if stack:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{stack[-1].name}\"")
    return text, sorted(entities, key=lambda e: (e["offset"], -e["length"]))


def mentions(text: str) -> list[Json]:
    """The mention entities of plain text."""
    return [
        {"type": "mention", "offset": units(text[: m.start()]), "length": units(m.group())}
        for m in MENTION.finditer(text)
    ]


def commands(text: str) -> list[Json]:
    """The bot_command entities of plain text."""
    return [
        {"type": "bot_command", "offset": units(text[: m.start()]), "length": units(m.group())}
        for m in COMMAND.finditer(text)
        if m.start() == 0 or text[m.start() - 1].isspace()
    ]


def _given_entities(given: Any) -> list[Json]:
    if given is None:
        return []
    if not isinstance(given, list):
        raise bad("can't parse entities: Array expected")
    for entity in given:
        whole = isinstance(entity, dict) and all(type(entity.get(key)) is int for key in ("offset", "length"))
        if not whole or not isinstance(entity.get("type"), str):
            raise bad("can't parse MessageEntity: type, offset and length expected")
    return given


def read_text(p: Params, name: str, limit: int) -> tuple[str, list[Json]]:
    """The parameter `name` as text and entities, trimmed and measured as Telegram does; empty when it is missing."""
    text = p.text(name) or ""
    prefix = "caption_" if name == "caption" else ""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
    mode = (p.text("parse_mode") or "").lower()
    if mode not in ("", "html", "markdown", "markdownv2"):
        raise bad("unsupported parse_mode")
    entities: list[Json] = []
    if mode == "html":
        text, entities = parse_html(text)
    elif not mode:
        entities = _given_entities(p.data(f"{prefix}entities"))
    if len(text) > limit:
        raise bad("message caption is too long" if prefix else "message is too long")
    stripped = text.strip().replace("\x00", "")
    lead = units(text) - units(text.lstrip())
    entities = [e | {"offset": max(0, e["offset"] - lead)} for e in entities]
    return stripped, [*entities, *([] if entities else commands(stripped))]
