"""Who may do what: thirteen roles on eighteen routes, and tokens that are none (S4-09, S4-10, S4-44, S4-45)."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.support.walks import NOBODYS, TREE, refused

if TYPE_CHECKING:
    from tests.support.walks import Desk

ROLES = (
    "citizen", "l1", "coverage_engineer", "engineer", "reviewer", "case_owner", "duty_officer", "governance", "dpo",
    "account_owner", "admin", "service", "auditor",
)  # fmt: skip
WALKERS = {"l1", "coverage_engineer"}
TAKERS = {"engineer", "admin"}
MANAGERS = {"account_owner", "admin"}
AUTHORS = {"engineer", "account_owner", "admin"}
ROUTES: dict[str, tuple[set[str], int, object]] = {
    "POST /intake": (WALKERS, 201, {"problem_statement": "Mouse squeaks", "adhoc": True}),
    "GET /queue": (WALKERS, 200, None),
    "GET /sessions/active": (WALKERS, 200, None),
    f"GET /sessions/{NOBODYS}": (WALKERS, 404, None),
    f"POST /sessions/{NOBODYS}/step": (WALKERS, 404, {"node_id": "n", "question": "q", "answer": "a"}),
    f"POST /sessions/{NOBODYS}/notes": (WALKERS, 404, {"notes": "n"}),
    f"POST /sessions/{NOBODYS}/resolve": (WALKERS, 404, {"helpful": True}),
    f"POST /sessions/{NOBODYS}/escalate": (WALKERS, 404, {"reason_category": "safety"}),
    f"POST /sessions/{NOBODYS}/next-node": (WALKERS, 404, {}),
    "GET /escalations": (TAKERS, 200, None),
    "POST /escalate-without-walk": (WALKERS, 201, {"problem_statement": "Smoke", "reason_category": "safety"}),
    "GET /categories": (MANAGERS, 200, None),
    "PATCH /categories": (MANAGERS, 200, {"categories": {"other": True}}),
    "GET /settings": (MANAGERS, 200, None),
    "PATCH /settings": (MANAGERS, 200, {"sessions_creator_only": False}),
    "GET /flows": (WALKERS | AUTHORS, 200, None),
    "POST /flows": (AUTHORS, 201, TREE),
    f"POST /flow-proposals/{NOBODYS}/publish": (AUTHORS, 404, None),
}


@pytest.mark.parametrize(("route", "role"), list(itertools.product(ROUTES, ROLES)))
def test_each_role_gets_exactly_its_routes(desk: Desk, route: str, role: str) -> None:
    method, path = route.split()
    allowed, status, body = ROUTES[route]
    answer = desk.call(method, path, body, roles=[role])
    if role in allowed:
        assert answer.status == status, answer.json
        assert status != 404 or refused(answer, 404)
    else:
        assert refused(answer, 403)


@pytest.mark.parametrize("route", ROUTES)
def test_a_caller_without_any_role_is_403(desk: Desk, route: str) -> None:
    method, path = route.split()
    assert refused(desk.call(method, path, ROUTES[route][2], roles=[]), 403)


@pytest.mark.parametrize("route", ROUTES)
def test_a_caller_without_a_token_is_401(desk: Desk, route: str) -> None:
    method, path = route.split()
    answer = desk.api.call(method, f"/l1{path}", ROUTES[route][2], token=None)
    assert refused(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.startswith("GET")])
def test_identity_is_checked_before_the_body(desk: Desk, route: str) -> None:
    method, path = route.split()
    assert refused(desk.api.call(method, f"/l1{path}", b'{"broken', token=None), 401)


def test_a_forged_user_header_does_not_let_anybody_in(desk: Desk) -> None:
    assert refused(desk.api.get("/l1/queue", token=None, headers={"x-user-id": "tech-1"}), 401)


@pytest.mark.parametrize(("roles", "route"), [
    (["citizen", "l1"], "GET /queue"), (["l1", "engineer"], "GET /escalations"), (["l1", "account_owner"], "GET /categories"),
    (["engineer", "coverage_engineer"], "GET /sessions/active"), (["dpo", "admin", "l1"], "GET /settings"),
])  # fmt: skip
def test_roles_add_up(desk: Desk, roles: list[str], route: str) -> None:
    assert desk.call(*route.split(), roles=roles).status == 200


def test_two_roles_do_not_make_a_third(desk: Desk) -> None:
    assert refused(desk.get("/escalations", roles=["l1", "coverage_engineer", "account_owner", "case_owner"]), 403)
    assert refused(desk.get("/queue", roles=["engineer", "admin", "account_owner", "case_owner"]), 403)
    assert refused(desk.get("/categories", roles=["l1", "coverage_engineer", "engineer", "case_owner"]), 403)


def test_an_unknown_role_is_403(desk: Desk) -> None:
    assert refused(desk.get("/queue", roles=["l2", "L1"]), 403)


def test_a_refused_call_stores_nothing(desk: Desk) -> None:
    before = desk.api.row_counts()
    for route, (_, _, body) in ROUTES.items():
        assert refused(desk.call(*route.split(), body, roles=["auditor"]), 403)
    assert desk.api.row_counts() == before
