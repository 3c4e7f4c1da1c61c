"""POST /api/v3|v4/cases/merge (§8.5): nothing is lost, everything is named, no circles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.api import audit

if TYPE_CHECKING:
    from tests.support.api import Api


def merge(api: Api, target: str, *sources: str):
    return api.post("/api/v3/cases/merge", {"target_case_id": target, "source_case_ids": list(sources)})


def a_case(api: Api, *seqs: int, **fields: Any) -> str:
    return api.open(list(seqs), **fields)["case"]["case_id"]


def test_the_target_takes_over_what_the_sources_had(shared_api: Api) -> None:
    one, two, three = shared_api.reports({"severity_level": 0.2}, {"severity_level": 0.9}, {"severity_level": 0.4})
    target = a_case(shared_api, one, cluster_summary="a")
    contact = {"channel": "email", "email": "x@district.go.th"}
    source = a_case(shared_api, two, three, cluster_summary="b", escalation_targets=[contact])
    signal = {"source_type": "after_photo", "summary": "runs free"}
    assert shared_api.post(f"/api/cases/{source}/signals", signal).status == 201
    send = shared_api.post(f"/api/v3/cases/{source}/escalations/send", {})
    assert send.status == 202, send.json
    answer = merge(shared_api, target, source)
    assert (answer.status, answer.json["case"]["case_id"]) == (200, target)
    reasons = {row["seq"]: row["link_reason"] for row in answer.json["linked_reports"]}
    assert reasons == {one: "initial_selection", two: f"merged_from:{source}", three: f"merged_from:{source}"}
    case = answer.json["case"]
    assert (case["severity_score"], case["linked_report_count"], case["cluster_count"]) == (0.9, 3, 2)
    moved = ("escalation_targets", "escalation_actions", "email_deliveries", "resolution_signals")
    assert {name: len(answer.json[name]) for name in moved} == dict.fromkeys(moved, 1)
    assert {row["case_id"] for name in moved for row in answer.json[name]} == {target}
    assert len(answer.json["clusters"]) == 2


def test_a_source_is_merged_points_at_the_target_and_counts_nothing(shared_api: Api) -> None:
    target, source = a_case(shared_api), a_case(shared_api, shared_api.report())
    merge(shared_api, target, source)
    case = shared_api.detail(source)["case"]
    assert (case["status"], case["merged_into_case_id"]) == ("merged", target)
    assert (case["linked_report_count"], case["cluster_count"]) == (0, 0)


def test_each_side_has_one_audit_event(shared_api: Api) -> None:
    """S0-06."""
    target, first, second = (a_case(shared_api) for _ in range(3))
    answer = merge(shared_api, target, first, second)
    assert audit(answer.json) == ["case_created", "case_merged"]
    assert json.loads(answer.json["audit_events"][-1]["payload_json"])["source_case_ids"] == [first, second]
    for source in (first, second):
        detail = shared_api.detail(source)
        assert audit(detail) == ["case_created", "case_merged_into"]
        assert json.loads(detail["audit_events"][-1]["payload_json"])["target_case_id"] == target


def test_a_report_of_both_cases_is_linked_once(shared_api: Api) -> None:
    seq = shared_api.report()
    target, source = a_case(shared_api, seq), a_case(shared_api, seq)
    (row,) = merge(shared_api, target, source).json["linked_reports"]
    assert (row["seq"], row["link_reason"]) == (seq, "initial_selection")


def test_a_case_is_not_merged_into_itself_nor_in_a_circle(shared_api: Api) -> None:
    first, second, third = (a_case(shared_api) for _ in range(3))
    assert merge(shared_api, first, second).status == 200
    before = shared_api.row_counts()
    for target, sources in [(first, [first]), (second, [first]), (second, [third]), (third, [second])]:
        assert merge(shared_api, target, *sources).status in {400, 409, 422}, (target, sources)
    assert shared_api.row_counts() == before


def test_a_missing_case_is_404_and_nothing_is_merged(shared_api: Api) -> None:
    target, source = a_case(shared_api), a_case(shared_api)
    before = shared_api.row_counts()
    for into, sources in [(target, [source, "case_000000000000"]), ("case_000000000000", [source])]:
        answer = merge(shared_api, into, *sources)
        assert answer.status == 404
        assert answer.json["error"].startswith("case not found")
    assert (shared_api.row_counts(), shared_api.detail(source)["case"]["status"]) == (before, "open")


def test_another_tenants_case_is_missing(shared_api: Api) -> None:
    theirs = shared_api.post("/api/v3/cases", {"title": "x"}, tenant="acme", roles=["admin"]).json["case"]["case_id"]
    assert merge(shared_api, a_case(shared_api), theirs).status == 404
    assert merge(shared_api, theirs, a_case(shared_api)).status == 404


@pytest.mark.parametrize("body", [{}, {"target_case_id": "x"}, {"source_case_ids": ["x"]}, {"target_case_id": "x", "source_case_ids": []}])
def test_both_sides_are_required(shared_api: Api, body: Any) -> None:
    answer = shared_api.post("/api/v3/cases/merge", body)
    assert (answer.status, answer.json["error"]) == (400, "target_case_id and source_case_ids are required")


def test_a_merged_case_changes_no_more(shared_api: Api) -> None:
    target, source = a_case(shared_api), a_case(shared_api)
    merge(shared_api, target, source)
    assert shared_api.post(f"/api/v3/cases/{source}/status", {"status": "open"}).status == 409


def test_the_chains_of_both_sides_verify(shared_api: Api) -> None:
    target, source = a_case(shared_api, shared_api.report()), a_case(shared_api, shared_api.report())
    merge(shared_api, target, source)
    assert [shared_api.get(f"/api/cases/{name}/events").json["verified"] for name in (target, source)] == [True, True]
