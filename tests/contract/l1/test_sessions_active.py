"""GET /l1/sessions/active: the caller's own walks that are under way (S4-20)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.walks import FIELDS, Desk

if TYPE_CHECKING:
    from collections.abc import Callable

ENDINGS: dict[str, Callable[[Desk, str], object]] = {
    "resolved": lambda desk, session_id: desk.on(session_id, "resolve", {"helpful": False}),
    "escalated": lambda desk, session_id: desk.escalate(session_id),
}


def ids(desk: Desk, **who: str) -> list[str]:
    return [session["id"] for session in desk.items("/sessions/active", **who)]


def test_nothing_is_under_way_at_first(desk: Desk) -> None:
    assert desk.get("/sessions/active").json["items"] == []


def test_a_started_walk_is_listed_as_the_session_that_it_is(desk: Desk) -> None:
    session_id = desk.adhoc()
    (listed,) = desk.items("/sessions/active")
    assert listed.keys() >= FIELDS
    assert listed == desk.session(session_id)


def test_only_the_callers_own_are_listed(desk: Desk) -> None:
    mine, other = desk.adhoc(), desk.adhoc(user="tech-2")
    assert (ids(desk), ids(desk, user="tech-2")) == ([mine], [other])


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_ended_walk_is_not_listed(desk: Desk, ending: str) -> None:
    session_id, other = desk.adhoc(), desk.adhoc()
    ENDINGS[ending](desk, session_id)
    assert (desk.session(session_id)["status"], ids(desk)) == (ending, [other])


def test_an_escalation_without_a_walk_is_not_listed(desk: Desk) -> None:
    desk.post("/escalate-without-walk", {"problem_statement": "Smoke", "reason_category": "safety"})
    assert ids(desk) == []


def test_the_last_stepped_comes_first(lone_desk: Desk) -> None:
    walks = [lone_desk.adhoc(f"Problem {number}") for number in range(3)]
    for walk in (walks[1], walks[2], walks[0]):
        lone_desk.api.world.clock.advance(timedelta(minutes=1))
        assert lone_desk.step(walk, "n", "a").status == 200
    assert ids(lone_desk) == [walks[0], walks[2], walks[1]]


def test_a_walk_without_a_step_counts_from_its_start(lone_desk: Desk) -> None:
    stepped = lone_desk.adhoc()
    lone_desk.step(stepped, "n", "a")
    lone_desk.api.world.clock.advance(timedelta(minutes=1))
    fresh = lone_desk.adhoc()
    assert ids(lone_desk) == [fresh, stepped]


def test_at_most_twenty_are_listed(lone_desk: Desk) -> None:
    walks = []
    for number in range(22):
        walks.append(lone_desk.adhoc(f"Problem {number}"))
        lone_desk.api.world.clock.advance(timedelta(seconds=1))
    assert [session["id"] for session in lone_desk.get("/sessions/active").json["items"]] == walks[:1:-1]


def test_a_namesake_of_another_account_sees_none_of_them(desk: Desk) -> None:
    desk.adhoc()
    assert ids(Desk(desk.api)) == []
