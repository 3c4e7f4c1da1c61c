"""POST /api/v3|v4/cases/{case_id}/status: six words over eleven statuses (§8.4, C-06, C-07)."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.api import audit

if TYPE_CHECKING:
    from tests.support.api import Api

WORDS = ("open", "investigating", "escalated", "resolved", "closed")
WORD_OF = {
    "proposed": "open", "under-review": "open", "governance-reviewing": "open", "open": "open", "assigned": "open",
    "in-progress": "investigating", "awaiting-external": "investigating", "escalated": "escalated",
    "resolved": "resolved", "closed": "closed", "archived": "closed",
}  # fmt: skip
STORED = {"open": "open", "investigating": "in-progress"} | {word: word for word in WORDS[2:]}
EDGES = {
    "proposed": "under-review governance-reviewing archived",
    "under-review": "open governance-reviewing archived proposed", "governance-reviewing": "open archived under-review",
    "open": "assigned in-progress escalated governance-reviewing closed",
    "assigned": "in-progress open awaiting-external escalated closed",
    "in-progress": "awaiting-external escalated resolved assigned open governance-reviewing closed",
    "awaiting-external": "in-progress escalated resolved", "escalated": "in-progress awaiting-external resolved",
    "resolved": "closed open", "closed": "open archived", "archived": "open",
}  # fmt: skip
REVIEW = {"proposed", "under-review", "governance-reviewing"}


def set_status(api: Api, case_id: str, status: Any, **fields: Any):
    return api.post(f"/api/v3/cases/{case_id}/status", {"status": status} | fields)


def stored_path(api: Api, case_id: str) -> list[str]:
    """Return the statuses that the case went through, from its events."""
    items = api.get(f"/api/cases/{case_id}/events").json["items"]
    return [item["payload"]["to"] for item in items if item["type"] == "status_changed"]


def steps(origin: str, goal: str) -> int:
    """Return the length of the shortest legal path that avoids the review states."""
    reached, length = {origin}, 0
    while goal not in reached:
        reached = {new for old in reached for new in EDGES[old].split() if new not in REVIEW}
        length += 1
    return length


@pytest.mark.parametrize(("origin", "goal"), list(itertools.permutations(WORDS, 2)))
def test_c07_every_word_leads_to_every_other(shared_api: Api, origin: str, goal: str) -> None:
    """S0-05, S0-39: 200, one audit row with the caller's from and to, and the shortest legal path behind it."""
    case_id = shared_api.open(status=origin)["case"]["case_id"]
    answer = set_status(shared_api, case_id, goal, summary=f"now {goal}")
    assert (answer.status, answer.json["case"]["status"], answer.json["case"]["summary"]) == (200, goal, f"now {goal}")
    event = answer.json["audit_events"][-1]
    payload = json.loads(event["payload_json"])
    assert audit(answer.json) == ["case_created", "status_changed"]
    assert (payload["from"], payload["to"], payload["summary"]) == (origin, goal, f"now {goal}")
    path = [STORED[origin], *stored_path(shared_api, case_id)]
    assert all(new in EDGES[old].split() for old, new in itertools.pairwise(path))
    assert (path[-1], len(path) - 1) == (STORED[goal], steps(STORED[origin], STORED[goal]))


@pytest.mark.parametrize("stored", WORD_OF)
def test_c06_each_stored_status_shows_as_one_of_six_words(shared_api: Api, stored: str) -> None:
    body = {"case_type": "road_footpath", "title_en": "x", "status": stored}
    made = shared_api.post("/api/cases", body)
    if made.status == 201:
        assert shared_api.detail(made.json["case_id"])["case"]["status"] == WORD_OF[stored]
    else:
        case_id = shared_api.open()["case"]["case_id"]
        shared_api.rows("update cases set status = %s where alias = %s", stored, case_id)
        assert shared_api.detail(case_id)["case"]["status"] == WORD_OF[stored]


@pytest.mark.parametrize("word", WORDS)
def test_the_word_that_a_case_has_is_200_and_no_event(shared_api: Api, word: str) -> None:
    made = shared_api.open(status=word)
    before = shared_api.row_counts()
    answer = set_status(shared_api, made["case"]["case_id"], word)
    assert (answer.status, answer.json) == (200, made)
    assert shared_api.row_counts() == before


@pytest.mark.parametrize("stored", ["assigned", "awaiting-external", "archived"])
def test_a_status_with_the_same_word_stays_as_it_is(shared_api: Api, stored: str) -> None:
    """Decided "Case": the word a case already has changes nothing, so `open` does not unassign."""
    case_id = shared_api.open()["case"]["case_id"]
    ways = {"assigned": "assigned", "awaiting-external": "in-progress awaiting-external", "archived": "closed archived"}
    for status in ways[stored].split():
        reason = {"reason": "x", "closure_reason": "duplicate"} if status in {"closed", "archived"} else {}
        answer = shared_api.patch(f"/api/cases/{case_id}/status", {"status": status} | reason)
        assert answer.status == 200, answer.json
    assert set_status(shared_api, case_id, WORD_OF[stored]).status == 200
    assert shared_api.get(f"/api/cases/{case_id}").json["status"] == stored


