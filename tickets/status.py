"""Which moves of a ticket are allowed: the one table."""

from tickets.models.ticket import Status

# A claimed ticket is also resumed (waiting, snoozed → claimed) when the resident writes or the time comes, and
# released by transfer. Closing is done by the program some days after resolving, or at once by staff.
MOVES: dict[str, tuple[frozenset[Status], Status]] = {
    "route": (frozenset({Status.NEW}), Status.OPEN),
    "claim": (frozenset({Status.NEW, Status.OPEN}), Status.CLAIMED),
    "assign": (
        frozenset({Status.NEW, Status.OPEN, Status.CLAIMED, Status.WAITING, Status.SNOOZED}),
        Status.CLAIMED,
    ),
    "release": (frozenset({Status.CLAIMED, Status.WAITING, Status.SNOOZED}), Status.OPEN),
    "transfer": (
        frozenset({Status.NEW, Status.OPEN, Status.CLAIMED, Status.WAITING, Status.SNOOZED}),
        Status.OPEN,
    ),
    "wait": (frozenset({Status.CLAIMED}), Status.WAITING),
    "snooze": (frozenset({Status.CLAIMED}), Status.SNOOZED),
    "resume": (frozenset({Status.WAITING, Status.SNOOZED}), Status.CLAIMED),
    "resolve": (frozenset({Status.CLAIMED, Status.WAITING, Status.SNOOZED}), Status.RESOLVED),
    "reopen": (frozenset({Status.RESOLVED}), Status.OPEN),
    "close": (frozenset({Status.RESOLVED}), Status.CLOSED),
}

LIVE = frozenset({Status.NEW, Status.OPEN, Status.CLAIMED, Status.WAITING, Status.SNOOZED})
UNCLAIMED = frozenset({Status.NEW, Status.OPEN})
PAUSED = frozenset({Status.WAITING, Status.SNOOZED})


def sources(move: str) -> frozenset[Status]:
    """The states from which `move` may start."""
    return MOVES[move][0]


def target(move: str) -> Status:
    """The state in which `move` ends."""
    return MOVES[move][1]
