"""A worker that dies between any two statements of a walk's life leaves all of the operation or nothing (reliability: no half state)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.api import Api
from tests.support.apps import a_token
from tests.support.fake_embedder import FakeEmbedder
from tests.support.mortality import die_everywhere
from tests.support.vault import SealedVault
from tests.support.walks import ODD, PHONE, TREE, Desk, recipients, sweep

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.apps import World

CALLER = {"customer_name": "Kanokwan", "customer_contact": PHONE}
TOLD = recipients("anna@acme.example.com", "ben@acme.example.com")
WALK = {"walk_tickets": 1, "walk_sessions": 1}
MAILS = {"case_escalation_requests": 1, "case_email_deliveries": 2, "outbox_events": 2, "outbox_streams": 2, "mail_usage": 0}
CASE = {"cases": 1, "case_events": 1, "case_event_payloads": 1, "case_links": 1}
KEY = {"idempotency_keys": 1}


@pytest.fixture
def desk(world: World) -> Desk:
    """An account with two recipients, whose mails of the day are counted already, and a vocabulary that is there at once."""
    world.embedder = FakeEmbedder()
    vars(world.app("api_writer"))["contact_lock"] = SealedVault()
    desk = Desk(Api(world))
    assert desk.patch("/settings", TOLD).status == 200
    desk.escalate(desk.adhoc(), open_case=True)
    return desk


INTAKES: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    "adhoc": ({"problem_statement": "Mouse squeaks", "adhoc": True}, WALK),
    "build": ({"problem_statement": ODD, "force_build": True}, WALK),
    "flow": ({"problem_statement": "No net", "flow_id": "vpn-no-connection.en"}, WALK),
    "a caller's contact": ({"problem_statement": "Mouse squeaks", "adhoc": True} | CALLER, WALK | {"contact_vault": 1}),
}  # fmt: skip


@pytest.mark.parametrize("kind", INTAKES)
def test_intake(desk: Desk, kind: str) -> None:
    body, whole = INTAKES[kind]
    assert die_everywhere(desk.api, lambda: desk.post("/intake", body), whole) > 4


def test_intake_that_creates_nothing_keeps_nothing(desk: Desk) -> None:
    desk.patch("/categories", {"categories": dict.fromkeys(["other", "error", "configuration", "performance"], False)})
    before = desk.api.row_counts()
    assert desk.post("/intake", {"problem_statement": ODD}).status in {200, 201}
    grew = {name: count - before[name] for name, count in desk.api.row_counts().items() if count != before[name]}
    assert grew in ({}, WALK)


def test_next_node_the_first(desk: Desk) -> None:
    session_id = desk.build()
    assert die_everywhere(desk.api, lambda: desk.on(session_id, "next-node", {}), {"walk_sessions": 0}) > 8
    assert desk.session(session_id)["current_node_id"]


def test_next_node_with_an_answer(desk: Desk) -> None:
    """Answer and next node come together, and afterwards the walk goes on: nobody holds the dead worker's turn."""
    session_id = desk.build()
    node = desk.next(session_id)
    body = {"node_id": node["id"], "answer": "No"}
    die_everywhere(desk.api, lambda: desk.on(session_id, "next-node", body), {"walk_sessions": 0})
    session = desk.session(session_id)
    assert [entry["node_id"] for entry in session["walked_path"]] == [node["id"]]
    assert session["current_node_id"] not in {None, node["id"]}
    assert desk.next(session_id)["id"] == session["current_node_id"]


@pytest.mark.parametrize("start", [Desk.adhoc, Desk.walk])
def test_step(desk: Desk, start: Callable[[Desk], str]) -> None:
    session_id = start(desk)
    node_id = desk.session(session_id)["current_node_id"] or "n"
    assert die_everywhere(desk.api, lambda: desk.step(session_id, node_id, "Yes"), {"walk_sessions": 0}) > 3
    assert len(desk.session(session_id)["walked_path"]) == 1


