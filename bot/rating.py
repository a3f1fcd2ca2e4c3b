"""What becomes of the one sentence a resident may add to their rating."""

from datetime import timedelta

from bot import dialogs, notices
from bot.context import Context
from tickets import lifecycle
from tickets.folding import fold
from tickets.matching import Match
from tickets.models import Dialog, Ticket

COMMENT = "rating_comment"  # the question for a sentence; data: ticket, rating
PATIENCE = timedelta(minutes=10)
LONGEST = 500  # characters; a longer story is for an officer
# What shows that words after a rating are a question, folded: they go the usual way.
_ASKS = (
    *("cho hoi", "xin hoi", "hoi them", "lam sao", "bao gio", "khi nao", "o dau", "the nao", "can gi", "giay gi"),
    *("chua xong", "van chua", "chua duoc", "bao nhieu", "may gio", "duoc khong"),
)


async def ask_for_words(ctx: Context, ticket: Ticket, rating: int) -> None:
    """The next words may be a sentence about the service; they need not."""
    await dialogs.put(ctx, COMMENT, patience=PATIENCE, ticket=ticket.id, rating=rating)


async def commented(ctx: Context, question: Dialog, text: str, match: Match) -> bool:
    """Take words after a rating as its sentence. False, and the question is over, when they ask for something."""
    await dialogs.forget(ctx)
    if not _is_comment(ctx, text, match):
        return False
    ticket = await Ticket.get(id=question.data["ticket"])
    await lifecycle.comment(ticket, text[:LONGEST])
    await ctx.say("resident.comment_kept", number=ticket.number)
    await notices.commented(ctx.desk, ticket, int(question.data["rating"]), text[:LONGEST], ctx.now)
    return True


def _is_comment(ctx: Context, text: str, match: Match) -> bool:
    folded = f" {fold(text)} "
    asks = "?" in text or any(f" {words} " in folded for words in _ASKS)
    plain = bool(text.strip()) and len(text) <= LONGEST and not ctx.row.attachments
    return plain and not asks and not match.urgent and match.kind not in ("greeting", "thanks", "complaint-formal")
