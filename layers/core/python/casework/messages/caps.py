"""How many mails may leave a Bangkok day, per user and per tenant: counters in rows that are locked while they grow."""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from casework.kernel.clock import BANGKOK
from casework.kernel.errors import RateLimited

if TYPE_CHECKING:
    from datetime import date

TENANT = "tenant"
"""The counter that all of a tenant's senders share; a user's own is `user:<id>`."""


class DailyCapReached(RateLimited):
    """`facts['retry_after']`: seconds until the next Bangkok midnight."""

    slug = "daily-mail-cap"
    title = "Daily mail cap reached"


def sender_of(user_id: str) -> str:
    """Return the name of a user's counter; it can never be the tenant's."""
    return f"user:{user_id}"


def usage_day(at: datetime) -> date:
    """Return the date whose counters an instant belongs to."""
    return at.astimezone(BANGKOK).date()


def seconds_to_midnight(at: datetime) -> int:
    """Return the whole seconds until the next Bangkok date begins, at least 1."""
    midnight = datetime.combine(usage_day(at) + timedelta(days=1), time(), BANGKOK)
    return math.ceil((midnight - at).total_seconds())
