"""The nightly deletion: what was kept for a while goes, what is still owed stays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from ops import apply_retention
from outbox import sweep_outbox
from tests.support.apps import ACME, BANGKOK
from tests.support.database import rows

if TYPE_CHECKING:
    from uuid import UUID

    from tests.support.apps import World


def apply(world: World) -> dict[str, int]:
    return dict(apply_retention.handler.function(world.app("janitor")))


def put(world: World, tenant_id: UUID = BANGKOK) -> None:
    with world.app("api_writer").unit_of_work(tenant_id) as work:
        work.outbox.put("mail", uuid4(), "something_happened", {})
        work.outbox.is_new("a consumer", uuid4())
        work.commit()


def count(world: World, table: str) -> object:
    return rows(world.owner_url, f"select count(*) as n from {table}")[0]["n"]


def store_keys(world: World, tenant_id: UUID, number: int) -> None:
    rows(
        world.owner_url,
        "insert into idempotency_keys (tenant_id, principal, operation, key, request_mac, status, created_at)"
        " select %s, 'u1', 'POST /api/cases', n::text, decode(repeat('00', 32), 'hex'), 201, %s"
        " from generate_series(1, %s) n",
        tenant_id, world.clock.now(), number,
    )  # fmt: skip


def test_keys_go_after_a_day_in_every_tenant(world):
    store_keys(world, BANGKOK, 2500)
    store_keys(world, ACME, 3)
    world.clock.advance(timedelta(hours=24))
    assert apply(world) == {"tenants": 0}
    world.clock.advance(timedelta(seconds=1))
    assert apply(world) == {"tenants": 2, "keys": 2503, "sent": 0, "consumed": 0, "counters": 0}
    assert count(world, "idempotency_keys") == 0


def test_published_and_consumed_events_go_after_thirty_days(world):
    put(world)
    sweep_outbox.handler.function(world.app("outbox_relay"))
    world.clock.advance(timedelta(days=30))
    assert apply(world) == {"tenants": 1, "keys": 0, "sent": 0, "consumed": 0, "counters": 0}
    world.clock.advance(timedelta(seconds=1))
    assert apply(world) == {"tenants": 1, "keys": 0, "sent": 1, "consumed": 1, "counters": 0}
    assert (count(world, "outbox_events"), count(world, "outbox_streams")) == (0, 1)


def test_an_event_that_is_still_owed_stays(world):
    put(world, ACME)
    world.clock.advance(timedelta(days=400))
    assert apply(world)["sent"] == 0
    assert count(world, "outbox_events") == 1


def test_title_counters_of_past_days_go(world):
    with world.app("api_writer").unit_of_work(BANGKOK) as work:
        today = world.clock.now().date()
        for days in (0, 1, 2, 3):
            work.cases.next_title_number("u1", today - timedelta(days=days))
        work.commit()
    assert apply(world)["counters"] == 2
    assert count(world, "case_title_counters") == 2
