"""The L1 workspace as its people see it: one account, calls by role, walks of every kind, and what lies in the tables."""

from __future__ import annotations

import importlib
import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tests.support.api import Api
from tests.support.apps import World, a_token

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.support.apps import Answered

FIELDS = {
    "id", "session_kind", "category", "problem_text", "flow_id", "flow_proposal_id", "current_node_id", "walked_path",
    "walk_notes", "status", "started_at", "last_step_at", "resolved_at",
}  # fmt: skip
NOBODYS = "00000000-0000-4000-8000-000000000000"
"""An id that nothing has."""
NODE_TYPES = {"question", "instruction", "check", "resolution", "escalate"}
TERMINAL = {"resolution", "escalate"}
SIX = {"performance", "error", "configuration", "infrastructure", "security", "other"}
TWELVE = {
    "flood_drainage", "public_safety", "power_lighting", "road_footpath", "traffic_transit", "waste_sanitation",
    "air_noise", "health_animals", "green_space", "obstruction_signage", "social_welfare", "governance_service",
}  # fmt: skip
ODD = "The zorblax ledger has shown its gizmo totals upside down since the quarterly frobnication"
"""A problem that no flow of the library is about."""
PHONE, MASKED = "+66812341234", "+66•••••1234"
TREE: dict[str, Any] = {
    "title": "Turnstile badge reader beeps thrice", "category": "configuration",
    "problem_text": "The turnstile in the lobby beeps three times and does not take my badge",
    "nodes": [
        {"id": "lamp", "node_type": "question", "text": "Is the reader's lamp blue?", "options": ["Yes", "No"],
         "next": {"Yes": "clean", "No": "handoff"}},
        {"id": "clean", "node_type": "instruction", "text": "Wipe the badge.", "options": ["Done"], "next": {"Done": "open"}},
        {"id": "open", "node_type": "check", "text": "Does the turnstile open?", "options": ["Yes", "No"],
         "next": {"Yes": "fixed", "No": "handoff"}},
        {"id": "fixed", "node_type": "resolution", "text": "The badge was dirty."},
        {"id": "handoff", "node_type": "escalate", "text": "Hand over to building security."},
    ],
}  # fmt: skip
"""A flow as an engineer posts it."""
_numbers = itertools.count(1)


