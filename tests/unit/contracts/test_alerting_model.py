"""The shipped alerting contract against enumerations B-3 to B-5 and B-8 to B-11, against the code, and spoiled copies of it."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from casework.cases.case_types import CITY_CASE_TYPES, AlertLevel, Severity
from casework.cases.defaults import alert_level_for
from casework.cases.lifecycle import CaseStatus
from casework.contracts import alerting_model
from casework.contracts.alerting_model import AlertingModel, Hop
from casework.contracts.case_schema import CaseSchema
from casework.identity.permissions import Role

if TYPE_CHECKING:
    from collections.abc import Callable

SHIPPED = Path(alerting_model.__file__).with_suffix(".json").read_text(encoding="utf-8")
SCHEMA = Path(alerting_model.__file__).with_name("case_schema.json").read_text(encoding="utf-8")
TYPES = [None, *(kind.code for kind in CITY_CASE_TYPES)]
LADDERS = {
    "EP-1": [
        (0, ["primary_on_call by pagerduty", "line_group by line"]),
        (5, ["secondary_on_call by pagerduty"]),
        (15, ["duty_executive by pagerduty", "line_group by line"]),
        (30, ["platform_governance by line"]),
    ],
    "EP-2": [
        (0, ["primary_on_call by pagerduty"]),
        (15, ["secondary_on_call by pagerduty"]),
        (45, ["department_head by pagerduty"]),
    ],
    "EP-3": [
        (0, ["team_channel by slack"]),
        ("warn", ["owners_lead by slack"]),
        ("breach", ["raise_level for L2", "add_to_weekly_digest for L3"]),
    ],
}
SIGNED_BY = {
    "row-ai-publish": ("reviewer",), "row-sensitive-override": ("reviewer", "governance"), "row-alert-raise": ("duty_officer",),
    "row-alert-lower": ("duty_officer", "lead"), "row-export-bulk": ("data_owner", "dpo"), "row-pii-reveal": ("case_owner",),
    "row-erasure": ("dpo", "admin"), "row-merge-sensitive": ("reviewer", "governance"), "row-rule-change": ("governance",),
    "row-flag-rollout": ("release_manager",), "row-quarantine-release": ("dpo", "reviewer"), "row-cap-change": (),
}  # fmt: skip
EVIDENCE = {
    "gate-alert-routing": ["channel_matrix_run", "on_call_coverage_check"],
    "gate-pdpa": ["privacy_test_run", "processing_record"],
    "gate-auth": ["role_matrix_run"],
    "gate-faithfulness": ["score_log"],
    "gate-sensitive-dual": ["two_signatures"],
    "gate-pii-scan": ["scan_verdict", "scanner_version"],
}


def shipped() -> AlertingModel:
    return AlertingModel.model_validate_json(SHIPPED)


def schema() -> CaseSchema:
    return CaseSchema.model_validate_json(SCHEMA)


def told(hop: Hop) -> list[str]:
    return [f"{one.to} by {one.channel}" if one.channel else f"{one.action} for {'+'.join(one.levels)}" for one in hop.steps]


def test_there_are_four_levels_eleven_words_three_paths_and_five_measures():
    alerting = shipped()
    assert [len(part) for part in (alerting.levels, alerting.lifecycle, alerting.escalation_paths, alerting.measures)] == [4, 11, 3, 5]


def test_levels_have_the_channels_of_b_4_and_the_paths_of_b_9():
    assert {level.code: (level.channels, level.escalation_path) for level in shipped().levels} == {
        AlertLevel.L0: (("pagerduty", "line"), "EP-1"),
        AlertLevel.L1: (("pagerduty",), "EP-2"),
        AlertLevel.L2: (("slack",), "EP-3"),
        AlertLevel.L3: (("slack",), "EP-3"),
    }


def test_levels_statuses_and_gates_are_worded_as_in_the_case_schema():
    alerting, record = shipped(), schema()
    pairs = [(alerting.levels, record.alert_levels), (alerting.lifecycle, record.lifecycle.statuses), (alerting.gates.items, record.gates)]
    assert [{one.code: one.label for one in mine} for mine, _ in pairs] == [{one.code: one.label for one in other} for _, other in pairs]


def test_the_words_of_the_lifecycle_are_the_stored_statuses_in_order():
    assert [status.code for status in shipped().lifecycle] == [status.value for status in CaseStatus]


@pytest.mark.parametrize(("case_type", "severity", "base"), list(product(TYPES, Severity, AlertLevel)))
def test_the_rule_of_stage_9_decides_as_the_code_does(case_type, severity, base):
    assert shipped().decide(case_type, severity, base).level == alert_level_for(case_type, severity, base)


@pytest.mark.parametrize(("severity", "base"), list(product(Severity, AlertLevel)))
def test_a_low_severity_of_an_embedded_engine_counts_as_medium_and_no_other_does(severity, base):
    counted = Severity.MEDIUM if severity is Severity.LOW else severity
    alerting = shipped()
    assert alerting.decide("air_noise", severity, base, engine="embedded").level == alerting.decide("air_noise", counted, base).level
    assert alerting.decide("air_noise", severity, base, engine="claude") == alerting.decide("air_noise", severity, base)


def test_a_decision_names_the_rule_that_the_trace_will_show():
    alerting = shipped()
    assert alerting.decide("flood_drainage", "critical", "L1") == ("L0", "b3_critical_danger")
    assert alerting.decide("green_space", "low", "L3", engine="embedded") == ("L3", "b3_low_embedded")
    assert alerting.level_decision.override_records == ("from", "to", "reason", "rule_id")


def test_a_severity_or_level_that_the_file_does_not_know_is_an_error_not_a_guess():
    with pytest.raises(LookupError):
        shipped().decide("green_space", "dire", "L3")
    with pytest.raises(ValueError, match="L9"):
        shipped().decide("green_space", "medium", "L9")


def test_the_rules_name_case_types_and_severities_that_exist():
    rules = shipped().level_decision.rules
    assert {code for rule in rules for code in rule.case_types} <= {kind.code for kind in CITY_CASE_TYPES}
    assert {rule.severity for rule in rules} == set(Severity)


def test_a_person_raises_alone_and_two_people_lower():
    rows = {row.code: row for row in shipped().approvals.rows}
    changes = {change.direction: (change.levels, rows[change.approval_row].signatures) for change in shipped().level_decision.by_people}
    assert changes == {"raise": (("L0", "L1"), 1), "lower": (("L0", "L1"), 2)}


def test_the_ladders_are_those_of_b_9():
    paths = {path.code: [(hop.at_sla or hop.after_minutes, told(hop)) for hop in path.hops] for path in shipped().escalation_paths}
    assert paths == LADDERS


def test_channels_do_not_wait_for_each_other_and_any_of_them_stops_the_ladder():
    delivery, acknowledgement = shipped().delivery, shipped().acknowledgement
    assert (delivery.channels_independent, delivery.retries, delivery.retry_backoff) == (True, 3, True)
    assert (acknowledgement.from_any_channel, acknowledgement.stops, acknowledgement.unreachable_found) == (True, "ladder", "before_needed")
    assert all(channel.acknowledges for channel in shipped().channels)


def test_more_than_twenty_urgent_alerts_of_the_ai_in_an_hour_fall_under_one():
    storm = shipped().storm_breaker
    assert (storm.levels, storm.raised_by, storm.more_than, storm.window_minutes) == (("L0", "L1"), "ai", 20, 60)
    assert (storm.then, storm.notice_to) == ("parent_alert", "platform_governance")


def test_a_sensitive_alert_goes_out_at_once_and_redacted():
    assert (shipped().sensitive_alerts.text, shipped().sensitive_alerts.waits_for_approval) == ("redacted", False)


def test_every_action_of_alerting_has_its_figures():
    assert {measure.code: [figure.code for figure in measure.figures] for measure in shipped().measures} == {
        "notify": ["delivery_success_percent"],
        "acknowledge": ["time_to_acknowledge_p50_minutes", "time_to_acknowledge_p95_minutes"],
        "dispatch": ["time_to_first_action_minutes"],
        "escalate": ["escalation_rate_percent", "breach_percent"],
        "stand_down_review": ["time_to_resolve_mean_minutes", "false_alert_percent"],
    }


def test_the_approval_matrix_is_that_of_b_10():
    approvals = shipped().approvals
    assert {row.code: row.signers for row in approvals.rows} == SIGNED_BY
    assert [row.code for row in approvals.rows if row.permitted == "contract_version_only"] == ["row-cap-change"]
    assert (approvals.expires_after_hours, approvals.signature_records) == (24, ("identity", "role", "signed_at", "change_hash"))


def test_neither_the_ai_nor_who_created_or_wrote_it_counts():
    never = {row.code: set(row.never_counts) for row in shipped().approvals.rows if row.never_counts}
    assert never == {"row-ai-publish": {"ai", "creator"}, "row-sensitive-override": {"ai", "creator"}, "row-rule-change": {"author"}}


def test_the_conditions_of_the_matrix_are_those_of_b_10():
    rows = {row.code: row for row in shipped().approvals.rows}
    reveal, export = rows["row-pii-reveal"], rows["row-export-bulk"]
    assert (reveal.reason_required, reveal.logged, reveal.notify_every_days) == (True, True, 7)
    assert (export.above_rows, export.any_unmasked_column, rows["row-flag-rollout"].above_percent) == (500, True, 50)


def test_signers_are_roles_except_three_offices_that_no_role_stands_for():
    assert {one.code for one in shipped().approvals.signers} - set(Role) == {"lead", "data_owner", "release_manager"}


def test_six_gates_name_their_evidence_and_faithfulness_its_score():
    gates = shipped().gates
    assert {gate.code: [one.code for one in gate.evidence] for gate in gates.items} == EVIDENCE
    assert {gate.code: gate.minimum_score for gate in gates.items if gate.minimum_score} == {"gate-faithfulness": 0.70}
    assert gates.sign_off_records == ("signer", "signed_on", "evidence_link")


def extra_key(file: dict[str, Any]) -> None:
    file["levels"][0]["colour"] = "red"


def blank_translation(file: dict[str, Any]) -> None:
    file["measures"][0]["label"]["th"] = ""


def other_name(file: dict[str, Any]) -> None:
    file["contract"] = "sla_model"


def loose_version(file: dict[str, Any]) -> None:
    file["schema_version"] = "1.0"


def level_twice(file: dict[str, Any]) -> None:
    file["levels"][1]["code"] = "L0"


def word_twice(file: dict[str, Any]) -> None:
    file["lifecycle"][1]["code"] = "proposed"


def figure_twice(file: dict[str, Any]) -> None:
    file["measures"][4]["figures"][0]["code"] = "breach_percent"


def unknown_channel(file: dict[str, Any]) -> None:
    file["levels"][0]["channels"] = ["pigeon"]


def unknown_path(file: dict[str, Any]) -> None:
    file["levels"][0]["escalation_path"] = "EP-9"


def rule_twice(file: dict[str, Any]) -> None:
    file["level_decision"]["rules"][1]["rule_id"] = "b3_critical_danger"


def rule_to_an_unknown_level(file: dict[str, Any]) -> None:
    file["level_decision"]["rules"][0]["level"] = "L9"


def rule_without_outcome(file: dict[str, Any]) -> None:
    del file["level_decision"]["rules"][0]["level"]


def rule_with_two_outcomes(file: dict[str, Any]) -> None:
    file["level_decision"]["rules"][0]["calmer_steps"] = 1


def case_that_no_rule_decides(file: dict[str, Any]) -> None:
    file["level_decision"]["rules"].pop(1)


def change_under_an_unknown_row(file: dict[str, Any]) -> None:
    file["level_decision"]["by_people"][0]["approval_row"] = "row-shrug"


def hops_out_of_order(file: dict[str, Any]) -> None:
    file["escalation_paths"][0]["hops"].reverse()


def minutes_after_the_breach(file: dict[str, Any]) -> None:
    file["escalation_paths"][2]["hops"].reverse()


def hop_at_no_moment(file: dict[str, Any]) -> None:
    del file["escalation_paths"][0]["hops"][0]["after_minutes"]


def unknown_recipient(file: dict[str, Any]) -> None:
    file["escalation_paths"][0]["hops"][0]["steps"][0]["to"] = "nobody"


def unknown_action(file: dict[str, Any]) -> None:
    file["escalation_paths"][0]["hops"][0]["steps"][0]["action"] = "shout"


def unknown_channel_of_a_hop(file: dict[str, Any]) -> None:
    file["escalation_paths"][0]["hops"][0]["steps"][0]["channel"] = "pigeon"


def hop_for_an_unknown_level(file: dict[str, Any]) -> None:
    file["escalation_paths"][2]["hops"][2]["steps"][0]["levels"] = ["L9"]


def storm_of_an_unknown_level(file: dict[str, Any]) -> None:
    file["storm_breaker"]["levels"] = ["L9"]


def storm_notice_to_nobody(file: dict[str, Any]) -> None:
    file["storm_breaker"]["notice_to"] = "nobody"


def storm_that_drops_alerts(file: dict[str, Any]) -> None:
    file["storm_breaker"]["then"] = "drop"


def approval_row_twice(file: dict[str, Any]) -> None:
    file["approvals"]["rows"][1]["code"] = "row-ai-publish"


def unknown_signer(file: dict[str, Any]) -> None:
    file["approvals"]["rows"][0]["signers"] = ["passer_by"]


def signature_without_a_signer(file: dict[str, Any]) -> None:
    file["approvals"]["rows"][1]["signers"] = ["reviewer"]


def signatures_for_what_nobody_may_do(file: dict[str, Any]) -> None:
    file["approvals"]["rows"][11] |= {"signatures": 1, "signers": ["admin"]}


def unknown_kind_that_never_counts(file: dict[str, Any]) -> None:
    file["approvals"]["rows"][0]["never_counts"] = ["cat"]


def gate_twice(file: dict[str, Any]) -> None:
    file["gates"]["items"][1]["code"] = "gate-alert-routing"


def gate_without_evidence(file: dict[str, Any]) -> None:
    file["gates"]["items"][0]["evidence"] = []


def score_beyond_one(file: dict[str, Any]) -> None:
    file["gates"]["items"][3]["minimum_score"] = 70.0


SPOILED = [
    extra_key, blank_translation, other_name, loose_version, level_twice, word_twice, figure_twice, unknown_channel, unknown_path,
    rule_twice, rule_to_an_unknown_level, rule_without_outcome, rule_with_two_outcomes, case_that_no_rule_decides,
    change_under_an_unknown_row, hops_out_of_order, minutes_after_the_breach, hop_at_no_moment, unknown_recipient, unknown_action,
    unknown_channel_of_a_hop, hop_for_an_unknown_level, storm_of_an_unknown_level, storm_notice_to_nobody, storm_that_drops_alerts,
    approval_row_twice, unknown_signer, signature_without_a_signer, signatures_for_what_nobody_may_do, unknown_kind_that_never_counts,
    gate_twice, gate_without_evidence, score_beyond_one,
]  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
def test_a_spoiled_file_is_refused(spoil: Callable[[dict[str, Any]], None]):
    file = json.loads(SHIPPED)
    spoil(file)
    with pytest.raises(ValidationError):
        AlertingModel.model_validate_json(json.dumps(file))


def test_an_owner_may_swap_in_another_rule_and_the_decision_follows():
    file = json.loads(SHIPPED) | {"schema_version": "1.1.0"}
    file["level_decision"]["rules"][0]["case_types"].append("air_noise")
    swapped = AlertingModel.model_validate_json(json.dumps(file))
    assert (shipped().decide("air_noise", "critical", "L2").level, swapped.decide("air_noise", "critical", "L2").level) == ("L1", "L0")
