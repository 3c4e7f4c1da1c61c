"""GET /api/v1/cases/{case_id}: own cases by alias, UUID and case number; nobody else's (S2-19, S2-29, S2-74, A.7 C-19, C-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api

CASES = "/api/v1/cases"
UUID = "0197c1de-0000-7000-8000-000000000000"


def a_case(api: Api, **fields: Any) -> dict[str, Any]:
    answer = api.post(CASES, fields)
    assert answer.status == 201, answer.json
    return answer.json


def names_of(api: Api, case_id: str) -> list[str]:
    """Return the UUID and the case number of a case of `u1`, as the canonical face lists them."""
    items = api.get("/api/cases?created_by=u1", roles=["case_owner"]).json["items"]
    (item,) = [item for item in items if item["case_id"] == case_id]
    return [item["id"], item["case_number"]]


def test_a_case_reads_as_it_was_made(shared_api: Api) -> None:
    made = a_case(shared_api, title="Read me")
    answer = shared_api.get(f"{CASES}/{made['case_id']}")
    assert (answer.status, answer.json) == (200, made)


def test_the_uuid_and_the_case_number_name_the_own_case_too(api: Api) -> None:
    made = a_case(api)
    for name in names_of(api, made["case_id"]):
        answer = api.get(f"{CASES}/{name}")
        assert (answer.status, answer.json) == (200, made)


def test_the_other_names_open_nobody_elses_case(api: Api) -> None:
    made = a_case(api)
    for name in [made["case_id"], *names_of(api, made["case_id"])]:
        answer = api.get(f"{CASES}/{name}", user="mali")
        assert (answer.status, answer.json) == (404, {"detail": f"Case {name} not found"})


@pytest.mark.parametrize(
    "case_id", ["case_000000000000", "session", "x", "CASE-261123-0000", UUID, "1", "null", "case_", "%20", "กรณี", "-1"]
)
def test_a_missing_case_is_404_and_named(shared_api: Api, case_id: str) -> None:
    answer = shared_api.get(f"{CASES}/{case_id}")
    assert (answer.status, answer.json) == (404, {"detail": f"Case {' ' if case_id == '%20' else case_id} not found"})


def test_ids_are_compared_case_sensitively(shared_api: Api) -> None:
    case_id = a_case(shared_api)["case_id"]
    assert shared_api.get(f"{CASES}/{case_id.upper()}").status == 404


@pytest.mark.parametrize("case_id", ["%00", "case_%00", "%ED%A0%80", "x" * 10_000, "'%20or%201=1--", "%25", "..", "%F0%9F%9A%B0"])
def test_an_id_that_no_case_has_is_404(shared_api: Api, case_id: str) -> None:
    answer = shared_api.get(f"{CASES}/{case_id}")
    assert (answer.status, set(answer.json)) == (404, {"detail"})


CALLS: list[tuple[str, str, object]] = [
    ("GET", "", None), ("PUT", "", {"title": "taken"}), ("DELETE", "", None), ("POST", "/status", {"status": "resolved"}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "tail", "body"), CALLS)
@pytest.mark.parametrize(("user", "tenant"), [("mali", "bangkok"), ("u1", "acme"), ("mali", "acme")])
def test_s2_74_a_foreign_case_is_missing(shared_api: Api, method: str, tail: str, body: object, user: str, tenant: str) -> None:
    made = a_case(shared_api)
    before = shared_api.row_counts()
    answer = shared_api.call(method, f"{CASES}/{made['case_id']}{tail}", body, user=user, tenant=tenant, roles=["admin", "case_owner"])
    assert (answer.status, answer.json) == (404, {"detail": f"Case {made['case_id']} not found"})
    assert shared_api.row_counts() == before
    assert shared_api.get(f"{CASES}/{made['case_id']}").json == made


@pytest.mark.parametrize(("method", "tail", "body"), CALLS)
def test_missing_and_foreign_answers_differ_in_the_id_alone(shared_api: Api, method: str, tail: str, body: object) -> None:
    foreign, missing = a_case(shared_api)["case_id"], "case_ffffffffffff"
    answers = [shared_api.call(method, f"{CASES}/{case_id}{tail}", body, user="mali") for case_id in (foreign, missing)]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].headers == answers[1].headers
    assert answers[0].json["detail"].replace(foreign, missing) == answers[1].json["detail"]


@pytest.mark.parametrize(("method", "tail"), [("PUT", ""), ("POST", "/status")])
def test_a_bad_body_is_422_whether_the_case_is_there_or_not(shared_api: Api, method: str, tail: str) -> None:
    foreign = a_case(shared_api)["case_id"]
    answers = [
        shared_api.call(method, f"{CASES}/{case_id}{tail}", {"status": 5}, user="mali") for case_id in (foreign, "case_ffffffffffff")
    ]
    assert [answer.status for answer in answers] == [422, 422]
    assert answers[0].json == answers[1].json
