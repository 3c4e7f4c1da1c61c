"""Persons and positions stay where they belong: not in logs, events, outbox, idempotency rows or error bodies."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from local.client import Answer
from local.mailbox import WEBHOOK_PATH, Mailbox
from tests.support.canaries import Person, found_in, traces
from tests.support.stacks import Scene

REPORTS = {"reports", "report_analyses"}
RECIPIENTS = {"case_email_deliveries", "case_escalation_targets", "case_escalation_requests"}
"""Who a mail is for; a request keeps whom it was copied to."""
NOWHERE: set[str] = set()
Call = Callable[[Scene, Person, str], Answer]

V3, CASES = "/api/v3", "/api/cases"
INTERNAL = "/internal/case-escalations/send"
KEY = {"Idempotency-Key": "canary"}
PLACE = {"latitude": 6.5, "longitude": 99.9}
STORED: dict[str, tuple[Call, set[str]]] = {
    "a report": (lambda s, p, c: s.desk.post(f"{V3}/reports", {**PLACE, "title": p.name, "description": p.text}), REPORTS),
    "a report with a key": (lambda s, p, c: s.desk.post(f"{V3}/reports", [{**PLACE, "summary": p.text}], KEY), REPORTS),
    "a list with an invalid item": (lambda s, p, c: s.desk.post(f"{V3}/reports", [{**PLACE, "title": "x"}, {"title": p.text}]), NOWHERE),
    "a reporter": (lambda s, p, c: s.desk.post(CASES, _form(p)), NOWHERE),
    "a reporter with a key": (lambda s, p, c: s.desk.post(CASES, _form(p), KEY), NOWHERE),
    "a copy": (lambda s, p, c: s.send(c, cc_emails=[p.email], subject="A copy"), RECIPIENTS),
    "a target": (lambda s, p, c: s.desk.post(f"{V3}/cases", {"title": "A", "escalation_targets": [{"email": p.email}]}), RECIPIENTS),
    "a draft": (lambda s, p, c: s.desk.post(f"{V3}/cases/{c}/escalations/draft", {"body": p.text, "cc_emails": [p.email]}), NOWHERE),
    "an event's reason": (lambda s, p, c: _signed(s, s.mails()[0]["custom_args"]["delivery_id"], p), NOWHERE),
    "a stranger's event": (lambda s, p, c: _signed(s, p.text, p), NOWHERE),
}  # fmt: skip
REFUSED: dict[str, Call] = {
    "broken JSON": lambda s, p, c: s.desk.post(f"{V3}/reports", f'{{"title": "{p.text}"'.encode()),
    "a report of wrong types": lambda s, p, c: s.desk.post(f"{V3}/reports", {"latitude": p.text, "longitude": p.phone, "title": p.name}),
    "a report off the globe": lambda s, p, c: s.desk.post(f"{V3}/reports", {"latitude": 91, "title": p.text, "language": p.email}),
    "a form without a type": lambda s, p, c: s.desk.post(CASES, {**_form(p), "case_type": p.text}),
    "a form with an unknown field": lambda s, p, c: s.desk.post(CASES, {**_form(p), "nickname": p.text}),
    "a bad reporter": lambda s, p, c: s.desk.post(CASES, {**_form(p), "reporter": {"email": p.text, "phone": p.name}}),
    "a case without a title": lambda s, p, c: s.desk.post(f"{V3}/cases", {"title": " ", "summary": p.text}),
    "an unknown status": lambda s, p, c: s.desk.post(f"{V3}/cases/{c}/status", {"status": p.text, "summary": p.text}),
    "an unknown canonical status": lambda s, p, c: s.desk.call("PATCH", f"{CASES}/{c}/status", {"status": p.text, "reason": p.text}),
    "a case named by an address": lambda s, p, c: s.desk.get(f"{CASES}/{p.email}"),
    "a case named by a text": lambda s, p, c: s.desk.get(f"{V3}/cases/{quote(p.text, safe='')}"),
    "a report named by a phone": lambda s, p, c: s.desk.get(f"{V3}/reports/{p.phone}x"),
    "a query": lambda s, p, c: s.desk.get(f"{V3}/reports/cases?seq={quote(p.text, safe='')}"),
    "a filter": lambda s, p, c: s.desk.get(f"{CASES}?cursor={quote(p.text, safe='')}"),
    "an unknown path": lambda s, p, c: s.desk.get(f"/api/{quote(p.text, safe='')}?q={quote(p.email)}"),
    "a user id without a token": lambda s, p, c: s.control.get(CASES, {"X-User-ID": p.email}),
    "a token that is none": lambda s, p, c: s.control.get(CASES, {"Authorization": "Bearer " + base64.b64encode(p.text.encode()).decode()}),
    "a body without a token": lambda s, p, c: s.control.post(f"{V3}/reports", {"title": p.text, **PLACE}),
    "a bad key": lambda s, p, c: s.desk.post(f"{V3}/reports", {"title": "x", **PLACE}, {"Idempotency-Key": (p.email + " ") * 20}),
    "an opt-out of an address": lambda s, p, c: s.control.post(f"/opt-out/{quote(p.email)}"),
    "an internal call": lambda s, p, c: s.control.post(INTERNAL, {"recipients": [{"email": p.email}], "subject": p.text}),
    "an unsigned event": lambda s, p, c: s.control.post("/webhooks/sendgrid", [{"event": "bounce", "email": p.email, "reason": p.text}]),
    "a body over the limit": lambda s, p, c: s.desk.post(f"{V3}/reports", p.text.encode() * 20_000),
    "a NUL in a text": lambda s, p, c: s.desk.post(f"{V3}/cases", {"title": p.text + "\x00"}),
}


def _form(person: Person) -> dict:
    reporter = {"name": person.thai_name, "email": person.email, "phone": person.phone}
    return {"case_type": "flood_drainage", "title_en": "A drain", "reporter": reporter, "location": PLACE}


def _signed(scene: Scene, delivery_id: str, person: Person) -> Answer:
    """An event that the provider's key has signed, with a person wherever a provider may put one."""
    now = datetime.fromisoformat(scene.control.get("/_local/clock").json["now"])
    stamp = int(now.timestamp())
    names = {"email": person.email, "name": person.name, "reason": f"mailbox of <{person.email}> is full"}
    event = {"event": "deferred", "delivery_id": delivery_id, "timestamp": stamp, "sg_event_id": f"canary{person.number}"}
    body = json.dumps([event | names]).encode()
    return scene.control.post(WEBHOOK_PATH, body, Mailbox(scene.stack.data_dir, lambda: now).signed_headers(body, str(stamp)))


