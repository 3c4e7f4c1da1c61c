"""Schedule expressions of EventBridge (`rate`, `cron`, `at`) and the instants they name; pure.

Source: EventBridge Scheduler User Guide, "Schedule types". Not known here, and refused: `L`, `W` and `#` in cron.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from local.intrinsics import TemplateProblem

_UNITS: Mapping[str, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
_MONTHS: Mapping[str, int] = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS: Mapping[str, int] = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_HORIZON_DAYS = 4 * 366  # a 29 February lies in it


@dataclass(frozen=True)
class Rate:
    """`rate(5 minutes)`: every so often since the stack began."""

    period: timedelta


@dataclass(frozen=True)
class Once:
    """`at(2027-01-01T00:00:00)`: one instant."""

    instant: datetime

    def next_after(self, instant: datetime) -> datetime | None:
        """The instant, unless it is over."""
        return self.instant if self.instant > instant else None


@dataclass(frozen=True)
class Cron:
    """`cron(0 7 * * ? *)` in a time zone; each field is the set of values that match."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]
    zone: ZoneInfo

    def next_after(self, instant: datetime) -> datetime | None:
        """The first matching instant (UTC) strictly after `instant`; None when none lies in the next four years.

        A local time that the clock change skips does not fire; one that it repeats fires the first time.
        """
        first_day = instant.astimezone(self.zone).date()
        for ahead in range(_HORIZON_DAYS):
            day = first_day + timedelta(days=ahead)
            if self._matches(day) and (found := next((at for at in self._instants(day) if at > instant), None)):
                return found
        return None

    def _matches(self, day: date) -> bool:
        weekday = day.isoweekday() % 7 + 1
        return day.day in self.days and day.month in self.months and day.year in self.years and weekday in self.weekdays

    def _instants(self, day: date) -> Iterator[datetime]:
        for hour in sorted(self.hours):
            for minute in sorted(self.minutes):
                local = datetime.combine(day, time(hour, minute), self.zone)
                utc = local.astimezone(UTC)
                if utc.astimezone(self.zone).replace(tzinfo=None) == local.replace(tzinfo=None):
                    yield utc


Expression = Rate | Once | Cron


def parse(text: str, zone_name: str = "UTC") -> Expression:
    """The expression that the text spells. Raises TemplateProblem for what EventBridge or this module does not know."""
    match = re.fullmatch(r"(rate|cron|at)\((.*)\)", text.strip())
    if match is None:
        raise TemplateProblem(f"{text} is no schedule expression")
    kind, inside = match.groups()
    zone = ZoneInfo(zone_name)
    if kind == "rate":
        return _rate(inside)
    if kind == "at":
        return Once(datetime.fromisoformat(inside).replace(tzinfo=zone).astimezone(UTC))
    return _cron(inside, zone)


def _rate(inside: str) -> Rate:
    number, _, unit = inside.partition(" ")
    if not number.isdigit() or int(number) < 1 or unit.removesuffix("s") not in _UNITS:
        raise TemplateProblem(f"rate({inside}) is no rate of minutes, hours or days")
    return Rate(int(number) * _UNITS[unit.removesuffix("s")])


def _cron(inside: str, zone: ZoneInfo) -> Cron:
    fields = inside.split()
    if len(fields) != 6 or (fields[2] != "?") == (fields[4] != "?"):
        raise TemplateProblem(f"cron({inside}) needs six fields, with ? in exactly one of day-of-month and day-of-week")
    minutes, hours, days, months, weekdays, years = fields
    return Cron(
        minutes=_field(minutes, 0, 59),
        hours=_field(hours, 0, 23),
        days=_field(days, 1, 31),
        months=_field(months, 1, 12, _MONTHS),
        weekdays=_field(weekdays, 1, 7, _DAYS),
        years=_field(years, 1970, 2199),
        zone=zone,
    )


def _field(text: str, low: int, high: int, names: Mapping[str, int] | None = None) -> frozenset[int]:
    values: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, last = _span(span, low, high, names or {}, stepped=bool(step))
        values.update(range(first, last + 1, _number(step, {}) if step else 1))
    if not values or min(values) < low or max(values) > high:
        raise TemplateProblem(f"the cron field {text} lies outside {low}-{high}")
    return frozenset(values)


def _span(text: str, low: int, high: int, names: Mapping[str, int], *, stepped: bool) -> tuple[int, int]:
    if text in ("*", "?"):
        return low, high
    first, dash, last = text.partition("-")
    begin = _number(first, names)
    if dash:
        return begin, _number(last, names)
    return begin, high if stepped else begin


def _number(text: str, names: Mapping[str, int]) -> int:
    if text.upper() in names:
        return names[text.upper()]
    if not text.isdigit():
        raise TemplateProblem(f"the laptop stack does not know {text!r} in a cron expression")
    return int(text)
