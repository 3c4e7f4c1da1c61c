"""Status through POST …/status and PUT: all 25 pairs, `resolved_at`, what is blocked (S2-05, S2-22, S2-52, A.7 C-06, C-07)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api
    from tests.support.apps import Answered

CASES = "/api/v1/cases"
STATUSES = ["active", "investigating", "resolved", "archived", "closed"]
WAYS = ["post", "put"]


def a_case(api: Api, status: str = "active") -> str:
    case_id = api.post(CASES, {"title": "A case"}).json["case_id"]
    if status != "active":
        assert change(api, case_id, status).status == 200
    return case_id


def change(api: Api, case_id: str, status: object, way: str = "post", **options: Any) -> Answered:
    if way == "put":
        return api.put(f"{CASES}/{case_id}", {"status": status}, **options)
    return api.post(f"{CASES}/{case_id}/status", {"status": status}, **options)


def blocked_case(api: Api, **fields: Any) -> dict[str, Any]:
    """Open a case that waits for reviewers, through the canonical face; return it as v1 lists it."""
    made = api.post("/api/cases", {"case_type": "road_footpath", "title_en": "Sensitive"} | fields)
    assert made.status == 201, made.json
    return api.get(f"{CASES}/{made.json['id']}").json


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("new", STATUSES)
@pytest.mark.parametrize("old", STATUSES)
def test_c07_all_25_transitions_are_accepted(shared_api: Api, old: str, new: str, way: str) -> None:
    case_id = a_case(shared_api, old)
    answer = change(shared_api, case_id, new, way)
    assert (answer.status, answer.json["status"], answer.json["case_id"]) == (200, new, case_id)
    assert (answer.json["resolved_at"] is not None) == (new == "resolved")
    assert shared_api.get(f"{CASES}/{case_id}").json == answer.json


@pytest.mark.parametrize("way", WAYS)
def test_s2_52_resolved_at_is_the_moment_of_resolving(api: Api, way: str) -> None:
    case_id = a_case(api)
    api.world.clock.advance(timedelta(minutes=5))
    answer = change(api, case_id, "resolved", way)
    assert answer.json["resolved_at"].startswith("2026-11-23T03:05:00")
    assert answer.json["resolved_at"].endswith("Z")


@pytest.mark.parametrize("way", WAYS)
def test_resolved_again_keeps_the_first_moment(api: Api, way: str) -> None:
    case_id = a_case(api)
    first = change(api, case_id, "resolved", way).json["resolved_at"]
    api.world.clock.advance(timedelta(minutes=5))
    assert change(api, case_id, "resolved", way).json["resolved_at"] == first
    assert api.put(f"{CASES}/{case_id}", {"tags": ["late"]}).json["resolved_at"] == first


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("new", ["active", "investigating", "archived", "closed"])
def test_leaving_resolved_clears_the_moment(shared_api: Api, new: str, way: str) -> None:
    case_id = a_case(shared_api, "resolved")
    assert change(shared_api, case_id, new, way).json["resolved_at"] is None
    assert shared_api.get(f"{CASES}/{case_id}").json["resolved_at"] is None


def test_resolving_anew_is_a_new_moment(api: Api) -> None:
    case_id = a_case(api, "resolved")
    assert change(api, case_id, "active").status == 200
    api.world.clock.advance(timedelta(hours=1))
    assert change(api, case_id, "resolved").json["resolved_at"].startswith("2026-11-23T04:00:00")


@pytest.mark.parametrize("new", ["active", "investigating", "archived", "closed"])
def test_only_resolved_has_a_moment(shared_api: Api, new: str) -> None:
    assert change(shared_api, a_case(shared_api), new).json["resolved_at"] is None


@pytest.mark.parametrize("status", STATUSES)
def test_the_same_status_again_moves_updated_at(api: Api, status: str) -> None:
    case_id = a_case(api, status)
    api.world.clock.advance(timedelta(minutes=1))
    answer = change(api, case_id, status)
    assert (answer.status, answer.json["status"]) == (200, status)
    assert answer.json["updated_at"].startswith("2026-11-23T03:01:00")


@pytest.mark.parametrize(
    "status", ["", "Active", "RESOLVED", " resolved", "open", "in-progress", "escalated", "merged", "x", 1, True, [], {}]
)
@pytest.mark.parametrize("way", WAYS)
def test_another_word_is_422(shared_api: Api, status: object, way: str) -> None:
    case_id = a_case(shared_api)
    answer = change(shared_api, case_id, status, way)
    assert (answer.status, [fault["loc"] for fault in answer.json["detail"]]) == (422, [["body", "status"]])
    assert shared_api.get(f"{CASES}/{case_id}").json["status"] == "active"


@pytest.mark.parametrize("body", [{}, {"status": None}, {"state": "resolved"}])
def test_the_status_call_wants_a_status(shared_api: Api, body: dict[str, Any]) -> None:
    answer = shared_api.post(f"{CASES}/{a_case(shared_api)}/status", body)
    assert (answer.status, [fault["loc"] for fault in answer.json["detail"]]) == (422, [["body", "status"]])


def test_other_fields_of_the_status_call_are_ignored(shared_api: Api) -> None:
    case_id = a_case(shared_api)
    answer = shared_api.post(f"{CASES}/{case_id}/status", {"status": "closed", "title": "Other", "reason": 5})
    assert (answer.status, answer.json["status"], answer.json["title"]) == (200, "closed", "A case")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("new", ["investigating", "resolved", "archived", "closed"])
@pytest.mark.parametrize("fields", [{"sensitive_surface_flag": True}, {"status": "under-review"}])
def test_a_case_that_waits_for_reviewers_is_400(shared_api: Api, fields: dict[str, Any], new: str, way: str) -> None:
    case = blocked_case(shared_api, **fields)
    before = shared_api.row_counts()
    answer = change(shared_api, case["case_id"], new, way)
    assert (answer.status, set(answer.json), type(answer.json["detail"])) == (400, {"detail"}, str)
    assert shared_api.row_counts() == before
    assert shared_api.get(f"{CASES}/{case['case_id']}").json == case


@pytest.mark.parametrize("fields", [{"sensitive_surface_flag": True}, {"status": "under-review"}])
def test_a_blocked_put_changes_no_other_field(shared_api: Api, fields: dict[str, Any]) -> None:
    case = blocked_case(shared_api, **fields)
    answer = shared_api.put(f"{CASES}/{case['case_id']}", {"status": "resolved", "title": "Changed", "tags": ["t"]})
    assert answer.status == 400
    assert shared_api.get(f"{CASES}/{case['case_id']}").json == case


def test_a_status_call_on_a_missing_case_is_404(shared_api: Api) -> None:
    answer = change(shared_api, "case_ffffffffffff", "resolved")
    assert (answer.status, answer.json) == (404, {"detail": "Case case_ffffffffffff not found"})


def test_a_status_goes_through_intermediate_events(api: Api) -> None:
    """The core graph is kept: open, in-progress, resolved."""
    case_id = a_case(api)
    before = api.rows("select count(*) as n from case_events")[0]["n"]
    assert change(api, case_id, "resolved").status == 200
    assert api.rows("select count(*) as n from case_events")[0]["n"] >= before + 2
    assert api.get(f"/api/cases/{case_id}/events", roles=["case_owner"]).json["verified"]
