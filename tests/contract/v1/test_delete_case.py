"""DELETE /api/v1/cases/{case_id} (S2-21, A.7 C-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api

CASES = "/api/v1/cases"


def a_case(api: Api, **fields: Any) -> str:
    answer = api.post(CASES, {"title": "To go"} | fields)
    assert answer.status == 201, answer.json
    return answer.json["case_id"]


def test_delete_answers_204_without_a_body(shared_api: Api) -> None:
    answer = shared_api.delete(f"{CASES}/{a_case(shared_api)}")
    assert (answer.status, answer.json) == (204, "")


CALLS: list[tuple[str, str, object]] = [
    ("GET", "", None), ("PUT", "", {"title": "x"}), ("DELETE", "", None), ("POST", "/status", {"status": "active"}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "tail", "body"), CALLS)
def test_a_deleted_case_is_missing_to_every_call(shared_api: Api, method: str, tail: str, body: object) -> None:
    case_id = a_case(shared_api)
    assert shared_api.delete(f"{CASES}/{case_id}").status == 204
    answer = shared_api.call(method, f"{CASES}/{case_id}{tail}", body)
    assert (answer.status, answer.json) == (404, {"detail": f"Case {case_id} not found"})


def test_a_deleted_case_is_gone_from_the_other_faces(api: Api) -> None:
    case_id = a_case(api)
    assert api.get(f"/api/v3/cases/{case_id}").status == 200
    assert api.delete(f"{CASES}/{case_id}").status == 204
    assert api.get(f"/api/v3/cases/{case_id}").status == 404
    assert api.get(f"/api/cases/{case_id}", roles=["case_owner"]).status == 404
    assert api.get("/api/cases", roles=["case_owner"]).json["items"] == []


def test_only_the_named_case_goes(api: Api) -> None:
    kept, gone = a_case(api, title="Kept"), a_case(api)
    assert api.delete(f"{CASES}/{gone}").status == 204
    assert [case["case_id"] for case in api.get(CASES).json["cases"]] == [kept]


@pytest.mark.parametrize("status", ["investigating", "resolved", "archived", "closed"])
def test_a_case_goes_from_any_status(shared_api: Api, status: str) -> None:
    case_id = a_case(shared_api)
    assert shared_api.post(f"{CASES}/{case_id}/status", {"status": status}).status == 200
    assert shared_api.delete(f"{CASES}/{case_id}").status == 204


def test_a_missing_case_is_404(shared_api: Api) -> None:
    answer = shared_api.delete(f"{CASES}/case_ffffffffffff")
    assert (answer.status, answer.json) == (404, {"detail": "Case case_ffffffffffff not found"})


def test_c18_words_of_a_deleted_case_stand_in_no_table(api: Api) -> None:
    fields = {"title": "Unmistakable", "description": "unmistakable", "metadata": {"k": "unmistakable"}, "tags": ["unmistakable"]}
    case_id = a_case(api, **fields)
    assert api.put(f"{CASES}/{case_id}", {"title": "Unmistakable too", "metadata": {"l": "unmistakable"}}).status == 200
    assert api.delete(f"{CASES}/{case_id}").status == 204
    for table in api.row_counts():
        rows = api.rows(f"select to_jsonb(t)::text as text from {table} t")
        assert not [row for row in rows if "nmistakable" in row["text"]], table
