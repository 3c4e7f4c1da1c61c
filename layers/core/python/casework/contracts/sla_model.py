"""The service levels of a city case: bands per alert level, the calendars that they are counted on, pauses, and what a breach brings (B-4).

A target is counted on the calendar of its band. One business day is a fixed number of counted hours, however the shifts of a calendar lie.
The resolve target of a band whose target says `from_case_type` is the case type's own days (case_schema.json), read in the unit of that
target; its figure stands in for a case without a type. Statuses and alert levels are codes of case_schema.json and alerting_model.json.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from casework.contracts.model import Code, Codes, Contract, Label, Named, Part, Positive, Text, require_known, require_unique

Warnings = tuple[Annotated[int, Field(gt=0, lt=100)], ...]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `date.weekday()`."""
DAY_MINUTES = 24 * 60


class Holiday(Part):
    """A day on which a calendar does not count; a substitute names the day, on a weekend or another holiday, that it stands for."""

    on: date
    label: Label
    kind: Literal["holiday", "substitute", "special"]
    instead_of: date | None = None

    @model_validator(mode="after")
    def _say_what_for(self) -> Holiday:
        if (self.kind == "substitute") != (self.instead_of is not None):
            message = f"{self.on}: a substitute day, and only that, says which day it stands for"
            raise ValueError(message)
        return self


class HolidayList(Part):
    """The holidays of a span of dates, both ends included. `basis`: announced for these dates, or derived from the rules that stand."""

    code: Code
    label: Label
    starts_on: date
    ends_on: date
    basis: Literal["announced", "standing_rules"]
    days: tuple[Holiday, ...]

    @model_validator(mode="after")
    def _hold_together(self) -> HolidayList:
        dates = [day.on for day in self.days]
        require_unique(map(str, dates), "dates")
        replaced = [day.instead_of for day in self.days if day.instead_of is not None]
        require_known(map(str, replaced), map(str, dates), "replaced holidays")
        require_unique(map(str, replaced), "replaced holidays")
        if any(not self.starts_on <= on <= self.ends_on for on in dates):
            message = f"{self.code}: a holiday lies outside {self.starts_on}..{self.ends_on}"
            raise ValueError(message)
        return self


class Shift(Part):
    """A stretch of a day that counts, in local time: `opens_at` included, `closes_at` not. Closing at 00:00 is the day's end."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    opens_at: time
    closes_at: time

    @property
    def minutes(self) -> tuple[int, int]:
        """Return both ends as minutes from the day's beginning."""
        return _minute(self.opens_at), _minute(self.closes_at) or DAY_MINUTES

    @model_validator(mode="after")
    def _run_forward(self) -> Shift:
        require_unique(self.days, "weekdays")
        if any(end.tzinfo or end.second or end.microsecond for end in (self.opens_at, self.closes_at)):
            message = "a shift begins and ends on a minute of local time"
            raise ValueError(message)
        opens, closes = self.minutes
        if opens >= closes:
            message = "a shift ends after it begins; one over midnight is written as two"
            raise ValueError(message)
        return self


class Calendar(Part):
    """When time counts: always, or in the shifts of days that are not holidays. Several shifts on one day are a split shift."""

    code: Code
    label: Label
    timezone: Text
    always: bool
    shifts: tuple[Shift, ...] = ()
    holiday_lists: tuple[Code, ...] = ()

    def shifts_on(self, weekday: int) -> list[tuple[int, int]]:
        """Return the shifts of a weekday (Monday is 0) in order, as minutes from the day's beginning; holidays are not looked at."""
        if self.always:
            return [(0, DAY_MINUTES)]
        return sorted(shift.minutes for shift in self.shifts if WEEK[weekday] in shift.days)

    @model_validator(mode="after")
    def _be_countable(self) -> Calendar:
        if self.always == bool(self.shifts) or (self.always and self.holiday_lists):
            message = f"{self.code}: a calendar counts always, or has shifts and perhaps holidays"
            raise ValueError(message)
        for weekday in range(len(WEEK)):
            if any(before[1] > after[0] for before, after in pairwise(self.shifts_on(weekday))):
                message = f"{self.code}: shifts of one day overlap"
                raise ValueError(message)
        require_unique(self.holiday_lists, "holiday lists")
        _require_zone(self.timezone)
        return self


class Clock(Part):
    """Something that is measured. `starts_at` is told where that is not the case's own beginning."""

    code: Code
    label: Label
    starts_at: Code | None = None


class Target(Part):
    """How long a clock may run: a figure in one unit, and no other."""

    clock: Code
    minutes: Positive | None = None
    hours: Positive | None = None
    business_days: Positive | None = None
    from_case_type: bool = False

    def counted(self, business_day_hours: int) -> timedelta:
        """Return the time to count on the band's calendar."""
        hours = (self.hours or 0) + (self.business_days or 0) * business_day_hours
        return timedelta(hours=hours, minutes=self.minutes or 0)

    @model_validator(mode="after")
    def _have_one_unit(self) -> Target:
        if sum(figure is not None for figure in (self.minutes, self.hours, self.business_days)) != 1:
            message = f"{self.clock}: a target has one of minutes, hours, business_days"
            raise ValueError(message)
        return self


class Step(Part):
    """What is done, and to whom where somebody is told."""

    action: Code
    to: Code | None = None


class Consequence(Part):
    """What happens, once each, when one of the clocks has used `at_percent` of its target and `plus_minutes` more have gone by.

    `only_outside` names a calendar: the consequence is for the hours that this does not count. `once_per` is what the ledger keys on.
    """

    code: Code
    label: Label
    clocks: Codes
    at_percent: Annotated[int, Field(ge=100)]
    plus_minutes: Annotated[int, Field(ge=0)] = 0
    only_outside: Code | None = None
    once_per: Literal["clock", "case"]
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]


