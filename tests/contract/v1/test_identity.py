"""Who is calling v1: a bearer token; a header alone is nobody (A.7 C-05, S2-68…S2-76)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.apps import a_token

if TYPE_CHECKING:
    from tests.support.api import Api

CASES = "/api/v1/cases"
NOBODY = {"detail": "User ID header (X-User-ID) is required"}
ROUTES: list[tuple[str, str, object]] = [
    ("POST", CASES, {}), ("GET", CASES, None), ("GET", f"{CASES}/session/s1", None), ("GET", f"{CASES}/case_0123456789ab", None),
    ("PUT", f"{CASES}/case_0123456789ab", {"title": "x"}), ("DELETE", f"{CASES}/case_0123456789ab", None),
    ("POST", f"{CASES}/case_0123456789ab/status", {"status": "resolved"}),
]  # fmt: skip
FORGED = {"x-user-id": "u1", "x-user-email": "u1@example.org", "x-user-roles": "admin"}


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_s2_73_without_identity_every_route_is_401(shared_api: Api, method: str, path: str, body: object) -> None:
    before = shared_api.row_counts()
    answer = shared_api.call(method, path, body, token=None)
    assert (answer.status, answer.json) == (401, NOBODY)
    assert answer.headers["content-type"].startswith("application/json")
    assert shared_api.row_counts() == before


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_s2_75_a_forged_user_header_alone_is_401(shared_api: Api, method: str, path: str, body: object) -> None:
    before = shared_api.row_counts()
    answer = shared_api.call(method, path, body, token=None, headers=FORGED)
    assert (answer.status, answer.json) == (401, NOBODY)
    assert shared_api.row_counts() == before


@pytest.mark.parametrize("given", ["", " ", "gateway-token-of-the-tests", "None", "null"])
def test_without_the_setting_no_gateway_token_helps(shared_api: Api, given: str) -> None:
    answer = shared_api.get(CASES, token=None, headers=FORGED | {"x-gateway-token": given})
    assert (answer.status, answer.json) == (401, NOBODY)


@pytest.mark.parametrize(
    "claims", [{"exp": int(time.time()) - 60}, {"exp": None}, {"user_id": None}, {"user_id": ""}, {"tenant": "nowhere"}]
)
def test_a_token_that_does_not_hold_is_401(shared_api: Api, claims: dict[str, Any]) -> None:
    answer = shared_api.get(CASES, token=a_token(**claims))
    assert (answer.status, set(answer.json)) == (401, {"detail"})


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer x.y.z", "Basic dTE6cGFzcw==", "bearer"])
def test_an_authorization_header_that_is_no_token_is_401(shared_api: Api, header: str) -> None:
    answer = shared_api.get(CASES, token=None, headers={"authorization": header})
    assert (answer.status, set(answer.json)) == (401, {"detail"})


BODIES: dict[str, bytes] = {
    "malformed": b'{"title":', "empty": b"", "null": b"null", "latin-1": b'{"title": "\xe9"}', "too deep": b"[" * 100_000,
    "too large": b'{"description": "' + b"x" * (2 * 1024 * 1024) + b'"}', "wrong type": b'{"title": 5}',
}  # fmt: skip


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path, body in ROUTES if body is not None])
def test_identity_is_checked_before_the_body(shared_api: Api, method: str, path: str, kind: str) -> None:
    answer = shared_api.call(method, path, BODIES[kind], token=None)
    assert (answer.status, answer.json) == (401, NOBODY)


@pytest.mark.parametrize("query", ["page=0", "page_size=101", "status=nonsense", "page=x"])
def test_identity_is_checked_before_the_query(shared_api: Api, query: str) -> None:
    answer = shared_api.get(f"{CASES}?{query}", token=None)
    assert (answer.status, answer.json) == (401, NOBODY)


def test_c05_a_token_wins_over_a_forged_header(shared_api: Api) -> None:
    made = shared_api.post(CASES, {}, user="somchai", headers={"x-user-id": "mali"})
    assert (made.status, made.json["user_id"]) == (201, "somchai")
    path = f"{CASES}/{made.json['case_id']}"
    assert shared_api.get(path, user="mali", headers={"x-user-id": "somchai"}).status == 404
    assert shared_api.get(path, user="somchai", headers={"x-user-id": "mali"}).status == 200


@pytest.mark.parametrize("roles", [["citizen"], ["case_owner"], ["auditor"], ["l1"], ["made_up"], []])
def test_any_caller_whatever_the_role_has_own_cases(shared_api: Api, roles: list[str]) -> None:
    user = f"any-{'-'.join(roles)}"
    made = shared_api.post(CASES, {"title": "mine"}, user=user, roles=roles)
    assert (made.status, made.json["user_id"]) == (201, user)
    path = f"{CASES}/{made.json['case_id']}"
    assert shared_api.get(path, user=user, roles=roles).status == 200
    assert shared_api.put(path, {"tags": ["t"]}, user=user, roles=roles).status == 200
    assert shared_api.post(f"{path}/status", {"status": "resolved"}, user=user, roles=roles).status == 200
    assert shared_api.delete(path, user=user, roles=roles).status == 204


@pytest.mark.parametrize("user", ["a@b.example", "ผู้ใช้", "用户", "u 1", "'; drop table cases; --", "x" * 100])
def test_a_user_id_is_opaque(shared_api: Api, user: str) -> None:
    made = shared_api.post(CASES, {}, user=user)
    assert (made.status, made.json["user_id"]) == (201, user)
    assert shared_api.get(CASES, user=user).json["cases"] == [made.json]


def test_a_user_id_is_compared_exactly(shared_api: Api) -> None:
    made = shared_api.post(CASES, {}, user="Exact").json
    assert shared_api.get(f"{CASES}/{made['case_id']}", user="exact").status == 404
    assert shared_api.get(CASES, user="EXACT").json["total"] == 0
