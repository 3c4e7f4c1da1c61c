"""What a caller left of themselves: the name on the ticket, the contact masked and nowhere in clear (C-17)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.walks import MASKED, PHONE, Desk, tables_with

if TYPE_CHECKING:
    from tests.support.apps import Answered

NAME, MAIL = "Kanokwan Solitaire", "solitaire17@private-post.example.net"
CONTACTS = pytest.mark.parametrize("contact", [PHONE, MAIL, "LINE: solitaire-17", "x"])
DIRECT = {"problem_statement": "The lab smells of smoke", "reason_category": "safety"}


def whole(answer: Answered) -> str:
    return json.dumps([answer.json, dict(answer.headers)], ensure_ascii=False)


def test_the_queue_masks_a_phone_number(desk: Desk) -> None:
    desk.adhoc(customer_contact=PHONE)
    (row,) = desk.items("/queue")
    assert row["customer_contact"] == MASKED


def test_the_queue_shows_a_technician_the_name(desk: Desk) -> None:
    desk.adhoc(customer_name=NAME, customer_contact=PHONE)
    assert desk.items("/queue", roles=["coverage_engineer"], user="tech-2")[0]["customer_name"] == NAME


@pytest.mark.parametrize("contact", [MAIL, "LINE: solitaire-17", "+66 81 234 1234", "0812341234"])
def test_any_contact_is_masked(desk: Desk, contact: str) -> None:
    desk.adhoc(customer_contact=contact)
    masked = desk.items("/queue")[0]["customer_contact"]
    assert "•" in masked
    assert contact[:-4] not in masked


def test_a_mails_local_part_is_not_shown(desk: Desk) -> None:
    desk.adhoc(customer_contact=MAIL)
    assert "solitaire17" not in desk.items("/queue")[0]["customer_contact"]


@pytest.mark.parametrize("direct", [False, True])
def test_the_hand_off_queue_masks_it_too(desk: Desk, direct: bool) -> None:
    if direct:
        desk.post("/escalate-without-walk", DIRECT | {"customer_name": NAME, "customer_contact": PHONE})
    else:
        desk.escalate(desk.adhoc(customer_name=NAME, customer_contact=PHONE))
    answer = desk.get("/escalations", roles=["engineer"])
    assert MASKED in whole(answer)
    assert PHONE not in whole(answer)


@CONTACTS
def test_an_odd_contact_never_comes_back_as_it_went_in(desk: Desk, contact: str) -> None:
    desk.adhoc(customer_contact=contact)
    assert desk.items("/queue")[0]["customer_contact"] != contact


@pytest.mark.parametrize("contact", [PHONE, MAIL, "LINE: solitaire-17"])
def test_no_answer_of_a_whole_walk_has_the_contact_in_clear(desk: Desk, contact: str) -> None:
    body = {"problem_statement": "Zorblax is upside down", "force_build": True, "customer_name": NAME, "customer_contact": contact}
    answers = [desk.post("/intake", body)]
    session_id = answers[0].json["session_id"]
    answers += [desk.on(session_id, "next-node", {}), desk.on(session_id, "notes", {"notes": "n"})]
    answers += [desk.get(f"/sessions/{session_id}"), desk.get("/sessions/active"), desk.get("/queue")]
    answers += [desk.on(session_id, "escalate", {"reason_category": "safety", "open_case": True})]
    answers += [desk.get("/escalations", roles=["engineer"]), desk.get("/queue?status_filter=escalated")]
    assert {answer.status for answer in answers} == {200, 201}
    assert [answer.json for answer in answers if contact in whole(answer)] == []


@pytest.mark.parametrize("kind", ["adhoc", "build", "matched"])
@pytest.mark.parametrize("text", [NAME, PHONE, MAIL])
def test_a_name_stands_on_the_ticket_alone_and_a_contact_in_no_table(desk: Desk, kind: str, text: str) -> None:
    fields = {"adhoc": {"adhoc": True}, "build": {"force_build": True}, "matched": {"flow_id": desk.flow()}}[kind]
    made = desk.intake("Zorblax is upside down", customer_name=NAME, customer_contact=MAIL if text == MAIL else PHONE, **fields)
    assert made["outcome"] == kind
    assert tables_with(desk.api, text) == ({"walk_tickets"} if text == NAME else set())


@pytest.mark.parametrize("text", [NAME, PHONE])
def test_an_escalation_spreads_neither_name_nor_contact(desk: Desk, text: str) -> None:
    desk.patch("/settings", {"escalation_recipients": [{"email": "anna@acme.example.com", "name": "Anna"}]})
    body = {"customer_name": NAME, "customer_contact": PHONE}
    assert desk.post("/escalate-without-walk", DIRECT | body).status == 201
    desk.escalate(desk.adhoc(**body), open_case=True)
    assert tables_with(desk.api, text) == ({"walk_tickets"} if text == NAME else set())


def test_a_refused_intake_does_not_echo_the_contact(desk: Desk) -> None:
    answer = desk.post("/intake", {"problem_statement": "", "customer_name": NAME, "customer_contact": PHONE})
    assert answer.status == 422
    assert [text for text in (NAME, PHONE) if text in whole(answer)] == []


def test_what_creates_nothing_keeps_no_contact(desk: Desk) -> None:
    desk.patch("/categories", {"categories": {"other": False}})
    body = {"problem_statement": "Wibble the florb until quaxly", "customer_name": NAME, "customer_contact": PHONE}
    before = desk.api.row_counts()
    assert desk.post("/intake", body).json["outcome"] == "out_of_scope"
    assert desk.api.row_counts() == before


def test_an_opened_case_shows_no_contact(desk: Desk) -> None:
    case_id = desk.escalate(desk.adhoc(customer_name=NAME, customer_contact=PHONE), open_case=True)["case_id"]
    assert PHONE not in whole(desk.api.get(f"/api/cases/{case_id}", tenant="acme", roles=["case_owner"]))
