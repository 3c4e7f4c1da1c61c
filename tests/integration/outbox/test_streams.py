"""The outbox's streams: order, sequence under concurrency, leases and fencing, and consumers that have seen an event."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import psycopg
import pytest

from casework.outbox.usecases import LEASE, LONGEST_WAIT, relay_tenant
from tests.support.apps import ACME, BANGKOK
from tests.support.database import rows

if TYPE_CHECKING:
    from casework.outbox.store import Stream
    from tests.support.apps import World

AGGREGATE = UUID(int=5)


def put(world: World, number: int, destination: str = "mail", aggregate: UUID = AGGREGATE, tenant: UUID = BANGKOK) -> None:
    with world.app("api_writer").unit_of_work(tenant) as work:
        work.outbox.put(destination, aggregate, "counted", {"n": number})
        work.commit()


def relay(world: World, tenant: UUID = BANGKOK) -> int:
    app = world.app("outbox_relay")
    return relay_tenant(tenant, unit_of_work=app.unit_of_work, publisher=world.publisher, clock=world.clock)


def claim(world: World, limit: int = 10) -> list[Stream]:
    with world.app("outbox_relay").unit_of_work(BANGKOK) as work:
        claimed = work.outbox.claim(limit, world.clock.now(), world.clock.now() + LEASE)
        work.commit()
    return claimed


def advance(world: World, stream: Stream, seq: int) -> bool:
    with world.app("outbox_relay").unit_of_work(BANGKOK) as work:
        moved = work.outbox.advance(stream, seq)
        work.commit()
    return moved


def stream_row(world: World) -> dict:
    (row,) = rows(world.owner_url, "select sent_seq, attempts, lease_token from outbox_streams")
    return row


def test_an_event_of_a_transaction_that_is_undone_is_none(world):
    with world.app("api_writer").unit_of_work(BANGKOK) as work:
        work.outbox.put("mail", AGGREGATE, "counted", {})
    put(world, 1)
    assert [row["seq"] for row in rows(world.owner_url, "select seq from outbox_events")] == [1]


def test_a_message_says_what_and_where_it_is_from(world):
    put(world, 7)
    relay(world)
    (message,) = world.publisher.take("mail")
    assert UUID(message["event_id"]).version == 7
    assert {name: message[name] for name in message if name != "event_id"} == {
        "tenant_id": str(BANGKOK), "type": "counted", "aggregate_id": str(AGGREGATE), "seq": 1, "n": 7,
    }  # fmt: skip


def test_eight_writers_at_once_leave_a_sequence_without_gaps_in_the_order_of_commits(world):
    committed, numbers = [], itertools.count(1)

    def write(_: int) -> None:
        app = world.app("api_writer")
        for _ in range(12):
            with app.unit_of_work(BANGKOK) as work:
                number = next(numbers)
                work.outbox.put("mail", AGGREGATE, "counted", {"n": number})
                committed.append(number)  # under the stream's row lock, so this is the order of commits
                work.commit()
        app.database.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    stored = rows(world.owner_url, "select seq, payload->'n' as n from outbox_events order by seq")
    assert [row["seq"] for row in stored] == list(range(1, 97))
    assert [row["n"] for row in stored] == committed
    assert relay(world) == 96
    assert [message["n"] for message in world.publisher.take("mail")] == committed


def test_streams_of_other_destinations_aggregates_and_tenants_count_for_themselves(world):
    for place in itertools.product(("mail", "case-events"), (AGGREGATE, UUID(int=6)), (BANGKOK, ACME)):
        put(world, 1, *place)
        put(world, 2, *place)
    assert {row["head_seq"] for row in rows(world.owner_url, "select head_seq from outbox_streams")} == {2}
    assert (relay(world), relay(world, ACME)) == (8, 8)


def test_more_than_a_claim_s_worth_goes_in_order(world):
    for number in range(45):
        put(world, number)
    assert relay(world) == 45
    assert [message["n"] for message in world.publisher.take("mail")] == list(range(45))


def test_a_dead_destination_backs_off_alone_and_in_doubling_steps(world):
    put(world, 1, "mail")
    put(world, 1, "case-events")
    world.publisher.refuses.add("mail")
    assert relay(world) == 1
    waits = []
    for _ in range(14):
        row = rows(world.owner_url, "select next_at from outbox_streams where destination = 'mail'")[0]
        waits.append((row["next_at"] - world.clock.now()).total_seconds())
        assert relay(world) == 0
        world.clock.at = row["next_at"]
        relay(world)
    assert waits == [min(2**step, LONGEST_WAIT.total_seconds()) for step in range(14)]
    world.publisher.refuses.clear()
    world.clock.advance(LONGEST_WAIT)
    assert relay(world) == 1
    assert rows(world.owner_url, "select attempts, sent_seq, head_seq from outbox_streams where destination = 'mail'") == [
        {"attempts": 0, "sent_seq": 1, "head_seq": 1}
    ]


def test_an_event_behind_a_refused_one_waits_for_it(world):
    for number in (1, 2, 3):
        put(world, number)

    class Picky:
        def __init__(self) -> None:
            self.taken: list[int] = []

        def publish(self, destination, messages):
            ok = [message["n"] != 2 for message in messages]
            self.taken += [message["n"] for message, fine in zip(messages, ok, strict=True) if fine]
            return ok

    world.publisher, picky = Picky(), world.publisher
    relay(world)
    assert (stream_row(world)["sent_seq"], stream_row(world)["attempts"]) == (1, 1)
    world.publisher = picky
    world.clock.advance(timedelta(seconds=1))
    relay(world)
    assert [message["n"] for message in world.publisher.take("mail")] == [2, 3]


def test_a_claimed_stream_is_nobody_else_s_until_the_lease_ends(world):
    put(world, 1)
    assert len(claim(world)) == 1
    assert claim(world) == []
    world.clock.advance(LEASE - timedelta(seconds=1))
    assert claim(world) == []
    world.clock.advance(timedelta(seconds=1))
    assert len(claim(world)) == 1


def test_who_lost_the_lease_records_nothing(world):
    for number in (1, 2):
        put(world, number)
    (slow,) = claim(world)
    world.clock.advance(LEASE)
    (quick,) = claim(world)
    assert advance(world, quick, 1)
    assert not advance(world, slow, 2)
    assert (stream_row(world)["sent_seq"], stream_row(world)["lease_token"]) == (1, None)
    with world.app("outbox_relay").unit_of_work(BANGKOK) as work:
        work.outbox.back_off(slow, world.clock.now() + LEASE)
        work.commit()
    assert stream_row(world)["attempts"] == 0


def test_two_relays_at_once_share_the_streams(world):
    for number in range(30):
        put(world, number, aggregate=UUID(int=number + 1))

    def run(_: int) -> int:
        app = world.app("outbox_relay")
        count = relay(world)
        app.database.close()
        return count

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, range(4))) == 30
    assert sorted(message["n"] for message in world.publisher.take("mail")) == list(range(30))


def test_a_locked_stream_does_not_hold_up_the_others(world):
    put(world, 1)
    put(world, 2, aggregate=uuid4())
    with psycopg.connect(world.owner_url) as other:
        other.execute("select from outbox_streams where aggregate_id = %s for update", (AGGREGATE,))
        assert [stream.events[0][1]["n"] for stream in claim(world)] == [2]


def test_a_parked_stream_is_left_alone(world):
    put(world, 1)
    rows(world.owner_url, "update outbox_streams set parked_reason = 'by hand'")
    assert (claim(world), relay(world)) == ([], 0)


def test_a_consumer_sees_an_event_once_and_again_when_its_effect_was_undone(world):
    event, app = uuid4(), world.app("api_writer")

    def see(consumer: str, *, keep: bool, tenant: UUID = BANGKOK) -> bool:
        with app.unit_of_work(tenant) as work:
            is_new = work.outbox.is_new(consumer, event)
            if keep:
                work.commit()
        return is_new

    assert [see("a", keep=False), see("a", keep=True), see("a", keep=True)] == [True, True, False]
    assert (see("b", keep=True), see("a", keep=True, tenant=ACME)) == (True, True)


@pytest.mark.parametrize("payload", [{"seq": 99}, {"tenant_id": "x"}, {"event_id": "x"}, {"type": "x"}, {"aggregate_id": "x"}])
def test_a_payload_does_not_speak_for_the_envelope(world, payload):
    with world.app("api_writer").unit_of_work(BANGKOK) as work:
        work.outbox.put("mail", AGGREGATE, "counted", payload)
        work.commit()
    relay(world)
    (message,) = world.publisher.take("mail")
    assert (message["seq"], message["tenant_id"], message["type"], message["aggregate_id"]) == (1, str(BANGKOK), "counted", str(AGGREGATE))
    assert message["event_id"] != "x"
