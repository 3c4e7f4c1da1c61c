"""v1 and /l1: a caller's name and contact, and contacts typed into texts, stay where they were put and do not leave the house."""

from __future__ import annotations

import io
import json
import logging
import re
from typing import TYPE_CHECKING, Any

import pytest

from casework.entry.observability import FIELDS as LOGGED
from casework.walks.ports import BuildAsk, NodeDraft, NodeType
from tests.support.api import Api
from tests.support.apps import a_token
from tests.support.canaries import Person, found_in
from tests.support.database import ROOT
from tests.support.fake_embedder import FakeEmbedder
from tests.support.vault import SealedVault
from tests.support.walks import TREE, Desk, recipients

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.apps import Answered, World

TEXTS = {"walk_tickets", "walk_sessions", "flow_proposals", "walk_flows"}
"""What technicians read of their own account; a text is kept as it came."""
TYPED = Person(41)
CONTACTS = ("phone", "email", "id")
FIELDS = {"name": Person(42), "contact": Person(43)}
SAID = f"Zorblax gizmo is upside down for {TYPED.name}, {TYPED.phone}, {TYPED.email}, {TYPED.citizen_id}"


class RecordingBuilder:
    """Keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[BuildAsk] = []

    def next_node(self, ask: BuildAsk) -> NodeDraft:
        self.asked.append(ask)
        return NodeDraft(NodeType.QUESTION, f"Question {len(self.asked)}?", ("Yes", "No"), "made-up")


class Scene:
    """Callers whose problems went all ways, everything that was answered, and what is left of it."""

    def __init__(self, world: World) -> None:
        self.api, self.builder = Api(world), RecordingBuilder()
        world.builder, world.embedder = self.builder, FakeEmbedder()
        vars(world.app("api_writer"))["contact_lock"] = SealedVault()
        self.desk = Desk(self.api)
        self.answers: list[Answered] = []
        self.desk.patch("/settings", recipients("anna@acme.example.com"))

    def post(self, path: str, body: object = None, role: str = "l1") -> Any:
        token = a_token("tech-1", self.desk.tenant, [role], account_id=self.desk.account)
        key = {"idempotency-key": f"k{len(self.answers)}"}
        answer = self.api.post(f"/l1{path}", body, token=token, headers=key)
        assert answer.status in {200, 201}, answer.json
        self.answers.append(answer)
        return answer.json

    def walk(self) -> str:
        """Build a walk whose every text says it all; return the session's id."""
        session_id = self.post("/intake", {"problem_statement": SAID, "force_build": True} | self.caller)["session_id"]
        node = self.post(f"/sessions/{session_id}/next-node", {})["node"]
        self.post(f"/sessions/{session_id}/next-node", {"node_id": node["id"], "answer": SAID, "note": SAID})
        self.post(f"/sessions/{session_id}/notes", {"notes": SAID})
        return session_id

    @property
    def caller(self) -> dict[str, str]:
        """Name and contact as fields: the typed person's name, so that it can be taken out of the texts, and another's contact."""
        return {"customer_name": TYPED.name, "customer_contact": FIELDS["contact"].phone}

    def dump(self, table: str) -> str:
        return "\n".join(str(row["text"]) for row in self.api.rows(f"select t::text as text from {table} t"))

    @property
    def dumps(self) -> dict[str, str]:
        return {table: self.dump(table) for table in self.api.row_counts()}


@pytest.fixture(scope="module")
def scene(shared_world: World) -> Scene:
    """Escalated with a case, escalated at once, resolved and published."""
    scene = Scene(shared_world)
    scene.post(f"/sessions/{scene.walk()}/escalate", {"reason_category": "safety", "reason": SAID, "open_case": True})
    direct = {"problem_statement": SAID, "reason_category": "safety", "reason": SAID, "open_case": True}
    scene.post("/escalate-without-walk", direct | scene.caller)
    proposal_id = scene.post(f"/sessions/{scene.walk()}/resolve", {"helpful": True, "resolution_notes": SAID})["flow_proposal_id"]
    scene.post(f"/flow-proposals/{proposal_id}/publish", role="engineer")
    return scene