class Traced:
    """Every entry was used by a person of its own; then everything came to rest and was read once."""

    def __init__(self, scene: Scene) -> None:
        case_id = scene.open_case("A case for canaries", ["works@district.example.net"])
        scene.send(case_id)
        scene.drain()
        self.people = {label: Person(number) for number, label in enumerate([*STORED, *REFUSED])}
        self.answers = {label: call(scene, self.people[label], case_id) for label, (call, _) in STORED.items()}
        self.answers |= {label: call(scene, self.people[label], case_id) for label, call in REFUSED.items()}
        scene.drain()
        self.mails = json.dumps(scene.mails(), ensure_ascii=False)
        self.dumps = {table: scene.dump(table) for table in scene.tables()}
        logs = [scene.stack.log, *Path(scene.stack.data_dir / "postgres").glob("*.log")]
        self.logs = {path.name: path.read_text(errors="replace") for path in logs}


@pytest.fixture(scope="module")
def traced(scene):
    return Traced(scene)


def test_the_search_finds_what_is_there(traced, scene):
    """The positive control: allowed places do hold the person, and each form is recognised."""
    assert {"name", "phone", "email", "id", "thai name"} <= set(found_in(traced.dumps["report_analyses"], traced.people["a report"]))
    assert "email" in found_in(traced.dumps["case_email_deliveries"], traced.people["a copy"])
    assert "email" in found_in(traced.mails, traced.people["a copy"])
    person = Person(77)
    shifted = [base64.b64encode(b"\0" * shift + person.email.encode()).decode() for shift in range(3)]
    for text in (quote(person.text), json.dumps(person.text), f"+66{person.phone[1:]}", *shifted):
        assert found_in(text, person)
    assert len(set(traces(person).values())) > 25


