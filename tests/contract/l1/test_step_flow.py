"""POST …/step on a guided walk: it advances along the tree, and only from where it stands (S4-22, S4-46)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.walks import FIELDS, NOBODYS, SIX, Desk, refused

if TYPE_CHECKING:
    from collections.abc import Callable

LAMP, CLEAN, OPEN = "Is the reader's lamp blue?", "Wipe the badge.", "Does the turnstile open?"


def started(desk: Desk) -> tuple[str, dict[str, str]]:
    """Return a walk at its first node, and the ids of its nodes by text."""
    session_id = desk.walk()
    return session_id, desk.nodes(desk.session(session_id)["flow_id"])


def test_a_walk_stands_at_the_first_node(desk: Desk) -> None:
    session_id, nodes = started(desk)
    assert desk.session(session_id)["current_node_id"] == nodes[LAMP]


@pytest.mark.parametrize(("answer", "text"), [("Yes", CLEAN), ("No", "Hand over to building security.")])
def test_the_answer_chooses_the_next_node(desk: Desk, answer: str, text: str) -> None:
    session_id, nodes = started(desk)
    assert desk.step(session_id, nodes[LAMP], answer).status == 200
    assert desk.session(session_id)["current_node_id"] == nodes[text]


def test_a_step_answers_the_session_as_it_now_is(desk: Desk) -> None:
    session_id, nodes = started(desk)
    answer = desk.step(session_id, nodes[LAMP], "Yes")
    assert answer.json.keys() == FIELDS
    assert answer.json == desk.session(session_id)


def test_the_path_holds_what_was_shown_and_answered(desk: Desk) -> None:
    session_id, nodes = started(desk)
    assert desk.on(session_id, "step", {"node_id": nodes[LAMP], "question": LAMP, "answer": "Yes", "note": "faint blue"}).status == 200
    entry = {"node_id": nodes[LAMP], "question": LAMP, "answer": "Yes", "note": "faint blue"}
    assert desk.session(session_id)["walked_path"] == [entry]


def test_the_question_is_kept_even_when_the_client_sends_none(desk: Desk) -> None:
    session_id, nodes = started(desk)
    assert desk.on(session_id, "step", {"node_id": nodes[LAMP], "answer": "Yes"}).status == 200
    (entry,) = desk.session(session_id)["walked_path"]
    assert (entry["question"], entry["note"] or "") == (LAMP, "")


def test_a_walk_goes_down_to_its_end(desk: Desk) -> None:
    session_id, nodes = started(desk)
    for text, answer in ((LAMP, "Yes"), (CLEAN, "Done"), (OPEN, "Yes")):
        assert desk.step(session_id, nodes[text], answer).status == 200
    session = desk.session(session_id)
    assert [entry["node_id"] for entry in session["walked_path"]] == [nodes[LAMP], nodes[CLEAN], nodes[OPEN]]
    assert (session["current_node_id"], session["status"]) == (nodes["The badge was dirty."], "active")
    assert desk.on(session_id, "resolve", {"helpful": True}).status == 200


def test_a_flow_of_the_library_can_be_walked_to_an_end(desk: Desk) -> None:
    flow = next(flow for flow in desk.flows().values() if flow["language"] == "en" and flow["category"] in SIX)
    session_id = desk.intake(flow["title"], flow_id=flow["flow_id"])["session_id"]
    nodes = {node["id"]: node for node in flow["nodes"]}
    for _ in range(len(nodes)):
        node = nodes[desk.session(session_id)["current_node_id"]]
        if node["node_type"] in {"resolution", "escalate"}:
            break
        assert desk.step(session_id, node["id"], node["options"][0]).status == 200
    assert node["node_type"] in {"resolution", "escalate"}


@pytest.mark.parametrize("node_id", [NOBODYS, "nonsense"])
def test_a_node_that_is_none_is_409_and_adds_nothing(desk: Desk, node_id: str) -> None:
    session_id, _ = started(desk)
    before = desk.session(session_id)
    assert refused(desk.step(session_id, node_id, "Yes"), 409)
    assert desk.session(session_id) == before


def test_a_node_further_on_is_409(desk: Desk) -> None:
    session_id, nodes = started(desk)
    assert refused(desk.step(session_id, nodes[OPEN], "Yes"), 409)
    assert desk.session(session_id)["walked_path"] == []


def test_a_node_answered_before_is_409(desk: Desk) -> None:
    session_id, nodes = started(desk)
    assert desk.step(session_id, nodes[LAMP], "Yes").status == 200
    assert refused(desk.step(session_id, nodes[LAMP], "Yes"), 409)
    assert len(desk.session(session_id)["walked_path"]) == 1


ENDINGS: dict[str, Callable[[Desk, str], object]] = {
    "resolved": lambda desk, session_id: desk.on(session_id, "resolve", {"helpful": True}),
    "escalated": lambda desk, session_id: desk.escalate(session_id),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_step_of_an_ended_walk_is_400(desk: Desk, ending: str) -> None:
    session_id, nodes = started(desk)
    ENDINGS[ending](desk, session_id)
    before = desk.session(session_id)
    assert refused(desk.step(session_id, nodes[LAMP], "Yes"), 400)
    assert desk.session(session_id) == before


def test_a_colleague_goes_on_where_the_first_stopped(desk: Desk) -> None:
    session_id, nodes = started(desk)
    desk.step(session_id, nodes[LAMP], "Yes")
    body = {"node_id": nodes[CLEAN], "question": CLEAN, "answer": "Done"}
    assert desk.on(session_id, "step", body, user="tech-2", roles=["coverage_engineer"]).status == 200
    assert len(desk.session(session_id)["walked_path"]) == 2
