"""Calls that meet: one wins, none is lost, nothing happens twice (decided: versioned, 409)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.walks import Desk, at_once, recipients

if TYPE_CHECKING:
    from tests.support.apps import Answered


def statuses(answers: list[Answered]) -> list[int]:
    return sorted(answer.status for answer in answers)


def has_one_winner(answers: list[Answered]) -> bool:
    won, *lost = statuses(answers)
    assert set(lost) <= {400, 409}, [answer.json for answer in answers]
    return won == 200


@pytest.mark.parametrize("_attempt", range(5))
@pytest.mark.parametrize("verb", ["resolve", "escalate"])
def test_of_parallel_endings_one_wins(desk: Desk, verb: str, _attempt: int) -> None:
    session_id, body = desk.adhoc(), {"resolve": {"helpful": True}, "escalate": {"reason_category": "safety"}}[verb]
    assert has_one_winner(at_once(desk, [lambda there: there.on(session_id, verb, body)] * 2))


@pytest.mark.parametrize("_attempt", range(5))
def test_a_resolve_and_an_escalate_do_not_both_win(desk: Desk, _attempt: int) -> None:
    session_id = desk.adhoc()
    resolved, escalated = at_once(desk, [
        lambda there: there.on(session_id, "resolve", {"helpful": True}),
        lambda there: there.on(session_id, "escalate", {"reason_category": "safety"}, user="tech-2"),
    ])  # fmt: skip
    assert has_one_winner([resolved, escalated])
    assert desk.session(session_id)["status"] == ("resolved" if resolved.status == 200 else "escalated")


@pytest.mark.parametrize("answers", [("Yes", "Yes"), ("Yes", "No")])
def test_of_parallel_steps_on_a_flow_one_wins(desk: Desk, answers: tuple[str, str]) -> None:
    session_id = desk.walk()
    node_id = desk.session(session_id)["current_node_id"]
    calls = [lambda there, answer=answer: there.step(session_id, node_id, answer) for answer in answers]
    made = at_once(desk, calls)
    assert has_one_winner(made)
    (entry,) = desk.session(session_id)["walked_path"]
    assert entry["answer"] in [answer for answer, one in zip(answers, made, strict=True) if one.status == 200]


def test_parallel_steps_of_a_free_form_walk_are_all_appended(desk: Desk) -> None:
    session_id = desk.adhoc()
    made = at_once(desk, [lambda there, number=number: there.step(session_id, "n", f"a{number}") for number in range(8)])
    assert statuses(made) == [200] * 8
    assert sorted(entry["answer"] for entry in desk.session(session_id)["walked_path"]) == [f"a{number}" for number in range(8)]


def test_of_parallel_answers_to_one_node_one_wins(desk: Desk) -> None:
    session_id = desk.build()
    body = {"node_id": desk.next(session_id)["id"], "answer": "No"}
    made = at_once(desk, [lambda there: there.on(session_id, "next-node", body)] * 4)
    assert has_one_winner(made)
    session = desk.session(session_id)
    assert len(session["walked_path"]) == 1
    assert session["current_node_id"] == next(answer.json["node"]["id"] for answer in made if answer.status == 200)


def test_parallel_first_calls_serve_one_node(desk: Desk) -> None:
    session_id = desk.build()
    made = at_once(desk, [lambda there: there.on(session_id, "next-node", {})] * 4)
    assert set(statuses(made)) <= {200, 409}
    assert {answer.json["node"]["id"] for answer in made if answer.status == 200} == {desk.session(session_id)["current_node_id"]}


def test_a_step_and_an_ending_leave_one_story(desk: Desk) -> None:
    session_id = desk.adhoc()
    step, ending = at_once(desk, [
        lambda there: there.step(session_id, "n", "a"), lambda there: there.on(session_id, "resolve", {"helpful": True}),
    ])  # fmt: skip
    session = desk.session(session_id)
    assert {step.status, ending.status} <= {200, 400, 409}
    assert len(session["walked_path"]) == (1 if step.status == 200 else 0)
    assert session["status"] == ("resolved" if ending.status == 200 else "active")


def test_parallel_publishes_make_one_flow(desk: Desk) -> None:
    proposal_id, before = desk.proposal(), desk.flows()
    made = at_once(desk, [lambda there: there.publish(proposal_id)] * 4)
    assert statuses(made) == [200, 200, 200, 201]
    assert desk.flows().keys() - before.keys() == {answer.json["flow_id"] for answer in made}


def test_parallel_helpful_endings_make_one_proposal(desk: Desk) -> None:
    session_id = desk.built(1)
    made = at_once(desk, [lambda there: there.on(session_id, "resolve", {"helpful": True})] * 3)
    assert has_one_winner(made)
    told = [answer.json["flow_proposal_id"] for answer in made if answer.status == 200]
    assert told == [desk.session(session_id)["flow_proposal_id"]]


def test_parallel_escalations_tell_each_recipient_once(lone_desk: Desk) -> None:
    lone_desk.patch("/settings", recipients("anna@acme.example.com"))
    session_id = lone_desk.adhoc()
    body = {"reason_category": "safety", "open_case": True}
    assert has_one_winner(at_once(lone_desk, [lambda there: there.on(session_id, "escalate", body)] * 3))
    assert lone_desk.mailed() == ["anna@acme.example.com"]
    assert lone_desk.api.row_counts()["cases"] == 1


def test_parallel_intakes_make_a_ticket_each(desk: Desk) -> None:
    body = {"problem_statement": "Mouse squeaks", "adhoc": True}
    made = at_once(desk, [lambda there: there.post("/intake", body)] * 6)
    assert statuses(made) == [201] * 6
    assert {row["ticket_id"] for row in desk.items("/queue")} == {answer.json["ticket_id"] for answer in made}
    assert len(desk.items("/sessions/active")) == 6


def test_parallel_switches_are_all_kept(desk: Desk) -> None:
    codes = ["performance", "error", "configuration", "infrastructure", "security"]
    made = at_once(desk, [lambda there, code=code: there.patch("/categories", {"categories": {code: False}}) for code in codes])
    assert statuses(made) == [200] * 5
    flags = desk.get("/categories", roles=["admin"]).json["categories"]
    assert [flags[code] for code in codes] == [False] * 5


def test_parallel_notes_leave_one_of_them(desk: Desk) -> None:
    session_id = desk.adhoc()
    made = at_once(desk, [lambda there, number=number: there.on(session_id, "notes", {"notes": f"n{number}"}) for number in range(4)])
    assert set(statuses(made)) <= {200, 409}
    assert desk.session(session_id)["walk_notes"] in [answer.json["walk_notes"] for answer in made if answer.status == 200]
