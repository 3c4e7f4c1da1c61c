"""Calls that meet: titles under 50 parallel creates, changes, deletions (A.7 C-20; contract §4, §5, §11)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tests.support.api import Api
from tests.support.apps import Answered, World

if TYPE_CHECKING:
    from collections.abc import Callable

    Call = Callable[[Api], Answered]

CASES = "/api/v1/cases"


def at_once(owner_url: str, calls: list[Call]) -> list[Answered]:
    """Make the calls together, each on connections of its own."""

    def make(call: Call) -> Answered:
        world = World(owner_url)
        try:
            return call(Api(world))
        finally:
            world.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(make, calls))


def a_case(api: Api, **fields: Any) -> tuple[str, str]:
    """Return the path and the tag of a new case."""
    made = api.post(CASES, {"title": "Met"} | fields)
    assert made.status == 201, made.json
    return f"{CASES}/{made.json['case_id']}", made.headers["etag"]


def put(path: str, body: dict[str, Any], **headers: str) -> Call:
    return lambda one: one.put(path, body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_c20_fifty_parallel_creates_have_the_titles_1_to_50(api: Api) -> None:
    answers = at_once(api.world.owner_url, [lambda one: one.post(CASES, {})] * 50)
    assert {answer.status for answer in answers} == {201}
    assert sorted(answer.json["title"] for answer in answers) == sorted(f"Case-1123-{n}" for n in range(1, 51))
    assert len({answer.json["case_id"] for answer in answers}) == 50
    assert api.get(CASES).json["total"] == 50


def test_parallel_users_each_count_from_one(api: Api) -> None:
    users = ["a", "b", "c", "d"] * 5
    answers = at_once(api.world.owner_url, [lambda one, user=user: one.post(CASES, {}, user=user) for user in users])
    titles = sorted((answer.json["user_id"], answer.json["title"]) for answer in answers)
    assert titles == [(user, f"Case-1123-{n}") for user in "abcd" for n in range(1, 6)]


def test_titled_and_untitled_creates_meet(api: Api) -> None:
    bodies: list[dict[str, Any]] = [{}, {"title": "Mine"}] * 8
    answers = at_once(api.world.owner_url, [lambda one, body=body: one.post(CASES, body) for body in bodies])
    automatic = sorted(answer.json["title"] for answer in answers if answer.json["title"] != "Mine")
    assert automatic == [f"Case-1123-{n}" for n in range(1, 9)]


def test_parallel_changes_of_different_fields_all_survive(api: Api) -> None:
    path, _ = a_case(api)
    fields: dict[str, Any] = {"title": "New", "description": "new", "severity": "high", "category": "error", "tags": ["new"]}
    fields["status"] = "closed"
    answers = at_once(api.world.owner_url, [put(path, {name: value}) for name, value in fields.items()])
    assert {answer.status for answer in answers} == {200}
    seen = api.get(path).json
    assert seen | fields == seen


def test_parallel_merges_of_metadata_all_survive(api: Api) -> None:
    path, _ = a_case(api, metadata={"kept": 1})
    answers = at_once(api.world.owner_url, [put(path, {"metadata": {f"k{n}": n}}) for n in range(12)])
    assert {answer.status for answer in answers} == {200}
    assert api.get(path).json["metadata"] == {"kept": 1} | {f"k{n}": n for n in range(12)}


def test_of_many_writers_with_one_tag_one_wins(api: Api) -> None:
    path, tag = a_case(api)
    answers = at_once(api.world.owner_url, [put(path, {"title": f"Writer {n}"}, if_match=tag) for n in range(8)])
    assert sorted(answer.status for answer in answers) == [200] + [412] * 7
    (winner,) = [answer.json for answer in answers if answer.status == 200]
    assert api.get(path).json == winner


def test_of_a_tagged_change_and_a_tagged_deletion_one_wins(api: Api) -> None:
    path, tag = a_case(api)
    calls: list[Call] = [put(path, {"title": "Changed"}, if_match=tag), lambda one: one.delete(path, headers={"if-match": tag})]
    changed, deleted = (answer.status for answer in at_once(api.world.owner_url, calls))
    assert (changed, deleted) in {(200, 412), (404, 204)}


def test_of_parallel_deletions_one_is_204_and_the_rest_404(api: Api) -> None:
    path, _ = a_case(api)
    answers = at_once(api.world.owner_url, [lambda one: one.delete(path)] * 8)
    assert sorted(answer.status for answer in answers) == [204] + [404] * 7


def test_changes_that_meet_a_deletion_are_200_or_404(api: Api) -> None:
    for _ in range(5):
        path, _ = a_case(api)
        calls: list[Call] = [put(path, {"title": f"Writer {n}"}) for n in range(5)]
        answers = at_once(api.world.owner_url, [*calls, lambda one, path=path: one.delete(path)])
        assert answers[-1].status == 204
        assert {answer.status for answer in answers[:-1]} <= {200, 404}
        assert api.get(path).status == 404
    assert api.get(CASES).json["total"] == 0


def test_status_changes_that_meet_all_pass_and_one_is_last(api: Api) -> None:
    path, _ = a_case(api)
    words = ["active", "investigating", "resolved", "archived", "closed"] * 2
    calls: list[Call] = [lambda one, word=word: one.post(f"{path}/status", {"status": word}) for word in words]
    assert {answer.status for answer in at_once(api.world.owner_url, calls)} == {200}
    seen = api.get(path).json
    assert seen["status"] in words
    assert (seen["resolved_at"] is not None) == (seen["status"] == "resolved")


def test_parallel_calls_with_one_key_have_one_effect(api: Api) -> None:
    """In flight → 409, afterwards the replay; one case either way."""
    headers = {"idempotency-key": "k1"}
    answers = at_once(api.world.owner_url, [lambda one: one.post(CASES, {}, headers=headers)] * 8)
    assert {answer.status for answer in answers} <= {201, 409}
    assert {answer.json["title"] for answer in answers if answer.status == 201} == {"Case-1123-1"}
    assert api.get(CASES).json["total"] == 1


def test_lists_during_creates_are_whole(api: Api) -> None:
    """A page and its total come from one snapshot."""
    calls: list[Call] = [lambda one: one.post(CASES, {}), lambda one: one.get(CASES)] * 10
    answers = at_once(api.world.owner_url, calls)
    for page in (answer.json for answer in answers[1::2]):
        assert page["total"] == len(page["cases"])
