"""/l1: face × role × account × tenant. What lies in another account is, for every role, what is not there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from casework.identity.permissions import Role
from tests.support.api import routes
from tests.support.crossings import rows_with
from tests.support.vault import SealedVault
from tests.support.walks import NOBODYS, ODD, TREE, Desk, recipients

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.api import Api
    from tests.support.apps import Answered

CANARY, TECHNICIAN = "canarybird", "victims-technician"
WALKERS = {"l1", "coverage_engineer"}
MANAGERS = {"account_owner", "admin"}
PUBLISHERS = {"engineer", *MANAGERS}
ADHOC = {"problem_statement": "x", "adhoc": True}
NAMING: dict[tuple[str, str], tuple[set[str], object]] = {
    ("GET", "/sessions/{session_id}"): (WALKERS, None),
    ("POST", "/sessions/{session_id}/step"): (WALKERS, {"node_id": "lamp", "question": "q", "answer": "Yes"}),
    ("POST", "/sessions/{session_id}/notes"): (WALKERS, {"notes": "taken"}),
    ("POST", "/sessions/{session_id}/resolve"): (WALKERS, {"helpful": True}),
    ("POST", "/sessions/{session_id}/escalate"): (WALKERS, {"reason_category": "safety", "open_case": True}),
    ("POST", "/sessions/{session_id}/next-node"): (WALKERS, {}),
    ("POST", "/flow-proposals/{proposal_id}/publish"): (PUBLISHERS, None),
}  # fmt: skip
"""Routes that name a thing: who may use them (contract, "Roles"), and a body that would change it."""
GATHERING: dict[tuple[str, str], tuple[set[str], object]] = {
    ("GET", "/queue"): (WALKERS, None), ("GET", "/sessions/active"): (WALKERS, None),
    ("GET", "/escalations"): ({"engineer", "admin"}, None), ("GET", "/flows"): (WALKERS | PUBLISHERS, None),
    ("GET", "/categories"): (MANAGERS, None), ("GET", "/settings"): (MANAGERS, None),
    ("PATCH", "/categories"): (MANAGERS, {"categories": {"error": False}}),
    ("PATCH", "/settings"): (MANAGERS, {"sessions_creator_only": True} | recipients("mallory@acme.example.com")),
    ("POST", "/intake"): (WALKERS, ADHOC),
    ("POST", "/escalate-without-walk"): (WALKERS, {"problem_statement": "x", "reason_category": "safety"}),
    ("POST", "/flows"): (PUBLISHERS, TREE),
}  # fmt: skip
"""Routes that show, switch or make what is the account's own."""
_PROBLEM = f"{ODD}, says {CANARY}"
_NODES = [*TREE["nodes"][:-1], TREE["nodes"][-1] | {"text": f"Hand over to {CANARY}."}]


class Victim(NamedTuple):
    desk: Desk
    sessions: dict[str, str]
    proposal_id: str
    flow_id: str
    marks: tuple[str, ...]


def _walks(desk: Desk) -> dict[str, str]:
    """A walk of every kind, one of them handed over, all of them telling of the canary."""
    told = {"customer_name": CANARY, "customer_contact": f"{CANARY}@private-post.example.net", "user": TECHNICIAN}
    flow = desk.intake("Badge reader", flow_id=desk.flow(nodes=_NODES), **told)["session_id"]
    free, handed_over = (desk.intake(CANARY, adhoc=True, **told)["session_id"] for _ in range(2))
    built = desk.intake(_PROBLEM, force_build=True, **told)["session_id"]
    assert desk.on(built, "next-node", {}, user=TECHNICIAN).status == 200
    assert desk.on(handed_over, "escalate", {"reason_category": "safety", "reason": CANARY}, user=TECHNICIAN).status == 200
    return {"flow": flow, "adhoc": free, "ai_build": built, "escalated": handed_over}


def _proposal(desk: Desk) -> str:
    session_id = desk.intake(_PROBLEM, force_build=True, user=TECHNICIAN)["session_id"]
    node = desk.on(session_id, "next-node", {}, user=TECHNICIAN).json["node"]
    desk.on(session_id, "next-node", {"node_id": node["id"], "answer": CANARY}, user=TECHNICIAN)
    return desk.on(session_id, "resolve", {"helpful": True}, user=TECHNICIAN).json["flow_proposal_id"]