class Band(Part):
    """The service level of an alert level."""

    code: Code
    label: Label
    calendar: Code
    targets: Annotated[tuple[Target, ...], Field(min_length=1)]
    warn_at_percent: Warnings
    consequences: tuple[Consequence, ...]

    @model_validator(mode="after")
    def _measure_own_clocks(self) -> Band:
        clocks = [target.clock for target in self.targets]
        require_unique(clocks, f"{self.code}: targets")
        require_known(_clocks_of(self.consequences), clocks, f"{self.code}: clocks of consequences")
        if list(self.warn_at_percent) != sorted(set(self.warn_at_percent)):
            message = f"{self.code}: warnings rise"
            raise ValueError(message)
        return self


class PauseRule(Part):
    """Which clocks stand still, and why: while the case has a status, or from a person's request until they resume."""

    code: Code
    label: Label
    while_status: Code | None
    clocks: Codes
    reason_required: bool


class SensitiveOverride(Part):
    """Who must agree before a sensitive case moves: as many distinct people as signatures, one of each role."""

    label: Label
    approval_row: Code
    covers: Codes
    signatures: Annotated[int, Field(ge=2)]
    signers: tuple[Code, ...]
    never_counts: tuple[Code, ...]
    expires_after_hours: Positive

    @model_validator(mode="after")
    def _have_a_signer_each(self) -> SensitiveOverride:
        if len(self.signers) != self.signatures:
            message = "a signer is named for each signature"
            raise ValueError(message)
        return self


class Rules(Part):
    """How everything above is counted."""

    business_day_hours: Annotated[int, Field(gt=0, le=24)]
    tick_minutes: Positive
    split_shifts_allowed: bool
    level_change_keeps: tuple[Literal["elapsed", "paused"], ...]
    late_tick: Literal["catch_up_once_in_order"]
    explanation: Literal["counted_spans"]


class Recipient(Named):
    """Who is told; `channel` (a code of alerting_model.json) where it is always the same."""

    channel: Code | None = None


class SlaModel(Contract):
    """The file as a whole. `bands` has one band per alert level, most urgent first; `review` is the clock of the daily queue's items."""

    contract: Literal["sla_model"]
    rules: Rules
    holiday_lists: tuple[HolidayList, ...]
    calendars: tuple[Calendar, ...]
    clocks: tuple[Clock, ...]
    actions: tuple[Named, ...]
    recipients: tuple[Recipient, ...]
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    review: Band
    pause_rules: tuple[PauseRule, ...]
    sensitive_override: SensitiveOverride

    def band_of(self, level: str) -> Band:
        """Return the band of an alert level. Raises KeyError."""
        return {band.code: band for band in self.bands}[level]

    def calendar_of(self, band: Band) -> Calendar:
        """Return the calendar that a band is counted on."""
        return {calendar.code: calendar for calendar in self.calendars}[band.calendar]

    def holidays_of(self, calendar: Calendar) -> dict[date, Holiday]:
        """Return the days on which a calendar does not count."""
        return {day.on: day for one in self.holiday_lists if one.code in calendar.holiday_lists for day in one.days}

    @model_validator(mode="after")
    def _declare_once(self) -> SlaModel:
        for name in ("holiday_lists", "calendars", "clocks", "actions", "recipients", "pause_rules"):
            require_unique((one.code for one in getattr(self, name)), name)
        require_unique((band.code for band in (*self.bands, self.review)), "bands")
        consequences = [one for band in (*self.bands, self.review) for one in band.consequences]
        require_unique((one.code for one in consequences), "consequences")
        return self

    @model_validator(mode="after")
    def _resolve_bands(self) -> SlaModel:
        calendars, bands = [one.code for one in self.calendars], (*self.bands, self.review)
        require_known((band.calendar for band in bands), calendars, "calendars of bands")
        used = [target.clock for band in bands for target in band.targets] + _clocks_of(self.pause_rules)
        require_known(used, (one.code for one in self.clocks), "clocks")
        consequences = [one for band in bands for one in band.consequences]
        require_known((one.only_outside for one in consequences if one.only_outside), calendars, "calendars of consequences")
        steps = [step for one in consequences for step in one.steps]
        require_known((step.action for step in steps), (one.code for one in self.actions), "actions")
        require_known((step.to for step in steps if step.to), (one.code for one in self.recipients), "recipients")
        return self

    @model_validator(mode="after")
    def _resolve_calendars(self) -> SlaModel:
        used = [code for calendar in self.calendars for code in calendar.holiday_lists]
        require_known(used, (one.code for one in self.holiday_lists), "holiday lists")
        for calendar in self.calendars:
            lists = [one for one in self.holiday_lists if one.code in calendar.holiday_lists]
            require_unique((str(day.on) for one in lists for day in one.days), f"{calendar.code}: holidays")
            if not self.rules.split_shifts_allowed and any(len(calendar.shifts_on(day)) > 1 for day in range(len(WEEK))):
                message = f"{calendar.code}: split shifts are not allowed"
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _pause_each_status_once(self) -> SlaModel:
        paused: dict[str, list[str]] = defaultdict(list)
        for rule in self.pause_rules:
            paused[rule.while_status or "a person's request"] += rule.clocks
        for why, clocks in paused.items():
            require_unique(clocks, f"clocks paused by {why}")
        return self


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _clocks_of(parts: tuple[Consequence, ...] | tuple[PauseRule, ...]) -> list[str]:
    return [clock for part in parts for clock in part.clocks]


def _require_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (OSError, LookupError) as error:
        message = f"there is no time zone {name}"
        raise ValueError(message) from error