@pytest.mark.parametrize(("word", "status"), [("merged", 409), ("archived", 422), ("OPEN!", 422), ("in-progress", 422)])
def test_other_words_are_refused(shared_api: Api, word: str, status: int) -> None:
    case_id = shared_api.open()["case"]["case_id"]
    before = shared_api.row_counts()
    answer = set_status(shared_api, case_id, word)
    assert (answer.status, set(answer.json) >= {"error", "code"}) == (status, True)
    assert shared_api.row_counts() == before


@pytest.mark.parametrize("body", [{}, {"status": ""}, {"summary": "x"}])
def test_a_missing_status_is_400(shared_api: Api, body: Any) -> None:
    answer = shared_api.post(f"/api/v3/cases/{shared_api.open()['case']['case_id']}/status", body)
    assert (answer.status, answer.json["error"]) == (400, "status is required")


def test_an_unknown_case_is_404(shared_api: Api) -> None:
    answer = set_status(shared_api, "case_000000000000", "closed")
    assert (answer.status, answer.json["error"]) == (404, "case not found")


def test_the_event_keeps_payload_and_actor_and_ignores_a_forged_one(shared_api: Api) -> None:
    """Weakness 17 and 18: a payload hides nothing, and no body chooses the actor."""
    case_id = shared_api.open()["case"]["case_id"]
    answer = shared_api.post(
        f"/api/v4/cases/{case_id}/status",
        {"status": "resolved", "payload": {"crew": 7}, "actor_user_id": "boss"},
        user="mali",
        headers={"x-user-id": "boss"},
    )
    event = answer.json["audit_events"][-1]
    payload = json.loads(event["payload_json"])
    assert (event["actor_user_id"], payload["to"], payload["payload"]) == ("mali", "resolved", {"crew": 7})


def test_without_a_summary_the_cases_own_stays(shared_api: Api) -> None:
    case_id = shared_api.open(summary="kept")["case"]["case_id"]
    assert set_status(shared_api, case_id, "resolved", summary="").json["case"]["summary"] == "kept"


def test_the_owners_word_reopens_after_any_time(shared_api: Api) -> None:
    """Decided "Case": role and the 30 days bind `/api` only; here the owner's write counts as `reopened_by_owner`."""
    case_id = shared_api.open(status="closed")["case"]["case_id"]
    shared_api.world.clock.advance(timedelta(days=400))
    assert set_status(shared_api, case_id, "open").status == 200
    last = shared_api.get(f"/api/cases/{case_id}/events").json["items"][-1]["payload"]
    assert last["reason"] == "reopened_by_owner"
    assert last["requested"] == {"from": "closed", "to": "open"}


def test_a_closing_edge_gets_a_reason(shared_api: Api) -> None:
    case_id = shared_api.open()["case"]["case_id"]
    set_status(shared_api, case_id, "closed")
    assert shared_api.get(f"/api/cases/{case_id}").json["closure_reason"] == "no_further_action"


@pytest.mark.parametrize("stored", ["open", "governance-reviewing"])
@pytest.mark.parametrize("word", ["investigating", "resolved", "closed"])
def test_c07_a_path_that_a_gate_blocks_is_409(shared_api: Api, stored: str, word: str) -> None:
    """The status of a sensitive case changes by two signatures, and nobody leaves a review by this face."""
    made = shared_api.post("/api/cases", {"case_type": "social_welfare", "title_en": "x"})
    assert (made.status, made.json["sensitive_surface_flag"]) == (201, True)
    if stored != "open":
        shared_api.patch(f"/api/cases/{made.json['id']}/status", {"status": stored})
    before = shared_api.row_counts()
    answer = set_status(shared_api, made.json["case_id"], word)
    assert (answer.status, set(answer.json) >= {"error", "code"}) == (409, True)
    assert set_status(shared_api, made.json["case_id"], "open").status == 200, "the word that it has"
    assert shared_api.row_counts() == before


@pytest.mark.parametrize("stored", ["proposed", "under-review", "governance-reviewing"])
def test_c07_a_review_is_not_left_by_an_owners_word(shared_api: Api, stored: str) -> None:
    start = "open" if stored == "governance-reviewing" else stored
    made = shared_api.post("/api/cases", {"case_type": "road_footpath", "title_en": "x", "status": start}).json
    if start != stored:
        assert shared_api.patch(f"/api/cases/{made['id']}/status", {"status": stored}).status == 200
    assert set_status(shared_api, made["case_id"], "resolved").status == 409
