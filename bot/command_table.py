"""The page docs/commands.md: which commands there are, for whom, in which words; written from the commands themselves.

`python -m bot.command_table` writes it anew.
"""

import inspect
from pathlib import Path

from bot import wiring
from bot.registry import Audience, Command, Registry
from bot.texts.catalog import Catalog

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"

_LANGUAGES = ("vi", "en")
_SECTIONS = (
    (Audience.ANYONE, "Ai cũng dùng được · For everybody"),
    (Audience.RESIDENT, "Người dân · Residents"),
    (Audience.STAFF, "Cán bộ · Staff"),
    (Audience.LEAD, "Tổ trưởng trở lên · Leads and above"),
    (Audience.SUPERVISOR, "Lãnh đạo phụ trách · Supervisors"),
)
_HEAD = """\
<!-- Trang này do `python -m bot.command_table` viết ra từ mã nguồn; đừng sửa tay. Generated: do not edit by hand. -->

# Các lệnh · Commands

Dấu `/` bỏ được, trừ trong nhóm Telegram: ở đó Telegram chỉ cho máy thấy dòng có `/` và tin trả lời vào tin của máy.
Gõ có dấu hay không dấu, chữ hoa hay thường đều được. Lệnh có ● làm việc với một phiếu: gõ số phiếu ngay sau lệnh
(`nhan 12`), hoặc bấm trả lời vào thẻ phiếu rồi gõ lệnh không cần số.

The slash may be left out, except in a Telegram group: there Telegram itself shows the bot only lines with a slash and
answers to its own messages. Diacritics and capitals do not matter. Commands marked ● are about one ticket: its number
follows the word (`nhan 12`), or is left out when answering the ticket's card.
"""
_COLUMNS = "| Lệnh · Command | Từ khác · Other words | Việc | What it does |\n|---|---|---|---|\n"
_BY_BUTTON = """
## Do nút bấm gõ hộ · Typed by buttons

Không có trong danh sách của `/trogiup`: nút bấm (hoặc con số chọn, nơi không có nút) gõ hộ.
Not listed by `/trogiup`: pressing a button, or choosing by number where there are no buttons, types them.

| Lệnh · Command | Từ khác · Other words | Dành cho · For | |
|---|---|---|---|
"""


def table() -> str:
    """The whole page, from the commands the program is wired with and the texts shipped here."""
    texts, every = Catalog.load(), list(Registry(wiring.COMMANDS))
    page = [_HEAD]
    for audience, title in _SECTIONS:
        rows = [_row(texts, one) for one in every if one.audience is audience and _listed(texts, one)]
        if rows:
            head = (
                f"\n## {title}\n\n| Lệnh · Command | Từ khác · Other words | Việc | What it does |\n|---|---|---|---|\n"
            )
            page.append(head + "".join(rows))
    page.append(_BY_BUTTON + "".join(_button_row(one) for one in every if not _listed(texts, one)))
    return "".join(page)


def _listed(texts: Catalog, one: Command) -> bool:
    return texts.has("vi", f"menu.{one.name}")


def _row(texts: Catalog, one: Command) -> str:
    does = [texts.say(language, f"menu.{one.name}") for language in _LANGUAGES]
    return f"| `/{one.name}`{' ●' if one.ticket else ''} | {_others(one)} | {does[0]} | {does[1]} |\n"


def _button_row(one: Command) -> str:
    what = (inspect.getdoc(one.run) or "").splitlines()[0]
    return f"| `/{one.name}` | {_others(one)} | {one.audience} | {what} |\n"


def _others(one: Command) -> str:
    return " ".join(f"`{word}`" for word in one.words if word != one.name)


if __name__ == "__main__":
    PAGE.write_text(table(), encoding="utf-8")
