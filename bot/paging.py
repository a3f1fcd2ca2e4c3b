"""Long lists a page at a time: which page is meant, and the choices that lead on, pressed or typed."""

from dataclasses import dataclass
from datetime import timedelta

from bot.context import Buttons, Context
from bot.meant import answered
from tickets import outbox
from tickets.folding import fold
from tickets.models import OutboxKind, OutboxRow, Priority

LASTS = timedelta(days=1)  # how long a list can still be turned
_LOOK_BACK = 20  # messages with choices
_PAGE = "trang"
_MOST_PAGES = 9999
_BUTTON = 64  # bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """What a line about a list says: the words looked for, and the page, from 1."""

    words: str
    page: int

    def offset(self, length: int) -> int:
        """How many entries stand on the pages before, `length` on each."""
        return (self.page - 1) * length


def asked(args: str, *, number_is_page: bool = False) -> Asked:
    """Read `WORDS [trang N]`. With `number_is_page` a number alone is a page too: the list looks for no words."""
    parts = args.split()
    if number_is_page and len(parts) == 1 and _page(parts[0]):
        return Asked("", _page(parts[0]))
    if len(parts) > 1 and fold(parts[-2]) == _PAGE and _page(parts[-1]):
        return Asked(" ".join(parts[:-2]), _page(parts[-1]))
    return Asked(args.strip(), 1)


def _page(word: str) -> int:
    return int(word) if word.isascii() and word.isdigit() and 0 < int(word[:5]) <= _MOST_PAGES else 0


def turns(ctx: Context, line: str, page: int, length: int, count: int) -> list[tuple[str, str]]:
    """The choices to turn the page, each with the line it stands for; `line` is the command without its page."""
    choices = []
    if page * length < count:
        choices.append((ctx.word("button.more"), f"{line} {_PAGE} {page + 1}"))
    if page > 1:
        choices.append((ctx.word("button.back"), f"{line} {_PAGE} {page - 1}"))
    return choices


def fits(line: str) -> bool:
    """Whether a button can carry `line` on every network; the narrowest takes 64 bytes (Telegram, 2026-11)."""
    return len(line.encode()) <= _BUTTON


async def show(ctx: Context, text: str, buttons: Buttons) -> None:
    """Answer with a page of a list. Pressed on the page before, it takes its place where the network can do that."""
    page = await _pressed(ctx)
    if page is None:
        await ctx.answer(text, buttons=buttons)
        return
    await outbox.put(
        office=ctx.row.office,
        channel=ctx.row.channel,
        chat=ctx.row.chat,
        now=ctx.now,
        text=text,
        buttons=[[list(button) for button in line] for line in buttons],
        kind=OutboxKind.EDIT,
        edits=page,
        priority=Priority.ANSWER,
    )


async def _pressed(ctx: Context) -> OutboxRow | None:
    """The page on which a button to turn it was pressed, where it can be changed in place."""
    channel = ctx.desk.channels.get(ctx.row.channel)
    if not ctx.row.press_id or channel is None or not channel.capabilities.edits:
        return None
    row = await answered(ctx)
    if row is None or row.kind is not OutboxKind.MESSAGE or row.card:
        return None
    labels = {said for line in row.buttons for said, _ in line}
    return row if {ctx.word("button.more"), ctx.word("button.back")} & labels else None


async def turned(ctx: Context, *, back: bool) -> str | None:
    """The line that turns the page of the newest list in this chat, back or on; None when there is nothing to turn.

    Other messages may have come since: a list is found by its choice, not by being last.
    """
    label, row = ctx.word("button.back" if back else "button.more"), ctx.row
    offers = OutboxRow.filter(office=row.office, channel=row.channel, chat=row.chat, created_at__gte=ctx.now - LASTS)
    for offer in await offers.exclude(buttons=[]).order_by("-id").limit(_LOOK_BACK):
        lines = {said: line for buttons in offer.buttons for said, line in buttons}
        if ctx.word("button.more") in lines or ctx.word("button.back") in lines:
            return lines.get(label)
    return None


def head(ctx: Context, text: str, page: int, length: int, count: int) -> str:
    """`text` with the page behind it when there is more than one."""
    pages = -(-count // length)
    return text if pages <= 1 else f"{text} {ctx.word('common.page', page=page, pages=pages)}"
