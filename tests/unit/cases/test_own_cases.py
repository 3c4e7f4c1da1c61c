"""What its owner changes by hand: the record, the severity, the sessions, the end."""

from __future__ import annotations

import pytest

from casework.cases.case_types import Category, Severity
from casework.cases.events import Aggregates, CaseEdited, StatusChanged
from casework.cases.lifecycle import V1_READS, V1_WRITES, CaseStatus
from casework.cases.model import Case, GateBlocks
from casework.cases.projection import case_row
from tests.support.cases import AT, LATER, a_case, a_case_in, links


def edited(case: Case, **changes) -> Case:
    case.edit(CaseEdited(**changes), by="u1", at=LATER)
    return case


def test_an_edit_changes_what_it_names_and_nothing_else():
    case = edited(a_case(summary="deep"), category=Category.ERROR, tags=["b", "a", "b"])
    assert (case.category, case.tags, case.summary, case.title) == (Category.ERROR, ["b", "a", "b"], "deep", "A blocked drain")
    assert case.updated_at == LATER


def test_attributes_are_merged_one_level_deep_and_null_removes_a_name():
    case = edited(a_case(attributes={"a": {"x": 1}, "b": 2, "kept": None}), attributes={"a": {"y": 1}, "b": None, "c": 3})
    assert case.attributes == {"a": {"y": 1}, "kept": None, "c": 3}


def test_a_new_title_stands_alone_in_the_language_that_it_is_in():
    row = case_row(edited(a_case(), title="น้ำท่วม", language_detected="th"))
    assert (row["title"], row["title_th"], row["title_en"], row["language_detected"]) == ("น้ำท่วม", "น้ำท่วม", None, "th")


def test_a_severity_chosen_by_hand_moves_the_scores_of_a_case_without_reports():
    case = edited(a_case(), severity=Severity.CRITICAL)
    assert (case.severity, case.aggregates.severity_score, case.aggregates.urgency_score) == ("critical", 0.9, 0.9)


def test_a_severity_chosen_by_hand_stands_over_that_of_the_reports_whose_scores_stay():
    case = edited(a_case(links=links(1), aggregates=Aggregates(severity_score=0.9)), severity=Severity.LOW)
    assert (case.severity, case.aggregates.severity_score) == ("low", 0.9)


def test_resolved_at_is_there_while_the_case_is_resolved():
    case = a_case_in(CaseStatus.RESOLVED)
    assert case.resolved_at == AT
    case.drive_to(CaseStatus.OPEN, StatusChanged(origin=case.status, target=CaseStatus.OPEN), by="u1", at=LATER)
    assert case.resolved_at is None


def test_sessions_are_linked_once_each_and_the_first_stays_the_first():
    case = a_case(session_id="s1")
    assert [case.link_session(name, by="u1", at=LATER) for name in ("s2", "s1", "s2")] == [True, False, False]
    assert ([*case.sessions], case_row(case)["session_id"]) == (["s1", "s2"], "s1")


@pytest.mark.parametrize("case", [a_case(sensitive_surface_flag=True), a_case(status=CaseStatus.UNDER_REVIEW)])
def test_what_is_sensitive_or_under_review_is_not_its_owners_to_delete(case: Case):
    with pytest.raises(GateBlocks):
        case.delete(by="u1", at=LATER)


def test_every_status_has_a_word_and_every_word_leads_to_a_status_that_has_it():
    assert set(V1_READS) == set(CaseStatus)
    assert [V1_READS[target] for target in V1_WRITES.values()] == list(V1_WRITES)
