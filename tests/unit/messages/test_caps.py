"""Bangkok's day, and how long until the next."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from casework.messages.caps import TENANT, seconds_to_midnight, sender_of, usage_day


@pytest.mark.parametrize(
    ("at", "day", "seconds"),
    [
        (datetime(2026, 11, 23, 16, 59, 59, 1, tzinfo=UTC), date(2026, 11, 23), 1),
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), date(2026, 11, 24), 24 * 3600),
        (datetime(2026, 12, 31, 12, 0, tzinfo=UTC), date(2026, 12, 31), 5 * 3600),
    ],
)
def test_the_day_ends_at_midnight_in_bangkok(at, day, seconds):
    assert (usage_day(at), seconds_to_midnight(at)) == (day, seconds)


def test_no_user_can_name_the_tenant_s_counter():
    assert sender_of("tenant") != TENANT
