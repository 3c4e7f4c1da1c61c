"""GET /l1/sessions/{id}: thirteen fields, for the account alone (S4-02, S4-21, S4-41, S4-42)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.walks import FIELDS, NOBODYS, TREE, Desk, refused

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: dict[str, Callable[[Desk], str]] = {"flow": Desk.walk, "adhoc": Desk.adhoc, "ai_build": Desk.build}


@pytest.mark.parametrize("kind", KINDS)
def test_a_session_has_exactly_the_thirteen_fields(desk: Desk, kind: str) -> None:
    session = desk.session(KINDS[kind](desk))
    assert (session.keys(), len(FIELDS)) == (FIELDS, 13)
    assert (session["session_kind"], session["status"]) == (kind, "active")


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_session_is_empty(desk: Desk, kind: str) -> None:
    session = desk.session(KINDS[kind](desk))
    assert (session["walked_path"], session["walk_notes"]) == ([], [])
    assert (session["flow_proposal_id"], session["resolved_at"]) == (None, None)
    assert session["started_at"]


def test_only_a_flow_walk_names_a_flow(desk: Desk) -> None:
    assert desk.session(desk.walk())["flow_id"]
    assert [desk.session(made)["flow_id"] for made in (desk.adhoc(), desk.build())] == [None, None]


def test_a_free_form_walk_has_no_current_node(desk: Desk) -> None:
    assert desk.session(desk.adhoc())["current_node_id"] is None


def test_a_flow_walk_has_its_flows_category(desk: Desk) -> None:
    assert desk.session(desk.walk())["category"] == TREE["category"]


def test_a_direct_escalation_is_a_session_too(desk: Desk) -> None:
    desk.post("/escalate-without-walk", {"problem_statement": "Smoke in the lab", "reason_category": "safety"})
    (row,) = desk.items("/escalations", roles=["engineer"])
    session = desk.session(row.get("session_id") or row["id"])
    assert session.keys() - {"warning", "case_id"} == FIELDS
    told = (session["session_kind"], session["status"], session["problem_text"], session["walked_path"])
    assert told == ("escalated_direct", "escalated", "Smoke in the lab", [])


@pytest.mark.parametrize("role", ["l1", "coverage_engineer"])
def test_any_technician_of_the_account_sees_it(desk: Desk, role: str) -> None:
    session_id = desk.adhoc()
    assert desk.session(session_id, user="tech-2", roles=[role]) == desk.session(session_id)


def test_reading_changes_nothing(desk: Desk) -> None:
    session_id = desk.build()
    assert desk.session(session_id) == desk.session(session_id)


@pytest.mark.parametrize("name", [NOBODYS, "nonsense", "1", "' or 1=1", "a" * 500])
def test_a_session_that_nobody_has_is_404(desk: Desk, name: str) -> None:
    assert refused(desk.get(f"/sessions/{name}"), 404)
