"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FrozenClock:
    """Tells the same instant until it is moved."""

    def __init__(self, at: datetime = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, step: timedelta) -> None:
        self.at += step
