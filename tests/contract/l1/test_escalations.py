"""GET /l1/escalations: the engineers' hand-off queue (S4-16, S4-27, S4-45)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.support.walks import Desk, id_of, refused

ENGINEER = {"roles": ["engineer"]}
DIRECT = {"problem_statement": "Smoke", "reason_category": "safety"}


def ids(desk: Desk, query: str = "") -> list[str]:
    return [id_of(row) for row in desk.get(f"/escalations{query}", **ENGINEER).json["items"]]


def test_a_new_account_has_nothing_to_hand_over(desk: Desk) -> None:
    assert desk.get("/escalations", **ENGINEER).json["items"] == []


@pytest.mark.parametrize("role", ["engineer", "admin"])
def test_an_escalated_walk_waits_there(desk: Desk, role: str) -> None:
    session_id = desk.adhoc("The mauve dongle sparks")
    desk.escalate(session_id)
    (row,) = desk.items("/escalations", roles=[role])
    assert id_of(row) == session_id
    assert "The mauve dongle sparks" in json.dumps(row)


def test_active_and_resolved_walks_do_not(desk: Desk) -> None:
    desk.adhoc()
    desk.on(desk.adhoc(), "resolve", {"helpful": True})
    assert ids(desk) == []


def test_a_direct_escalation_waits_there_too(desk: Desk) -> None:
    assert desk.post("/escalate-without-walk", DIRECT).status == 201
    (session_id,) = ids(desk)
    assert desk.session(session_id)["session_kind"] == "escalated_direct"


def test_all_technicians_escalations_are_there(desk: Desk) -> None:
    walks = {desk.adhoc(user=f"tech-{number}") for number in range(3)}
    for walk in walks:
        desk.escalate(walk)
    assert set(ids(desk)) == walks


def test_the_last_stepped_comes_first(lone_desk: Desk) -> None:
    walks = [lone_desk.adhoc(f"Problem {number}") for number in range(3)]
    order = [walks[1], walks[2], walks[0]]
    for walk in order:
        lone_desk.api.world.clock.advance(timedelta(minutes=1))
        lone_desk.step(walk, "n", "a")
        lone_desk.escalate(walk)
    assert ids(lone_desk) == order[::-1]
    assert ids(lone_desk, "?limit=1") == [walks[0]]


def test_fifty_are_shown_unless_more_are_asked_for(desk: Desk) -> None:
    for number in range(52):
        desk.post("/escalate-without-walk", DIRECT | {"problem_statement": f"Smoke {number}"})
    assert (len(ids(desk)), len(ids(desk, "?limit=100"))) == (50, 52)


@pytest.mark.parametrize("limit", ["0", "101", "-5", "x"])
def test_a_limit_outside_1_to_100_is_422(desk: Desk, limit: str) -> None:
    assert refused(desk.get(f"/escalations?limit={limit}", **ENGINEER), 422)


def test_another_accounts_engineer_sees_nothing_of_it(desk: Desk) -> None:
    desk.escalate(desk.adhoc())
    assert ids(Desk(desk.api)) == []
