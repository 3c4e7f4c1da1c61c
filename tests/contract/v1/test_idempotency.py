"""Idempotency-Key on create: one effect, the same answer (issue)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api
    from tests.support.apps import Answered

CASES = "/api/v1/cases"


def create(api: Api, key: str, body: object = None, **options: Any) -> Answered:
    return api.post(CASES, {} if body is None else body, headers={"idempotency-key": key}, **options)


def test_a_repeat_is_the_first_answer_and_stores_nothing(shared_api: Api) -> None:
    first = create(shared_api, "k1", {"title": "Once", "tags": ["t"]})
    before = shared_api.row_counts()
    again = create(shared_api, "k1", {"title": "Once", "tags": ["t"]})
    assert (first.status, again.status, again.json) == (201, 201, first.json)
    assert shared_api.row_counts() == before


def test_only_the_repeat_says_that_it_is_one(shared_api: Api) -> None:
    first, again = create(shared_api, "k2"), create(shared_api, "k2")
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["etag"] == first.headers["etag"]


def test_a_repeat_takes_no_title_number(api: Api) -> None:
    titles = [create(api, "k3").json["title"] for _ in range(3)]
    assert [*titles, api.post(CASES, {}).json["title"]] == ["Case-1123-1"] * 3 + ["Case-1123-2"]


@pytest.mark.parametrize("body", [{"title": "Another"}, {}, {"title": "One", "tags": ["x"]}])
def test_the_same_key_with_another_body_is_422(shared_api: Api, body: dict[str, Any]) -> None:
    key = f"k4-{len(str(body))}"
    assert create(shared_api, key, {"title": "One"}).status == 201
    before = shared_api.row_counts()
    answer = create(shared_api, key, body)
    assert (answer.status, set(answer.json)) == (422, {"detail"})
    assert shared_api.row_counts() == before


def test_another_key_is_another_case(shared_api: Api) -> None:
    one, two = create(shared_api, "k5", {"title": "x"}), create(shared_api, "k6", {"title": "x"})
    assert one.json["case_id"] != two.json["case_id"]


def test_a_key_belongs_to_its_caller_and_tenant(shared_api: Api) -> None:
    callers: list[dict[str, Any]] = [{"user": "a"}, {"user": "b"}, {"user": "a", "tenant": "acme"}]
    answers = [create(shared_api, "k7", {"title": "x"}, **options) for options in callers]
    assert [answer.status for answer in answers] == [201] * 3
    assert len({answer.json["case_id"] for answer in answers}) == 3
    assert [answer.json["user_id"] for answer in answers] == ["a", "b", "a"]


@pytest.mark.parametrize("body", [{"severity": "nonsense"}, b'{"title":', b"null"])
def test_a_refused_call_leaves_its_key_free(shared_api: Api, body: object) -> None:
    key = f"k8-{body!r}"[:40]
    assert create(shared_api, key, body).status == 422
    assert create(shared_api, key, {"title": "x"}).status == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\tkey", "\x00"])
def test_a_bad_key_stores_nothing(shared_api: Api, key: str) -> None:
    before = shared_api.row_counts()
    answer = create(shared_api, key)
    assert (answer.status in {400, 422}, set(answer.json)) == (True, {"detail"})
    assert shared_api.row_counts() == before


def test_identity_precedes_the_key(shared_api: Api) -> None:
    assert create(shared_api, "", token=None).status == 401


def test_a_key_is_forgotten_after_a_day(api: Api) -> None:
    first = create(api, "k9").json
    api.world.clock.advance(timedelta(hours=25))
    second = create(api, "k9")
    assert (second.status, second.json["case_id"] != first["case_id"]) == (201, True)
