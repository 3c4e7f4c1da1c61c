"""Walks that nobody has stepped for 72 hours are abandoned by the hourly sweep (B-17)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.walks import FIELDS, Desk, refused, sweep

if TYPE_CHECKING:
    from collections.abc import Callable

STARTS = pytest.mark.parametrize("start", [Desk.adhoc, Desk.walk, Desk.build], ids=["adhoc", "flow", "ai_build"])
IDLE, MINUTE = timedelta(hours=72), timedelta(minutes=1)


def later(desk: Desk, step: timedelta) -> None:
    """Let time pass and the sweep run."""
    desk.api.world.clock.advance(step)
    sweep(desk.api.world)


@STARTS
def test_a_walk_that_idled_for_72_hours_is_abandoned(lone_desk: Desk, start) -> None:
    session_id = start(lone_desk)
    before = lone_desk.session(session_id)
    later(lone_desk, IDLE + MINUTE)
    session = lone_desk.session(session_id)
    assert (session["status"], session["resolved_at"], session.keys()) == ("abandoned", None, FIELDS)
    kept = {"walked_path", "walk_notes", "problem_text", "started_at", "session_kind"}
    assert {name: session[name] for name in kept} == {name: before[name] for name in kept}


@STARTS
def test_a_walk_just_short_of_it_goes_on(lone_desk: Desk, start) -> None:
    session_id = start(lone_desk)
    later(lone_desk, IDLE - MINUTE)
    assert lone_desk.session(session_id)["status"] == "active"


def test_its_ticket_is_open(lone_desk: Desk) -> None:
    made = lone_desk.intake(adhoc=True)
    later(lone_desk, IDLE + MINUTE)
    assert lone_desk.ticket(made["ticket_id"])["status"] == "open"
    assert lone_desk.items("/sessions/active") == []


def test_a_step_starts_the_72_hours_anew(lone_desk: Desk) -> None:
    session_id = lone_desk.adhoc()
    lone_desk.api.world.clock.advance(timedelta(hours=71))
    lone_desk.step(session_id, "n", "a")
    later(lone_desk, timedelta(hours=71))
    assert lone_desk.session(session_id)["status"] == "active"
    later(lone_desk, timedelta(hours=2))
    assert lone_desk.session(session_id)["status"] == "abandoned"


def test_an_answered_node_is_a_step(lone_desk: Desk) -> None:
    session_id = lone_desk.build()
    node = lone_desk.next(session_id)
    lone_desk.api.world.clock.advance(timedelta(hours=71))
    lone_desk.reply(session_id, node)
    later(lone_desk, timedelta(hours=71))
    assert lone_desk.session(session_id)["status"] == "active"


IDLING: dict[str, Callable[[Desk, str], object]] = {
    "notes": lambda desk, session_id: desk.on(session_id, "notes", {"notes": "still thinking"}),
    "reading": lambda desk, session_id: desk.session(session_id),
    "listing": lambda desk, session_id: desk.items("/sessions/active"),
    "replaying a node": lambda desk, session_id: desk.next(session_id),
}


@pytest.mark.parametrize("what", IDLING)
def test_what_is_no_step_does_not_count(lone_desk: Desk, what: str) -> None:
    session_id = lone_desk.built(1)
    lone_desk.api.world.clock.advance(timedelta(hours=71))
    IDLING[what](lone_desk, session_id)
    later(lone_desk, timedelta(hours=2))
    assert lone_desk.session(session_id)["status"] == "abandoned"


@pytest.mark.parametrize(("verb", "body", "status"), [
    ("resolve", {"helpful": True}, "resolved"), ("escalate", {"reason_category": "safety"}, "escalated"),
])  # fmt: skip
def test_an_ended_walk_stays_as_it_ended(lone_desk: Desk, verb: str, body: object, status: str) -> None:
    made = lone_desk.intake(adhoc=True)
    lone_desk.on(made["session_id"], verb, body)
    before = lone_desk.session(made["session_id"])
    later(lone_desk, 2 * IDLE)
    assert lone_desk.session(made["session_id"]) == before
    assert lone_desk.ticket(made["ticket_id"])["status"] == status


def test_every_tenants_walks_are_swept(lone_desk: Desk) -> None:
    desks = [Desk(lone_desk.api, tenant=tenant) for tenant in ("acme", "oncall", "bangkok")]
    walks = [desk.adhoc() for desk in desks]
    later(lone_desk, IDLE + MINUTE)
    assert [desk.session(walk)["status"] for desk, walk in zip(desks, walks, strict=True)] == ["abandoned"] * 3


def test_a_second_sweep_changes_nothing(lone_desk: Desk) -> None:
    session_id = lone_desk.adhoc()
    later(lone_desk, IDLE + MINUTE)
    before, counts = lone_desk.session(session_id), lone_desk.api.row_counts()
    sweep(lone_desk.api.world)
    assert (lone_desk.session(session_id), lone_desk.api.row_counts()) == (before, counts)


@pytest.mark.parametrize(("verb", "body"), [
    ("step", {"node_id": "n", "question": "q", "answer": "a"}), ("notes", {"notes": "n"}), ("resolve", {"helpful": True}),
    ("escalate", {"reason_category": "safety"}),
])  # fmt: skip
def test_an_abandoned_walk_is_over(lone_desk: Desk, verb: str, body: object) -> None:
    session_id = lone_desk.adhoc()
    later(lone_desk, IDLE + MINUTE)
    assert refused(lone_desk.on(session_id, verb, body), 400)
    assert lone_desk.session(session_id)["status"] == "abandoned"
