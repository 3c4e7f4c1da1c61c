"""The aggregate: every command, every event, and that a replay gives the same case."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest

from casework.cases.case_types import Severity
from casework.cases.events import (
    EVENT_TYPES,
    Aggregates,
    CaseEdited,
    CaseEscalationRecorded,
    CaseEscalationRequested,
    CaseMerged,
    ClusterAttached,
    StatusChanged,
)
from casework.cases.lifecycle import CaseStatus, ClosureReason, IllegalTransition
from casework.cases.model import Case, CaseMergedAway, Recorded, VersionMismatch
from casework.cases.projection import case_row
from tests.support.cases import AT, LATER, a_case, a_case_in, a_signal, changed, cluster, created, links

S = CaseStatus
WORST = Aggregates(severity_score=0.9, urgency_score=0.9, anchor_report_seq=1)


def events_of(case: Case) -> list:
    return [recorded.event for recorded in case.fresh]


def moves(case: Case, since: int) -> list[tuple[str, str]]:
    return [(event.origin.value, event.target.value) for event in events_of(case)[since:] if isinstance(event, StatusChanged)]


def merged(*sources: Case, **given) -> CaseMerged:
    plain = {
        "source_case_ids": [source.created.alias for source in sources],
        "links": [],
        "clusters": [],
        "signals": [],
        "aggregates": Aggregates(),
    }
    return CaseMerged(**(plain | given))


def a_full_life() -> Case:
    """Every kind of event, once at least."""
    case, other = a_case(links=links(1), aggregates=WORST), a_case()
    case.add_reports(links(1, 2, reason="again"), WORST, by="u2", at=LATER)
    attached = ClusterAttached(links=links(3), clusters=[cluster("c1")], aggregates=WORST, target_count=1, candidate_cases=[])
    case.attach(attached, by="u1", at=LATER)
    case.request_escalation(CaseEscalationRequested(request_id="r", target_ids=[1], target_count=1, subject="s"), by="u1", at=LATER)
    case.record_escalation(CaseEscalationRecorded(request_id="r", action_count=1, delivery_count=2), by="mail", at=LATER)
    case.record_signal(a_signal(4), by="u1", at=LATER)
    case.absorb(merged(other, links=links(5), clusters=[cluster("c2")], signals=[a_signal(6)]), by="u1", at=LATER)
    case.drive_to(S.RESOLVED, StatusChanged(origin=case.status, target=S.RESOLVED, summary="done"), by="u1", at=LATER)
    case.edit(CaseEdited(title="Drain", language_detected="en", attributes={"pole": 4}, tags=["x"]), by="u1", at=LATER)
    case.link_session("s1", by="u1", at=LATER)
    case.merge_into(other, by="u1", at=LATER)
    case.delete(by="u1", at=LATER)
    return case


def test_a_new_case_is_what_its_event_says():
    case = a_case(links=links(7, 8), clusters=[cluster("c")], aggregates=WORST, summary="deep water")
    assert (case.version, case.status, case.summary, case.created_by, case.created_at, case.updated_at) == (
        1,
        S.OPEN,
        "deep water",
        "u1",
        AT,
        AT,
    )
    assert ([*case.reports], [*case.clusters], case.aggregates) == ([7, 8], ["c"], WORST)


def test_every_event_has_its_place_in_a_full_life():
    assert {type(event) for event in events_of(a_full_life())} == set(EVENT_TYPES.values())


def test_a_replay_of_the_stored_json_gives_the_same_case_and_the_same_row():
    case = a_full_life()
    stored = [
        Recorded(one.version, type(one.event).model_validate_json(one.event.model_dump_json()), one.actor, one.at) for one in case.fresh
    ]
    again = Case.replay(case.id, case.tenant_id, stored)
    compared = [field.name for field in fields(Case) if field.name != "fresh"]
    assert {name: getattr(again, name) for name in compared} == {name: getattr(case, name) for name in compared}
    assert (case_row(again), again.fresh) == (case_row(case), [])


def test_versions_count_events_without_a_gap():
    assert [recorded.version for recorded in a_full_life().fresh] == list(range(1, len(a_full_life().fresh) + 1))


@pytest.mark.parametrize(("expected", "fine"), [(None, True), (1, True), (0, False), (2, False), (-1, False)])
def test_if_match_names_the_current_version(expected, fine):
    case = a_case()
    if fine:
        case.require_version(expected)
        return
    with pytest.raises(VersionMismatch) as caught:
        case.require_version(expected)
    assert caught.value.facts == {"current_version": 1}


def test_linking_the_same_report_again_is_no_event_and_another_reason_is():
    case = a_case(links=links(1))
    assert case.new_links([1, 1], "manual", 1.0) == []
    case.add_reports(case.new_links([1], "manual", 1.0), WORST, by="u1", at=LATER)
    assert (case.version, case.aggregates) == (1, Aggregates())
    case.add_reports(case.new_links([1, 2, 2, 1], "seen", 0.5), WORST, by="u1", at=LATER)
    assert [link.seq for link in events_of(case)[1].links] == [1, 2]


def test_a_link_keeps_the_instant_of_its_first_making():
    case = a_case(links=links(1))
    case.add_reports(links(1, 2, confidence=0.4), WORST, by="u1", at=LATER)
    assert {seq: (held.at, held.link.confidence) for seq, held in case.reports.items()} == {1: (AT, 0.4), 2: (LATER, 0.4)}


def test_a_cluster_keeps_its_first_link():
    case = a_case(clusters=[cluster("c")])
    again = cluster("c").model_copy(update={"match_score": 0.1})
    case.attach(ClusterAttached(links=[], clusters=[again], aggregates=WORST, target_count=0, candidate_cases=[]), by="u1", at=LATER)
    assert case.clusters == {"c": (cluster("c"), AT)}


def test_the_severity_is_the_case_s_own_until_a_report_tells():
    case = a_case(severity=Severity.HIGH, aggregates=Aggregates(severity_score=0.1))
    assert case.severity == "high"
    case.add_reports(links(1), Aggregates(severity_score=0.31), by="u1", at=LATER)
    assert case.severity == "medium"


def test_an_illegal_edge_changes_nothing():
    case = a_case()
    with pytest.raises(IllegalTransition):
        case.change_status(changed(case, S.RESOLVED), by="u1", at=LATER)
    assert (case.version, case.status) == (1, S.OPEN)


def test_an_edge_changes_status_summary_and_times():
    case = a_case(summary="old")
    case.change_status(changed(case, S.CLOSED, closure_reason=ClosureReason.INVALID), by="u1", at=LATER)
    assert (case.status, case.closure_reason, case.ended_at, case.updated_at, case.summary) == (S.CLOSED, "invalid", LATER, LATER, "old")
    case.change_status(changed(case, S.OPEN, summary="new"), by="u1", at=LATER)
    assert (case.closure_reason, case.ended_at, case.summary, case.reopen_count) == (None, None, "new", 1)


@pytest.mark.parametrize(("status", "counts"), [(S.CLOSED, 1), (S.RESOLVED, 1), (S.ARCHIVED, 0), (S.ASSIGNED, 0), (S.IN_PROGRESS, 0)])
def test_only_what_had_ended_is_reopened(status, counts):
    case = a_case_in(status)
    before = case.reopen_count
    case.change_status(changed(case, S.OPEN), by="u1", at=LATER)
    assert case.reopen_count - before == counts


def test_driving_records_every_edge_and_what_was_asked_for_on_the_last():
    case = a_case()
    change = StatusChanged(origin=S.OPEN, target=S.RESOLVED, reason="why", summary="done", payload={"a": 1})
    case.drive_to(S.RESOLVED, change, by="u2", at=LATER)
    step, last = events_of(case)[1:]
    assert moves(case, 1) == [("open", "in-progress"), ("in-progress", "resolved")]
    assert (step.is_step, step.requested, step.summary, step.payload, step.reason) == (True, None, "", None, "why")
    assert (last.is_step, last.requested.origin, last.requested.target) == (False, S.OPEN, S.RESOLVED)
    assert (last.summary, last.payload, last.reason) == ("done", {"a": 1}, "why")


def test_driving_to_the_present_status_is_no_event():
    case = a_case()
    case.drive_to(S.OPEN, changed(case, S.OPEN), by="u1", at=LATER)
    assert case.version == 1


@pytest.mark.parametrize(
    ("status", "reason", "written"), [(S.CLOSED, "", "reopened_by_owner"), (S.ARCHIVED, "", "reopened_by_owner"), (S.CLOSED, "x", "x")]
)
def test_the_owner_s_write_counts_as_a_reopening(status, reason, written):
    case = a_case_in(status)
    case.drive_to(S.IN_PROGRESS, changed(case, S.IN_PROGRESS, reason=reason), by="u1", at=LATER)
    assert [event.reason for event in events_of(case)[-2:]] == [written, reason]


def test_archiving_is_no_reopening():
    case = a_case_in(S.CLOSED)
    case.drive_to(S.ARCHIVED, changed(case, S.ARCHIVED), by="u1", at=LATER)
    assert events_of(case)[-1].reason == ""


@pytest.mark.parametrize(("given", "written"), [(None, "no_further_action"), (ClosureReason.FIXED, "fixed")])
def test_a_closing_edge_gets_a_closure_reason_where_the_face_has_none(given, written):
    case = a_case()
    case.drive_to(S.CLOSED, changed(case, S.CLOSED, closure_reason=given), by="u1", at=LATER)
    assert case.closure_reason == written


@pytest.mark.parametrize("status", [S.PROPOSED, S.UNDER_REVIEW, S.GOVERNANCE_REVIEWING])
@pytest.mark.parametrize("target", [S.OPEN, S.IN_PROGRESS, S.CLOSED])
def test_driving_does_not_take_a_case_out_of_review(status, target):
    case = a_case(status=status)
    with pytest.raises(IllegalTransition):
        case.drive_to(target, changed(case, target), by="u1", at=LATER)
    assert case.version == 1


def test_what_became_of_a_request_is_recorded_once():
    case = a_case()
    for number in ("r1", "r1", "r2", "r1"):
        case.record_escalation(CaseEscalationRecorded(request_id=number, action_count=1, delivery_count=1), by="m", at=LATER)
    assert [event.request_id for event in events_of(case)[1:]] == ["r1", "r2"]


def test_a_signal_changes_no_status():
    case = a_case()
    case.record_signal(a_signal(1), by="u1", at=LATER)
    assert (case.status, case.signals) == (S.OPEN, {1: a_signal(1)})


@pytest.mark.parametrize("status", [status for status in S if status not in {S.PROPOSED, S.UNDER_REVIEW, S.GOVERNANCE_REVIEWING}])
def test_a_merged_case_ends_closed_and_empty_by_legal_edges(status):
    case, target = a_case_in(status), a_case()
    before = case.version
    case.merge_into(target, by="u1", at=LATER)
    steps = moves(case, before)
    assert (case.status, case.merged_into) == (S.ARCHIVED if status is S.ARCHIVED else S.CLOSED, str(target.id))
    assert [origin for origin, _ in steps[1:]] == [target for _, target in steps[:-1]]
    assert (case.reports, case.clusters, case.signals, case.aggregates) == ({}, {}, {}, Aggregates())
    assert all(event.is_step and event.reason == "merged" for event in events_of(case)[before:-1])


@pytest.mark.parametrize("status", [S.PROPOSED, S.UNDER_REVIEW, S.GOVERNANCE_REVIEWING])
def test_a_case_under_review_is_not_merged_away(status):
    with pytest.raises(IllegalTransition):
        a_case(status=status).merge_into(a_case(), by="u1", at=LATER)


def test_a_merged_case_takes_nothing_but_the_news_of_its_mails():
    case, target = a_case(), a_case()
    case.merge_into(target, by="u1", at=LATER)
    attached = ClusterAttached(links=[], clusters=[], aggregates=WORST, target_count=0, candidate_cases=[])
    requested = CaseEscalationRequested(request_id="r", target_ids=[], target_count=0, subject="")
    for command in (
        lambda: case.add_reports(links(1), WORST, by="u1", at=LATER),
        lambda: case.attach(attached, by="u1", at=LATER),
        lambda: case.change_status(changed(case, S.OPEN), by="u1", at=LATER),
        lambda: case.drive_to(S.OPEN, changed(case, S.OPEN), by="u1", at=LATER),
        lambda: case.request_escalation(requested, by="u1", at=LATER),
        lambda: case.record_signal(a_signal(1), by="u1", at=LATER),
        lambda: case.merge_into(a_case(), by="u1", at=LATER),
        lambda: case.absorb(merged(), by="u1", at=LATER),
    ):
        with pytest.raises(CaseMergedAway) as caught:
            command()
        assert caught.value.facts == {"merged_into": target.created.alias}
    case.record_escalation(CaseEscalationRecorded(request_id="r", action_count=1, delivery_count=1), by="m", at=LATER)
    assert case.requests_recorded == {"r"}


def test_the_target_takes_over_links_clusters_and_signals():
    target = a_case(links=links(1))
    target.absorb(merged(links=links(2), clusters=[cluster("c")], signals=[a_signal(3)], aggregates=WORST), by="u1", at=LATER)
    assert ([*target.reports], [*target.clusters], [*target.signals], target.aggregates) == ([1, 2], ["c"], [3], WORST)


def test_a_row_holds_what_the_case_holds():
    case = a_case(
        titles={"th": "น้ำ", "zh": "水"}, issue_definitions={"en": "what"}, case_type="flood_drainage", links=links(1, 2), aggregates=WORST
    )
    row = case_row(case)
    assert (row["title_th"], row["title_en"], row["title_zh"], row["issue_definition_en"]) == ("น้ำ", None, "水", "what")
    assert (row["linked_report_count"], row["cluster_count"], row["anchor_report_seq"], row["severity"]) == (2, 0, 1, "critical")
    assert (row["version"], row["created_by"], row["status"], row["case_type"]) == (1, "u1", "open", "flood_drainage")


def test_events_refuse_fields_that_they_do_not_know():
    with pytest.raises(ValueError, match="extra"):
        created(latitude=13.7)


def test_updated_at_is_the_instant_of_the_last_event():
    case = a_case()
    case.record_signal(a_signal(1), by="u1", at=AT + timedelta(days=3))
    assert (case.created_at, case.updated_at) == (AT, AT + timedelta(days=3))
