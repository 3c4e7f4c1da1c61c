"""Which part of a list of cases is wanted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Which part of a list: `limit` rows behind `offset`, or behind the case that a cursor names."""

    limit: int
    offset: int = 0
    cursor: str | None = None
