"""How the day is printed: what each person wrote and saw, and what was counted."""

from bot.demo.cast import Cast
from bot.demo.checks import Counts

WIDTH = 100
_NETWORKS = {"telegram": "Telegram", "zalo_bot": "Zalo", "smsgate": "SMS"}


def of(cast: Cast) -> str:
    """A column of lines per person: → is what they did, ← what they read."""
    parts = []
    for person in cast.everybody():
        parts.append(f"── {person.name} ({_NETWORKS[person.network]}) ".ljust(WIDTH, "─"))
        parts += ["   " + line.replace("\n", "\n     ") for line in person.log]
        parts.append("")
    return "\n".join(parts)


def summary(counts: Counts, seconds: float) -> str:
    """The counts in words, and every expectation that did not hold."""
    replies = ", ".join(f"{channel} {number}" for channel, number in counts.replies_delivered.items())
    lines = [
        f"messages in: {counts.messages_in}   tickets: {counts.tickets}",
        f"claims: {counts.claims}   refused: {counts.refused_claims}   alerts: {counts.alerts}",
        f"replies delivered: {replies}",
        f"time: {seconds:.1f} s",
    ]
    lines += [f"FAILED: {what}" for what in counts.failed] or ["every expectation holds"]
    return "\n".join(lines)
