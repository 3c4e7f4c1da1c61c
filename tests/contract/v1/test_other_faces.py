"""One case, several faces: what v1 shows of cases made or moved elsewhere, and the other way round (A.7 C-06, C-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api

CASES = "/api/v1/cases"
CANONICAL: dict[str, Any] = {"case_type": "road_footpath", "title_en": "Pothole"}
STEPS = {
    "open": [], "assigned": ["assigned"], "in-progress": ["in-progress"], "awaiting-external": ["in-progress", "awaiting-external"],
    "governance-reviewing": ["governance-reviewing"],
    "escalated": ["escalated"], "resolved": ["in-progress", "resolved"], "closed": ["closed"], "archived": ["closed", "archived"],
}  # fmt: skip
PROJECTED = {
    "proposed": "active", "under-review": "active", "governance-reviewing": "active",
    "open": "active", "assigned": "active", "in-progress": "investigating",
    "awaiting-external": "investigating", "escalated": "investigating", "resolved": "resolved", "closed": "closed", "archived": "archived",
}  # fmt: skip
STORED = {"active": "open", "investigating": "in-progress", "resolved": "resolved", "closed": "closed", "archived": "archived"}


def canonical_case(api: Api, status: str, user: str) -> str:
    """Open a case through `/api/cases` and walk it to a status; return its UUID."""
    start = {"status": status} if status in {"proposed", "under-review"} else {}
    made = api.post("/api/cases", CANONICAL | start, user=user)
    assert made.status == 201, made.json
    for step in STEPS.get(status, []):
        reason = {"reason": "as agreed", "closure_reason": "duplicate"} if step in {"closed", "archived"} else {}
        moved = api.patch(f"/api/cases/{made.json['id']}/status", {"status": step} | reason, roles=["admin", "governance"])
        assert moved.status == 200, moved.json
    return made.json["id"]


@pytest.mark.parametrize("status", PROJECTED)
def test_c06_the_eleven_statuses_are_shown_as_five(shared_api: Api, status: str) -> None:
    user = f"shown-{status}"
    case = shared_api.get(f"{CASES}/{canonical_case(shared_api, status, user)}", user=user)
    assert (case.status, case.json["status"]) == (200, PROJECTED[status])
    for word in STORED:
        page = shared_api.get(f"{CASES}?status={word}", user=user).json
        assert page["cases"] == ([case.json] if word == PROJECTED[status] else [])
        assert page["total"] == len(page["cases"])


@pytest.mark.parametrize("status", STORED)
def test_c06_the_five_are_stored_as_five_of_the_eleven(shared_api: Api, status: str) -> None:
    case_id = shared_api.post(CASES, {}).json["case_id"]
    assert shared_api.post(f"{CASES}/{case_id}/status", {"status": status}).status == 200
    assert shared_api.get(f"/api/cases/{case_id}", roles=["case_owner"]).json["status"] == STORED[status]


def test_a_case_opened_through_v3_is_its_openers_in_v1(api: Api) -> None:
    opened = api.open(title="Through v3")["case"]
    page = api.get(CASES).json
    assert [(case["case_id"], case["title"], case["status"]) for case in page["cases"]] == [(opened["case_id"], "Through v3", "active")]
    assert api.get(f"{CASES}/{opened['case_id']}").json == page["cases"][0]
    assert api.get(CASES, user="mali").json["total"] == 0


def test_a_case_of_another_face_has_all_13_fields(api: Api) -> None:
    api.open(title="Through v3")
    (case,) = api.get(CASES).json["cases"]
    made = api.post(CASES, {}).json
    assert case.keys() == made.keys()
    assert (case["user_id"], case["session_id"], case["metadata"], case["tags"]) == ("u1", None, {}, [])
    assert case["severity"] in {"low", "medium", "high", "critical"}
    assert case["category"] == "other"


def test_a_case_made_in_v1_is_a_case_of_v3(api: Api) -> None:
    case_id = api.post(CASES, {"title": "Through v1", "severity": "high"}).json["case_id"]
    detail = api.detail(case_id)["case"]
    assert (detail["case_id"], detail["title"], detail["status"]) == (case_id, "Through v1", "open")


@pytest.mark.parametrize(("word", "shown"), [("investigating", "investigating"), ("escalated", "investigating"), ("resolved", "resolved")])
def test_a_status_set_in_v3_is_seen_in_v1(shared_api: Api, word: str, shown: str) -> None:
    case_id = shared_api.post(CASES, {}).json["case_id"]
    assert shared_api.post(f"/api/v3/cases/{case_id}/status", {"status": word}).status == 200
    seen = shared_api.get(f"{CASES}/{case_id}").json
    assert (seen["status"], seen["resolved_at"] is not None) == (shown, word == "resolved")


def test_a_title_changed_in_v1_is_seen_in_v3(api: Api) -> None:
    case_id = api.post(CASES, {"title": "Before"}).json["case_id"]
    assert api.put(f"{CASES}/{case_id}", {"title": "After"}).status == 200
    assert api.detail(case_id)["case"]["title"] == "After"


def test_a_v1_case_has_no_case_type_until_it_is_classified(api: Api) -> None:
    case_id = api.post(CASES, {}).json["case_id"]
    assert api.get(f"/api/cases/{case_id}", roles=["case_owner"]).json["case_type"] is None


def test_a_round_trip_leaves_a_chain_that_verifies(api: Api) -> None:
    case_id = api.post(CASES, {"session_id": "s1"}).json["case_id"]
    assert api.put(f"{CASES}/{case_id}", {"metadata": {"a": 1}, "tags": ["t"], "status": "resolved"}).status == 200
    assert api.post(f"{CASES}/{case_id}/status", {"status": "archived"}).status == 200
    assert api.get(f"/api/cases/{case_id}/events", roles=["case_owner"]).json["verified"]
