"""Workers that die while a walk is taken in, built, ended: what was promised is there, what was not is all there or not at all."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from types import SimpleNamespace

import pytest

from local.client import Client, development_token, poll
from local.running import running_stack
from tests.support.stacks import Scene, processes_of

CLIENTS, KILLS, NODES = 4, 2, 5
PROBLEM = "The label scanner in the warehouse fails with error 41 on every parcel"
CALLER = {"customer_name": "S.", "customer_contact": "+66812341234"}


@dataclass
class Ledger:
    """What the clients were promised: sessions, and by session how many answers were taken."""

    sessions: set[str] = field(default_factory=set)
    answers: dict[str, int] = field(default_factory=dict)
    silences: int = 0
    faults: list[int] = field(default_factory=list)


def _technician(scene: Scene, user: str = "t1") -> Client:
    return Client(scene.stack.url, development_token(scene.stack.data_dir, tenant="acme", user=user, roles=["l1"], account="crashes"))


def _workers(scene: Scene) -> list[int]:
    """Ids of the gateway's workers of this stack alone."""
    mine = processes_of(scene.stack.data_dir)
    return [pid for pid in mine if b"local.gateway" in _command_of(pid)]


def _command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _ask(client: Client, path: str, body: object, ledger: Ledger):
    """The answer's JSON, None where none came; a worker's death is no answer, and never a 5xx that a door gave."""
    try:
        answer = client.post(path, body)
    except (OSError, HTTPException):
        ledger.silences += 1
        return None
    ledger.faults += [answer.status] if answer.status >= 500 else []
    return answer.json if answer.status < 300 else None


def _work(scene: Scene, user: str, ledger: Ledger, over: threading.Event) -> None:
    """Take calls in and answer node after node, until it is over."""
    client = _technician(scene, user)
    while not over.is_set():
        made = _ask(client, "/l1/intake", {"problem_statement": PROBLEM, "force_build": True, **CALLER}, ledger)
        if made is not None:
            ledger.sessions.add(made["session_id"])
            ledger.answers[made["session_id"]] = _answer(client, made["session_id"], ledger)


def _answer(client: Client, session_id: str, ledger: Ledger, nodes: int = NODES) -> int:
    path, taken = f"/l1/sessions/{session_id}/next-node", 0
    served = _ask(client, path, {}, ledger)
    while served is not None and taken < nodes:
        served = _ask(client, path, {"node_id": served["node"]["id"], "answer": "No"}, ledger)
        taken += served is not None
    return taken


@pytest.fixture(scope="module")
def survived(tmp_path_factory):
    """A stack whose workers were killed again and again under load, each time they had started."""
    folder, ledger, over = tmp_path_factory.mktemp("walk-crashes"), Ledger(), threading.Event()
    with running_stack(folder) as stack:
        scene = Scene(stack)
        clients = [threading.Thread(target=_work, args=(scene, f"t{number}", ledger, over)) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for _ in range(KILLS):
            before = len(ledger.answers)
            poll(lambda before=before: len(ledger.answers) >= before + CLIENTS, seconds=60, every=0.01)
            for pid in _workers(scene):
                os.kill(pid, signal.SIGKILL)
        over.set()
        for client in clients:
            client.join(60)
        yield SimpleNamespace(scene=scene, ledger=ledger)


def test_workers_died_in_the_middle_of_calls(survived):
    assert survived.ledger.silences >= KILLS
    assert survived.ledger.faults == []


def test_every_session_has_its_ticket_and_its_contact_or_nothing_is_there(survived):
    tickets = "select t.id as ticket, s.id as session, v.ticket_id as contact from walk_tickets t"
    tickets += " full join walk_sessions s on s.ticket_id = t.id full join contact_vault v on v.ticket_id = t.id"
    rows = survived.scene.rows(tickets)
    assert [row for row in rows if None in row.values()] == []
    assert survived.ledger.sessions <= {str(row["session"]) for row in rows}


def test_every_answer_that_was_taken_is_in_its_path_and_at_most_one_more(survived):
    query = "select id, jsonb_array_length(walked_path) as answered, nodes_served as served, pending_node from walk_sessions"
    rows = {str(row["id"]): row for row in survived.scene.rows(query)}
    for session_id, taken in survived.ledger.answers.items():
        assert rows[session_id]["answered"] - taken in {0, 1}
    for row in rows.values():
        assert row["served"] == row["answered"] + (row["pending_node"] is not None)


def test_a_walk_that_was_interrupted_goes_on(survived):
    client = _technician(survived.scene)
    for session_id in survived.ledger.sessions:
        served = client.post(f"/l1/sessions/{session_id}/next-node", {})
        assert served.status == 200
        following = client.post(f"/l1/sessions/{session_id}/next-node", {"node_id": served.json["node"]["id"], "answer": "No"})
        assert following.status == 200


def _tables(scene: Scene) -> dict[str, str]:
    names = ("walk_tickets", "walk_sessions", "contact_vault", "flow_proposals", "cases", "case_email_deliveries", "outbox_events")
    return {name: scene.dump(name) for name in names}


DEATHS = {
    "walks.session_added": (0, "/l1/intake", {"problem_statement": PROBLEM, **CALLER}),
    "walks.node_built": (0, "/l1/sessions/{}/next-node", {}),
    "walks.proposal_added": (1, "/l1/sessions/{}/resolve", {"helpful": True}),
    "walks.mails_ordered": (1, "/l1/sessions/{}/escalate", {"reason_category": "safety", "open_case": True}),
}
"""By the point at which the worker dies, the last one on the way: how many nodes were answered, and the call that takes it there."""


def _begun(technician: Client, answers: int) -> str:
    session_id = technician.post("/l1/intake", {"problem_statement": PROBLEM}).json["session_id"]
    assert not answers or _answer(technician, session_id, Ledger(), answers) == answers
    return session_id


@pytest.mark.parametrize("point", DEATHS)
def test_a_call_whose_worker_dies_on_the_way_leaves_nothing(tmp_path, point):
    answers, verb, body = DEATHS[point]
    with running_stack(tmp_path, env={"CASEWORK_FAILPOINT": point}) as stack:
        scene = Scene(stack)
        technician = _technician(scene)
        path = verb.format(_begun(technician, answers)) if "{}" in verb else verb
        before = _tables(scene)
        with pytest.raises((OSError, HTTPException)):
            technician.post(path, body)
        assert _tables(scene) == before
