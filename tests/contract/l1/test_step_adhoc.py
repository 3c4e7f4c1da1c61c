"""POST …/step on a free-form walk: there is no current node, everything is appended (S4-22, S4-46)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.walks import FIELDS, Desk, refused

STEP = {"node_id": "n1", "question": "Which mouse?", "answer": "The grey one", "note": "by the window"}


def test_a_step_is_appended_as_it_came(desk: Desk) -> None:
    session_id = desk.adhoc()
    answer = desk.on(session_id, "step", STEP)
    assert (answer.status, answer.json.keys()) == (200, FIELDS)
    assert answer.json == desk.session(session_id)
    assert answer.json["walked_path"] == [STEP]


def test_steps_keep_their_order(desk: Desk) -> None:
    session_id = desk.adhoc()
    for number in range(5):
        assert desk.step(session_id, f"n{number}", f"a{number}").status == 200
    assert [entry["answer"] for entry in desk.session(session_id)["walked_path"]] == ["a0", "a1", "a2", "a3", "a4"]


def test_the_same_node_may_come_again(desk: Desk) -> None:
    session_id = desk.adhoc()
    assert [desk.on(session_id, "step", STEP).status for _ in range(2)] == [200, 200]
    assert desk.session(session_id)["walked_path"] == [STEP, STEP]


def test_the_note_may_be_left_out(desk: Desk) -> None:
    session_id = desk.adhoc()
    assert desk.step(session_id, "n", "a").status == 200
    (entry,) = desk.session(session_id)["walked_path"]
    assert (entry.keys(), entry["note"] or "") == (STEP.keys(), "")


def test_there_still_is_no_current_node(desk: Desk) -> None:
    session_id = desk.adhoc()
    desk.on(session_id, "step", STEP)
    assert desk.session(session_id)["current_node_id"] is None


def test_a_step_moves_the_time_of_the_last_step(lone_desk: Desk) -> None:
    session_id = lone_desk.adhoc()
    lone_desk.on(session_id, "step", STEP)
    first = lone_desk.session(session_id)
    lone_desk.api.world.clock.advance(timedelta(minutes=5))
    lone_desk.on(session_id, "step", STEP)
    second = lone_desk.session(session_id)
    assert second["last_step_at"] > first["last_step_at"]
    assert second["started_at"] == first["started_at"]


@pytest.mark.parametrize("verb", ["resolve", "escalate"])
def test_a_step_of_an_ended_walk_is_400(desk: Desk, verb: str) -> None:
    session_id = desk.adhoc()
    assert desk.on(session_id, verb, {"resolve": {"helpful": True}, "escalate": {"reason_category": "safety"}}[verb]).status == 200
    assert refused(desk.on(session_id, "step", STEP), 400)
    assert desk.session(session_id)["walked_path"] == []


@pytest.mark.parametrize("text", ["'); delete from sessions;--", "ไม่มีอะไร", "没有 \\ % _", "line\nline"])
def test_text_is_stored_as_it_came(desk: Desk, text: str) -> None:
    session_id, entry = desk.adhoc(), {"node_id": "n", "question": text, "answer": text, "note": text}
    assert desk.on(session_id, "step", entry).status == 200
    assert desk.session(session_id)["walked_path"] == [entry]
