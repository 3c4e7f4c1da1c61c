"""The shapes of `/_local/` (contract §13) on the real stack."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

MAIL = {"id", "to", "cc", "subject", "text", "html", "attachments", "custom_args", "provider_message_id"}


@pytest.fixture(scope="module")
def posted(scene):
    """A case with one sent mail, and the mail."""
    case_id = scene.open_case("A mail to look at", ["look@works.example.net"])
    scene.send(case_id)
    scene.drain()
    return case_id, scene.mails("look@works.example.net")[0]


def test_health_tells_the_stack_apart_from_a_deployment(scene):
    assert scene.control.get("/_local/health").json["status"] == "ok"
    assert scene.control.get("/api/health").json == {"status": "ok"}


def test_a_mail_has_every_promised_field_and_no_personal_argument(posted):
    _, mail = posted
    assert set(mail) >= MAIL
    assert list(mail["custom_args"]) == ["delivery_id"]
    assert "/opt-out/" in mail["text"]
    assert "/opt-out/" in mail["html"]
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_an_event_is_told_as_often_as_asked(scene, posted):
    case_id, mail = posted
    assert scene.tell(mail, "delivered", times=3) == [200, 200, 200]
    assert scene.statuses(case_id) == {"look@works.example.net": "delivered"}


def test_an_event_of_a_stranger_is_heard_and_changes_nothing(scene, posted):
    case_id, mail = posted
    assert scene.tell(mail, "bounce", delivery_id=str(uuid.uuid4())) == [200]
    assert scene.statuses(case_id) == {"look@works.example.net": "delivered"}


def test_a_stale_signature_is_refused(scene, posted):
    case_id, mail = posted
    now = datetime.fromisoformat(scene.control.get("/_local/clock").json["now"])
    assert scene.tell(mail, "bounce", timestamp=int((now - timedelta(hours=1)).timestamp())) == [401]
    assert scene.statuses(case_id) == {"look@works.example.net": "delivered"}


def test_an_unsigned_event_is_refused(scene):
    assert scene.control.post("/webhooks/sendgrid", [{"event": "delivered"}]).status == 401


@pytest.mark.parametrize(("path", "body", "status"), [
    ("/_local/mailbox/999999/events", {"event": "delivered"}, 404),
    ("/_local/mailbox/1/events", {"event": "opened"}, 400),
    ("/_local/mailbox/faults", {"next": 1, "kind": "earthquake"}, 400),
    ("/_local/clock", {"advance": "yesterday"}, 400),
    ("/_local/nothing", {}, 404),
])  # fmt: skip
def test_what_the_control_plane_does_not_know_is_refused(scene, posted, path, body, status):
    assert scene.control.post(path, body).status == status


def test_faults_that_are_left_can_be_cleared(scene):
    scene.fail_next(5, "500")
    assert scene.control.post("/_local/mailbox/faults", {"next": 0, "kind": "500"}).status == 200
    case_id = scene.open_case("After the faults", ["cleared@works.example.net"])
    scene.send(case_id)
    scene.drain()
    assert scene.statuses(case_id) == {"cleared@works.example.net": "sent"}


def test_the_clock_moves_for_every_door_and_fires_what_falls_due(scene):
    before = datetime.fromisoformat(scene.control.get("/_local/clock").json["now"])
    moved = scene.control.post("/_local/clock", {"advance": "PT4H"}).json
    assert datetime.fromisoformat(moved["now"]) - before >= timedelta(hours=4)
    assert moved["fired"] > 0
    case = scene.desk.get(f"/api/v3/cases/{scene.open_case('Opened later')}").json["case"]
    assert datetime.fromisoformat(case["created_at"]) >= before + timedelta(hours=4)
    target = (before + timedelta(hours=5)).isoformat()
    assert scene.control.post("/_local/clock", {"set": target}).json["now"][:16] == target[:16]


def test_a_drain_counts_what_it_did(scene):
    case_id = scene.open_case("Counted", ["counted@works.example.net"])
    scene.send(case_id)
    first, second = scene.drain(), scene.drain()
    assert first["outbox"] >= 1
    assert first["messages"] >= 1
    assert (second["outbox"], second["messages"], second["failed"]) == (0, 0, 0)
