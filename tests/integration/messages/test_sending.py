"""One attempt: claim, call, record. Whatever the provider answers, however often the message comes, one mail leaves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from casework.messages.ports import Accepted
from tests.support.apps import ACME
from tests.support.fake_mailer import ProviderConduct

if TYPE_CHECKING:
    from casework.messages.ports import Answer, OutgoingMail


def test_an_accepted_mail_is_sent_and_its_case_is_told_once(room, mailer):
    delivery = room.queue_one()
    assert room.send(delivery)
    row = room.row(delivery)
    assert (row["status"], row["provider_message_id"], row["attempt"]) == ("sent", "fake-1", 1)
    assert row["sent_at"] == room.world.clock.now()
    assert room.told(delivery) == 1


def test_the_mail_carries_its_text_and_its_own_opt_out_link(room, mailer):
    delivery = room.queue_one()
    room.send(delivery)
    (mail,) = mailer.taken
    url = f"https://casework.example.org/opt-out/{room.row(delivery)['opt_out_token']}"
    assert (mail.delivery_id, mail.to, mail.subject) == (delivery, "desk1@district.go.th", "A pothole")
    assert mail.text.startswith("Please repair the road.")
    assert url in mail.text
    assert f'href="{url}"' in mail.html
    assert mail.headers == {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


@pytest.mark.parametrize(
    ("conduct", "status", "code"),
    [
        (ProviderConduct.IS_FULL, "queued", "http_429"),
        (ProviderConduct.KNOWS_NO_KEY, "queued", "http_401"),
        (ProviderConduct.IS_AWAY, "queued", "not_connected"),
        (ProviderConduct.FINDS_FAULT, "failed", "http_400"),
        (ProviderConduct.BREAKS, "unknown", "http_500"),
        (ProviderConduct.STAYS_SILENT, "unknown", "timeout"),
        (ProviderConduct.TAKES_AND_HANGS_UP, "unknown", "broken_exchange"),
    ],
)
def test_other_answers_are_written_down(room, mailer, conduct, status, code):
    mailer.will(conduct)
    delivery = room.queue_one()
    assert room.send(delivery)
    row = room.row(delivery)
    assert (row["status"], row["error_code"]) == (status, code)
    assert row["lease_token"] is None
    assert (row["next_attempt_at"] is None) == (status == "failed")
    assert room.told(delivery) == (status == "failed")


def test_a_refused_mail_waits_before_it_is_tried_again(room, mailer):
    mailer.will(ProviderConduct.IS_FULL)
    delivery = room.queue_one()
    room.send(delivery)
    room.world.clock.advance(timedelta(seconds=29))
    room.send(delivery)
    assert len(mailer.calls) == 1
    room.world.clock.advance(timedelta(seconds=17))
    room.send(delivery)
    assert (room.status(delivery), len(mailer.calls)) == ("sent", 2)


def test_the_eighth_refusal_is_the_last(room, mailer):
    mailer.will(*[ProviderConduct.IS_AWAY] * 8)
    delivery = room.queue_one()
    for _ in range(9):
        room.send(delivery)
        room.world.clock.advance(timedelta(hours=2))
    assert (room.status(delivery), len(mailer.calls)) == ("failed", 8)


@pytest.mark.parametrize(("conduct", "alarms"), [(ProviderConduct.KNOWS_NO_KEY, 1), (ProviderConduct.IS_FULL, 0)])
def test_a_provider_that_does_not_know_us_raises_the_alarm(room, mailer, capsys, conduct, alarms):
    mailer.will(conduct)
    room.send(room.queue_one())
    written = capsys.readouterr()
    assert written.out.count('"MailProviderRefusals":[1') == alarms
    assert "district.go.th" not in written.out + written.err


def test_a_message_that_comes_again_sends_nothing(room, mailer):
    delivery = room.queue_one()
    assert [room.send(delivery) for _ in range(3)] == [True] * 3
    assert len(mailer.calls) == 1


def test_eight_workers_with_one_delivery_send_one_mail(room, mailer):
    delivery = room.queue_one()

    def work(_: int) -> bool:
        acknowledged = room.send(delivery)
        room.world.app("mail_sender").database.close()
        return acknowledged

    with ThreadPoolExecutor(8) as workers:
        assert all(workers.map(work, range(8)))
    assert len(mailer.calls) == 1
    assert room.status(delivery) == "sent"


@pytest.mark.parametrize("tenant_id", [ACME, uuid4()])
def test_a_delivery_of_another_tenant_is_nobody_s(room, mailer, tenant_id):
    delivery = room.queue_one()
    assert room.send(delivery, tenant_id)
    assert mailer.calls == []
    assert room.status(delivery) == "queued"


def test_the_attempt_is_committed_and_no_transaction_open_while_the_provider_is_called(room):
    seen: list[object] = []

    class Probe:
        def send(self, mail: OutgoingMail) -> Answer:
            seen.append(room.status(mail.delivery_id))
            seen.append(room.count("pg_stat_activity where state like 'idle in transaction%%' and datname = current_database()"))
            return Accepted("probe-1")

    room.world.mailer = Probe()
    room.send(room.queue_one())
    assert seen == ["sending", 0]


def test_poison_goes_back_to_the_queue(room):
    app = room.world.app("mail_sender")
    from messages import send_mail

    assert not send_mail.handler.accept({"messageId": "m", "body": '{"delivery_id": "no uuid"}'}, app)
