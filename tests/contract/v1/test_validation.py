"""422 of v1: every fault listed with its place, the input never echoed (S2-30)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api
    from tests.support.apps import Answered

CASES = "/api/v1/cases"
WRONG: list[tuple[str, object, list[str | int]]] = [
    ("title", 5, ["title"]), ("title", True, ["title"]), ("title", [], ["title"]), ("title", {"en": "x"}, ["title"]),
    ("description", 5, ["description"]), ("description", [], ["description"]),
    ("severity", "HIGH", ["severity"]), ("severity", "", ["severity"]), ("severity", " low", ["severity"]), ("severity", 1, ["severity"]),
    ("severity", "urgent", ["severity"]), ("severity", ["low"], ["severity"]),
    ("category", "Error", ["category"]), ("category", "", ["category"]), ("category", 0, ["category"]),
    ("category", "network", ["category"]),
    ("metadata", [], ["metadata"]), ("metadata", "x", ["metadata"]), ("metadata", 1, ["metadata"]), ("metadata", False, ["metadata"]),
    ("tags", "x", ["tags"]), ("tags", {}, ["tags"]), ("tags", 1, ["tags"]),
    ("tags", [1], ["tags", 0]), ("tags", ["a", None], ["tags", 1]), ("tags", ["a", "b", []], ["tags", 2]), ("tags", [True], ["tags", 0]),
]  # fmt: skip
NULLS = ["severity", "category", "metadata", "tags"]


def places(answer: Answered) -> list[list[str | int]]:
    """Return where the faults are, the answer being a 422 in the documented form."""
    assert answer.status == 422, answer.json
    assert answer.headers["content-type"].startswith("application/json")
    assert set(answer.json) == {"detail"}
    for fault in answer.json["detail"]:
        assert fault.keys() >= {"type", "loc", "msg"}
        assert not fault.keys() & {"input", "url"}
        assert (type(fault["type"]), type(fault["loc"]), type(fault["msg"])) == (str, list, str)
    return [fault["loc"] for fault in answer.json["detail"]]


@pytest.fixture(scope="module")
def case_path(shared_api: Api) -> str:
    return f"{CASES}/{shared_api.post(CASES, {'title': 'Kept'}).json['case_id']}"


@pytest.mark.parametrize(("name", "value", "place"), WRONG)
def test_a_wrong_field_of_a_create_is_named(shared_api: Api, name: str, value: object, place: list[str | int]) -> None:
    before = shared_api.row_counts()
    assert places(shared_api.post(CASES, {name: value})) == [["body", *place]]
    assert shared_api.row_counts() == before


@pytest.mark.parametrize(("name", "value", "place"), WRONG)
def test_a_wrong_field_of_a_put_is_named(shared_api: Api, case_path: str, name: str, value: object, place: list[str | int]) -> None:
    before = shared_api.row_counts()
    assert places(shared_api.put(case_path, {name: value})) == [["body", *place]]
    assert shared_api.row_counts() == before


@pytest.mark.parametrize("name", NULLS)
def test_null_is_no_severity_category_metadata_or_tags_of_a_create(shared_api: Api, name: str) -> None:
    before = shared_api.row_counts()
    assert places(shared_api.post(CASES, {name: None})) == [["body", name]]
    assert shared_api.row_counts() == before


@pytest.mark.parametrize("value", [5, 1.5, True, [], {}])
def test_a_session_id_is_text(shared_api: Api, value: object) -> None:
    assert places(shared_api.post(CASES, {"session_id": value})) == [["body", "session_id"]]


def test_all_faults_are_listed(shared_api: Api, case_path: str) -> None:
    body: dict[str, Any] = {"title": 5, "severity": "huge", "category": "", "metadata": [], "tags": [1, "ok", None], "description": {}}
    expected = [
        ["body", "category"], ["body", "description"], ["body", "metadata"], ["body", "severity"], ["body", "tags", 0], ["body", "tags", 2],
        ["body", "title"],
    ]  # fmt: skip
    for answer in (shared_api.post(CASES, body), shared_api.put(case_path, body)):
        assert sorted(places(answer), key=str) == sorted(expected, key=str)


@pytest.mark.parametrize("name", ["title", "severity", "category", "status"])
def test_a_large_input_is_not_echoed(shared_api: Api, case_path: str, name: str) -> None:
    answer = shared_api.put(case_path, {name: "echo" * 125_000})
    assert places(answer) == [["body", name]]
    assert len(json.dumps(answer.json)) < 2_000
    assert "echoecho" not in json.dumps(answer.json)


def test_a_large_title_of_a_create_is_not_echoed(shared_api: Api) -> None:
    answer = shared_api.post(CASES, {"title": "echo" * 125_000})
    assert places(answer) == [["body", "title"]]
    assert (len(json.dumps(answer.json)) < 2_000, "echoecho" in json.dumps(answer.json)) == (True, False)


@pytest.mark.parametrize("query", ["page", "page_size", "status"])
def test_a_large_parameter_is_not_echoed(shared_api: Api, query: str) -> None:
    answer = shared_api.get(f"{CASES}?{query}={'echo' * 2_000}")
    assert places(answer) == [["query", query]]
    assert len(json.dumps(answer.json)) < 2_000


@pytest.mark.parametrize("secret", ["<script>alert(1)</script>", "hunter2-hunter2"])
def test_a_small_input_is_not_echoed_either(shared_api: Api, secret: str) -> None:
    answer = shared_api.post(CASES, {"severity": secret, "tags": [{"k": secret}]})
    assert places(answer) == [["body", "severity"], ["body", "tags", 0]]
    assert secret not in json.dumps(answer.json)


def test_many_faults_keep_the_answer_readable(shared_api: Api) -> None:
    """All are listed, so the answer grows with their number, never with their content."""
    answer = shared_api.post(CASES, {"tags": [{"x": "y" * 100}] * 500})
    assert places(answer) == [["body", "tags", n] for n in range(500)]
    assert "yyyy" not in json.dumps(answer.json)


def test_field_names_are_exact(shared_api: Api) -> None:
    made = shared_api.post(CASES, {"Title": "x", "SEVERITY": "nonsense", " tags": [1]})
    assert (made.status, made.json["severity"], made.json["tags"]) == (201, "medium", [])
