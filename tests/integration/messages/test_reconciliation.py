"""Nobody knows whether a mail left: what time, the sweep and late proof make of it."""

from __future__ import annotations

from datetime import timedelta

from casework.messages.model import LEASE, RECONCILIATION_WINDOW
from tests.support.fake_mailer import ProviderConduct

A_MINUTE = timedelta(minutes=1)


def test_an_unknown_mail_is_tried_again_after_three_silent_windows_and_then_left_alone(room, mailer):
    mailer.will(*[ProviderConduct.STAYS_SILENT] * 9)
    delivery = room.queue_one()
    room.send(delivery)
    for attempts in (1, 2, 3):
        room.sweep(RECONCILIATION_WINDOW - timedelta(seconds=1))
        room.send(delivery)
        assert (room.status(delivery), len(mailer.calls)) == ("unknown", attempts)
        room.sweep(timedelta(seconds=1))
        assert room.status(delivery) == "queued"
        room.send(delivery)
    assert room.told(delivery) == 1
    room.sweep(timedelta(days=2))
    room.send(delivery)
    assert (room.status(delivery), len(mailer.calls)) == ("unknown", 4)


def test_an_unknown_mail_of_a_sensitive_case_waits_for_a_person(room, mailer):
    mailer.will(ProviderConduct.STAYS_SILENT)
    delivery = room.queue_one(sensitive=True)
    room.send(delivery)
    room.sweep(timedelta(days=3))
    room.send(delivery)
    assert (room.status(delivery), len(mailer.calls), room.told(delivery)) == ("unknown", 1, 1)


def test_proof_that_comes_after_giving_up_is_told_to_the_case(room, mailer):
    mailer.will(ProviderConduct.STAYS_SILENT)
    delivery = room.queue_one(sensitive=True)
    room.send(delivery)
    room.hear(room.event(delivery, "processed"), room.event(delivery, "delivered", after=2))
    assert (room.status(delivery), room.told(delivery)) == ("delivered", 2)


def test_an_event_within_the_window_ends_the_doubt(room, mailer):
    mailer.will(ProviderConduct.TAKES_AND_HANGS_UP)
    delivery = room.queue_one()
    room.send(delivery)
    room.hear(room.event(delivery, "deferred"))
    room.sweep(RECONCILIATION_WINDOW + A_MINUTE)
    room.send(delivery)
    assert (room.status(delivery), len(mailer.taken)) == ("sent", 1)


def test_a_lease_that_ran_out_is_doubt_and_no_second_mail(room, mailer):
    delivery = room.queue_one()
    room.rows(
        "update case_email_deliveries set status = 'sending', attempt = 1, lease_token = gen_random_uuid(),"
        " next_attempt_at = %s where delivery_id = %s",
        room.world.clock.now() + LEASE,
        delivery,
    )
    room.sweep(LEASE - timedelta(seconds=1))
    assert room.status(delivery) == "sending"
    room.sweep(timedelta(seconds=1))
    assert (room.status(delivery), room.row(delivery)["error_code"]) == ("unknown", "lease_expired")
    room.send(delivery)
    assert mailer.calls == []


def test_the_sweep_hints_at_first_attempts_after_a_minute(room):
    delivery = room.queue_one()
    assert room.sweep(timedelta(seconds=59))["hinted"] == 0
    assert room.sweep(timedelta(seconds=1))["hinted"] == 1
    hint = {"tenant_id": str(room.row(delivery)["tenant_id"]), "delivery_id": str(delivery)}
    assert room.world.publisher.take("mail") == [hint]


def test_the_sweep_hints_at_retries_as_soon_as_they_are_due(room, mailer):
    mailer.will(ProviderConduct.IS_AWAY)
    delivery = room.queue_one()
    room.send(delivery)
    due = room.row(delivery)["next_attempt_at"] - room.world.clock.now()
    assert room.sweep(due - timedelta(seconds=1))["hinted"] == 0
    assert room.sweep(timedelta(seconds=1))["hinted"] == 1


def test_hints_that_the_queue_does_not_take_are_repeated(room):
    room.queue_one()
    room.world.publisher.refuses.add("mail")
    assert room.sweep(A_MINUTE)["hinted"] == 0
    room.world.publisher.refuses.clear()
    assert room.sweep(A_MINUTE)["hinted"] == 1


def test_the_sweep_visits_only_tenants_with_mail_due(room):
    room.queue_one()
    assert room.sweep(A_MINUTE) == {"tenants": 1, "moved": 0, "hinted": 1}
    for delivery in (row["delivery_id"] for row in room.rows("select delivery_id from case_email_deliveries")):
        room.send(delivery)
    assert room.sweep(A_MINUTE) == {"tenants": 0, "moved": 0, "hinted": 0}


def test_more_than_a_batch_is_swept_at_once(room):
    room.queue(*[f"desk{number}@district.go.th" for number in range(450)])
    room.rows("update case_email_deliveries set status = 'unknown', attempt = 1, next_attempt_at = %s", room.world.clock.now())
    assert room.sweep()["moved"] == 450
    assert room.count("case_email_deliveries where status = 'queued'") == 450
