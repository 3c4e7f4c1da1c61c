"""POST …/escalate hands a walk over and tells those who take it (S4-11…S4-13, S4-25, S4-48)."""

from __future__ import annotations

import json

import pytest

from tests.support.walks import FIELDS, Desk, recipients, refused, tables_with

REASONS = [
    "needs_field_visit", "needs_specialist", "permission", "safety", "repeat_issue", "out_of_scope", "caller_request", "other",
]  # fmt: skip
STARTS = pytest.mark.parametrize("start", [Desk.adhoc, Desk.walk, Desk.build], ids=["adhoc", "flow", "ai_build"])
ANNA, BORIS = "anna@acme.example.com", "boris@acme.example.com"


@STARTS
def test_an_escalated_walk_is_escalated(desk: Desk, start) -> None:
    session_id = start(desk)
    answer = desk.escalate(session_id, reason="beyond me")
    assert answer.keys() - {"warning"} == FIELDS
    assert (answer["id"], answer["status"], answer["resolved_at"]) == (session_id, "escalated", None)
    assert desk.session(session_id)["status"] == "escalated"


def test_its_ticket_is_escalated(desk: Desk) -> None:
    made = desk.intake(adhoc=True)
    desk.escalate(made["session_id"])
    assert desk.ticket(made["ticket_id"])["status"] == "escalated"


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_category_is_taken(desk: Desk, reason: str) -> None:
    assert desk.escalate(desk.adhoc(), reason_category=reason)["status"] == "escalated"


def test_the_reason_category_is_stored(lone_desk: Desk) -> None:
    assert tables_with(lone_desk.api, "repeat_issue") == set()
    lone_desk.escalate(lone_desk.adhoc(), reason_category="repeat_issue")
    assert tables_with(lone_desk.api, "repeat_issue")


def test_the_reason_is_stored(desk: Desk) -> None:
    desk.escalate(desk.adhoc(), reason="the mauve dongle 7262 sparks")
    assert tables_with(desk.api, "the mauve dongle 7262 sparks")


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": None}])
def test_the_reason_may_be_left_out(desk: Desk, body: dict[str, object]) -> None:
    assert desk.escalate(desk.adhoc(), **body)["status"] == "escalated"


@pytest.mark.parametrize("body", [
    {}, {"reason_category": "boredom"}, {"reason_category": None}, {"reason_category": "safety", "reason": 5},
])  # fmt: skip
def test_an_invalid_field_is_422_and_escalates_nothing(desk: Desk, body: dict[str, object]) -> None:
    session_id = desk.adhoc()
    assert refused(desk.on(session_id, "escalate", body), 422)
    assert desk.session(session_id)["status"] == "active"


@pytest.mark.parametrize("first", ["resolve", "escalate"])
def test_an_ended_walk_cannot_be_escalated(desk: Desk, first: str) -> None:
    session_id = desk.adhoc()
    bodies = {"resolve": {"helpful": True}, "escalate": {"reason_category": "safety"}}
    assert desk.on(session_id, first, bodies[first]).status == 200
    before = desk.session(session_id)
    assert refused(desk.on(session_id, "escalate", bodies["escalate"]), 400)
    assert desk.session(session_id) == before


def test_the_accounts_recipients_are_told(lone_desk: Desk) -> None:
    lone_desk.patch("/settings", recipients(ANNA, BORIS))
    answer = lone_desk.escalate(lone_desk.adhoc())
    assert lone_desk.mailed() == [ANNA, BORIS]
    assert "warning" not in answer or answer["warning"] is None


def test_a_removed_recipient_gets_nothing(lone_desk: Desk) -> None:
    lone_desk.patch("/settings", recipients(ANNA, BORIS))
    lone_desk.patch("/settings", recipients(BORIS))
    lone_desk.escalate(lone_desk.adhoc())
    assert lone_desk.mailed() == [BORIS]


def test_a_recipient_who_comes_back_is_told_once(lone_desk: Desk) -> None:
    for names in ([ANNA], [], [ANNA]):
        lone_desk.patch("/settings", recipients(*names))
    lone_desk.escalate(lone_desk.adhoc())
    assert lone_desk.mailed() == [ANNA]


def test_another_accounts_recipients_hear_nothing(lone_desk: Desk) -> None:
    Desk(lone_desk.api).patch("/settings", recipients(ANNA))
    lone_desk.patch("/settings", recipients(BORIS))
    lone_desk.escalate(lone_desk.adhoc())
    assert lone_desk.mailed() == [BORIS]


@pytest.mark.parametrize("tenant", ["acme", "oncall", "bangkok"])
@pytest.mark.parametrize("emptied", [False, True])
def test_without_recipients_the_defaults_are_told_or_the_answer_warns(lone_desk: Desk, tenant: str, emptied: bool) -> None:
    """The tenant's defaults take the place of missing ones; the walk is escalated either way."""
    desk = Desk(lone_desk.api, tenant=tenant)
    if emptied:
        desk.patch("/settings", recipients(ANNA))
        desk.patch("/settings", recipients())
    answer = desk.escalate(desk.adhoc())
    assert answer["status"] == "escalated"
    assert bool(answer.get("warning")) == (desk.mailed() == [])
    assert ANNA not in desk.mailed()


def test_a_refused_escalation_tells_nobody(lone_desk: Desk) -> None:
    lone_desk.patch("/settings", recipients(ANNA))
    session_id = lone_desk.adhoc()
    lone_desk.on(session_id, "resolve", {"helpful": True})
    assert refused(lone_desk.on(session_id, "escalate", {"reason_category": "safety"}), 400)
    assert lone_desk.mailed() == []


def test_an_escalation_can_open_a_case(lone_desk: Desk) -> None:
    session_id = lone_desk.adhoc("The server room smells of smoke")
    answer = lone_desk.escalate(session_id, open_case=True)
    assert answer["case_id"] == lone_desk.session(session_id)["case_id"]
    case = lone_desk.api.get(f"/api/cases/{answer['case_id']}", tenant="acme", roles=["case_owner"])
    assert (case.status, case.json["status"]) == (200, "under-review")
    assert "The server room smells of smoke" in json.dumps(case.json)
    assert tables_with(lone_desk.api, "ai_conversation") & {"cases", "case_events"}


@pytest.mark.parametrize("fields", [{}, {"open_case": False}])
def test_no_case_is_opened_unasked(lone_desk: Desk, fields: dict[str, bool]) -> None:
    session_id = lone_desk.adhoc()
    assert not lone_desk.escalate(session_id, **fields).get("case_id")
    assert lone_desk.session(session_id).keys() - {"warning"} == FIELDS
    assert lone_desk.api.row_counts()["cases"] == 0


def test_an_opened_case_belongs_to_the_tenant(desk: Desk) -> None:
    case_id = desk.escalate(desk.adhoc(), open_case=True)["case_id"]
    assert desk.api.get(f"/api/cases/{case_id}", tenant="bangkok", roles=["case_owner"]).status == 404
