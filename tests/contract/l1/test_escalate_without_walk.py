"""POST /l1/escalate-without-walk: a ticket and an escalated session at once (S4-28)."""

from __future__ import annotations

import pytest

from tests.support.walks import SIX, Desk, recipients, refused, tables_with

LEAST = {"problem_statement": "The lab smells of smoke", "reason_category": "safety"}
PATH = "/escalate-without-walk"


def made(desk: Desk, **fields: object) -> dict[str, object]:
    """Escalate; return the session."""
    assert desk.post(PATH, LEAST | fields).status == 201
    (row,) = desk.items("/escalations", roles=["engineer"])
    return desk.session(row.get("session_id") or row["id"])


def test_it_creates_an_escalated_session(desk: Desk) -> None:
    session = made(desk)
    told = (session["session_kind"], session["status"], session["problem_text"])
    assert told == ("escalated_direct", "escalated", LEAST["problem_statement"])
    assert (session["walked_path"], session["current_node_id"], session["flow_id"]) == ([], None, None)


def test_it_creates_an_escalated_ticket(desk: Desk) -> None:
    made(desk, customer_name="Kanya")
    (row,) = desk.items("/queue?status_filter=escalated")
    told = (row["problem_statement"], row["ticket_kind"], row["customer_name"])
    assert told == (LEAST["problem_statement"], "internal", "Kanya")


def test_the_answer_names_the_session(desk: Desk) -> None:
    answer = desk.post(PATH, LEAST).json
    assert desk.session(answer.get("session_id") or answer["id"])["status"] == "escalated"


def test_the_recipients_are_told(lone_desk: Desk) -> None:
    lone_desk.patch("/settings", recipients("anna@acme.example.com"))
    answer = lone_desk.post(PATH, LEAST)
    assert (answer.status, lone_desk.mailed()) == (201, ["anna@acme.example.com"])
    assert not answer.json.get("warning")


def test_without_any_recipient_the_answer_warns(lone_desk: Desk) -> None:
    answer = lone_desk.post(PATH, LEAST)
    assert (answer.status, bool(answer.json.get("warning"))) == (201, lone_desk.mailed() == [])


def test_the_reason_is_stored(desk: Desk) -> None:
    made(desk, reason="the mauve dongle 7263 sparks")
    assert tables_with(desk.api, "the mauve dongle 7263 sparks")


def test_categories_do_not_stand_in_its_way(desk: Desk) -> None:
    desk.patch("/categories", {"categories": dict.fromkeys(SIX, False)})
    assert made(desk)["status"] == "escalated"


def test_it_can_open_a_case(desk: Desk) -> None:
    case_id = made(desk, open_case=True)["case_id"]
    case = desk.api.get(f"/api/cases/{case_id}", tenant="acme", roles=["case_owner"])
    assert (case.status, case.json["status"]) == (200, "under-review")


@pytest.mark.parametrize(("verb", "body"), [
    ("step", {"node_id": "n", "question": "q", "answer": "a"}), ("notes", {"notes": "n"}), ("resolve", {"helpful": True}),
    ("escalate", {"reason_category": "safety"}),
])  # fmt: skip
def test_there_is_no_walk_to_go_on_with(desk: Desk, verb: str, body: object) -> None:
    assert refused(desk.on(str(made(desk)["id"]), verb, body), 400)


@pytest.mark.parametrize(("field", "value"), [
    ("problem_statement", ""), ("problem_statement", None), ("reason_category", "boredom"), ("reason_category", None), ("reason", 5),
    ("customer_name", []), ("customer_contact", 5),
])  # fmt: skip
def test_an_invalid_field_is_422_and_stores_nothing(desk: Desk, field: str, value: object) -> None:
    before = desk.api.row_counts()
    assert refused(desk.post(PATH, LEAST | {field: value}), 422)
    assert desk.api.row_counts() == before


@pytest.mark.parametrize("field", LEAST)
def test_a_missing_field_is_422(desk: Desk, field: str) -> None:
    assert refused(desk.post(PATH, {name: value for name, value in LEAST.items() if name != field}), 422)