def test_every_stored_entry_was_taken_and_every_bad_one_refused(traced):
    assert {label: traced.answers[label].status for label in STORED if traced.answers[label].status >= 300} == {}
    assert {label: traced.answers[label].status for label in REFUSED if not 400 <= traced.answers[label].status < 500} == {}


def test_a_contact_lies_encrypted_in_the_vault(traced):
    assert len(traced.dumps["contact_vault"].splitlines()) >= 2


def test_no_log_holds_a_trace(traced):
    assert {"stack.log", "server.log"} <= set(traced.logs)
    assert len(traced.logs["stack.log"]) > 1000
    pairs = [(label, log) for label in traced.people for log in traced.logs]
    assert [pair for pair in pairs if found_in(traced.logs[pair[1]], traced.people[pair[0]])] == []


def test_no_table_holds_a_trace_but_those_made_for_it(traced):
    allowed = {label: places for label, (_, places) in STORED.items()}
    hits = [
        (label, table, found)
        for label, person in traced.people.items()
        for table, text in traced.dumps.items()
        if table not in allowed.get(label, NOWHERE) and (found := found_in(text, person))
    ]
    assert hits == []


def test_no_error_body_repeats_a_trace(traced):
    texts = {label: traced.answers[label].content.decode(errors="replace") for label in [*REFUSED, "a list with an invalid item"]}
    texts |= {label: text + json.dumps(dict(traced.answers[label].headers)) for label, text in texts.items()}
    hits = [(label, text) for label, text in texts.items() if found_in(text, traced.people[label])]
    assert hits == []


def _place_everywhere(scene: Scene, places: list[tuple[float, float]]) -> None:
    """Reports, a case from a selection with a whole analysis as its snapshot, a link, and a case by form, each with a key."""
    *of_reports, (latitude, longitude) = places
    seqs = scene.ingest([{"latitude": lat, "longitude": lng, "title": "Broken rail"} for lat, lng in of_reports])
    area = {"type": "Polygon", "coordinates": [[[99.6, 6.6], [99.9, 6.6], [99.9, 6.9], [99.6, 6.9], [99.6, 6.6]]]}
    analysis = scene.desk.post(f"{V3}/clusters/analyze", {"geometry": area}).json
    body = {"title": "Broken rail", "report_seqs": seqs[1:], "cluster_stats": analysis["stats"], "cluster_analysis": analysis}
    made = scene.desk.post(f"{V3}/cases", body | {"geometry": area}, {"Idempotency-Key": "places"})
    path = f"{V3}/cases/{made.json['case']['case_id']}/reports"
    linked = scene.desk.post(path, {"report_seqs": seqs[:1]}, {"Idempotency-Key": "places"})
    form = {"case_type": "flood_drainage", "title_en": "A rail", "location": {"latitude": latitude, "longitude": longitude}}
    formed = scene.desk.post(CASES, form, {"Idempotency-Key": "places"})
    assert (made.status, linked.status, formed.status) == (201, 200, 201)
    scene.drain()


def test_no_table_but_reports_holds_a_position(scene):
    chance = random.Random(5)
    places = [(round(chance.uniform(6.7, 6.8), 7), round(chance.uniform(99.7, 99.8), 7)) for _ in range(9)]
    _place_everywhere(scene, places)
    dumps = {table: scene.dump(table) for table in scene.tables()} | {"log": scene.stack.log.read_text()}
    hits = {table: _places_in(text, places) for table, text in dumps.items()}
    assert hits.pop("reports") == places[:-1]
    assert {table: found for table, found in hits.items() if found} == {}


def _places_in(text: str, places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the places of which both coordinates stand in a text to the metre; a public point, within 50 m, may share one by chance."""
    return [place for place in places if all(f"{number:.7f}"[:-2] in text for number in place)]
