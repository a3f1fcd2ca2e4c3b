"""Our command menus to Telegram's calls; pure."""

import re

from aiogram.methods import DeleteMyCommands, SetMyCommands
from aiogram.types import BotCommand, BotCommandScopeChat, BotCommandScopeDefault

from channels.contract import Menu

WORD = re.compile(r"[a-z0-9_]{1,32}")  # core.telegram.org/bots/api#botcommand, 2026-11
WHAT = 256  # characters that say what a command does
MOST = 100  # commands in one menu


def calls(menus: tuple[Menu, ...]) -> list[SetMyCommands | DeleteMyCommands]:
    """One call per menu; an empty menu gives the chat back the menu of all residents.

    The first language given for a chat is also what people with any other language see. Raises `ValueError` for a
    word or a number of commands that Telegram does not take: that is a mistake in the program.
    """
    made: list[SetMyCommands | DeleteMyCommands] = []
    seen: set[str] = set()
    for menu in menus:
        language = menu.language if menu.chat in seen else None
        seen.add(menu.chat)
        scope = BotCommandScopeChat(chat_id=int(menu.chat)) if menu.chat else BotCommandScopeDefault()
        if not menu.commands:
            made.append(DeleteMyCommands(scope=scope, language_code=language))
            continue
        if len(menu.commands) > MOST:
            raise ValueError(f"a Telegram menu takes {MOST} commands, not {len(menu.commands)}")
        for word, _ in menu.commands:
            if not WORD.fullmatch(word):
                raise ValueError(f"Telegram does not take the command word {word!r}: only a-z, 0-9 and _, at most 32")
        commands = [BotCommand(command=word, description=(what or word)[:WHAT]) for word, what in menu.commands]
        made.append(SetMyCommands(commands=commands, scope=scope, language_code=language))
    return made
