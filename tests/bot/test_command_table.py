"""Does docs/commands.md say what can be typed today?"""

from bot import command_table


def test_the_page_is_what_the_commands_are() -> None:
    written = command_table.PAGE.read_text(encoding="utf-8")
    assert written == command_table.table(), "write it anew: .venv/bin/python -m bot.command_table"


def test_every_command_stands_on_the_page_once() -> None:
    cells = [line.split("|")[1].split()[0] for line in command_table.table().splitlines() if line.startswith("| `/")]
    assert len(cells) == len(set(cells))
    assert {"`/nhan`", "`/trogiup`", "`/loi`", "`/linhvuc`"} <= set(cells)
