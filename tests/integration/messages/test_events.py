"""The provider's events: forward only, once each, in any order, and nobody's event harms another."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from casework.messages.ports import Accepted
from tests.support.apps import ACME

if TYPE_CHECKING:
    from casework.messages.ports import Answer, OutgoingMail

_FINAL = "status, status_at, sent_at, error_code, error_message, next_attempt_at, lease_token, provider_message_id"


def final_row(room, delivery) -> tuple[object, ...]:
    return tuple(room.rows(f"select {_FINAL} from case_email_deliveries where delivery_id = %s", delivery)[0].values())


@pytest.mark.parametrize(
    ("kind", "status"),
    [("processed", "sent"), ("deferred", "sent"), ("delivered", "delivered"), ("bounce", "bounced"), ("other", "sent"),
     ("dropped", "dropped"), ("spamreport", "complained")],
)  # fmt: skip
def test_an_event_moves_a_sent_mail_forward(room, kind, status):
    delivery = room.queue_one()
    room.send(delivery)
    assert room.hear(room.event(delivery, kind)) == (1, 0)
    assert room.status(delivery) == status
    assert room.told(delivery) == 1


def test_messages_and_events_shuffled_and_doubled_end_in_the_same_rows(room):
    rng, ends = random.Random(7), set()
    for number in range(25):
        delivery = room.queue_one()
        story = [
            room.event(delivery, "processed", after=0, provider_message_id="a"),
            room.event(delivery, "delivered", after=5, provider_message_id="a"),
            room.event(delivery, "delivered", after=9, provider_message_id="a"),
            room.event(delivery, "bounce", after=7, code="5.1.1", reason="550 no such user"),
        ]
        steps = [partial(room.send, delivery)] * 2 + [partial(room.hear, event) for event in story * 2]
        rng.shuffle(steps)
        for step in steps:
            step()
        ends.add(final_row(room, delivery))
        assert room.count("mail_events where delivery_id = %s", delivery) == 4
        assert room.told(delivery) == 1, number
    assert len(ends) == 1


def test_an_event_that_beats_our_own_commit_stands(room):
    class Quick:
        def send(self, mail: OutgoingMail) -> Answer:
            room.hear(room.event(mail.delivery_id, "delivered"))
            return Accepted("quick-1")

    room.world.mailer = Quick()
    delivery = room.queue_one()
    room.send(delivery)
    assert (room.status(delivery), room.told(delivery)) == ("delivered", 1)
    assert room.row(delivery)["provider_message_id"] == "quick-1"


def test_a_batch_reaches_deliveries_of_several_tenants(room):
    ours, theirs = room.queue_one(), room.queue_one(tenant_id=ACME)
    assert room.hear(room.event(ours, "delivered"), room.event(theirs, "bounce")) == (2, 0)
    assert (room.status(ours), room.status(theirs)) == ("delivered", "bounced")


def test_strangers_events_are_ignored_and_counted(room):
    delivery = room.queue_one()
    stranger = room.event(uuid4(), "delivered")
    nameless = room.event(None, "delivered", provider_message_id="fake-1")
    assert room.hear(stranger, room.event(delivery, "delivered"), nameless) == (1, 2)
    assert room.count("mail_events") == 1


@pytest.mark.parametrize("reason", ["refused by the driver: \x00", "refused by the database"])
def test_a_poison_event_loses_only_itself(room, reason):
    room.rows("alter table mail_events add constraint poison check (reason not like 'refused%%')")
    first, second = room.queue_one(), room.queue_one()
    heard = room.hear(
        room.event(first, "processed"),
        room.event(first, "bounce", reason=reason),
        room.event(first, "delivered"),
        room.event(second, "delivered"),
    )
    assert heard == (3, 1)
    assert (room.status(first), room.status(second)) == ("delivered", "delivered")


def test_a_repeated_event_counts_as_accepted_and_changes_nothing(room):
    delivery = room.queue_one()
    event = room.event(delivery, "delivered")
    room.hear(event)
    before = final_row(room, delivery)
    assert room.hear(event, event) == (2, 0)
    assert final_row(room, delivery) == before


def test_the_same_event_id_for_another_delivery_is_no_news(room):
    first, second = room.queue_one(), room.queue_one()
    room.hear(room.event(first, "delivered", event_id="same"), room.event(second, "delivered", event_id="same"))
    assert (room.status(first), room.status(second)) == ("delivered", "queued")
