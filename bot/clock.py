"""What time it is for the office: real time, plus whatever the demonstration or a test has moved it by."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Business time. Deadlines, due times and what people read follow it; leases, signatures and secrets never do."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self._offset = offset

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC) + self._offset

    def move(self, by: timedelta) -> None:
        """Let `by` have passed."""
        self._offset += by

    def set(self, moment: datetime) -> None:
        """Make `moment` (aware) the present; from there the time goes on as usual. Raises ValueError without a zone."""
        if moment.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {moment!r}")
        self._offset = moment - datetime.now(UTC)

    def until(self, moment: datetime) -> timedelta:
        """How much real time passes before `moment` (aware), if nobody moves the clock; never negative."""
        return max(moment - self.now(), timedelta())
