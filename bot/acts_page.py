"""How administrative acts are told: a line each, with people, roles and areas by the names the office uses."""

from collections.abc import Sequence
from typing import Any

from bot import times
from bot.context import Context
from tickets.acts import ActKind
from tickets.models import Act, Role

_UNSAID = "–"
_NOT_OF_STAFF = {ActKind.LINKED: "resident", ActKind.UNLINKED: "resident", ActKind.UNBLOCKED: "program"}
"""Who does what nobody of staff has done; for any other kind it is the administrator at the command line."""


def line(ctx: Context, act: Act) -> str:
    """When, who, what, and why if a reason was given."""
    key = f"acts.{act.kind}"
    wanted = ctx.desk.texts.placeholders(ctx.language, key)
    values = {name: _said(ctx, name, act.data.get(name, "")) for name in wanted}
    if "about" in wanted:
        values["about"] = act.about.name if act.about else _UNSAID
    return ctx.word(
        "acts.line_why" if act.reason else "acts.line",
        at=times.moment(ctx.desk, ctx.language, act.at, ctx.now),
        who=act.staff.name if act.staff else ctx.word(f"acts.{_NOT_OF_STAFF.get(ActKind(act.kind), 'administrator')}"),
        what=ctx.word(key, **values),
        reason=act.reason,
    )


def _said(ctx: Context, name: str, value: Any) -> str:
    if isinstance(value, list) or name == "areas":
        return _areas(ctx, value if isinstance(value, list) else [value])
    text = str(value)
    if text in list(Role) and name in ("role", "before", "after"):
        return ctx.word(f"role.{text}")
    if name in ("area", "before", "after") and text in ctx.desk.policy.areas:
        return ctx.desk.policy.areas[text].name
    return text or _UNSAID


def _areas(ctx: Context, areas: Sequence[str]) -> str:
    known = ctx.desk.policy.areas
    return ", ".join(known[one].name if one in known else one for one in areas if one) or ctx.word("staff.all_areas")
