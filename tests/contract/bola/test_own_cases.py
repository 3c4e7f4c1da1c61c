"""v1: face × role × person × tenant. Another person's case is, for everybody, one that never was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from casework.cases.paging import Slice
from casework.identity.permissions import Role
from tests.support.api import routes
from tests.support.apps import BANGKOK
from tests.support.crossings import rows_with

if TYPE_CHECKING:
    from tests.support.api import Api
    from tests.support.apps import Answered

CASES = "/api/v1/cases"
ONE = f"{CASES}/{{case_id}}"
VICTIM, CANARY = "victim-of-bola", "canarybird"
MISSING = {"alias": "case_000000000000", "id": "01a20dae-d053-7abd-b5a1-000000000000", "number": "CASE-261123-0000"}
NAMING: dict[tuple[str, str], object] = {
    ("GET", ONE): None, ("PUT", ONE): {"title": "taken", "tags": ["taken"], "status": "closed"}, ("DELETE", ONE): None,
    ("POST", f"{ONE}/status"): {"status": "resolved"},
}  # fmt: skip
"""Routes that name a case, with a body that would change it."""
GATHERING: dict[tuple[str, str], object] = {
    ("GET", CASES): None, ("GET", f"{CASES}/session/{{session_id}}"): None,
    ("POST", CASES): {"session_id": f"{CANARY}-session", "metadata": {"case_id": "x", "user_id": VICTIM}},
}  # fmt: skip
"""Routes that show or make what is the caller's own."""
ROLES = [[role] for role in Role] + [[], list(Role)]


class Stranger(NamedTuple):
    """Who else calls; `namesake` has the victim's user id in another tenant."""

    user: str
    tenant: str


STRANGERS = [Stranger("somebody-else", "bangkok"), Stranger(VICTIM, "acme"), Stranger(VICTIM.upper(), "bangkok")]


class Victim(NamedTuple):
    names: dict[str, str]
    marks: tuple[str, ...]


@pytest.fixture(scope="module")
def victim(shared_api: Api) -> Victim:
    """A case that says `canarybird` wherever it can."""
    body = {"title": CANARY, "description": CANARY, "session_id": f"{CANARY}-session", "metadata": {CANARY: CANARY}, "tags": [CANARY]}
    made = shared_api.post(CASES, body, user=VICTIM, tenant="bangkok")
    assert made.status == 201, made.json
    (row,) = shared_api.rows("select id::text, case_number, alias from cases where created_by = %s", VICTIM)
    names = {"alias": row["alias"], "id": row["id"], "number": row["case_number"]}
    return Victim(names, (CANARY, VICTIM, *names.values()))


def call(api: Api, route: tuple[str, str], name: str, who: Stranger, roles: list[Any]) -> Answered:
    method, path = route
    full = path.replace("{case_id}", name).replace("{session_id}", f"{CANARY}-session")
    return api.call(method, full, (NAMING | GATHERING)[route], user=who.user, tenant=who.tenant, roles=[str(role) for role in roles])


def whole(answer: Answered) -> str:
    return json.dumps([answer.status, answer.json, dict(answer.headers)], sort_keys=True)


def test_every_route_of_the_face_has_a_row() -> None:
    declared = {(method, "/".join(path)) for method, path in routes() if "/".join(path).startswith("/api/v1/")}
    assert declared == NAMING.keys() | GATHERING.keys()


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("route", NAMING, ids=" ".join)
def test_a_strangers_call_reads_as_of_a_case_that_never_was(shared_api: Api, victim: Victim, route, who: Stranger) -> None:
    before = rows_with(shared_api, victim.marks)
    for roles in ROLES:
        for kind, name in victim.names.items():
            there, nowhere = (call(shared_api, route, one, who, roles) for one in (name, MISSING[kind]))
            assert there.status == 404, (route, roles)
            assert whole(there).replace(name, "ID") == whole(nowhere).replace(MISSING[kind], "ID")
            assert CANARY not in whole(there)
    assert rows_with(shared_api, victim.marks) == before


@pytest.mark.parametrize("tag", ['"v1"', '"v999"', "*", "nonsense"])
@pytest.mark.parametrize("route", NAMING, ids=" ".join)
def test_a_version_told_along_gives_nothing_away(shared_api: Api, victim: Victim, route, tag: str) -> None:
    path = route[1].replace("{case_id}", "{}")
    answers = [
        shared_api.call(route[0], path.format(name), NAMING[route], user="somebody-else", headers={"if-match": tag})
        for name in (victim.names["alias"], MISSING["alias"])
    ]
    assert [answer.status for answer in answers] == [404, 404]


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("route", GATHERING, ids=" ".join)
def test_lists_and_creation_cross_to_nobody(shared_api: Api, victim: Victim, route, who: Stranger) -> None:
    before = rows_with(shared_api, [CANARY, *victim.names.values()])
    for roles in ROLES:
        answer = call(shared_api, route, "", who, roles)
        assert answer.status in {200, 201}, answer.json
        assert [one for one in victim.names.values() if one in whole(answer)] == []
        if route[0] == "GET":
            assert CANARY not in whole(answer).replace(f"{CANARY}-session", "")
            assert VICTIM not in {case["user_id"] for case in answer.json["cases"]} or who.user == VICTIM
    assert before <= rows_with(shared_api, [CANARY, *victim.names.values()])


@pytest.mark.parametrize("route", [*NAMING, *GATHERING], ids=" ".join)
def test_nobody_is_told_401_and_changes_nothing(shared_api: Api, victim: Victim, route) -> None:
    before = rows_with(shared_api, victim.marks)
    path = route[1].replace("{session_id}", f"{CANARY}-session")
    answers = [
        shared_api.call(route[0], path.replace("{case_id}", name), (NAMING | GATHERING)[route], token=None, headers={"x-user-id": VICTIM})
        for name in (victim.names["alias"], MISSING["alias"])
    ]
    assert [answer.status for answer in answers] == [401, 401]
    assert whole(answers[0]) == whole(answers[1])
    assert rows_with(shared_api, victim.marks) == before


def test_the_victim_still_has_it_all(shared_api: Api, victim: Victim) -> None:
    seen = shared_api.get(f"{CASES}/{victim.names['alias']}", user=VICTIM, tenant="bangkok").json
    assert (seen["title"], seen["status"], seen["tags"], seen["metadata"]) == (CANARY, "active", [CANARY], {CANARY: CANARY})


@pytest.mark.parametrize("owner", ["somebody-else", "", "%", VICTIM.upper(), f"{VICTIM} "])
def test_the_statements_run_as_another_person_return_nothing(shared_api: Api, victim: Victim, owner: str) -> None:
    reads = shared_api.world.app("api_reader").own_cases
    assert [reads.find(BANGKOK, owner, name) for name in victim.names.values()] == [None] * 3
    pages = [reads.page(BANGKOK, owner, [], Slice(limit=50)), reads.session_page(BANGKOK, owner, f"{CANARY}-session", Slice(limit=50))]
    seen = [row["alias"] for page, _ in pages for row in page.items]
    assert victim.names["alias"] not in seen


def test_a_cursor_of_the_victims_opens_nothing(shared_api: Api, victim: Victim) -> None:
    for _ in range(2):
        shared_api.post(CASES, {"title": CANARY}, user=VICTIM, tenant="bangkok")
    cursor = shared_api.get(f"{CASES}?page_size=1", user=VICTIM, tenant="bangkok").json["next_cursor"]
    for who in STRANGERS:
        answer = shared_api.get(f"{CASES}?cursor={cursor}", user=who.user, tenant=who.tenant)
        assert answer.status == 422
        assert CANARY not in whole(answer)
