"""What does the bot tell about itself, and which commands does it offer to whom?"""

import json
import re
from typing import TYPE_CHECKING, Any

from sandbox.conversation import Json, now
from sandbox.params import Params
from sandbox.telegram.errors import bad
from sandbox.telegram.files import get_file
from sandbox.telegram.sending import Method

if TYPE_CHECKING:
    from sandbox.telegram.network import Telegram

SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")
ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


async def get_me(net: "Telegram", _p: Params) -> Json:
    """getMe."""
    return net.state.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _key(net: "Telegram", p: Params) -> tuple[str, str]:
    scope = p.data("scope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind in CHAT_SCOPES:
        net.state.room(str(scope.get("chat_id")))
        if kind == "chat_member" and scope.get("user_id") is None:
            raise bad("invalid user_id specified")
        # A number may come as a string; both mean the same chat.
        scope = {"type": kind, "chat_id": str(scope["chat_id"]), "user_id": str(scope.get("user_id", ""))}
    elif kind not in SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    return json.dumps(scope, sort_keys=True), p.text("language_code") or ""


def _checked(command: Any) -> Json:
    if not isinstance(command, dict):
        raise bad("can't parse BotCommand: Object expected")
    name, description = str(command.get("command", "")).removeprefix("/"), str(command.get("description", ""))
    if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


async def set_commands(net: "Telegram", p: Params) -> bool:
    """setMyCommands, kept per scope and language."""
    commands = p.data("commands")
    if not isinstance(commands, list):
        raise bad("can't parse commands JSON object")
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    net.state.commands[_key(net, p)] = [_checked(command) for command in commands]
    return True


async def get_commands(net: "Telegram", p: Params) -> list[Json]:
    """getMyCommands of exactly that scope and language."""
    return net.state.commands.get(_key(net, p), [])


async def delete_commands(net: "Telegram", p: Params) -> bool:
    """deleteMyCommands."""
    net.state.commands.pop(_key(net, p), None)
    return True


def _setter(field: str) -> Method:
    async def change(net: "Telegram", p: Params) -> bool:
        net.state.profile[field] = p.text(field) or ""
        return True

    return change


def _getter(field: str) -> Method:
    async def tell(net: "Telegram", _p: Params) -> Json:
        return {field: net.state.profile.get(field, "")}

    return tell


async def chat_action(net: "Telegram", p: Params) -> bool:
    """sendChatAction."""
    net.state.room(p.text("chat_id"))
    if p.text("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    return True


async def answer_query(net: "Telegram", p: Params) -> bool:
    """answerCallbackQuery; its text is what the person who pressed sees for a moment."""
    query = p.text("callback_query_id") or ""
    if query not in net.state.queries:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    text = p.text("text") or ""
    if len(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    pressed = net.state.queries[query]
    net.toasts.append(pressed | {"text": text, "alert": p.truth("show_alert"), "at": now().isoformat()})
    net.book.bell.ring()
    return True


async def agree(net: "Telegram", p: Params) -> bool:
    """Methods whose effect nobody sees here."""
    if p.text("chat_id"):
        net.state.room(p.text("chat_id"))
    return True


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "getFile": get_file,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "sendChatAction": chat_action,
    "answerCallbackQuery": answer_query,
    "setMyName": _setter("name"),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description"),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description"),
    "getMyShortDescription": _getter("short_description"),
    **dict.fromkeys(
        ("setChatMenuButton", "pinChatMessage", "unpinChatMessage", "unpinAllChatMessages", "logOut", "close"), agree
    ),
}
