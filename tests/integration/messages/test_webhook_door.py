"""`POST /webhooks/sendgrid`: only what the provider signed is heard."""

from __future__ import annotations

from datetime import timedelta

from tests.support.webhook_signer import WebhookSigner, a_batch
from webhooks import sendgrid_events


def an_item(room, delivery, **changes) -> dict[str, object]:
    at = int(room.world.clock.now().timestamp()) + 3
    return {"event": "delivered", "timestamp": at, "sg_event_id": "e1", "delivery_id": str(delivery)} | changes


def post(room, body: bytes, headers: dict[str, str] | None = None):
    signed = headers if headers is not None else room.signer.headers(body, room.world.clock.now())
    return room.world.call(sendgrid_events.handler, "/webhooks/sendgrid", body, headers=signed, token=None)


def test_a_signed_batch_is_heard(room):
    delivery = room.queue_one()
    body = a_batch(an_item(room, delivery), an_item(room, "9" * 36, sg_event_id="e2"), an_item(room, delivery, event=5))
    answer = post(room, body)
    assert (answer.status, answer.json) == (200, {"accepted": 1, "ignored": 2})
    assert room.status(delivery) == "delivered"


def test_a_batch_that_comes_again_changes_nothing(room):
    delivery = room.queue_one()
    body = a_batch(an_item(room, delivery))
    assert [post(room, body).json for _ in range(2)] == [{"accepted": 1, "ignored": 0}] * 2
    assert room.count("mail_events") == 1


def test_nothing_unsigned_is_heard(room):
    delivery = room.queue_one()
    body, now = a_batch(an_item(room, delivery)), room.world.clock.now()
    forgeries = [
        (body, {}),
        (body, WebhookSigner().headers(body, now)),
        (body + b" ", room.signer.headers(body, now)),
        (body, room.signer.headers(body, now - timedelta(minutes=11))),
    ]
    for sent, headers in forgeries:
        answer = post(room, sent, headers)
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert room.status(delivery) == "queued"
    assert room.count("mail_events") == 0


def test_a_signed_body_that_is_no_list_is_refused(room):
    assert post(room, b"[1, 2").status == 400


def test_a_body_above_one_mebibyte_is_refused(room):
    delivery = room.queue_one()
    filler = an_item(room, delivery, reason="x" * 1024 * 1024)
    assert post(room, a_batch(filler)).status == 413
    assert room.status(delivery) == "queued"
