"""What is an account's stays there: another account or tenant gets the 404 of what does not exist (S4-21, S4-42, S4-43)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.walks import NOBODYS, TREE, Desk, filled, refused

if TYPE_CHECKING:
    from tests.support.apps import Answered

CALLS: dict[str, object] = {
    "step": {"node_id": "n", "question": "q", "answer": "a"}, "notes": {"notes": "n"}, "resolve": {"helpful": True},
    "escalate": {"reason_category": "safety"}, "next-node": {},
}  # fmt: skip


def stranger(desk: Desk, kind: str) -> Desk:
    """The same technician in another account of the tenant, or in an account of the same name elsewhere."""
    return Desk(desk.api) if kind == "account" else Desk(desk.api, desk.account, kind)


def words(answer: Answered, session_id: str) -> str:
    facts = {name: value for name, value in answer.json.items() if name != "instance"}
    return json.dumps(facts, sort_keys=True).replace(session_id, "ID")


@pytest.mark.parametrize("where", ["account", "oncall", "bangkok"])
@pytest.mark.parametrize("verb", CALLS)
def test_a_strangers_call_is_404_and_changes_nothing(desk: Desk, verb: str, where: str) -> None:
    session_id = desk.build()
    before, counts = desk.session(session_id), desk.api.row_counts()
    assert refused(stranger(desk, where).on(session_id, verb, CALLS[verb]), 404)
    assert (desk.session(session_id), desk.api.row_counts()) == (before, counts)


@pytest.mark.parametrize("where", ["account", "oncall", "bangkok"])
def test_a_strangers_look_is_404(desk: Desk, where: str) -> None:
    assert refused(stranger(desk, where).get(f"/sessions/{desk.adhoc()}"), 404)


@pytest.mark.parametrize("verb", CALLS)
def test_foreign_and_missing_read_the_same(desk: Desk, verb: str) -> None:
    foreign, missing, other = desk.build(), NOBODYS, Desk(desk.api)
    there, nowhere = (other.on(session_id, verb, CALLS[verb]) for session_id in (foreign, missing))
    assert words(there, foreign) == words(nowhere, missing)


@pytest.mark.parametrize("where", ["account", "oncall"])
def test_lists_show_nothing_of_a_strangers(desk: Desk, where: str) -> None:
    desk.escalate(desk.adhoc())
    desk.adhoc()
    flow_id = desk.flow()
    other = stranger(desk, where)
    assert (other.items("/queue"), other.items("/sessions/active"), other.items("/escalations", roles=["engineer"])) == ([], [], [])
    assert flow_id not in other.flows()


@pytest.mark.parametrize("where", ["account", "oncall"])
def test_a_strangers_flow_and_proposal_are_404(desk: Desk, where: str) -> None:
    flow_id, proposal_id, other = desk.flow(), desk.proposal(), stranger(desk, where)
    assert refused(other.post("/intake", {"problem_statement": "x", "flow_id": flow_id}), 404)
    assert refused(other.publish(proposal_id), 404)
    assert desk.publish(proposal_id).status == 201


def test_switches_and_settings_are_the_accounts_own(desk: Desk) -> None:
    other = Desk(desk.api)
    before = [other.get(path, roles=["admin"]).json for path in ("/categories", "/settings")]
    assert [filled(one) for one in before] == [{"categories"}, {"escalation_recipients", "sessions_creator_only"}]
    desk.patch("/categories", {"categories": {"other": False}})
    desk.patch("/settings", {"sessions_creator_only": True, "escalation_recipients": [{"email": "a@acme.example.com", "name": "A"}]})
    assert [other.get(path, roles=["admin"]).json for path in ("/categories", "/settings")] == before


def test_a_token_without_an_account_works_in_the_tenants_default_account(desk: Desk) -> None:
    made = desk.api.post("/l1/intake", {"problem_statement": "x", "adhoc": True}, tenant="acme", roles=["l1"])
    path = f"/l1/sessions/{made.json['session_id']}"
    assert desk.api.get(path, tenant="acme", roles=["l1"], user="u2").status == 200
    assert refused(desk.get(path.removeprefix("/l1")), 404)


@pytest.mark.parametrize(("verb", "body"), [
    ("step", {"node_id": "n1", "question": "q", "answer": "a"}), ("notes", {"notes": "n"}), ("resolve", {"helpful": True}),
    ("escalate", {"reason_category": "safety"}),
])  # fmt: skip
def test_a_colleague_may_act_on_a_session(desk: Desk, verb: str, body: object) -> None:
    assert desk.on(desk.adhoc(), verb, body, user="tech-2", roles=["coverage_engineer"]).status == 200


@pytest.mark.parametrize("verb", CALLS)
def test_creator_only_makes_a_colleagues_session_a_404(desk: Desk, verb: str) -> None:
    session_id = desk.build()
    desk.patch("/settings", {"sessions_creator_only": True})
    assert refused(desk.on(session_id, verb, CALLS[verb], user="tech-2"), 404)
    assert refused(desk.get(f"/sessions/{session_id}", user="tech-2", roles=["coverage_engineer"]), 404)
    assert desk.session(session_id)["status"] == "active"


def test_creator_only_leaves_the_creator_in(desk: Desk) -> None:
    session_id = desk.adhoc()
    desk.patch("/settings", {"sessions_creator_only": True})
    assert desk.step(session_id, "n", "a").status == 200
    assert desk.on(session_id, "resolve", {"helpful": False}).status == 200


def test_creator_only_can_be_switched_off_again(desk: Desk) -> None:
    session_id = desk.adhoc()
    for switch, status in ((True, 404), (False, 200)):
        desk.patch("/settings", {"sessions_creator_only": switch})
        assert desk.get(f"/sessions/{session_id}", user="tech-2").status == status


def test_two_accounts_may_own_flows_of_one_name(desk: Desk) -> None:
    other = Desk(desk.api)
    mine, theirs = desk.flow(), other.flow()
    assert desk.intake(TREE["problem_text"])["flow_id"] == mine != theirs
    assert other.intake(TREE["problem_text"])["flow_id"] == theirs