def test_notes(desk: Desk) -> None:
    session_id = desk.adhoc()
    die_everywhere(desk.api, lambda: desk.on(session_id, "notes", {"notes": ["a", "b"]}), {"walk_sessions": 0})
    assert desk.session(session_id)["walk_notes"] == ["a", "b"]


@pytest.mark.parametrize(("helpful", "proposed"), [(True, {"flow_proposals": 1}), (False, {})])
def test_resolve(desk: Desk, helpful: bool, proposed: dict[str, int]) -> None:
    session_id = desk.built(2)
    whole = {"walk_sessions": 0, "walk_tickets": 0} | proposed
    assert die_everywhere(desk.api, lambda: desk.on(session_id, "resolve", {"helpful": helpful}), whole) > 4
    assert desk.session(session_id)["status"] == "resolved"


ESCALATED = {"walk_sessions": 0, "walk_tickets": 0}


@pytest.mark.parametrize(("open_case", "opened"), [(False, {}), (True, CASE)])
def test_escalate(desk: Desk, open_case: bool, opened: dict[str, int]) -> None:
    session_id = desk.built(1)
    body = {"reason_category": "safety", "open_case": open_case}
    whole = ESCALATED | MAILS | opened
    assert die_everywhere(desk.api, lambda: desk.on(session_id, "escalate", body), whole) > 10
    assert desk.session(session_id)["status"] == "escalated"


@pytest.mark.parametrize(("open_case", "opened"), [(False, {}), (True, CASE)])
def test_escalate_without_walk(desk: Desk, open_case: bool, opened: dict[str, int]) -> None:
    body = {"problem_statement": "Smoke", "reason_category": "safety", "open_case": open_case} | CALLER
    whole = WALK | MAILS | {"contact_vault": 1} | opened
    assert die_everywhere(desk.api, lambda: desk.post("/escalate-without-walk", body), whole) > 10


def test_publish(desk: Desk) -> None:
    proposal_id = desk.proposal()
    assert die_everywhere(desk.api, lambda: desk.publish(proposal_id), {"walk_flows": 1, "flow_proposals": 0}) > 4
    assert desk.publish(proposal_id).status == 200


def test_a_posted_flow(desk: Desk) -> None:
    die_everywhere(desk.api, lambda: desk.post("/flows", TREE, roles=["engineer"]), {"walk_flows": 1})


def test_settings(desk: Desk) -> None:
    """One recipient goes, one is renamed, one comes, and the switch turns."""
    body = recipients("ben@acme.example.com", "carl@acme.example.com") | {"sessions_creator_only": True}
    whole = {"walk_recipients": 1, "walk_settings": 1}
    assert die_everywhere(desk.api, lambda: desk.patch("/settings", body), whole) > 4


def test_categories(desk: Desk) -> None:
    flags = {"categories": {"error": False, "security": False, "other": True}}
    die_everywhere(desk.api, lambda: desk.patch("/categories", flags), {"walk_categories": 3})


def test_the_sweep_of_idle_walks(desk: Desk) -> None:
    desk.adhoc()
    desk.api.world.clock.advance(timedelta(hours=73))
    desk.api.world.app("janitor")
    die_everywhere(desk.api, lambda: sweep(desk.api.world), {"walk_sessions": 0})


@pytest.mark.parametrize("verb", ["resolve", "escalate"])
def test_with_an_idempotency_key_the_key_comes_with_the_effect(desk: Desk, verb: str) -> None:
    session_id = desk.adhoc()
    body = {"resolve": {"helpful": True}, "escalate": {"reason_category": "safety"}}[verb]
    headers = {"idempotency-key": "k"}
    token = a_token("tech-1", desk.tenant, ["l1"], account_id=desk.account)
    path = f"/l1/sessions/{session_id}/{verb}"
    whole = ESCALATED | KEY | (MAILS if verb == "escalate" else {})
    die_everywhere(desk.api, lambda: desk.api.post(path, body, token=token, headers=headers), whole)
    again = desk.api.post(path, body, token=token, headers=headers)
    assert (again.status, again.headers["idempotent-replayed"]) == (200, "true")
