"""PUT /api/v1/cases/{case_id}: what is present and not null is applied (S2-07, S2-08, S2-20, S2-51)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api

CASES = "/api/v1/cases"
FULL: dict[str, Any] = {
    "title": "First", "description": "one", "severity": "low", "category": "error", "metadata": {"a": 1, "b": 2}, "tags": ["x", "y"],
    "session_id": "s1",
}  # fmt: skip
CHANGES: dict[str, Any] = {
    "title": "Second", "description": "two", "status": "investigating", "severity": "critical", "category": "security", "tags": ["z"],
}  # fmt: skip


def a_case(api: Api, **fields: Any) -> dict[str, Any]:
    answer = api.post(CASES, FULL | fields)
    assert answer.status == 201, answer.json
    return answer.json


def put(api: Api, case: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = api.put(f"{CASES}/{case['case_id']}", fields)
    assert answer.status == 200, answer.json
    assert api.get(f"{CASES}/{case['case_id']}").json == answer.json
    return answer.json


@pytest.mark.parametrize("name", CHANGES)
def test_one_field_changes_and_the_others_stay(shared_api: Api, name: str) -> None:
    made = a_case(shared_api)
    changed = put(shared_api, made, **{name: CHANGES[name]})
    assert changed == made | {name: CHANGES[name], "updated_at": changed["updated_at"]}


def test_all_fields_change_at_once(shared_api: Api) -> None:
    made = a_case(shared_api)
    changed = put(shared_api, made, **CHANGES, metadata={"c": 3})
    assert changed == made | CHANGES | {"metadata": {"a": 1, "b": 2, "c": 3}, "updated_at": changed["updated_at"]}


@pytest.mark.parametrize("name", [*CHANGES, "metadata"])
def test_null_leaves_a_field_as_it_is(shared_api: Api, name: str) -> None:
    made = a_case(shared_api)
    changed = put(shared_api, made, **{name: None})
    assert changed[name] == made[name]


@pytest.mark.parametrize("fields", [{}, {"tags": None}, {"title": "Second"}, {"metadata": {}}, {"made_up": 1}])
def test_every_put_moves_updated_at_and_never_created_at(api: Api, fields: dict[str, Any]) -> None:
    made = a_case(api)
    api.world.clock.advance(timedelta(minutes=1))
    changed = put(api, made, **fields)
    assert changed["created_at"] == made["created_at"]
    assert changed["updated_at"].startswith("2026-11-23T03:01:00")
    assert changed["updated_at"].endswith("Z")


@pytest.mark.parametrize(
    "fields",
    [
        {"case_id": "case_000000000000"}, {"user_id": "mali"}, {"session_id": "s2"}, {"session_id": None}, {"session_id": 5},
        {"created_at": "2001-01-01T00:00:00Z"}, {"updated_at": "x"}, {"resolved_at": "2001-01-01T00:00:00Z"}, {"tenant_id": "acme"},
        {"made_up": [1]}, {"owner": {"user_id": "mali"}},
    ],
)  # fmt: skip
def test_what_is_not_updatable_is_ignored(shared_api: Api, fields: dict[str, Any]) -> None:
    made = a_case(shared_api)
    changed = put(shared_api, made, **fields)
    assert changed == made | {"updated_at": changed["updated_at"]}


@pytest.mark.parametrize(
    ("given", "merged"),
    [
        ({}, {"a": 1, "b": {"x": 1, "y": 2}}),
        ({"c": [1]}, {"a": 1, "b": {"x": 1, "y": 2}, "c": [1]}),
        ({"a": "new"}, {"a": "new", "b": {"x": 1, "y": 2}}),
        ({"a": None}, {"b": {"x": 1, "y": 2}}),
        ({"a": None, "b": None}, {}),
        ({"never": None}, {"a": 1, "b": {"x": 1, "y": 2}}),
        ({"b": {"z": 3}}, {"a": 1, "b": {"z": 3}}),
        ({"b": {"x": None}}, {"a": 1, "b": {"x": None}}),
        ({"a": False, "b": ""}, {"a": False, "b": ""}),
    ],
)
def test_s2_07_metadata_merges_key_by_key_and_null_removes(shared_api: Api, given: dict[str, Any], merged: dict[str, Any]) -> None:
    made = a_case(shared_api, metadata={"a": 1, "b": {"x": 1, "y": 2}})
    assert put(shared_api, made, metadata=given)["metadata"] == merged


@pytest.mark.parametrize("tags", [[], ["new"], ["y", "x"], ["x", "x"], [""]])
def test_s2_08_tags_are_replaced(shared_api: Api, tags: list[str]) -> None:
    assert put(shared_api, a_case(shared_api), tags=tags)["tags"] == tags


def test_an_empty_description_clears_it(shared_api: Api) -> None:
    assert put(shared_api, a_case(shared_api), description="")["description"] == ""


def test_a_new_title_is_trimmed(shared_api: Api) -> None:
    assert put(shared_api, a_case(shared_api), title="  Second\u3000")["title"] == "Second"


def test_a_put_that_is_wrong_in_one_field_changes_none(shared_api: Api) -> None:
    made = a_case(shared_api)
    before = shared_api.row_counts()
    answer = shared_api.put(f"{CASES}/{made['case_id']}", CHANGES | {"severity": "huge"})
    assert (answer.status, [fault["loc"] for fault in answer.json["detail"]]) == (422, [["body", "severity"]])
    assert shared_api.row_counts() == before
    assert shared_api.get(f"{CASES}/{made['case_id']}").json == made


def test_a_put_on_a_missing_case_is_404(shared_api: Api) -> None:
    answer = shared_api.put(f"{CASES}/case_ffffffffffff", {"title": "x"})
    assert (answer.status, answer.json) == (404, {"detail": "Case case_ffffffffffff not found"})


@pytest.mark.parametrize("status", ["resolved", "closed", "archived"])
def test_a_finished_case_still_takes_changes(shared_api: Api, status: str) -> None:
    made = a_case(shared_api)
    put(shared_api, made, status=status)
    changed = put(shared_api, made, title="Second", tags=["late"])
    assert (changed["title"], changed["tags"], changed["status"]) == ("Second", ["late"], status)


def test_metadata_cannot_be_merged_beyond_what_an_answer_holds(api: Api) -> None:
    case_id = api.post(CASES, {}).json["case_id"]
    half = {"metadata": {"a": "x" * 600_000}}
    assert api.put(f"{CASES}/{case_id}", half).status == 200
    answer = api.put(f"{CASES}/{case_id}", {"metadata": {"b": "x" * 600_000}})
    assert (answer.status, answer.json["detail"][0]["loc"]) == (422, ["body", "metadata"])
    assert api.get(f"{CASES}/{case_id}").json["metadata"].keys() == {"a"}


def test_a_new_severity_moves_the_alert_level(api: Api) -> None:
    case_id = api.post(CASES, {"severity": "low"}).json["case_id"]
    api.put(f"{CASES}/{case_id}", {"severity": "critical"})
    seen = api.get(f"/api/cases/{case_id}", roles=["case_owner"]).json
    assert (seen["severity"], seen["alert_level"], seen["severity_score"]) == ("critical", "L1", 0.9)