@pytest.fixture(scope="module")
def victim(shared_api: Api) -> Victim:
    """An account with everything in it, each thing saying `canarybird`."""
    vars(shared_api.world.app("api_writer"))["contact_lock"] = SealedVault()
    desk = Desk(shared_api, "victims-account")
    sessions, proposal_id = _walks(desk), _proposal(desk)
    flow_id = next(flow_id for flow_id, flow in reversed(desk.flows().items()) if CANARY in str(flow["nodes"]))
    assert desk.patch("/settings", recipients(f"{CANARY}@acme.example.com")).status == 200
    assert desk.patch("/categories", {"categories": {"security": False}}).status == 200
    assert desk.publish(proposal_id).status == 201
    return Victim(desk, sessions, proposal_id, flow_id, (CANARY, TECHNICIAN, *sessions.values(), proposal_id, flow_id))


def strangers(victim: Victim) -> dict[str, Desk]:
    """Another account of the tenant, one of a like name, and accounts of the victim's name in other tenants."""
    api, account = victim.desk.api, victim.desk.account
    return {
        "another account": Desk(api, "mallorys-account"), "a like account": Desk(api, f"{account} "),
        "a namesake at a support desk": Desk(api, account, "oncall"), "a namesake in a city": Desk(api, account, "bangkok"),
    }  # fmt: skip


WHERE = pytest.mark.parametrize("where", ["another account", "a like account", "a namesake at a support desk", "a namesake in a city"])
ROLES = [[str(role)] for role in Role] + [["nobody"], [str(role) for role in Role]]


def call(desk: Desk, route: tuple[str, str], thing: str, roles: list[str], user: str = TECHNICIAN) -> Answered:
    method, path = route
    full = path.replace("{session_id}", thing).replace("{proposal_id}", thing)
    return desk.call(method, full, (NAMING | GATHERING)[route][1], roles=roles, user=user)


def whole(answer: Answered) -> str:
    return json.dumps([answer.status, answer.json, dict(answer.headers)], sort_keys=True)


def may(route: tuple[str, str], roles: list[str]) -> bool:
    return bool((NAMING | GATHERING)[route][0] & set(roles))


def things_of(victim: Victim, route: tuple[str, str]) -> Mapping[str, str]:
    return {"proposal": victim.proposal_id} if "proposal" in route[1] else victim.sessions


def of_account(rows: Any, victim: Victim) -> set[tuple[str, str]]:
    """Return the rows that lie in the victim's tenant and account."""
    (tenant,) = victim.desk.api.rows("select id::text as id from tenants where slug = %s", victim.desk.tenant)
    return {(table, text) for table, text in rows if text.startswith(f"({tenant['id']},{victim.desk.account},")}


def test_every_route_of_the_face_has_a_row() -> None:
    declared = {(method, "/".join(path).removeprefix("/l1")) for method, path in routes() if "/".join(path).startswith("/l1/")}
    assert declared == NAMING.keys() | GATHERING.keys()


@WHERE
@pytest.mark.parametrize("route", NAMING, ids=" ".join)
def test_a_strangers_call_reads_as_of_a_thing_that_never_was(victim: Victim, route, where: str) -> None:
    api, desk = victim.desk.api, strangers(victim)[where]
    before = rows_with(api, victim.marks)
    for roles in ROLES:
        for thing in things_of(victim, route).values():
            there, nowhere = (call(desk, route, one, roles) for one in (thing, NOBODYS))
            assert there.status == (404 if may(route, roles) else 403), (route, roles, there.json)
            assert whole(there).replace(thing, "ID") == whole(nowhere).replace(NOBODYS, "ID")
            assert CANARY not in whole(there)
    assert rows_with(api, victim.marks) == before


@WHERE
@pytest.mark.parametrize("route", GATHERING, ids=" ".join)
def test_lists_switches_and_creation_cross_to_nobody(victim: Victim, route, where: str) -> None:
    api, desk = victim.desk.api, strangers(victim)[where]
    marks = (*victim.marks, victim.desk.account)
    before = rows_with(api, marks)
    for roles in ROLES:
        answer = call(desk, route, "", roles, user="mallory")
        assert (answer.status in {200, 201}) == may(route, roles), (route, roles, answer.json)
        assert answer.status in {200, 201, 403}
        assert [mark for mark in victim.marks if mark in whole(answer)] == []
    after = rows_with(api, marks)
    assert before <= after
    assert of_account(after, victim) == of_account(before, victim)


