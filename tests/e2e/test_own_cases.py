"""The case service of version 1 over HTTP: a user's own cases, and what the web around it expects of an HTTP service."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.client import Client, development_token

CASES = "/api/v1/cases"
ORIGIN = "http://localhost:3000"
_numbers = itertools.count(1)


@pytest.fixture
def user(scene) -> Client:
    """A user of their own; v1 asks for no role."""
    return _client(scene, f"v1-user-{next(_numbers)}")


def _client(scene, user: str) -> Client:
    return Client(scene.stack.url, development_token(scene.stack.data_dir, tenant="bangkok", user=user, roles=["citizen"]))


def _create(user: Client, **fields):
    answer = user.post(CASES, fields)
    assert answer.status == 201, answer.content
    return answer.json


def test_a_case_from_its_creation_to_its_deletion(scene, user):
    made = user.post(CASES, {"session_id": "s1", "metadata": {"a": 1, "b": 2}, "tags": ["x", "x"]})
    case_id, path = made.json["case_id"], f"{CASES}/{made.json['case_id']}"
    assert (made.status, made.headers["location"].endswith(path), made.json["title"][:5]) == (201, True, "Case-")
    changed = user.call("PUT", path, {"metadata": {"b": None, "c": 3}, "tags": []}, {"If-Match": made.headers["etag"]})
    assert (changed.json["metadata"], changed.json["tags"]) == ({"a": 1, "c": 3}, [])
    assert user.call("PUT", path, {"title": "Late"}, {"If-Match": made.headers["etag"]}).status == 412
    resolved, reopened = (user.post(f"{path}/status", {"status": word}).json for word in ("resolved", "investigating"))
    assert resolved["resolved_at"].endswith("Z")
    assert (reopened["status"], reopened["resolved_at"]) == ("investigating", None)
    assert [case["case_id"] for case in user.get(f"{CASES}/session/s1").json["cases"]] == [case_id]
    gone = [user.call("DELETE", path) for _ in range(2)]
    assert [answer.status for answer in gone] == [204, 404]
    assert (gone[0].content, gone[1].json) == (b"", {"detail": f"Case {case_id} not found"})
    assert user.get(f"{CASES}/session/s1").json["total"] == user.get(CASES).json["total"] == 0


def test_the_two_faces_show_one_case(scene, user):
    case_id = _create(user, title="Export times out", severity="high")["case_id"]
    canonical = scene.desk.get(f"/api/cases/{case_id}").json
    assert (canonical["title"], canonical["severity"], canonical["status"]) == ("Export times out", "high", "open")
    scene.desk.post(f"/api/v3/cases/{case_id}/status", {"status": "resolved"})
    assert user.get(f"{CASES}/{case_id}").json["status"] == "resolved"


def test_a_cursor_walks_a_list_that_grows(user):
    made = [_create(user)["case_id"] for _ in range(5)]
    page = user.get(f"{CASES}?page_size=2").json
    seen = [case["case_id"] for case in page["cases"]]
    while page["next_cursor"]:
        _create(user)
        page = user.get(f"{CASES}?page_size=2&cursor={page['next_cursor']}").json
        seen += [case["case_id"] for case in page["cases"]]
    assert seen == made[::-1]


def test_parallel_creates_get_titles_of_their_own(user):
    with ThreadPoolExecutor(16) as pool:
        titles = list(pool.map(lambda _: _create(user)["title"], range(50)))
    numbers = sorted(int(title.rpartition("-")[2]) for title in titles)
    assert numbers == list(range(1, 51))


def test_a_repeated_create_with_its_key_makes_one_case(user):
    key = {"Idempotency-Key": "once"}
    first, again = (user.post(CASES, {"title": "Once"}, key) for _ in range(2))
    assert (first.json["case_id"], again.headers["idempotent-replayed"]) == (again.json["case_id"], "true")
    assert user.get(CASES).json["total"] == 1


def test_a_strangers_case_is_like_a_missing_one(scene, user):
    case_id = _create(user)["case_id"]
    stranger = _client(scene, "v1-stranger")
    for method, body in (("GET", None), ("PUT", {"title": "Mine"}), ("DELETE", None)):
        theirs, missing = (stranger.call(method, f"{CASES}/{name}", body) for name in (case_id, "case_000000000000"))
        assert (theirs.status, missing.status) == (404, 404)
        assert theirs.json["detail"].replace(case_id, "") == missing.json["detail"].replace("case_000000000000", "")
    assert stranger.get(CASES).json["total"] == 0


def test_without_a_token_the_body_is_that_of_v1(scene):
    for headers in ({}, {"X-User-ID": "u1"}, {"X-User-ID": "u1", "X-Gateway-Token": "guessed"}):
        answer = scene.control.get(CASES, headers)
        assert (answer.status, answer.json) == (401, {"detail": "User ID header (X-User-ID) is required"})
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "query"), [("GET", "?page_size=1&page=2"), ("POST", "")])
def test_a_trailing_slash_is_a_307_that_leads_to_the_same_thing(user, method, query):
    _create(user), _create(user)
    moved = user.call(method, f"{CASES}/{query}", {} if method == "POST" else None)
    assert (moved.status, moved.headers["location"]) == (307, f"{CASES}{query}")
    followed = user.call(method, moved.headers["location"], {} if method == "POST" else None)
    assert followed.status == (201 if method == "POST" else 200)


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("PATCH", CASES, {"GET", "POST"}), ("DELETE", CASES, {"GET", "POST"}), ("POST", f"{CASES}/case_0123456789ab", {"GET", "PUT", "DELETE"}),
    ("GET", f"{CASES}/case_0123456789ab/status", {"POST"}), ("POST", "/health", {"GET"}),
])  # fmt: skip
def test_a_wrong_method_is_a_405_that_names_the_right_ones(user, method, path, allowed):
    answer = user.call(method, path)
    assert (answer.status, answer.json) == (405, {"detail": "Method Not Allowed"})
    assert {word.strip() for word in answer.headers["allow"].split(",")} == allowed


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_page_of_a_known_origin_may_change_and_delete(scene, user, method):
    path = f"{CASES}/{_create(user)['case_id']}"
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization, if-match"}
    allowed = scene.control.call("OPTIONS", path, headers=asked)
    assert (allowed.status, allowed.headers["access-control-allow-origin"]) == (204, ORIGIN)
    assert method in allowed.headers["access-control-allow-methods"]
    assert {"authorization", "content-type", "if-match"} <= set(allowed.headers["access-control-allow-headers"].split(","))
    answer = user.call(method, path, {"title": "From a page"} if method == "PUT" else None, {"Origin": ORIGIN})
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "etag" in answer.headers["access-control-expose-headers"]
    strange = scene.control.call("OPTIONS", path, headers=asked | {"Origin": "https://strange.example.org"})
    assert "access-control-allow-origin" not in strange.headers


@pytest.mark.parametrize("name", ["a%2Fb", "a%2fb", "%2F", "a/b"])
def test_a_slash_in_a_session_id_leads_nowhere(user, name):
    answer = user.get(f"{CASES}/session/{name}")
    assert (answer.status, answer.json) == (404, {"detail": "Not Found"})


def test_a_session_may_be_named_in_any_script(user):
    _create(user, session_id="ซ่อม 7")
    assert user.get(f"{CASES}/session/%E0%B8%8B%E0%B9%88%E0%B8%AD%E0%B8%A1%207").json["total"] == 1


def test_the_case_service_is_healthy(scene):
    answer = scene.control.get("/health")
    assert (answer.status, answer.json["status"], answer.json["database"]) == (200, "healthy", "postgresql")
