from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from local.mailbox import Mailbox, NoAnswer, _events

BODY = {
    "personalizations": [{"to": [{"email": "a@example.org"}], "cc": [{"email": "c@example.org"}], "custom_args": {"delivery_id": "d"}}],
    "from": {"email": "desk@example.org"},
    "subject": "s",
    "content": [{"type": "text/plain", "value": "t"}, {"type": "text/html", "value": "<p>t</p>"}],
}


@pytest.fixture
def mailbox(tmp_path):
    return Mailbox(tmp_path, lambda: datetime(2026, 11, 24, tzinfo=UTC))


def send(mailbox: Mailbox, body: object = BODY, authorization: str = "Bearer key"):
    return mailbox.send(authorization, json.dumps(body).encode())


def test_an_accepted_mail_is_kept_under_its_message_id(mailbox, tmp_path):
    answer = send(mailbox)
    assert answer.status == 202
    again = Mailbox(tmp_path, lambda: datetime(2026, 11, 24, tzinfo=UTC))
    assert again.mails == mailbox.mails
    mail = again.mails[0]
    assert (mail["id"], mail["to"], mail["cc"], mail["text"]) == ("1", ["a@example.org"], ["c@example.org"], "t")
    assert mail["provider_message_id"] == answer.headers["X-Message-Id"]


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Basic key", "Bearer other"])
def test_a_wrong_key_is_a_401(mailbox, authorization):
    mailbox.api_key = "key"
    assert send(mailbox, authorization=authorization).status == 401
    assert mailbox.mails == []


@pytest.mark.parametrize("missing", ["personalizations", "from", "subject", "content"])
def test_an_incomplete_mail_is_a_400_that_names_the_field(mailbox, missing):
    answer = send(mailbox, {name: value for name, value in BODY.items() if name != missing})
    assert answer.status == 400
    assert answer.body["errors"][0]["field"] == missing


def test_faults_come_in_the_order_they_were_asked_for_and_can_be_cleared(mailbox):
    mailbox.fail_next(1, "429")
    mailbox.fail_next(2, "500")
    assert [send(mailbox).status for _ in range(2)] == [429, 500]
    mailbox.fail_next(0, "500")
    assert send(mailbox).status == 202


@pytest.mark.parametrize(("kind", "kept", "hold"), [("timeout", 0, True), ("accept_then_crash", 1, False)])
def test_silence_takes_the_mail_or_not(mailbox, kind, kept, hold):
    mailbox.fail_next(1, kind)
    with pytest.raises(NoAnswer) as silence:
        send(mailbox)
    assert (len(mailbox.mails), silence.value.hold) == (kept, hold)


def test_a_line_that_a_kill_cut_short_is_dropped(mailbox, tmp_path):
    send(mailbox)
    with (tmp_path / "mails.jsonl").open("a") as file:
        file.write('{"id": "2", "to"')
    again = Mailbox(tmp_path, lambda: datetime(2026, 11, 24, tzinfo=UTC))
    assert send(again).status == 202
    assert [mail["id"] for mail in Mailbox(tmp_path, lambda: datetime(2026, 11, 24, tzinfo=UTC)).mails] == ["1", "2"]


def test_the_signature_verifies_with_the_public_key_over_timestamp_and_body(mailbox):
    headers = mailbox.signed_headers(b"[]", "1795478400")
    key = load_der_public_key(base64.b64decode(mailbox.public_key))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    signature = base64.b64decode(headers["X-Twilio-Email-Event-Webhook-Signature"])
    key.verify(signature, b"1795478400[]", ec.ECDSA(hashes.SHA256()))


def test_an_event_names_each_recipient_and_carries_the_custom_arguments_flat(mailbox):
    send(mailbox)
    events = _events(mailbox.mails[0], "bounce", 1795478400, None)
    assert [event["email"] for event in events] == ["a@example.org", "c@example.org"]
    assert (events[0]["delivery_id"], events[0]["status"], events[0]["type"]) == ("d", "5.1.1", "bounce")
    assert events[0]["sg_message_id"].startswith(mailbox.mails[0]["provider_message_id"])
    assert _events(mailbox.mails[0], "bounce", 1795478400, "other")[0]["delivery_id"] == "other"
