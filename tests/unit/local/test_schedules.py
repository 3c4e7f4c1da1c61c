from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from local.intrinsics import TemplateProblem
from local.schedules import Cron, Once, Rate, parse


def after(text: str, instant: str, zone: str = "UTC") -> str | None:
    expression = parse(text, zone)
    assert isinstance(expression, Cron | Once)
    found = expression.next_after(datetime.fromisoformat(instant).replace(tzinfo=UTC))
    return found and found.strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("text", "instant", "expected"),
    [
        ("cron(0 7 * * ? *)", "2026-01-01T06:59", "2026-01-01T07:00"),
        ("cron(0 7 * * ? *)", "2026-01-01T07:00", "2026-01-02T07:00"),
        ("cron(*/15 * * * ? *)", "2026-01-01T06:46", "2026-01-01T07:00"),
        ("cron(5/20 8-9 * * ? *)", "2026-01-01T08:26", "2026-01-01T08:45"),
        ("cron(0 9 ? * MON-FRI *)", "2026-01-02T10:00", "2026-01-05T09:00"),
        ("cron(0 9 ? * 1 *)", "2026-01-01T00:00", "2026-01-04T09:00"),
        ("cron(0 0 29 FEB ? *)", "2026-01-01T00:00", "2028-02-29T00:00"),
        ("cron(0 0 1 1 ? 2025)", "2026-01-01T00:00", None),
        ("at(2026-05-01T00:00:00)", "2026-01-01T00:00", "2026-05-01T00:00"),
        ("at(2026-05-01T00:00:00)", "2026-05-01T00:00", None),
    ],
)
def test_the_next_instant_is_the_first_one_strictly_later(text, instant, expected):
    assert after(text, instant) == expected


def test_bangkok_seven_oclock_is_midnight_utc():
    assert after("cron(0 7 * * ? *)", "2026-01-01T01:00", "Asia/Bangkok") == "2026-01-02T00:00"


def test_a_local_time_that_the_clock_change_skips_does_not_fire():
    assert after("cron(30 2 * * ? *)", "2026-03-28T12:00", "Europe/Berlin") == "2026-03-30T00:30"


def test_a_local_time_that_comes_twice_fires_the_first_time():
    assert after("cron(30 2 * * ? *)", "2026-10-24T12:00", "Europe/Berlin") == "2026-10-25T00:30"
    assert after("cron(30 2 * * ? *)", "2026-10-25T00:30", "Europe/Berlin") == "2026-10-26T01:30"


def test_a_rate_is_a_period():
    assert parse("rate(5 minutes)") == Rate(timedelta(minutes=5))
    assert parse("rate(1 hour)") == Rate(timedelta(hours=1))


@pytest.mark.parametrize(
    "text",
    ["rate(0 minutes)", "rate(1 month)", "cron(0 7 * * * *)", "cron(0 7 L * ? *)", "cron(61 7 * * ? *)", "cron(0 7)", "soon"],
)
def test_what_is_not_known_is_refused(text):
    with pytest.raises(TemplateProblem):
        parse(text)
