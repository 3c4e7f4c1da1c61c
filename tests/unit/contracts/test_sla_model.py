"""The shipped service levels against enumerations B-4 and B-10, against the code and the other contracts, and spoiled copies of them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from casework.cases.case_types import AlertLevel
from casework.cases.lifecycle import CaseStatus
from casework.contracts import sla_model
from casework.contracts.alerting_model import AlertingModel
from casework.contracts.sla_model import Band, SlaModel, Target
from casework.identity.permissions import Role

if TYPE_CHECKING:
    from collections.abc import Callable

SHIPPED = Path(sla_model.__file__).with_suffix(".json").read_text(encoding="utf-8")
ALERTING = Path(sla_model.__file__).with_name("alerting_model.json").read_text(encoding="utf-8")
TARGETS = {
    "L0": {"ack": "15 minutes", "first_action": "60 minutes", "make_safe": "4 hours", "resolve": "24 hours", "reporter_update": "4 hours"},
    "L1": {"ack": "30 minutes", "first_action": "4 hours", "resolve": "72 hours", "reporter_update": "24 hours"},
    "L2": {"ack": "4 hours", "first_action": "1 bd", "resolve": "7 bd by type", "reporter_update": "3 bd"},
    "L3": {"ack": "1 bd", "first_action": "3 bd", "resolve": "15 bd by type", "reporter_update": "7 bd"},
    "review": {"review": "4 hours"},
}
WARNINGS = {"L0": (50, 75), "L1": (50, 75, 90), "L2": (75, 90), "L3": (90,), "review": (50, 75)}
SUBSTITUTES = {
    "2026-06-01": "2026-05-31", "2026-12-07": "2026-12-05", "2027-02-22": "2027-02-21", "2027-05-03": "2027-05-01",
    "2027-07-20": "2027-07-18", "2027-10-25": "2027-10-23", "2027-12-06": "2027-12-05",
}  # fmt: skip


def shipped() -> SlaModel:
    return SlaModel.model_validate_json(SHIPPED)


def alerting() -> AlertingModel:
    return AlertingModel.model_validate_json(ALERTING)


def bands() -> list[Band]:
    return [*shipped().bands, shipped().review]


def spelt(target: Target) -> str:
    figures = ((target.minutes, "minutes"), (target.hours, "hours"), (target.business_days, "bd"))
    return "".join(f"{figure} {unit}" for figure, unit in figures if figure) + (" by type" if target.from_case_type else "")


def consequences(code: str) -> list[tuple[str, int, int, list[tuple[str, str | None]]]]:
    band = next(band for band in bands() if band.code == code)
    return [
        ("+".join(one.clocks), one.at_percent, one.plus_minutes, [(step.action, step.to) for step in one.steps])
        for one in band.consequences
    ]


def office_days(year: int) -> dict[date, sla_model.Holiday]:
    days = shipped().holidays_of(shipped().calendar_of(shipped().band_of("L2")))
    return {on: day for on, day in days.items() if on.year == year}


def test_every_alert_level_has_a_band():
    assert [band.code for band in shipped().bands] == [level.value for level in AlertLevel]


def test_targets_are_those_of_b_4():
    assert {band.code: {target.clock: spelt(target) for target in band.targets} for band in bands()} == TARGETS


def test_warnings_are_those_of_b_4():
    assert {band.code: band.warn_at_percent for band in bands()} == WARNINGS


def test_urgent_levels_and_the_review_count_around_the_clock_and_the_others_in_office_hours():
    assert {band.code: band.calendar for band in bands()} == {
        "L0": "always", "L1": "always", "L2": "bangkok_office", "L3": "bangkok_office", "review": "always",
    }  # fmt: skip


def test_the_office_is_open_from_half_past_eight_to_half_past_four_on_weekdays():
    office = shipped().calendar_of(shipped().band_of("L3"))
    assert office.timezone == "Asia/Bangkok"
    assert [office.shifts_on(weekday) for weekday in range(7)] == [[(510, 990)]] * 5 + [[], []]


def test_around_the_clock_is_every_minute_of_every_day():
    always = shipped().calendar_of(shipped().review)
    assert [always.shifts_on(weekday) for weekday in range(7)] == [[(0, 1440)]] * 7
    assert shipped().holidays_of(always) == {}


def test_a_business_day_is_eight_counted_hours():
    hours = shipped().rules.business_day_hours
    counted = {target.clock: target.counted(hours) for target in shipped().band_of("L2").targets}
    assert hours == 8
    assert (counted["ack"], counted["first_action"], counted["resolve"]) == (timedelta(hours=4), timedelta(hours=8), timedelta(hours=56))


def test_the_holidays_of_two_years_are_listed_and_the_second_is_not_called_announced():
    assert [(len(office_days(year)), one.basis) for year, one in zip((2026, 2027), shipped().holiday_lists, strict=True)] == [
        (23, "announced"),
        (24, "standing_rules"),
    ]


def test_substitute_days_name_what_they_stand_for_and_are_working_days_otherwise():
    days = office_days(2026) | office_days(2027)
    assert {str(on): str(day.instead_of) for on, day in days.items() if day.kind == "substitute"} == SUBSTITUTES
    assert all(on.weekday() < 5 for on, day in days.items() if day.kind != "holiday")
    assert [str(on) for on, day in days.items() if day.kind == "special"] == ["2026-01-02"]


def test_no_holiday_on_a_weekend_goes_without_a_substitute():
    days = office_days(2026) | office_days(2027)
    assert {str(on) for on in days if on.weekday() >= 5} <= set(SUBSTITUTES.values())


def test_an_emergency_that_nobody_acknowledges_climbs_and_is_reviewed_afterwards():
    assert consequences("L0") == [
        ("ack", 100, 0, [("page", "secondary_on_call"), ("notify", "governance_line_group")]),
        ("ack", 100, 15, [("page", "duty_executive")]),
        ("ack+first_action+make_safe+resolve", 100, 0, [("require_post_incident_review", None)]),
    ]


def test_the_other_levels_have_a_consequence_at_the_breach_and_a_later_one():
    clocks = "ack+first_action+resolve"
    assert consequences("L1") == [(clocks, 100, 0, [("page", "secondary_on_call")]), (clocks, 150, 0, [("page", "department_head")])]
    assert consequences("L2") == [
        (clocks, 100, 0, [("repeat_notice", "team_channel"), ("notify", "owners_lead")]),
        (clocks, 200, 0, [("raise_level", None)]),
    ]
    assert consequences("L3") == [
        (clocks, 100, 0, [("add_to_weekly_digest", "district_head")]),
        (clocks, 200, 0, [("suggest_reassignment", None)]),
    ]


def test_an_overdue_review_follows_the_level_s_path_and_reaches_governance_after_eight_hours():
    assert consequences("review") == [
        ("review", 100, 0, [("start_escalation_path", None)]),
        ("review", 100, 0, [("page", "primary_on_call")]),
        ("review", 200, 0, [("notify", "platform_governance")]),
    ]
    assert [one.only_outside for one in shipped().review.consequences] == [None, "bangkok_office", None]


def test_a_case_is_raised_once_and_never_once_per_clock():
    ledgers = {step.action: one.once_per for band in bands() for one in band.consequences for step in one.steps}
    assert {action for action, once in ledgers.items() if once == "case"} == {"raise_level", "require_post_incident_review"}


def test_governance_pauses_the_review_and_only_waiting_or_a_person_pauses_resolving():
    rules = {rule.while_status: (rule.clocks, rule.reason_required) for rule in shipped().pause_rules}
    assert rules == {
        CaseStatus.GOVERNANCE_REVIEWING: (("review",), False),
        CaseStatus.AWAITING_EXTERNAL: (("resolve",), False),
        None: (("resolve",), True),
    }


def test_counting_follows_the_rules_of_b_4():
    rules = shipped().rules
    assert (rules.tick_minutes, rules.split_shifts_allowed, rules.level_change_keeps) == (1, True, ("elapsed", "paused"))


def test_a_sensitive_case_needs_the_two_people_of_the_approval_matrix():
    override, approvals = shipped().sensitive_override, alerting().approvals
    row = next(row for row in approvals.rows if row.code == override.approval_row)
    assert (override.signatures, override.signers) == (row.signatures, row.signers) == (2, (Role.REVIEWER, Role.GOVERNANCE))
    assert set(override.never_counts) == set(row.never_counts) == {"creator", "ai"}
    assert override.expires_after_hours == approvals.expires_after_hours == 24


def test_recipients_channels_and_levels_are_those_of_the_alerting_contract():
    known = {one.code: one.label for one in alerting().recipients}
    assert {one.code: one.label for one in shipped().recipients}.items() <= known.items()
    assert {one.channel for one in shipped().recipients if one.channel} <= {one.code for one in alerting().channels}
    assert {band.code: band.label for band in shipped().bands} == {level.code: level.label for level in alerting().levels}


def extra_key(file: dict[str, Any]) -> None:
    file["bands"][0]["colour"] = "red"


def blank_translation(file: dict[str, Any]) -> None:
    file["clocks"][0]["label"]["zh"] = " "


def other_name(file: dict[str, Any]) -> None:
    file["contract"] = "alerting_model"


def band_twice(file: dict[str, Any]) -> None:
    file["bands"][1]["code"] = "L0"


def clock_twice(file: dict[str, Any]) -> None:
    file["clocks"][1]["code"] = "ack"


def consequence_twice(file: dict[str, Any]) -> None:
    file["bands"][1]["consequences"][0]["code"] = "l0_ack_missed"


def target_twice(file: dict[str, Any]) -> None:
    file["bands"][0]["targets"][1]["clock"] = "ack"


def two_units(file: dict[str, Any]) -> None:
    file["bands"][0]["targets"][0]["hours"] = 1


def no_unit(file: dict[str, Any]) -> None:
    del file["bands"][0]["targets"][0]["minutes"]


def no_time_at_all(file: dict[str, Any]) -> None:
    file["bands"][0]["targets"][0]["minutes"] = 0


def figure_as_text(file: dict[str, Any]) -> None:
    file["bands"][0]["targets"][0]["minutes"] = "15"


def unknown_clock(file: dict[str, Any]) -> None:
    file["pause_rules"][0]["clocks"] = ["sundial"]


def consequence_of_a_clock_without_target(file: dict[str, Any]) -> None:
    file["bands"][1]["consequences"][0]["clocks"] = ["make_safe"]


def unknown_calendar(file: dict[str, Any]) -> None:
    file["bands"][2]["calendar"] = "lunar"


def unknown_off_hours(file: dict[str, Any]) -> None:
    file["review"]["consequences"][1]["only_outside"] = "lunar"


def unknown_recipient(file: dict[str, Any]) -> None:
    file["bands"][0]["consequences"][1]["steps"][0]["to"] = "nobody"


def unknown_action(file: dict[str, Any]) -> None:
    file["bands"][0]["consequences"][1]["steps"][0]["action"] = "shout"


def falling_warnings(file: dict[str, Any]) -> None:
    file["bands"][0]["warn_at_percent"] = [75, 50]


def warning_after_the_breach(file: dict[str, Any]) -> None:
    file["bands"][0]["warn_at_percent"] = [120]


def breach_before_the_end(file: dict[str, Any]) -> None:
    file["bands"][0]["consequences"][0]["at_percent"] = 90


def unknown_zone(file: dict[str, Any]) -> None:
    file["calendars"][1]["timezone"] = "Asia/Atlantis"


def unknown_holidays(file: dict[str, Any]) -> None:
    file["calendars"][1]["holiday_lists"] = ["bangkok_2525"]


def always_with_shifts(file: dict[str, Any]) -> None:
    file["calendars"][1]["always"] = True


def never_open(file: dict[str, Any]) -> None:
    file["calendars"][1]["shifts"] = []


def shift_backwards(file: dict[str, Any]) -> None:
    file["calendars"][1]["shifts"][0]["closes_at"] = "08:00"


def shift_in_another_zone(file: dict[str, Any]) -> None:
    file["calendars"][1]["shifts"][0]["opens_at"] = "08:30+07:00"


def overlapping_shifts(file: dict[str, Any]) -> None:
    file["calendars"][1]["shifts"].append({"days": ["fri"], "opens_at": "16:00", "closes_at": "18:00"})


def split_shift_where_forbidden(file: dict[str, Any]) -> None:
    file["rules"]["split_shifts_allowed"] = False
    file["calendars"][1]["shifts"].append({"days": ["fri"], "opens_at": "18:00", "closes_at": "19:00"})


def holiday_twice(file: dict[str, Any]) -> None:
    file["holiday_lists"][0]["days"][1]["on"] = "2026-01-01"


def holiday_in_both_lists(file: dict[str, Any]) -> None:
    file["holiday_lists"][1]["starts_on"] = "2026-12-31"
    file["holiday_lists"][1]["days"][0]["on"] = "2026-12-31"


def holiday_of_another_year(file: dict[str, Any]) -> None:
    file["holiday_lists"][0]["days"][0]["on"] = "2025-01-01"


def no_such_date(file: dict[str, Any]) -> None:
    file["holiday_lists"][0]["days"][0]["on"] = "2026-02-30"


def substitute_for_no_holiday(file: dict[str, Any]) -> None:
    file["holiday_lists"][0]["days"][11]["instead_of"] = "2026-05-30"


def substitute_for_nothing(file: dict[str, Any]) -> None:
    del file["holiday_lists"][0]["days"][11]["instead_of"]


def status_pauses_a_clock_twice(file: dict[str, Any]) -> None:
    file["pause_rules"][1] |= {"while_status": "governance-reviewing", "clocks": ["review"]}


def one_signature_for_a_sensitive_case(file: dict[str, Any]) -> None:
    file["sensitive_override"] |= {"signatures": 1, "signers": ["reviewer"]}


def signature_without_a_signer(file: dict[str, Any]) -> None:
    file["sensitive_override"]["signers"] = ["reviewer"]


SPOILED = [
    extra_key, blank_translation, other_name, band_twice, clock_twice, consequence_twice, target_twice, two_units, no_unit, no_time_at_all,
    figure_as_text, unknown_clock, consequence_of_a_clock_without_target, unknown_calendar, unknown_off_hours, unknown_recipient,
    unknown_action, falling_warnings, warning_after_the_breach, breach_before_the_end, unknown_zone, unknown_holidays, always_with_shifts,
    never_open, shift_backwards, shift_in_another_zone, overlapping_shifts, split_shift_where_forbidden, holiday_twice,
    holiday_in_both_lists, holiday_of_another_year, no_such_date, substitute_for_no_holiday, substitute_for_nothing,
    status_pauses_a_clock_twice, one_signature_for_a_sensitive_case, signature_without_a_signer,
]  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
def test_a_spoiled_file_is_refused(spoil: Callable[[dict[str, Any]], None]):
    file = json.loads(SHIPPED)
    spoil(file)
    with pytest.raises(ValidationError):
        SlaModel.model_validate_json(json.dumps(file))


def test_an_owner_may_split_the_shifts_and_work_to_midnight():
    file = json.loads(SHIPPED)
    late = {"days": ["fri"], "opens_at": "18:00", "closes_at": "00:00"}
    file["calendars"][1]["shifts"].insert(0, late)
    office = SlaModel.model_validate_json(json.dumps(file)).calendars[1]
    assert (office.shifts_on(3), office.shifts_on(4)) == ([(510, 990)], [(510, 990), (1080, 1440)])


def test_an_owner_may_swap_in_other_figures_and_further_holidays():
    file = json.loads(SHIPPED) | {"schema_version": "1.1.0"}
    file["rules"]["business_day_hours"], file["bands"][2]["targets"][2]["business_days"] = 7, 5
    file["holiday_lists"][1]["days"].append({"on": "2027-12-30", "label": {"en": "Bridge", "th": "พิเศษ", "zh": "特别"}, "kind": "special"})
    swapped = SlaModel.model_validate_json(json.dumps(file))
    assert swapped.band_of("L2").targets[2].counted(swapped.rules.business_day_hours) == timedelta(hours=35)
    assert date(2027, 12, 30) in swapped.holidays_of(swapped.calendars[1])
