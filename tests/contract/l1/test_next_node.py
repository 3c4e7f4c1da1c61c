"""POST …/next-node: a walk built node by node, with replay, stale answers and a cap (S4-01…S4-05, S4-26, S4-49, S4-50)."""

from __future__ import annotations

import uuid

import pytest

from tests.support.walks import NOBODYS, NODE_TYPES, TERMINAL, Desk, refused

NODE = {"id", "node_type", "text", "engine"}


def at_the_end(desk: Desk) -> tuple[str, list[dict[str, object]]]:
    """Answer No until a terminal node comes; return the session and every node served."""
    session_id = desk.build()
    nodes = [desk.next(session_id)]
    while nodes[-1]["node_type"] not in TERMINAL and len(nodes) < 20:
        nodes.append(desk.reply(session_id, nodes[-1]))
    return session_id, nodes


def test_an_empty_call_serves_the_first_node(desk: Desk) -> None:
    answer = desk.on(desk.build(), "next-node", {})
    assert (answer.status, answer.json.keys()) == (200, {"node", "session_status"})
    assert answer.json["session_status"] == "active"
    node = answer.json["node"]
    assert node.keys() - {"options"} == NODE
    assert (node["node_type"] in NODE_TYPES - TERMINAL, node["engine"]) == (True, "embedded")
    assert node["text"].strip()


def test_no_body_serves_the_first_node_too(desk: Desk) -> None:
    assert desk.on(desk.build(), "next-node").status == 200


def test_options_are_texts(desk: Desk) -> None:
    node = desk.next(desk.build())
    assert all(isinstance(option, str) and option for option in node.get("options") or [])


def test_each_node_has_a_uuid4_of_its_own(desk: Desk) -> None:
    session_id = desk.build()
    first = desk.next(session_id)
    second = desk.reply(session_id, first)
    assert first["id"] != second["id"]
    assert [uuid.UUID(node["id"]).version for node in (first, second)] == [4, 4]


def test_the_pending_node_is_the_current_one(desk: Desk) -> None:
    session_id = desk.build()
    assert desk.session(session_id)["current_node_id"] is None
    first = desk.next(session_id)
    assert desk.session(session_id)["current_node_id"] == first["id"]
    second = desk.reply(session_id, first)
    assert desk.session(session_id)["current_node_id"] == second["id"]


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_an_empty_call_replays_the_pending_node(desk: Desk, steps: int) -> None:
    session_id = desk.built(steps)
    shown = [desk.next(session_id) for _ in range(3)]
    assert shown == [shown[0]] * 3
    assert desk.session(session_id)["current_node_id"] == shown[0]["id"]


def test_a_replay_changes_nothing(desk: Desk) -> None:
    session_id = desk.built(1)
    before, counts = desk.session(session_id), desk.api.row_counts()
    desk.next(session_id)
    assert (desk.session(session_id), desk.api.row_counts()) == (before, counts)


def test_a_colleague_sees_the_same_pending_node(desk: Desk) -> None:
    session_id = desk.built(1)
    answer = desk.on(session_id, "next-node", {}, user="tech-2", roles=["coverage_engineer"])
    assert answer.json["node"] == desk.next(session_id)


def test_only_answered_nodes_are_in_the_path(desk: Desk) -> None:
    session_id = desk.build()
    first = desk.next(session_id)
    assert desk.session(session_id)["walked_path"] == []
    desk.reply(session_id, first, "No", note="flickers")
    entry = {"node_id": first["id"], "question": first["text"], "answer": "No", "note": "flickers"}
    assert desk.session(session_id)["walked_path"] == [entry]


@pytest.mark.parametrize("sent", [{}, {"node_text": None}, {"node_text": ""}])
def test_the_shown_text_is_kept_even_when_the_client_sends_none(desk: Desk, sent: dict[str, object]) -> None:
    session_id = desk.build()
    first = desk.next(session_id)
    desk.reply(session_id, first, **sent)
    (entry,) = desk.session(session_id)["walked_path"]
    assert (entry["question"], entry["note"] or "") == (first["text"], "")


def test_the_path_has_no_hidden_entries(desk: Desk) -> None:
    session_id, shown = desk.build(), []
    node = desk.next(session_id)
    for _ in range(4):
        shown.append(node)
        node = desk.reply(session_id, node)
    path = desk.session(session_id)["walked_path"]
    assert [(entry["node_id"], entry["question"]) for entry in path] == [(node["id"], node["text"]) for node in shown]
    assert all(entry.keys() == {"node_id", "question", "answer", "note"} for entry in path)


