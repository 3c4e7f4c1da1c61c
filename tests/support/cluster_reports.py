"""Builders for clustering: a report with its tokens, and positions a number of metres apart."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from casework.reports.clustering import ClusterReport
from casework.reports.tokens import tokenise

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LATITUDE, LONGITUDE = 13.7501, 100.5310
_METRES_PER_DEGREE = math.pi * 6_371_000 / 180


def a_report(seq: int = 1, text: str = "Deep pothole in the left lane", *, north_m: float = 0.0, **fields: Any) -> ClusterReport:
    """A report `north_m` metres north of the usual place, `days` after noon; its tokens are those of its text."""
    days = fields.pop("days", 0.0)
    usual: dict[str, Any] = {
        "latitude": LATITUDE + north_m / _METRES_PER_DEGREE,
        "longitude": LONGITUDE,
        "observed_at": NOON + timedelta(days=days),
        "tokens": tuple(tokenise(text)),
        "severity": 0.7,
        "title": text,
    }
    return ClusterReport(seq=seq, **(usual | fields))
