"""Storing reports on a real database: order, idempotency, concurrency."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from casework.identity.model import Actor
from casework.reports.tokens import tokenise
from casework.reports.usecases.ingest import ingest_reports
from tests.support.apps import ACME, BANGKOK
from tests.support.database import rows
from tests.support.reports import a_report, stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.reports.views import IngestResult
    from tests.support.apps import World


def ingest(world: World, items: Sequence[Any], tenant: Any = BANGKOK) -> list[IngestResult]:
    app = world.app("api_writer")
    actor = Actor("u1", tenant, frozenset({"case_owner"}), "main")
    return ingest_reports(items, actor=actor, unit_of_work=app.unit_of_work, clock=app.clock)


def test_seqs_follow_the_order_of_the_input(world: World) -> None:
    results = ingest(world, [a_report(title=f"report {number}") for number in range(1_000)])
    assert [result.seq for result in results] == list(range(1, 1_001))
    titles = rows(world.owner_url, "select title from report_analyses order by report_seq")
    assert [row["title"] for row in titles] == [f"report {number}" for number in range(1_000)]


def test_results_stand_at_the_place_of_their_items(world: World) -> None:
    results = ingest(world, [5, a_report(external_id="a"), {}, a_report(external_id="a"), a_report()])
    assert [result.status for result in results] == ["invalid", "created", "invalid", "duplicate", "created"]
    assert results[3][1:3] == results[1][1:3]
    assert results[2].errors[0].pointer == "/2/latitude"


def test_positions_and_tokens_come_back_to_the_last_bit(world: World) -> None:
    latitude, longitude = 13.756331234567891, 100.50176543210987
    ingest(world, [a_report(latitude, longitude, title="ท่อระบายน้ำอุดตัน", description="下水道堵塞")])
    row = rows(world.owner_url, "select latitude, longitude, tokens from reports join report_analyses on seq = report_seq")[0]
    assert (row["latitude"], row["longitude"]) == (latitude, longitude)
    assert row["tokens"] == tokenise("ท่อระบายน้ำอุดตัน", "", "下水道堵塞")


def test_a_repeated_external_id_answers_with_the_first_and_changes_nothing(world: World) -> None:
    first = ingest(world, [a_report(external_id="a", title="First")])[0]
    again = ingest(world, [a_report(external_id="a", title="Second", severity_level=1)])[0]
    assert (again.status, again.seq, again.public_id) == ("duplicate", first.seq, first.public_id)
    assert [row["title"] for row in rows(world.owner_url, "select title from report_analyses")] == ["First"]


def test_external_ids_of_two_tenants_are_two_worlds(world: World) -> None:
    assert ingest(world, [a_report(external_id="a")])[0].status == "created"
    assert ingest(world, [a_report(external_id="a")], ACME)[0].status == "created"


def test_the_same_lists_at_once_in_opposite_orders_are_stored_once(world: World) -> None:
    ids = [f"e{number}" for number in range(60)]
    barrier = threading.Barrier(6)

    def run(worker: int) -> list[IngestResult]:
        barrier.wait()
        mine = ids if worker % 2 else ids[::-1]
        found = [ingest(world, [a_report(external_id=one) for one in mine[start : start + 20]]) for start in (0, 20, 40)]
        world.app("api_writer").database.close()
        return [result for batch in found for result in batch]

    with ThreadPoolExecutor(6) as pool:
        results = [result for batch in pool.map(run, range(6)) for result in batch]
    assert stored(world) == 60
    assert sum(result.status == "created" for result in results) == 60
    assert {result.status for result in results} == {"created", "duplicate"}


def test_a_unit_of_work_loads_reports_that_it_has_not_committed(world: World) -> None:
    app = world.app("api_writer")
    with app.unit_of_work(BANGKOK) as work:
        actor = Actor("u1", BANGKOK, frozenset(), "main")
        seqs = [result.seq for result in ingest_reports([a_report()], actor=actor, unit_of_work=app.unit_of_work, clock=app.clock)]
        assert [report.seq for report in work.reports.load([99, *map(int, seqs)])] == seqs
        assert work.reports.missing([99, *map(int, seqs)]) == [99]
    assert stored(world) == 0
