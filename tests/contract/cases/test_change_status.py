"""PATCH /api/cases/{id}/status: single edges of the graph of B-5, all 121 pairs (S1-35, S1-93, C-07)."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api

EDGES = {
    "proposed": "under-review governance-reviewing archived",
    "under-review": "open governance-reviewing archived proposed",
    "governance-reviewing": "open archived under-review",
    "open": "assigned in-progress escalated governance-reviewing closed",
    "assigned": "in-progress open awaiting-external escalated closed",
    "in-progress": "awaiting-external escalated resolved assigned open governance-reviewing closed",
    "awaiting-external": "in-progress escalated resolved",
    "escalated": "in-progress awaiting-external resolved",
    "resolved": "closed open",
    "closed": "open archived",
    "archived": "open",
}
LEGAL = {(old, new) for old, goals in EDGES.items() for new in goals.split()}
WAYS = {
    "proposed": [], "under-review": ["under-review"], "governance-reviewing": ["governance-reviewing"], "open": [],
    "assigned": ["assigned"], "in-progress": ["in-progress"], "awaiting-external": ["in-progress", "awaiting-external"],
    "escalated": ["escalated"], "resolved": ["in-progress", "resolved"], "closed": ["closed"],
    "archived": ["closed", "archived"],
}  # fmt: skip
CLOSING = {"reason": "as agreed", "closure_reason": "duplicate"}


def a_case(api: Api, status: str = "open", **fields: Any) -> str:
    """Open a case and walk it to a status along legal edges; return its id."""
    start = status if status in {"proposed", "under-review"} else "open"
    made = api.post("/api/cases", {"case_type": "road_footpath", "title_en": "x", "status": start} | fields).json
    for step in WAYS[status] if start == "open" else []:
        answer = change(api, made["id"], step, **(CLOSING if step in {"closed", "archived"} else {}))
        assert answer.status == 200, answer.json
    return made["id"]


def change(api: Api, case_id: str, status: str, roles: list[str] | None = None, **fields: Any):
    return api.patch(f"/api/cases/{case_id}/status", {"status": status} | fields, roles=roles)


def test_there_are_38_edges() -> None:
    assert len(LEGAL) == 38


@pytest.mark.parametrize("old", EDGES)
def test_s1_35_the_whole_row_of_the_matrix(shared_api: Api, old: str) -> None:
    """From this status each of the eleven: legal → 200, else 409 that lists the legal ones and stores nothing."""
    case_id = a_case(shared_api, old)
    before = shared_api.row_counts()
    for new in EDGES.keys() - set(EDGES[old].split()):
        answer = change(shared_api, case_id, new, roles=["admin", "governance"], **CLOSING)
        assert (answer.status, set(answer.json["allowed"])) == (409, set(EDGES[old].split())), new
    assert shared_api.row_counts() == before
    for new in EDGES[old].split():
        answer = change(shared_api, a_case(shared_api, old), new, roles=["admin", "governance"], **CLOSING)
        assert (answer.status, answer.json.get("status")) == (200, new), (new, answer.json)


@pytest.mark.parametrize("old", ["open", "assigned", "in-progress", "proposed", "under-review"])
def test_an_edge_that_ends_work_wants_a_reason(shared_api: Api, old: str) -> None:
    goal = "archived" if old in {"proposed", "under-review"} else "closed"
    case_id = a_case(shared_api, old)
    answer = change(shared_api, case_id, goal)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/closure_reason")
    assert change(shared_api, case_id, goal, closure_reason="nonsense").status == 422
    assert shared_api.get(f"/api/cases/{case_id}").json["status"] == old


@pytest.mark.parametrize("old", ["open", "assigned"])
@pytest.mark.parametrize("reason", ["duplicate", "invalid", "not_responsible"])
def test_b5_work_that_did_not_start_closes_for_three_reasons(shared_api: Api, old: str, reason: str) -> None:
    answer = change(shared_api, a_case(shared_api, old), "closed", closure_reason=reason)
    assert (answer.status, answer.json["closure_reason"]) == (200, reason)


def test_the_reason_shows_on_the_case_and_goes_when_it_reopens(shared_api: Api) -> None:
    case_id = a_case(shared_api, "resolved")
    closed = change(shared_api, case_id, "closed", closure_reason="fixed").json
    assert closed["closure_reason"] == "fixed"
    opened = change(shared_api, case_id, "open", reason="it leaks again").json
    assert (opened["closure_reason"], opened["reopen_count"]) == (None, 1)


@pytest.mark.parametrize(("days", "status"), [(29, 200), (30, 200), (30.01, 409), (400, 409)])
def test_b5_a_closed_case_reopens_within_30_days(api: Api, days: float, status: int) -> None:
    case_id = a_case(api, "closed")
    api.world.clock.advance(timedelta(days=days))
    answer = change(api, case_id, "open", reason="again")
    assert answer.status == status
    if status == 200:
        assert answer.json["reopen_count"] == 1


def test_b5_unarchiving_wants_the_role_governance_and_a_reason(shared_api: Api) -> None:
    case_id = a_case(shared_api, "archived")
    assert change(shared_api, case_id, "open", reason="needed", roles=["case_owner"]).status == 403
    assert change(shared_api, case_id, "open", roles=["case_owner", "governance"]).status == 422
    assert change(shared_api, case_id, "open", reason="needed", roles=["case_owner", "governance"]).status == 200


def test_one_event_for_each_edge_and_none_for_a_refusal(shared_api: Api) -> None:
    """S0-05, S0-06."""
    case_id = a_case(shared_api, "in-progress")
    change(shared_api, case_id, "archived", **CLOSING)
    change(shared_api, case_id, "resolved", reason="pumped dry")
    items = shared_api.get(f"/api/cases/{case_id}/events").json["items"]
    assert [item["type"] for item in items] == ["case_created", "status_changed", "status_changed"]
    assert [item["version"] for item in items] == [1, 2, 3]
    audited = shared_api.detail(case_id)["audit_events"]
    assert [event["event_type"] for event in audited] == ["case_created", "status_changed", "status_changed"]


@pytest.mark.parametrize("body", [{}, {"status": None}, {"status": "merged"}, {"status": "OPEN"}, {"status": "open", "x": 1}])
def test_a_bad_body_is_422(shared_api: Api, body: Any) -> None:
    assert shared_api.patch(f"/api/cases/{a_case(shared_api)}/status", body).status == 422


def test_an_unknown_case_is_404(shared_api: Api) -> None:
    for name in ("case_000000000000", "01a20dae-d053-7abd-b5a1-000000000000", "CASE-261123-0000", "x"):
        answer = change(shared_api, name, "closed", **CLOSING)
        assert (answer.status, answer.json["type"]) == (404, "/problems/case-not-found")


def test_all_pairs_of_v1_words_avoid_the_review_states() -> None:
    """B-5: every pair of the owners' words is joined without a review state, so an owner's write can be honoured."""
    review = {"proposed", "under-review", "governance-reviewing"}
    for origin, goal in itertools.permutations(["open", "in-progress", "resolved", "closed", "archived"], 2):
        reached = {origin}
        for _ in range(11):
            reached |= {new for old in reached for new in EDGES[old].split() if new not in review}
        assert goal in reached


def test_governance_alone_brings_a_case_back_from_the_archive_and_may_do_nothing_else(api: Api) -> None:
    case_id = api.open()["case"]["case_id"]
    path = f"/api/cases/{case_id}/status"
    refused = api.patch(path, {"status": "in-progress"}, roles=["governance"])
    assert (refused.status, refused.json["permission"]) == (403, "cases:write")
    for status in ("closed", "archived"):
        assert api.patch(path, {"status": status, "reason": "duplicate"}).status == 200
    assert api.patch(path, {"status": "open", "reason": "found again"}).json["permission"] == "cases:unarchive"
    assert api.patch(path, {"status": "open", "reason": "found again"}, roles=["governance"]).json["status"] == "open"


def test_a_plain_reason_stands_for_the_closure_reason(api: Api) -> None:
    for reason, kept in (("duplicate", "duplicate"), ("nobody home", "no_further_action")):
        closed = api.patch(f"/api/cases/{api.open()['case']['case_id']}/status", {"status": "closed", "reason": reason})
        assert (closed.status, closed.json["closure_reason"]) == (200, kept)
