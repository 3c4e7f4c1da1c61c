"""ETag on what v1 answers about a case, If-Match on what changes one (issue: optimistic locking)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api
    from tests.support.apps import Answered

CASES = "/api/v1/cases"
CHANGES: dict[str, tuple[str, str, object]] = {
    "put": ("PUT", "", {"title": "Changed"}), "status": ("POST", "/status", {"status": "resolved"}), "delete": ("DELETE", "", None),
}  # fmt: skip


def a_case(api: Api) -> tuple[str, Answered]:
    answer = api.post(CASES, {"title": "Tagged"})
    assert answer.status == 201, answer.json
    return f"{CASES}/{answer.json['case_id']}", answer


def change(api: Api, name: str, path: str, tag: str | None) -> Answered:
    method, tail, body = CHANGES[name]
    return api.call(method, path + tail, body, headers={} if tag is None else {"if-match": tag})


def test_create_and_get_answer_the_same_tag(shared_api: Api) -> None:
    path, made = a_case(shared_api)
    assert made.headers["etag"] == shared_api.get(path).headers["etag"]
    assert made.headers["etag"].strip('W/"')


@pytest.mark.parametrize("name", ["put", "status"])
def test_a_change_answers_the_new_tag(shared_api: Api, name: str) -> None:
    path, made = a_case(shared_api)
    changed = change(shared_api, name, path, None)
    assert changed.status == 200
    assert changed.headers["etag"] != made.headers["etag"]
    assert changed.headers["etag"] == shared_api.get(path).headers["etag"]


@pytest.mark.parametrize("name", CHANGES)
def test_the_current_tag_lets_a_change_through(shared_api: Api, name: str) -> None:
    path, made = a_case(shared_api)
    assert change(shared_api, name, path, made.headers["etag"]).status in {200, 204}


@pytest.mark.parametrize("tag", [None, "*"])
@pytest.mark.parametrize("name", CHANGES)
def test_if_match_is_never_required_and_a_star_always_matches(shared_api: Api, name: str, tag: str | None) -> None:
    path, _ = a_case(shared_api)
    assert shared_api.put(path, {"tags": ["x"]}).status == 200
    assert change(shared_api, name, path, tag).status in {200, 204}


@pytest.mark.parametrize("name", CHANGES)
def test_a_stale_tag_is_412_and_changes_nothing(shared_api: Api, name: str) -> None:
    path, made = a_case(shared_api)
    current = shared_api.put(path, {"description": "newer"})
    before = shared_api.row_counts()
    answer = change(shared_api, name, path, made.headers["etag"])
    assert (answer.status, type(answer.json["detail"])) == (412, str)
    assert shared_api.row_counts() == before
    assert shared_api.get(path).json == current.json


@pytest.mark.parametrize("tag", ['"v99"', '"nonsense"', "nonsense", "", '""', 'W/"nonsense"', '"v0"', f'"v{10**30}"', "\u00e9"])
@pytest.mark.parametrize("name", CHANGES)
def test_a_tag_that_no_version_has_is_412(shared_api: Api, name: str, tag: str) -> None:
    path, made = a_case(shared_api)
    assert change(shared_api, name, path, tag).status == 412
    assert shared_api.get(path).json == made.json


@pytest.mark.parametrize("name", CHANGES)
def test_on_a_missing_case_404_comes_before_412(shared_api: Api, name: str) -> None:
    answer = change(shared_api, name, f"{CASES}/case_ffffffffffff", '"v99"')
    assert (answer.status, answer.json) == (404, {"detail": "Case case_ffffffffffff not found"})


@pytest.mark.parametrize("name", CHANGES)
def test_on_a_foreign_case_a_tag_tells_nothing(shared_api: Api, name: str) -> None:
    path, made = a_case(shared_api)
    method, tail, body = CHANGES[name]
    options: dict[str, Any] = {"user": "mali"}
    for tag in (made.headers["etag"], '"v99"'):
        assert shared_api.call(method, path + tail, body, headers={"if-match": tag}, **options).status == 404


def test_a_change_through_another_face_makes_the_tag_stale(shared_api: Api) -> None:
    path, made = a_case(shared_api)
    other = shared_api.post(f"/api/v3/cases/{made.json['case_id']}/status", {"status": "escalated"})
    assert other.status == 200, other.json
    assert change(shared_api, "put", path, made.headers["etag"]).status == 412


def test_a_chain_of_tagged_changes_goes_through(shared_api: Api) -> None:
    path, answer = a_case(shared_api)
    for word in ("investigating", "resolved", "active"):
        answer = shared_api.put(path, {"status": word}, headers={"if-match": answer.headers["etag"]})
        assert (answer.status, answer.json["status"]) == (200, word)
    assert shared_api.delete(path, headers={"if-match": answer.headers["etag"]}).status == 204
