"""Bodies that are no object, no JSON, no UTF-8, too deep or too large; and text that no column takes. Nothing is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api
    from tests.support.apps import Answered

CASES = "/api/v1/cases"
UNREADABLE = {"detail": "There was an error parsing the body"}
LIMIT = 2 * 1024 * 1024
WRITES = ["create", "put", "status"]


@pytest.fixture(scope="module")
def case_path(shared_api: Api) -> str:
    return f"{CASES}/{shared_api.post(CASES, {'title': 'Kept'}).json['case_id']}"


def write(api: Api, case_path: str, kind: str, body: bytes, **headers: str) -> Answered:
    """Send a body to a write; assert that it stores nothing unless it succeeds, and that no answer is an accident."""
    method, path = {"create": ("POST", CASES), "put": ("PUT", case_path), "status": ("POST", f"{case_path}/status")}[kind]
    before = api.row_counts()
    answer = api.call(method, path, body, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.status < 500, answer.json
    assert answer.status < 300 or api.row_counts() == before
    assert answer.headers["content-type"].startswith("application/json")
    return answer


@pytest.mark.parametrize("kind", WRITES)
@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"{", b'{"title": }', b'{"title": "x"', b"{'title': 'x'}", b'{"title": "x",}', b"null", b"[]", b'[{"title": "x"}]',
        b'"title"', b"5", b"true", b'{"title": "x"} {}', b'{"title": "x"}x', b'{"title": "\x01"}', b"title=x", b"<case/>",
        b'{"title": "\\x"}', b'{"title": 01}', b"undefined",
    ],
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_422(shared_api: Api, case_path: str, kind: str, body: bytes) -> None:
    answer = write(shared_api, case_path, kind, body)
    assert (answer.status, set(answer.json)) == (422, {"detail"})
    assert answer.json["detail"]
    assert all(fault["loc"][0] == "body" and {"type", "loc", "msg"} <= fault.keys() for fault in answer.json["detail"])
    assert not any({"input", "url"} & fault.keys() for fault in answer.json["detail"])


@pytest.mark.parametrize("kind", WRITES)
@pytest.mark.parametrize(
    "body", [b'{"title": "\xe9"}', b"\xff\xfe{\x00}\x00", b'{"title": "\xed\xa0\x80"}', b'{"title": "\xc0\xaf"}', b"\x80"]
)
def test_a_body_that_is_not_utf_8_is_400(shared_api: Api, case_path: str, kind: str, body: bytes) -> None:
    answer = write(shared_api, case_path, kind, body)
    assert (answer.status, answer.json) == (400, UNREADABLE)


@pytest.mark.parametrize("kind", WRITES)
@pytest.mark.parametrize(("start", "end"), [(b"[", b"]"), (b'{"a":', b"}")])
@pytest.mark.parametrize("around", [b"%s", b'{"metadata": {"k": %s}}'])
def test_a_body_100_000_levels_deep_is_400(shared_api: Api, case_path: str, kind: str, around: bytes, start: bytes, end: bytes) -> None:
    answer = write(shared_api, case_path, kind, around % (start * 100_000 + b"1" + end * 100_000))
    assert (answer.status, answer.json) == (400, UNREADABLE)


@pytest.mark.parametrize("depth", [10, 30, 300, 900, 5_000])
def test_metadata_is_readable_however_deep_or_refused(shared_api: Api, case_path: str, depth: int) -> None:
    answer = write(shared_api, case_path, "create", b'{"metadata": {"a": ' + b"[" * depth + b"]" * depth + b"}}")
    assert answer.status in ({201} if depth <= 30 else {201, 400, 422})
    if answer.status == 201:
        assert shared_api.get(f"{CASES}/{answer.json['case_id']}").json == answer.json
    assert shared_api.get(CASES).status == 200


@pytest.mark.parametrize("kind", WRITES)
def test_a_body_over_two_mebibytes_is_413(shared_api: Api, case_path: str, kind: str) -> None:
    answer = write(shared_api, case_path, kind, b'{"status": "active", "description": "' + b"x" * LIMIT + b'"}')
    assert (answer.status, set(answer.json)) == (413, {"detail"})


def test_a_body_of_exactly_two_mebibytes_is_taken(shared_api: Api, case_path: str) -> None:
    head, tail = b'{"title": "large"', b"}"
    answer = write(shared_api, case_path, "create", head + b" " * (LIMIT - len(head) - len(tail)) + tail)
    assert (answer.status, answer.json["title"]) == (201, "large")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "text/plain; charset=utf-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html"],
)
@pytest.mark.parametrize("kind", WRITES)
def test_a_body_that_calls_itself_something_else_is_422(shared_api: Api, case_path: str, kind: str, content_type: str) -> None:
    answer = write(shared_api, case_path, kind, b'{"title": "x", "status": "closed"}', content_type=content_type)
    assert answer.status == 422
    assert all(fault["loc"][0] == "body" for fault in answer.json["detail"])


@pytest.mark.parametrize("content_type", ["", "application/json", "application/json; charset=utf-8", "Application/JSON"])
@pytest.mark.parametrize("kind", WRITES)
def test_without_a_content_type_a_body_is_json(shared_api: Api, case_path: str, kind: str, content_type: str) -> None:
    headers = {"content_type": content_type} if content_type else {}
    answer = write(shared_api, case_path, kind, b'{"title": "x", "status": "active"}', **headers)
    assert answer.status == (201 if kind == "create" else 200)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999"])
@pytest.mark.parametrize("place", [b'{"metadata": {"n": %s}}', b'{"metadata": {"a": [{"b": %s}]}}', b'{"unknown": %s}'])
@pytest.mark.parametrize("kind", ["create", "put"])
def test_what_is_no_number_is_refused(shared_api: Api, case_path: str, kind: str, place: bytes, number: bytes) -> None:
    assert write(shared_api, case_path, kind, place % number).status in {400, 422}


PLACES = [
    b'{"title": "a%sb"}', b'{"description": "a%sb"}', b'{"metadata": {"k": "a%sb"}}', b'{"metadata": {"a%sb": 1}}',
    b'{"metadata": {"k": [{"l": ["a%sb"]}]}}', b'{"tags": ["x", "a%sb"]}', b'{"severity": "a%sb"}', b'{"category": "a%sb"}',
]  # fmt: skip


@pytest.mark.parametrize("text", [rb"\u0000", rb"\ud800", rb"\udc00", rb"\udc00\ud800", rb"\ud800x"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", ["create", "put"])
def test_text_that_no_column_takes_is_refused(shared_api: Api, case_path: str, kind: str, place: bytes, text: bytes) -> None:
    assert write(shared_api, case_path, kind, place % text).status in {400, 422}


@pytest.mark.parametrize("text", [rb"\u0000", rb"\ud800", rb"\udc00"])
@pytest.mark.parametrize(("kind", "place"), [("create", b'{"session_id": "%s"}'), ("status", b'{"status": "%s"}')])
def test_sessions_and_statuses_hold_none_of_it_either(shared_api: Api, case_path: str, kind: str, place: bytes, text: bytes) -> None:
    assert write(shared_api, case_path, kind, place % text).status in {400, 422}


def test_a_surrogate_pair_is_one_character(shared_api: Api, case_path: str) -> None:
    answer = write(shared_api, case_path, "create", rb'{"title": "\ud83d\udeb0", "metadata": {"k": "\\u0000"}}')
    assert (answer.status, answer.json["title"], answer.json["metadata"]) == (201, "🚰", {"k": "\\u0000"})


def test_the_list_is_readable_after_all_of_this(shared_api: Api, case_path: str) -> None:
    assert shared_api.get(CASES).status == 200
    assert shared_api.get(case_path).status == 200


@pytest.mark.parametrize("path", [f"{CASES}/session/%00", f"{CASES}/session/a%00b", f"{CASES}/session/%ED%A0%80"])
def test_a_session_that_no_case_can_have_is_no_accident(shared_api: Api, path: str) -> None:
    answer = shared_api.get(path)
    assert answer.status in {200, 404, 422}
    assert answer.headers["content-type"].startswith("application/json")