def test_the_search_finds_what_is_there(scene: Scene) -> None:
    assert {"name", *CONTACTS} <= set(found_in(scene.dump("walk_sessions"), TYPED))
    assert len(scene.builder.asked) == 4
    assert scene.api.row_counts()["case_email_deliveries"] == 2
    assert scene.api.row_counts()["cases"] == 2


def test_a_contact_lies_in_the_vault_alone_and_there_encrypted(scene: Scene) -> None:
    hits = {table: found for table, text in scene.dumps.items() if (found := found_in(text, FIELDS["contact"]))}
    assert hits == {}
    assert scene.api.row_counts()["contact_vault"] == 3


def test_no_table_but_the_accounts_texts_holds_a_trace(scene: Scene) -> None:
    hits = {table: found for table, text in scene.dumps.items() if (found := found_in(text, TYPED))}
    assert hits.keys() <= TEXTS, hits


@pytest.mark.parametrize("table", ["case_events", "case_event_payloads", "cases", "outbox_events", "idempotency_keys"])
def test_neither_case_nor_outbox_nor_key_holds_a_trace(scene: Scene, table: str) -> None:
    text = scene.dump(table)
    assert text
    assert (found_in(text, TYPED), found_in(text, FIELDS["contact"])) == ([], [])


def test_the_mail_says_the_problem_without_the_person(scene: Scene) -> None:
    mails = scene.dump("case_escalation_requests")
    assert mails.count("Zorblax gizmo is upside down") >= 4
    assert found_in(mails, TYPED) + found_in(mails, FIELDS["contact"]) == []
    assert {"[name]", "[phone]", "[email]", "[number]"} <= set(re.findall(r"\[[a-z-]+\]", mails))


@pytest.mark.parametrize("place", ["problem_text", "steps"])
def test_the_model_is_not_told_who_it_is(scene: Scene, place: str) -> None:
    told = "\n".join(str(getattr(ask, place)) for ask in scene.builder.asked)
    assert "Zorblax gizmo" in told
    assert found_in(told, TYPED) + found_in(told, FIELDS["contact"]) == []


def test_no_answer_holds_a_contact_that_was_given_as_one(scene: Scene) -> None:
    said = json.dumps([answer.json for answer in scene.answers], ensure_ascii=False)
    said += json.dumps([scene.desk.items("/queue"), scene.desk.items("/escalations", roles=["engineer"])], ensure_ascii=False)
    assert found_in(said, FIELDS["contact"]) == []


def test_a_published_flow_tells_no_other_caller_who_it_was(scene: Scene) -> None:
    """Whoever is matched to it reads its title and nodes aloud."""
    assert found_in(json.dumps(scene.desk.items("/flows", roles=["engineer"]), ensure_ascii=False), TYPED) == []


P = TYPED
REFUSED: dict[str, tuple[str, str, object]] = {
    "a problem of a wrong type": ("POST", "/l1/intake", {"problem_statement": [SAID]}),
    "a name that is too long": ("POST", "/l1/intake", {"problem_statement": "x", "customer_name": SAID * 9}),
    "a contact of a wrong type": ("POST", "/l1/intake", {"problem_statement": "x", "customer_contact": {"phone": P.phone}}),
    "a flow named by a text": ("POST", "/l1/intake", {"problem_statement": "x", "flow_id": SAID}),
    "an unknown reason": ("POST", "/l1/escalate-without-walk", {"problem_statement": SAID, "reason_category": P.email}),
    "a session named by an address": ("GET", f"/l1/sessions/{P.email}", None),
    "a step of a session named by a phone": ("POST", f"/l1/sessions/{P.phone}/step", {"node_id": "n", "question": SAID, "answer": SAID}),
    "broken JSON": ("POST", "/l1/intake", f'{{"problem_statement": "{SAID}"'.encode()),
    "an unknown category": ("PATCH", "/l1/categories", {"categories": {P.email: True}}),
    "a bad recipient": ("PATCH", "/l1/settings", {"escalation_recipients": [{"email": SAID, "name": P.name}]}),
    "a flow with a loose end": ("POST", "/l1/flows", TREE | {"nodes": [{"id": P.email, "node_type": P.name, "text": SAID}]}),
    "a queue of an unknown status": ("GET", f"/l1/queue?status_filter={P.email}", None),
    "a cursor": ("GET", f"/l1/queue?cursor={P.phone}", None),
    "a v1 title that is too long": ("POST", "/api/v1/cases", {"title": SAID * 9}),
    "a v1 severity": ("POST", "/api/v1/cases", {"severity": P.email, "description": SAID}),
    "a v1 status": ("GET", f"/api/v1/cases?status={P.email}", None),
    "a v1 tag": ("POST", "/api/v1/cases", {"tags": [{"of": SAID}]}),
    "broken v1 JSON": ("POST", "/api/v1/cases", f'{{"title": "{SAID}"'.encode()),
}  # fmt: skip


