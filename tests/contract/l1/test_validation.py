"""Bad input on every route that takes a body: refused in problem+json, nothing stored, nothing echoed."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.walks import TREE, Desk, refused

if TYPE_CHECKING:
    from tests.support.apps import Answered

ROUTES: dict[str, tuple[str, dict[str, Any]]] = {
    "POST /intake": ("l1", {"problem_statement": "x", "adhoc": True}),
    "POST /sessions/{id}/step": ("l1", {"node_id": "n", "question": "q", "answer": "a", "note": "n"}),
    "POST /sessions/{id}/notes": ("l1", {"notes": "n"}),
    "POST /sessions/{id}/resolve": ("l1", {"helpful": True, "resolution_notes": "r"}),
    "POST /sessions/{id}/escalate": ("l1", {"reason_category": "safety", "reason": "r"}),
    "POST /sessions/{id}/next-node": ("l1", {"answer": "a", "note": "n"}),
    "POST /escalate-without-walk": ("l1", {"problem_statement": "x", "reason_category": "safety"}),
    "PATCH /categories": ("account_owner", {"categories": {"other": True}}),
    "PATCH /settings": ("account_owner", {"sessions_creator_only": False}),
    "POST /flows": ("engineer", TREE),
}
TEXTS = {
    "POST /intake": ["problem_statement", "customer_name", "customer_contact"], "POST /sessions/{id}/step": ["question", "answer", "note"],
    "POST /sessions/{id}/notes": ["notes"], "POST /sessions/{id}/resolve": ["resolution_notes"],
    "POST /sessions/{id}/escalate": ["reason"], "POST /escalate-without-walk": ["problem_statement", "reason", "customer_name"],
    "POST /flows": ["title", "problem_text"],
}  # fmt: skip
BROKEN = {
    "text": b"hello", "cut": b'{"problem_statement": "x', "bad utf-8": b'{"problem_statement": "\xff"}',
    "nan": b'{"problem_statement": NaN}', "deep": b"[" * 50_000,
}  # fmt: skip


def send(desk: Desk, route: str, body: object) -> Answered:
    """Send a body to a route, on a walk under way where the route wants one."""
    method, path = route.split()
    start = desk.build if route.endswith("next-node") else desk.adhoc
    return desk.call(method, path.replace("{id}", start() if "{id}" in path else ""), body, roles=[ROUTES[route][0]])


@pytest.mark.parametrize(("route", "name"), list(itertools.product(ROUTES, BROKEN)))
def test_a_body_that_does_not_parse_is_400(desk: Desk, route: str, name: str) -> None:
    assert refused(send(desk, route, BROKEN[name]), 400)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("body", [b"[]", b'"x"', b"5", b"true"])
def test_a_body_that_is_no_object_is_refused(desk: Desk, route: str, body: bytes) -> None:
    assert refused(send(desk, route, body), 400, 422)


@pytest.mark.parametrize("route", ROUTES)
def test_more_than_two_mebibytes_are_413(desk: Desk, route: str) -> None:
    body = json.dumps(ROUTES[route][1] | {"filler": "x" * (2 * 1024 * 1024)}).encode()
    assert refused(send(desk, route, body), 413)


@pytest.mark.parametrize("text", [r'"a\u0000b"', r'"\ud800"'], ids=["NUL", "half a pair"])
@pytest.mark.parametrize(("route", "field"), [(route, field) for route, fields in TEXTS.items() for field in fields])
def test_text_that_no_table_can_hold_is_refused(desk: Desk, route: str, field: str, text: str) -> None:
    body = json.dumps(ROUTES[route][1] | {field: "\0"}).replace(r'"\u0000"', text).encode()
    assert refused(send(desk, route, body), 400, 422)


@pytest.mark.parametrize("route", ROUTES)
def test_an_invalid_answer_names_the_field_and_echoes_nothing(desk: Desk, route: str) -> None:
    (name, *_), loud = ROUTES[route][1], "LOUD" * 5_000
    answer = send(desk, route, ROUTES[route][1] | {name: {"deep": [loud]}})
    assert refused(answer, 422)
    assert any(problem["pointer"].startswith(f"/{name}") for problem in answer.json["errors"])
    assert len(json.dumps(answer.json)) < 20_000


@pytest.mark.parametrize("field", ["node_id", "answer"])
def test_a_step_needs_a_node_and_an_answer(desk: Desk, field: str) -> None:
    session_id = desk.walk()
    body = {"node_id": desk.session(session_id)["current_node_id"], "question": "q", "answer": "Yes"}
    assert refused(desk.on(session_id, "step", {name: value for name, value in body.items() if name != field}), 422)
    assert desk.session(session_id)["walked_path"] == []


@pytest.mark.parametrize(("field", "value"), [("node_id", 5), ("question", []), ("answer", None), ("answer", {}), ("note", 5)])
def test_an_invalid_field_of_a_step_is_422(desk: Desk, field: str, value: object) -> None:
    session_id = desk.adhoc()
    assert refused(desk.on(session_id, "step", {"node_id": "n", "question": "q", "answer": "a", field: value}), 422)
    assert desk.session(session_id)["walked_path"] == []


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("DELETE", "/queue"), ("PUT", "/settings"), ("GET", "/intake")])
def test_what_is_no_route_is_404_or_405_in_problem_json(desk: Desk, method: str, path: str) -> None:
    answer = desk.call(method, path)
    assert (answer.status in {404, 405}, answer.headers["content-type"]) == (True, "application/problem+json")