class Desk:
    """One account's workspace. `roles` and `user` as keywords of every call; a technician calls unless they say so."""

    def __init__(self, api: Api, account: str | None = None, tenant: str = "acme") -> None:
        self.api, self.tenant = api, tenant
        self.account = account or f"account-{next(_numbers)}"

    def call(
        self, method: str, path: str, body: object = None, *, roles: Sequence[str] = ("l1",), user: str = "tech-1"
    ) -> Answered:  # fmt: skip
        token = a_token(user, self.tenant, list(roles), account_id=self.account)
        return self.api.call(method, f"/l1{path}", body, token=token)

    def get(self, path: str, **who: Any) -> Answered:
        return self.call("GET", path, None, **who)

    def post(self, path: str, body: object = None, **who: Any) -> Answered:
        return self.call("POST", path, body, **who)

    def patch(self, path: str, body: object = None, *, roles: Sequence[str] = ("account_owner",)) -> Answered:
        return self.call("PATCH", path, body, roles=roles)

    def on(self, session_id: str, verb: str, body: object = None, **who: Any) -> Answered:
        """Do something to a session: step, notes, resolve, escalate, next-node."""
        return self.post(f"/sessions/{session_id}/{verb}", body, **who)

    def items(self, path: str, **who: Any) -> list[dict[str, Any]]:
        """Return a list, all pages of it."""
        answer = self.get(path, **who)
        assert answer.status == 200, answer.json
        found = list(answer.json["items"])
        while more := answer.json.get("next_cursor"):
            answer = self.get(f"{path}{'&' if '?' in path else '?'}cursor={more}", **who)
            found += answer.json["items"]
        return found

    def intake(self, problem: str = ODD, *, user: str = "tech-1", **fields: Any) -> dict[str, Any]:
        """Take in a problem whose outcome creates a session."""
        answer = self.post("/intake", {"problem_statement": problem} | fields, user=user)
        assert answer.status == 201, answer.json
        return answer.json

    def adhoc(self, problem: str = "Mouse squeaks", **fields: Any) -> str:
        """Start a free-form walk; return the session's id."""
        return self.intake(problem, adhoc=True, **fields)["session_id"]

    def build(self, problem: str = ODD, **fields: Any) -> str:
        """Start a walk that is built node by node; return the session's id."""
        made = self.intake(problem, force_build=True, **fields)
        assert made["outcome"] == "build", made
        return made["session_id"]

    def flow(self, **fields: Any) -> str:
        """Post a flow; return its id."""
        answer = self.post("/flows", TREE | fields, roles=["engineer"])
        assert answer.status == 201, answer.json
        return answer.json["flow_id"]

    def flows(self) -> dict[str, dict[str, Any]]:
        return {flow["flow_id"]: flow for flow in self.items("/flows")}

    def nodes(self, flow_id: str) -> dict[str, str]:
        """Return the ids of a flow's nodes by their texts."""
        return {node["text"]: node["id"] for node in self.flows()[flow_id]["nodes"]}

    def walk(self, **fields: Any) -> str:
        """Start a walk over a flow of the account's own; return the session's id."""
        return self.intake("Badge reader", flow_id=self.flow(**fields))["session_id"]

    def session(self, session_id: str, **who: Any) -> dict[str, Any]:
        answer = self.get(f"/sessions/{session_id}", **who)
        assert answer.status == 200, answer.json
        return answer.json

    def ticket(self, ticket_id: str) -> dict[str, Any]:
        """Return a ticket as the queue shows it."""
        return next(row for row in self.items("/queue") if row["ticket_id"] == ticket_id)

    def step(self, session_id: str, node_id: str, answer: str, **fields: Any) -> Answered:
        return self.on(session_id, "step", {"node_id": node_id, "question": "asked", "answer": answer} | fields)

    def next(self, session_id: str, body: object = None) -> dict[str, Any]:
        """Ask for the next node, as the body says; return it."""
        answer = self.on(session_id, "next-node", body or {})
        assert answer.status == 200, answer.json
        return answer.json["node"]

    def reply(self, session_id: str, node: dict[str, Any], answer: str = "No", **fields: Any) -> dict[str, Any]:
        """Answer a built node; return the one after it."""
        return self.next(session_id, {"node_id": node["id"], "answer": answer} | fields)

    def built(self, steps: int = 1, problem: str = ODD) -> str:
        """Return a built walk with so many answered nodes."""
        session_id = self.build(problem)
        node = self.next(session_id)
        for _ in range(steps):
            node = self.reply(session_id, node)
        return session_id

    def proposal(self, problem: str = ODD, steps: int = 2) -> str:
        """Walk, resolve as helpful, and return the proposal's id."""
        session_id = self.built(steps, problem)
        assert self.on(session_id, "resolve", {"helpful": True}).status == 200
        return self.session(session_id)["flow_proposal_id"]

    def publish(self, proposal_id: str, *, roles: Sequence[str] = ("engineer",), **who: Any) -> Answered:
        return self.post(f"/flow-proposals/{proposal_id}/publish", None, roles=roles, **who)

    def escalate(self, session_id: str, **fields: Any) -> dict[str, Any]:
        answer = self.on(session_id, "escalate", {"reason_category": "needs_specialist"} | fields)
        assert answer.status == 200, answer.json
        return answer.json

    def mailed(self) -> list[str]:
        """Return whom the tenants' mails are for, sorted."""
        found = self.api.rows("select recipient_email from case_email_deliveries")
        return sorted(row["recipient_email"] for row in found)


def recipients(*emails: str) -> dict[str, Any]:
    """Return settings that name these recipients."""
    return {"escalation_recipients": [{"email": email, "name": email.partition("@")[0]} for email in emails]}


def id_of(row: dict[str, Any]) -> str:
    """Return the session's id, whether the row is a session or tells of one."""
    return row.get("session_id") or row["id"]


def filled(answer: dict[str, Any]) -> set[str]:
    """Return the names that carry a value."""
    return {name for name, value in answer.items() if value is not None}


def refused(answer: Answered, *statuses: int) -> bool:
    """Tell whether an answer is a problem document with one of these statuses, of a route that exists."""
    assert answer.status in statuses, (answer.status, answer.json)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == answer.status
    assert answer.json.keys() >= {"type", "title", "status", "detail", "instance"}
    return not answer.json["type"].endswith("no-such-route")


def sweep(world: World) -> None:
    """Run the hourly sweep for idle walks."""
    handler = importlib.import_module("l1.sweep_idle").handler
    handler.function(world.app(handler.route.capability))


def tables_with(api: Api, text: str) -> set[str]:
    """Return the tables that hold a text in clear, as text or as plain bytes."""
    names = api.rows("select relname::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
    marks = [f"%{text}%", f"%{text.encode().hex()}%"]
    held = {row["name"]: f"select 1 from {row['name']} t where t::text like any (%s) limit 1" for row in names}
    return {name for name, statement in held.items() if api.rows(statement, marks)}


def at_once(desk: Desk, calls: Sequence[Callable[[Desk], Answered]]) -> list[Answered]:
    """Make the calls together, each on connections of its own."""

    def make(call: Callable[[Desk], Answered]) -> Answered:
        world = World(desk.api.world.owner_url)
        world.clock.at = desk.api.world.clock.at
        try:
            return call(Desk(Api(world), desk.account, desk.tenant))
        finally:
            world.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(make, calls))
