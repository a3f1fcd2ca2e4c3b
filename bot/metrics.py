"""What a monitoring system is told: counts of this process, and what the database says about work waiting and done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from tortoise import connections

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_INBOX = "SELECT office, channel, state, count(*) AS rows FROM inbox GROUP BY office, channel, state"
_OUTBOX = "SELECT office, channel, state, error, count(*) AS rows FROM outbox GROUP BY office, channel, state, error"
_OLDEST = """
SELECT
    greatest(0, extract(epoch FROM now() - (SELECT min(received_at) FROM inbox WHERE state = 'new')))::float8 AS inbox,
    greatest(0, extract(epoch FROM now() - (SELECT min(created_at) FROM outbox WHERE state IN ('queued', 'sending'))))
        ::float8 AS outbox
"""


@dataclass(frozen=True, slots=True)
class Webhook:
    """The counters of one account's webhook, looked up once: looking up costs more than counting."""

    events: Counter
    seconds: Histogram
    outcome: Callable[[str], Counter]


@dataclass(frozen=True, slots=True)
class Metrics:
    """The counters of one process, in a registry of their own so that two in one process do not collide."""

    registry: CollectorRegistry
    webhooks: Counter
    events: Counter
    polled: Counter
    seconds: Histogram
    failures: Counter
    _inbox: Gauge = field(repr=False)
    _outbox: Gauge = field(repr=False)
    _oldest: Gauge = field(repr=False)
    _database: Gauge = field(repr=False)
    _accounts: dict[tuple[str, str], Webhook] = field(default_factory=dict, repr=False)

    def webhook(self, office: str, channel: str) -> Webhook:
        """What is counted for one account."""
        found = self._accounts.get((office, channel))
        if found is None:
            outcome = cache(lambda word: self.webhooks.labels(office, channel, word))
            found = Webhook(self.events.labels(office, channel), self.seconds.labels(office, channel), outcome)
            self._accounts[office, channel] = found
        return found

    async def page(self) -> bytes:
        """Everything in Prometheus' text form. Counts of rows are read from the database now, so they are the same
        whichever process is asked; `tohotro_database_up` is 0 when it could not be read.
        """
        try:
            await self._read()
        except Exception:  # whatever kept us from reading, the page must say so rather than fail
            self._database.set(0)
        else:
            self._database.set(1)
        return generate_latest(self.registry)

    async def _read(self) -> None:
        database = connections.get("default")
        inbox = await database.execute_query_dict(_INBOX)
        outbox = await database.execute_query_dict(_OUTBOX)
        oldest = (await database.execute_query_dict(_OLDEST))[0]
        _fill(self._inbox, inbox, ("office", "channel", "state"))
        _fill(self._outbox, outbox, ("office", "channel", "state", "error"))
        for direction in ("inbox", "outbox"):
            self._oldest.labels(direction).set(oldest[direction])


def _fill(gauge: Gauge, rows: list[dict[str, Any]], labels: tuple[str, ...]) -> None:
    gauge.clear()
    for row in rows:
        gauge.labels(*(row[label] for label in labels)).set(row["rows"])


def make() -> Metrics:
    """Fresh counters, all at zero."""
    registry = CollectorRegistry()
    where = ["office", "channel"]
    return Metrics(
        registry=registry,
        webhooks=Counter("tohotro_webhooks", "Webhook requests by outcome", [*where, "outcome"], registry=registry),
        events=Counter("tohotro_webhook_events", "Events taken from webhook requests", where, registry=registry),
        polled=Counter("tohotro_polled_events", "Events taken by asking the network", where, registry=registry),
        seconds=Histogram("tohotro_webhook_seconds", "Time until a webhook was acknowledged", where, registry=registry),
        failures=Counter(
            "tohotro_failures", "Unexpected failures, each with a reference in the log", ["part"], registry=registry
        ),
        _inbox=Gauge("tohotro_inbox_rows", "Stored incoming events by state", [*where, "state"], registry=registry),
        _outbox=Gauge(
            "tohotro_outbox_rows", "Outgoing messages by state and error", [*where, "state", "error"], registry=registry
        ),
        _oldest=Gauge("tohotro_oldest_waiting_seconds", "Age of the oldest waiting row", ["queue"], registry=registry),
        _database=Gauge("tohotro_database_up", "Whether the rows could be counted just now", registry=registry),
    )
