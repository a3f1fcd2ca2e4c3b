"""Which model understands an office's residents: its own, learnt from its staff's corrections, or the shipped one."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from bot.understanding import index_of, shipped, shipped_base
from tickets import learnt, teaching
from tickets.learnt import ModelError
from tickets.matching import Index

if TYPE_CHECKING:
    from bot.wiring import Desk

log = structlog.get_logger(__name__)

FRESH = timedelta(minutes=1)  # a model learnt in another process is in use no later than this


@dataclass(slots=True)
class OwnModel:
    """What this process holds of an office's own model, and when it looked last whether there is a newer one."""

    index: Index | None = None
    learnt_at: datetime | None = None
    looked_at: datetime | None = None


async def index(desk: "Desk", now: datetime) -> Index:
    """The index to understand this office's residents with."""
    own = desk.own
    if own.looked_at is None or now - own.looked_at >= FRESH:
        own.looked_at = now
        await _look(desk, own)
    return own.index or shipped()[1]


async def _look(desk: "Desk", own: OwnModel) -> None:
    office = desk.policy.office
    at = await teaching.learnt_at(office)
    if at == own.learnt_at:
        return
    own.learnt_at, own.index = at, None
    found = await teaching.own_model(office)
    if found is None:
        return
    if found.base != shipped_base():
        log.warning("own model not used: learnt beside another version; run `tohotro learn --staff`", office=office)
        return
    try:
        model = await asyncio.to_thread(learnt.from_bytes, found.stored)
    except ModelError as error:
        log.warning("own model not used", office=office, error=str(error))
        return
    own.index = await asyncio.to_thread(index_of, desk.catalogue, model)
    log.info("own model in use", office=office, examples=found.examples)
