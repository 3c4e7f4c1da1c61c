"""The relay's two doors: a hint for one tenant, and the sweep of every minute with the age of the oldest debt."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from outbox import relay_hint, sweep_outbox
from tests.support.apps import ACME, BANGKOK

if TYPE_CHECKING:
    from tests.support.apps import World

A_MINUTE = timedelta(minutes=1)


def put(world: World, tenant_id: UUID = BANGKOK, destination: str = "mail") -> UUID:
    aggregate_id = uuid4()
    with world.app("api_writer").unit_of_work(tenant_id) as work:
        work.outbox.put(destination, aggregate_id, "something_happened", {"thing": str(aggregate_id)})
        work.commit()
    return aggregate_id


def sweep(world: World) -> dict[str, int]:
    return dict(sweep_outbox.handler.function(world.app("outbox_relay")))


def age_in(text: str) -> float:
    (line,) = [json.loads(line) for line in text.splitlines() if "OutboxOldestSeconds" in line]
    return line["OutboxOldestSeconds"][0]


def test_a_hint_publishes_what_its_tenant_owes(world):
    mine, _ = put(world), put(world, ACME)
    record = {"messageId": "m", "body": json.dumps({"tenant_id": str(BANGKOK)})}
    assert relay_hint.handler.accept(record, world.app("outbox_relay"))
    (message,) = world.publisher.take("mail")
    assert (message["thing"], message["tenant_id"]) == (str(mine), str(BANGKOK))


def test_the_sweep_publishes_every_tenant_s_events_once(world):
    put(world)
    put(world, ACME)
    assert sweep(world) == {"tenants": 2, "published": 2}
    assert sweep(world) == {"tenants": 0, "published": 0}
    assert len(world.publisher.take("mail")) == 2


@pytest.mark.parametrize(("refuses", "seconds"), [(set(), 0), ({"mail"}, 180)])
def test_the_metric_tells_the_age_of_what_is_still_owed(world, capsys, refuses, seconds):
    put(world)
    world.publisher.refuses |= refuses
    for _ in range(3):
        world.clock.advance(A_MINUTE)
        capsys.readouterr()
        sweep(world)
    assert age_in(capsys.readouterr().out) == seconds


def test_a_dead_destination_shows_while_it_backs_off_and_stops_no_other(world, capsys):
    put(world, destination="mail")
    world.publisher.refuses.add("mail")
    sweep(world)
    put(world, destination="case-events")
    world.clock.advance(timedelta(milliseconds=500))
    capsys.readouterr()
    assert sweep(world)["published"] == 1
    assert age_in(capsys.readouterr().out) == 0.5
