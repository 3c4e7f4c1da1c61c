"""POST …/resolve ends a walk; a helpful built one becomes a proposal (S4-03, S4-24, S4-47, S4-51)."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.support.walks import FIELDS, Desk, refused, tables_with

STARTS = pytest.mark.parametrize("start", [Desk.adhoc, Desk.walk, Desk.build], ids=["adhoc", "flow", "ai_build"])


@STARTS
@pytest.mark.parametrize("helpful", [True, False])
def test_a_resolved_walk_says_when(desk: Desk, start, helpful: bool) -> None:
    session_id = start(desk)
    answer = desk.on(session_id, "resolve", {"helpful": helpful})
    assert (answer.status, answer.json.keys()) == (200, FIELDS)
    assert (answer.json["status"], answer.json) == ("resolved", desk.session(session_id))
    assert datetime.fromisoformat(answer.json["resolved_at"]) == desk.api.world.clock.now()


def test_its_ticket_is_resolved(desk: Desk) -> None:
    made = desk.intake(adhoc=True)
    desk.on(made["session_id"], "resolve", {"helpful": True})
    assert desk.ticket(made["ticket_id"])["status"] == "resolved"


def test_the_resolution_notes_are_stored(desk: Desk) -> None:
    body = {"helpful": False, "resolution_notes": "swapped the mauve dongle 7261"}
    assert desk.on(desk.adhoc(), "resolve", body).status == 200
    assert tables_with(desk.api, "swapped the mauve dongle 7261")


@pytest.mark.parametrize("notes", [None, ""])
def test_the_resolution_notes_may_be_empty(desk: Desk, notes: str | None) -> None:
    assert desk.on(desk.adhoc(), "resolve", {"helpful": True, "resolution_notes": notes}).status == 200


@STARTS
def test_resolving_twice_is_400(desk: Desk, start) -> None:
    session_id = start(desk)
    desk.on(session_id, "resolve", {"helpful": True})
    before = desk.session(session_id)
    assert refused(desk.on(session_id, "resolve", {"helpful": False}), 400)
    assert desk.session(session_id) == before


def test_an_escalated_walk_cannot_be_resolved(desk: Desk) -> None:
    session_id = desk.adhoc()
    desk.escalate(session_id)
    assert refused(desk.on(session_id, "resolve", {"helpful": True}), 400)
    assert desk.session(session_id)["status"] == "escalated"


def test_a_helpful_built_walk_is_proposed_as_a_flow(desk: Desk) -> None:
    session_id = desk.built(1)
    answer = desk.on(session_id, "resolve", {"helpful": True})
    assert answer.json["flow_proposal_id"]
    assert answer.json["flow_proposal_id"] == desk.session(session_id)["flow_proposal_id"]


def test_two_walks_make_two_proposals(desk: Desk) -> None:
    assert desk.proposal() != desk.proposal("Another zorblax riddle without a name")


def test_a_built_walk_that_did_not_help_is_not_proposed(desk: Desk) -> None:
    session_id = desk.built(2)
    assert desk.on(session_id, "resolve", {"helpful": False}).json["flow_proposal_id"] is None


@pytest.mark.parametrize("served", [False, True])
def test_a_built_walk_without_an_answer_is_not_proposed(desk: Desk, served: bool) -> None:
    session_id = desk.built(0) if served else desk.build()
    assert desk.on(session_id, "resolve", {"helpful": True}).json["flow_proposal_id"] is None


def test_other_walks_are_not_proposed(desk: Desk) -> None:
    adhoc, walk = desk.adhoc(), desk.walk()
    desk.step(adhoc, "n", "a")
    desk.step(walk, desk.session(walk)["current_node_id"], "Yes")
    for session_id in (adhoc, walk):
        assert desk.on(session_id, "resolve", {"helpful": True}).json["flow_proposal_id"] is None


@pytest.mark.parametrize("body", [
    {}, {"helpful": "perhaps"}, {"helpful": None}, {"helpful": [True]}, {"helpful": True, "resolution_notes": 5},
])  # fmt: skip
def test_an_invalid_field_is_422_and_resolves_nothing(desk: Desk, body: dict[str, object]) -> None:
    session_id = desk.adhoc()
    assert refused(desk.on(session_id, "resolve", body), 422)
    assert desk.session(session_id)["status"] == "active"