@pytest.mark.parametrize("node_id", [NOBODYS, "nonsense"])
def test_a_node_of_the_clients_own_is_409_and_records_nothing(desk: Desk, node_id: str) -> None:
    session_id = desk.built(1)
    before = desk.session(session_id)
    assert refused(desk.on(session_id, "next-node", {"node_id": node_id, "answer": "No"}), 409)
    assert desk.session(session_id) == before


def test_an_answer_before_the_first_node_is_409(desk: Desk) -> None:
    session_id = desk.build()
    assert refused(desk.on(session_id, "next-node", {"node_id": NOBODYS, "answer": "No"}), 409)
    assert desk.session(session_id)["walked_path"] == []


def test_an_answered_node_cannot_be_answered_again(desk: Desk) -> None:
    session_id = desk.build()
    first = desk.next(session_id)
    second = desk.reply(session_id, first)
    assert refused(desk.on(session_id, "next-node", {"node_id": first["id"], "answer": "Yes"}), 409)
    assert len(desk.session(session_id)["walked_path"]) == 1
    assert desk.next(session_id) == second


def test_twelve_nodes_are_served_and_then_a_terminal_one(desk: Desk) -> None:
    _, nodes = at_the_end(desk)
    assert [node["node_type"] in TERMINAL for node in nodes] == [False] * 12 + [True]
    assert len({node["id"] for node in nodes}) == 13


def test_at_the_end_the_path_has_twelve_answers(desk: Desk) -> None:
    session_id, nodes = at_the_end(desk)
    session = desk.session(session_id)
    assert [entry["node_id"] for entry in session["walked_path"]] == [node["id"] for node in nodes[:-1]]
    assert (session["status"], session["current_node_id"]) == ("active", nodes[-1]["id"])


def test_a_terminal_node_replays(desk: Desk) -> None:
    session_id, nodes = at_the_end(desk)
    answer = desk.on(session_id, "next-node", {})
    assert (answer.status, answer.json) == (200, {"node": nodes[-1], "session_status": "active"})


def test_a_terminal_node_cannot_be_answered(desk: Desk) -> None:
    session_id, nodes = at_the_end(desk)
    assert refused(desk.on(session_id, "next-node", {"node_id": nodes[-1]["id"], "answer": "Done"}), 409)
    assert len(desk.session(session_id)["walked_path"]) == 12


@pytest.mark.parametrize(("verb", "body", "status"), [
    ("resolve", {"helpful": True}, "resolved"), ("escalate", {"reason_category": "needs_specialist"}, "escalated"),
])  # fmt: skip
def test_a_walk_at_its_end_is_resolved_or_escalated(desk: Desk, verb: str, body: object, status: str) -> None:
    session_id, _ = at_the_end(desk)
    assert desk.on(session_id, verb, body).status == 200
    assert desk.session(session_id)["status"] == status


@pytest.mark.parametrize("start", [Desk.adhoc, Desk.walk], ids=["adhoc", "flow"])
def test_a_walk_that_is_not_built_is_409(desk: Desk, start) -> None:
    session_id = start(desk)
    before = desk.session(session_id)
    assert refused(desk.on(session_id, "next-node", {}), 409)
    assert desk.session(session_id) == before


@pytest.mark.parametrize(("verb", "body"), [("resolve", {"helpful": True}), ("escalate", {"reason_category": "safety"})])
def test_an_ended_walk_serves_no_node(desk: Desk, verb: str, body: object) -> None:
    session_id = desk.built(1)
    desk.on(session_id, verb, body)
    before = desk.session(session_id)
    assert refused(desk.on(session_id, "next-node", {}), 409)
    assert desk.session(session_id) == before


@pytest.mark.parametrize("problem", ["สมุดซอร์บแล็กซ์แสดงยอดกลับหัว", "佐布拉斯账本的合计上下颠倒", "x"])
def test_a_problem_in_any_language_gets_a_node(desk: Desk, problem: str) -> None:
    assert desk.next(desk.build(problem))["text"]


@pytest.mark.parametrize("body", [{"node_id": 5, "answer": "x"}, {"answer": 5}, {"node_id": None, "answer": ["x"]}])
def test_an_invalid_field_is_422_and_records_nothing(desk: Desk, body: dict[str, object]) -> None:
    session_id = desk.built(1)
    before = desk.session(session_id)
    assert refused(desk.on(session_id, "next-node", body), 422)
    assert desk.session(session_id) == before