@pytest.mark.parametrize("route", [*NAMING, *GATHERING], ids=" ".join)
def test_a_wrong_role_in_the_account_itself_is_403_and_changes_nothing(victim: Victim, route) -> None:
    before = rows_with(victim.desk.api, victim.marks)
    for role in Role:
        if not may(route, [role]):
            for thing in things_of(victim, route).values():
                answers = [call(victim.desk, route, one, [role]) for one in (thing, NOBODYS)]
                assert [answer.status for answer in answers] == [403, 403], role
                assert whole(answers[0]).replace(thing, "ID") == whole(answers[1]).replace(NOBODYS, "ID")
    assert rows_with(victim.desk.api, victim.marks) == before


@pytest.mark.parametrize("route", [*NAMING, *GATHERING], ids=" ".join)
def test_nobody_is_told_401_and_changes_nothing(victim: Victim, route) -> None:
    method, path = route
    before = rows_with(victim.desk.api, victim.marks)
    for thing in things_of(victim, route).values():
        full = f"/l1{path}".replace("{session_id}", thing).replace("{proposal_id}", thing)
        answer = victim.desk.api.call(method, full, (NAMING | GATHERING)[route][1], token=None, headers={"x-user-id": TECHNICIAN})
        assert answer.status == 401
        assert CANARY not in whole(answer)
    assert rows_with(victim.desk.api, victim.marks) == before


@WHERE
@pytest.mark.parametrize("roles", [["l1"], ["coverage_engineer"], [str(role) for role in Role]])
def test_a_strangers_flow_is_neither_started_nor_matched(victim: Victim, where: str, roles: list[str]) -> None:
    desk = strangers(victim)[where]
    named = desk.post("/intake", {"problem_statement": "x", "flow_id": victim.flow_id}, roles=roles)
    missing = desk.post("/intake", {"problem_statement": "x", "flow_id": NOBODYS}, roles=roles)
    assert (named.status, whole(named).replace(victim.flow_id, "ID")) == (404, whole(missing).replace(NOBODYS, "ID"))
    matched = desk.post("/intake", {"problem_statement": TREE["problem_text"]}, roles=roles)
    assert victim.flow_id not in whole(matched)
    assert CANARY not in whole(matched)


@pytest.mark.parametrize("verb", [route for route in NAMING if "session" in route[1]], ids=" ".join)
def test_in_a_creators_only_account_a_colleague_is_a_stranger(shared_api: Api, victim: Victim, verb) -> None:
    desk = Desk(shared_api)
    session_id = desk.intake(_PROBLEM, force_build=True, user="owner-of-it")["session_id"]
    desk.patch("/settings", {"sessions_creator_only": True})
    before = rows_with(shared_api, [session_id, "owner-of-it"])
    for role in sorted(WALKERS):
        there, nowhere = (call(desk, verb, one, [role], user="colleague") for one in (session_id, NOBODYS))
        assert there.status == 404
        assert whole(there).replace(session_id, "ID") == whole(nowhere).replace(NOBODYS, "ID")
    assert rows_with(shared_api, [session_id, "owner-of-it"]) == before


def test_a_cursor_of_the_victims_opens_nothing(victim: Victim) -> None:
    cursor = victim.desk.get("/queue?limit=1").json["next_cursor"]
    assert cursor
    for desk in strangers(victim).values():
        answer = desk.get(f"/queue?cursor={cursor}")
        assert answer.status == 400
        assert CANARY not in whole(answer)


def test_the_victim_still_has_it_all(victim: Victim) -> None:
    found = {kind: victim.desk.session(session_id)["status"] for kind, session_id in victim.sessions.items()}
    assert found == {"flow": "active", "adhoc": "active", "ai_build": "active", "escalated": "escalated"}
    assert victim.desk.get("/settings", roles=["admin"]).json["escalation_recipients"][0]["email"] == f"{CANARY}@acme.example.com"
    assert victim.desk.publish(victim.proposal_id).status == 200
