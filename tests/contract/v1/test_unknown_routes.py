"""Paths and methods that v1 does not have, in its own words (decided: the `$default` door)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api

CASES = "/api/v1/cases"
CASE = f"{CASES}/case_0123456789ab"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
HAS = {
    CASES: {"GET", "POST"}, CASE: {"GET", "PUT", "DELETE"}, f"{CASE}/status": {"POST"}, f"{CASES}/session/s1": {"GET"},
}  # fmt: skip
LACKS = [(method, path) for path, has in HAS.items() for method in METHODS if method not in has]


@pytest.mark.parametrize(
    "path",
    ["/api/v1/nope", "/api/v1/case", "/api/v1/Cases", f"{CASE}/nope", f"{CASE}/status/x", f"{CASES}/session/a/b", f"{CASE}/a/b/c"],
)
@pytest.mark.parametrize("method", METHODS)
def test_an_unknown_path_is_404(shared_api: Api, method: str, path: str) -> None:
    answer = shared_api.call(method, path, {} if method in {"POST", "PUT", "PATCH"} else None)
    assert (answer.status, answer.json) == (404, {"detail": "Not Found"})
    assert answer.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize(("method", "path"), LACKS)
def test_a_wrong_method_is_405(shared_api: Api, method: str, path: str) -> None:
    before = shared_api.row_counts()
    answer = shared_api.call(method, path, {} if method in {"POST", "PUT", "PATCH"} else None)
    assert (answer.status, answer.json) == (405, {"detail": "Method Not Allowed"})
    assert answer.headers["content-type"].startswith("application/json")
    assert shared_api.row_counts() == before


@pytest.mark.parametrize(("method", "path"), LACKS)
def test_a_405_names_the_methods_that_the_path_has(shared_api: Api, method: str, path: str) -> None:
    allow = shared_api.call(method, path).headers["allow"]
    assert {word.strip() for word in allow.split(",")} - {"HEAD", "OPTIONS"} == HAS[path]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", CASES), ("POST", CASES), ("GET", CASE), ("PUT", CASE), ("DELETE", CASE), ("POST", f"{CASE}/status"),
        ("GET", f"{CASES}/session/s1"),
    ],
)  # fmt: skip
def test_a_trailing_slash_is_sent_to_the_path_without_it(shared_api: Api, method: str, path: str) -> None:
    before = shared_api.row_counts()
    answer = shared_api.call(method, f"{path}/", {} if method in {"POST", "PUT"} else None)
    assert answer.status == 307
    assert answer.headers["location"].endswith(path)
    assert shared_api.row_counts() == before


def test_a_redirect_keeps_the_query(shared_api: Api) -> None:
    answer = shared_api.get(f"{CASES}/?page=2&status=closed")
    assert answer.status == 307
    assert answer.headers["location"].endswith(f"{CASES}?page=2&status=closed")


@pytest.mark.parametrize("path", ["/api/v1/nope/", "/api/v1//evil.example/", f"{CASES}//", f"{CASE}//evil.example/"])
def test_a_slash_behind_an_unknown_path_leads_nowhere_else(shared_api: Api, path: str) -> None:
    answer = shared_api.get(path)
    assert answer.status in {307, 404}
    assert answer.headers.get("location", "/api/v1").removeprefix("https://casework.example.org").startswith("/api/v1")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/api/v1/nope", 404), ("PATCH", CASES, 405), ("GET", f"{CASES}/", 307)])
def test_these_answers_ask_for_no_identity(shared_api: Api, method: str, path: str, status: int) -> None:
    assert shared_api.call(method, path, token=None).status == status


@pytest.mark.parametrize("path", ["/api/v3/nope", "/api/nope"])
def test_the_other_faces_keep_their_words(shared_api: Api, path: str) -> None:
    answer = shared_api.get(path)
    assert (answer.status, answer.json != {"detail": "Not Found"}) == (404, True)


def test_s2_15_health_tells_four_things(shared_api: Api) -> None:
    answer = shared_api.get("/health", token=None)
    assert (answer.status, answer.json.keys()) == (200, {"status", "service", "version", "database"})
    assert answer.json["status"] == "healthy"
    assert all(isinstance(value, str) and value for value in answer.json.values())


def test_health_tells_no_secret(shared_api: Api) -> None:
    text = str(shared_api.get("/health", token=None).json)
    assert not [word for word in ("password", "@", "casework_api", "127.0.0.1") if word in text]
