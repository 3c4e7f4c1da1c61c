"""GET /l1/queue: the account's tickets, newest first (S4-19, S4-39, S4-40)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.walks import MASKED, PHONE, Desk, refused

if TYPE_CHECKING:
    from tests.support.api import Api

FIELDS = {"ticket_id", "ticket_kind", "problem_statement", "customer_name", "customer_contact", "status", "created_at"}


def test_a_new_account_has_an_empty_queue(desk: Desk) -> None:
    assert desk.get("/queue").json["items"] == []


def test_a_row_tells_what_was_taken_in(desk: Desk) -> None:
    made = desk.intake("Mouse squeaks", adhoc=True, customer_name="Kanya", customer_contact=PHONE)
    (row,) = desk.items("/queue")
    assert row.keys() >= FIELDS
    told = (row["ticket_id"], row["ticket_kind"], row["problem_statement"], row["customer_name"], row["status"])
    assert told == (made["ticket_id"], "internal", "Mouse squeaks", "Kanya", "open")
    assert row["customer_contact"] == MASKED


def test_a_caller_who_left_nothing_has_no_name_and_no_contact(desk: Desk) -> None:
    desk.adhoc()
    (row,) = desk.items("/queue")
    assert (row["customer_name"] or "", row["customer_contact"] or "") == ("", "")


def test_the_newest_comes_first(lone_desk: Desk) -> None:
    for number in range(4):
        lone_desk.adhoc(f"Problem {number}")
        lone_desk.api.world.clock.advance(timedelta(seconds=1))
    assert [row["problem_statement"] for row in lone_desk.items("/queue")] == ["Problem 3", "Problem 2", "Problem 1", "Problem 0"]


def test_the_limit_keeps_the_newest(lone_desk: Desk) -> None:
    for number in range(3):
        lone_desk.adhoc(f"Problem {number}")
        lone_desk.api.world.clock.advance(timedelta(seconds=1))
    shown = lone_desk.get("/queue?limit=2").json["items"]
    assert [row["problem_statement"] for row in shown] == ["Problem 2", "Problem 1"]


def test_fifty_are_shown_unless_more_are_asked_for(desk: Desk) -> None:
    for number in range(53):
        desk.adhoc(f"Problem {number}")
    assert len(desk.get("/queue").json["items"]) == 50
    assert len(desk.get("/queue?limit=100").json["items"]) == 53


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5"])
def test_a_limit_outside_1_to_100_is_422(desk: Desk, limit: str) -> None:
    assert refused(desk.get(f"/queue?limit={limit}"), 422)


@pytest.mark.parametrize("limit", [1, 100])
def test_the_ends_of_the_range_are_fine(desk: Desk, limit: int) -> None:
    assert desk.get(f"/queue?limit={limit}").status == 200


def test_the_filter_parts_open_resolved_and_escalated(desk: Desk) -> None:
    made = {status: desk.intake(status, adhoc=True) for status in ("open", "resolved", "escalated")}
    assert desk.on(made["resolved"]["session_id"], "resolve", {"helpful": True}).status == 200
    desk.escalate(made["escalated"]["session_id"])
    for status, ticket in made.items():
        rows = desk.items(f"/queue?status_filter={status}")
        assert [(row["ticket_id"], row["status"]) for row in rows] == [(ticket["ticket_id"], status)]
    assert len(desk.items("/queue")) == 3


def test_an_unknown_status_is_422(desk: Desk) -> None:
    assert refused(desk.get("/queue?status_filter=psychedelic"), 422)


def test_a_colleague_of_the_account_sees_the_same_queue(desk: Desk) -> None:
    desk.adhoc()
    assert desk.items("/queue", user="tech-2", roles=["coverage_engineer"]) == desk.items("/queue")


def test_another_account_sees_nothing_of_it(desk: Desk) -> None:
    desk.adhoc()
    assert Desk(desk.api).items("/queue") == []


def test_the_same_account_of_another_tenant_sees_nothing_of_it(shared_api: Api, desk: Desk) -> None:
    desk.adhoc()
    assert Desk(shared_api, desk.account, "oncall").items("/queue") == []
