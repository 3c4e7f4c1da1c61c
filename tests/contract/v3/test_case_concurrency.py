"""ETag and If-Match, Idempotency-Key, and calls that meet."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.api import Api, audit
from tests.support.apps import Answered, World

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = "/api/v3/cases"


def at_once(owner_url: str, calls: list[Callable[[Api], Answered]]) -> list[Answered]:
    """Make the calls together, each on connections of its own."""

    def make(call: Callable[[Api], Answered]) -> Answered:
        world = World(owner_url)
        try:
            return call(Api(world))
        finally:
            world.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(make, calls))


def test_every_answer_about_a_case_has_an_etag(shared_api: Api) -> None:
    made = shared_api.post(CASES, {"title": "x"})
    path = made.headers["location"]
    assert made.headers["etag"] == shared_api.get(path).headers["etag"]
    changed = shared_api.post(f"{path}/status", {"status": "resolved"})
    assert changed.headers["etag"] != made.headers["etag"]
    assert changed.headers["etag"] == shared_api.get(path).headers["etag"]


@pytest.mark.parametrize("kind", ["status", "reports", "patch"])
def test_if_match_is_honoured_and_never_required(shared_api: Api, kind: str) -> None:
    made = shared_api.post(CASES, {"title": "x"})
    path, old = made.headers["location"], made.headers["etag"]
    seq = shared_api.report()
    calls: dict[str, Callable[..., Answered]] = {
        "status": lambda **options: shared_api.post(f"{path}/status", {"status": "investigating"}, **options),
        "reports": lambda **options: shared_api.post(f"{path}/reports", {"report_seqs": [seq]}, **options),
        "patch": lambda **options: shared_api.patch(path.replace("/v3", "") + "/status", {"status": "in-progress"}, **options),
    }
    assert shared_api.post(f"{path}/status", {"status": "escalated"}, headers={"if-match": old}).status == 200
    before = shared_api.row_counts()
    for stale in (old, 'W/"v1"', '"nonsense"', '"v99"'):
        answer = calls[kind](headers={"if-match": stale})
        assert (answer.status, answer.json.get("current_version", 0) > 1) == (412, True)
    assert shared_api.row_counts() == before
    assert calls[kind](headers={"if-match": shared_api.get(path).headers["etag"]}).status == 200


def test_a_key_replays_the_answer_and_the_effect_happens_once(shared_api: Api) -> None:
    body, headers = {"title": "x", "report_seqs": [shared_api.report()], "force_new_case": True}, {"idempotency-key": "k1"}
    first = shared_api.post(CASES, body, headers=headers)
    before = shared_api.row_counts()
    again = shared_api.post(CASES, body, headers=headers)
    assert (again.status, again.json) == (first.status, first.json) == (201, first.json)
    assert (again.headers["idempotent-replayed"], again.headers["location"]) == ("true", first.headers["location"])
    assert "idempotent-replayed" not in first.headers
    assert shared_api.row_counts() == before


@pytest.mark.parametrize("path", ["reports", "status", "escalations/send"])
def test_every_post_takes_a_key(shared_api: Api, path: str) -> None:
    contact = {"channel": "email", "email": "x@district.go.th"}
    case_id = shared_api.open(escalation_targets=[contact])["case"]["case_id"]
    bodies = {
        "reports": {"report_seqs": [shared_api.report()]}, "status": {"status": "closed"}, "escalations/send": {},
    }  # fmt: skip
    headers = {"idempotency-key": f"key-{path}"}
    first = shared_api.post(f"{CASES}/{case_id}/{path}", bodies[path], headers=headers)
    before = shared_api.row_counts()
    again = shared_api.post(f"{CASES}/{case_id}/{path}", bodies[path], headers=headers)
    assert (first.status, again.json, again.headers["idempotent-replayed"]) == (again.status, first.json, "true")
    assert shared_api.row_counts() == before


def test_the_same_key_with_another_body_is_422(shared_api: Api) -> None:
    headers = {"idempotency-key": "k2"}
    assert shared_api.post(CASES, {"title": "x"}, headers=headers).status == 201
    answer = shared_api.post(CASES, {"title": "y"}, headers=headers)
    assert (answer.status, set(answer.json) >= {"error", "code"}) == (422, True)


def test_a_key_belongs_to_its_caller_its_tenant_and_its_route(shared_api: Api) -> None:
    headers, body = {"idempotency-key": "k3"}, {"title": "x"}
    calls: list[dict[str, Any]] = [{"user": "a"}, {"user": "b"}, {"tenant": "acme", "roles": ["admin"]}]
    answers = [shared_api.post(CASES, body, headers=headers, **options) for options in calls]
    answers.append(shared_api.post("/api/cases", {"case_type": "road_footpath", "title_en": "x"}, headers=headers))
    assert [answer.status for answer in answers] == [201] * 4
    assert len({answer.json.get("case_id") or answer.json["case"]["case_id"] for answer in answers}) == 4


def test_a_refused_call_leaves_its_key_free(shared_api: Api) -> None:
    headers = {"idempotency-key": "k4"}
    assert shared_api.post(CASES, {"title": "x", "report_seqs": [99_999]}, headers=headers).status == 422
    assert shared_api.post(CASES, {"title": "x"}, headers=headers).status == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\tkey", "\x00"])
def test_a_bad_key_is_400(shared_api: Api, key: str) -> None:
    before = shared_api.row_counts()
    assert shared_api.post(CASES, {"title": "x"}, headers={"idempotency-key": key}).status == 400
    assert shared_api.row_counts() == before


def test_a_key_is_forgotten_after_a_day(api: Api) -> None:
    headers = {"idempotency-key": "k5"}
    first = api.post(CASES, {"title": "x"}, headers=headers).json
    api.world.clock.advance(timedelta(hours=25))
    second = api.post(CASES, {"title": "y"}, headers=headers)
    assert (second.status, second.json["case"]["case_id"] != first["case"]["case_id"]) == (201, True)


def test_parallel_calls_with_one_key_have_one_effect(api: Api) -> None:
    """In flight → 409 with Retry-After, afterwards the replay; one case either way."""
    headers, body = {"idempotency-key": "k6"}, {"title": "x", "force_new_case": True}
    answers = at_once(api.world.owner_url, [lambda one: one.post(CASES, body, headers=headers)] * 6)
    assert {answer.status for answer in answers} <= {201, 409}
    made = [answer.json["case"]["case_id"] for answer in answers if answer.status == 201]
    assert (len(made) >= 1, len(set(made))) == (True, 1)
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers if answer.status == 409)
    assert api.rows("select count(*) as n from cases")[0]["n"] == 1


def test_creating_from_one_selection_at_once_yields_one_case(api: Api) -> None:
    """Weakness 15: no key, no lock of the client's; one creates, the others join."""
    seqs = api.reports({}, {}, {})
    body = {"title": "Blocked drain", "report_seqs": seqs, "cluster_summary": "three drains"}
    answers = at_once(api.world.owner_url, [lambda one: one.post(CASES, body)] * 6)
    assert sorted(answer.status for answer in answers) == [200] * 5 + [201]
    assert len({answer.json["case"]["case_id"] for answer in answers}) == 1
    assert api.rows("select count(*) as n from cases")[0]["n"] == 1


def test_links_that_meet_are_all_there(api: Api) -> None:
    seqs = api.reports(*[{"severity_level": n / 10} for n in range(1, 7)])
    case_id = api.open()["case"]["case_id"]

    def link(seq: int) -> Callable[[Api], Answered]:
        return lambda one: one.post(f"{CASES}/{case_id}/reports", {"report_seqs": [seq]})

    answers = at_once(api.world.owner_url, [link(seq) for seq in seqs])
    assert {answer.status for answer in answers} == {200}
    detail = api.detail(case_id)
    assert {row["seq"] for row in detail["linked_reports"]} == set(seqs)
    assert (detail["case"]["severity_score"], audit(detail)) == (0.6, ["case_created"] + ["reports_added"] * 6)
    assert api.get(f"/api/cases/{case_id}/events").json["verified"]


def test_of_two_writers_with_one_version_one_wins(api: Api) -> None:
    made = api.post(CASES, {"title": "x"})
    headers = {"if-match": made.headers["etag"]}
    path = f"{made.headers['location']}/status"
    calls = [lambda one, word=word: one.post(path, {"status": word}, headers=headers) for word in ("escalated", "closed")]
    assert sorted(answer.status for answer in at_once(api.world.owner_url, calls)) == [200, 412]