@pytest.mark.parametrize("label", REFUSED)
def test_no_refusal_repeats_a_person(scene: Scene, label: str) -> None:
    method, path, body = REFUSED[label]
    token = a_token("tech-1", "acme", ["l1", "admin"], account_id=scene.desk.account)
    answer = scene.api.call(method, path, body, token=token, headers={"idempotency-key": f"r-{label}"})
    assert 400 <= answer.status < 500, answer.json
    assert found_in(json.dumps([answer.json, dict(answer.headers)], ensure_ascii=False), TYPED) == []
    assert found_in(scene.dump("idempotency_keys"), TYPED) == []


def test_v1_keeps_a_persons_words_in_the_case_and_nowhere_else(scene: Scene) -> None:
    person = Person(44)
    body = {"title": person.name, "description": person.text, "metadata": {"contact": person.email}, "tags": [person.phone]}
    made = scene.api.post("/api/v1/cases", body, headers={"idempotency-key": "v1"}, user="somebody")
    path = f"/api/v1/cases/{made.json['case_id']}"
    scene.api.put(path, {"description": f"again {person.text}"}, user="somebody")
    held = {table for table, text in scene.dumps.items() if found_in(text, person)}
    assert held == {"cases", "case_event_payloads"}
    assert scene.api.delete(path, user="somebody").status == 204
    assert {table for table, text in scene.dumps.items() if found_in(text, person)} == set()


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What our own logger writes, as it writes it."""
    handlers = [one for one in logging.getLogger("casework").handlers if isinstance(one, logging.StreamHandler)]
    assert handlers
    written = io.StringIO()
    before = [(handler, handler.setStream(written)) for handler in handlers]
    yield written
    for handler, stream in before:
        handler.setStream(stream)


def test_the_logs_hold_no_trace(world: World, lines: io.StringIO, caplog: pytest.LogCaptureFixture) -> None:
    """All of it again, refusals and a fault included; and what the libraries say of it when they are asked for everything."""
    caplog.set_level(logging.DEBUG)
    scene = Scene(world)
    scene.post(f"/sessions/{scene.walk()}/escalate", {"reason_category": "safety", "reason": SAID, "open_case": True})
    token = a_token(P.email, "acme", ["l1", "admin"], account_id=P.name)
    for method, path, body in REFUSED.values():
        scene.api.call(method, path, body, token=token, headers={"idempotency-key": P.email})
    scene.api.rows("alter table walk_tickets add constraint no_more check (false) not valid")
    broken = scene.api.post("/l1/intake", {"problem_statement": SAID, "adhoc": True} | scene.caller, token=token)
    written = lines.getvalue() + caplog.text
    assert (broken.status, "error.unknown" in written) == (500, True)
    assert found_in(written, TYPED) + found_in(written, FIELDS["contact"]) == []


def test_every_field_that_the_rooms_log_is_let_through() -> None:
    """A warning without the id it speaks of helps nobody."""
    named: set[str] = set()
    for folder in ("layers/core/python/casework", "functions"):
        for path in (ROOT / folder).rglob("*.py"):
            for extra in re.findall(r'logger\.\w+\("[\w.]+", extra=\{([^}]*)\}', path.read_text()):
                named |= set(re.findall(r'"(\w+)":', extra))
    assert named <= LOGGED
    assert "session_id" in named
