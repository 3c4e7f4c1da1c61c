"""Reading reports on a real database: what is visible, which reading counts, which index an area uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import psycopg
import pytest
from psycopg import sql

from casework.reports.disc import Disc
from casework.reports.geometry import parse_scope
from casework.reports.queries import find_in_area
from casework.reports.usecases.analyze import cluster_reports_of
from tests.support.apps import ACME, BANGKOK
from tests.support.database import rows
from tests.support.reports import LATITUDE, LONGITUDE, a_report, a_square, north_of, send

if TYPE_CHECKING:
    from tests.support.apps import World

ADD_READING = (
    "insert into report_analyses (tenant_id, report_seq, language, source, classification, title, severity_level,"
    " tokens, created_at, updated_at) select tenant_id, seq, %s, 'machine', %s, %s, 0.9, array['word'],"
    " received_at, received_at from reports where seq = %s"
)
AROUND = Disc(LATITUDE, LONGITUDE, 1_000)


def seqs_around(world: World, classification: str = "physical", **options: Any) -> list[int]:
    selection = world.app("api_reader").reports.in_area(BANGKOK, AROUND, classification, 250, **options)
    return [report.seq for report in selection.reports]


@pytest.mark.parametrize(
    "change",
    [
        "update reports set is_active = false",
        "update reports set is_public = false",
        "update report_analyses set is_valid = false",
    ],
)
def test_what_is_not_visible_is_neither_found_nor_loaded_nor_known(world: World, change: str) -> None:
    seq = send(world, a_report())[0]
    rows(world.owner_url, change)
    reports = world.app("api_reader").reports
    assert (reports.find(BANGKOK, seq), reports.load(BANGKOK, [seq]), reports.missing(BANGKOK, [seq])) == (
        None,
        [],
        [seq],
    )
    assert seqs_around(world) == []


def test_another_tenants_report_is_unknown(world: World) -> None:
    seq = send(world, a_report())[0]
    reports = world.app("api_reader").reports
    assert (reports.find(ACME, seq), reports.missing(ACME, [seq])) == (None, [seq])
    assert reports.in_area(ACME, AROUND, "physical", 250).total_in_scope == 0


def test_a_report_of_another_reporter_is_unknown_where_a_reporter_is_named(world: World) -> None:
    seq = send(world, a_report(), user="u7")[0]
    reports = world.app("api_reader").reports
    assert reports.find(BANGKOK, seq, "u8") is None
    assert reports.find(BANGKOK, seq, "u7") is not None


def test_reports_load_in_the_order_asked_each_once_whatever_the_numbers(world: World) -> None:
    seqs = send(world, *[a_report() for _ in range(3)])
    asked = [seqs[2], 0, -5, seqs[0], 2**70, seqs[2]]
    reports = world.app("api_reader").reports
    assert [report.seq for report in reports.load(BANGKOK, asked)] == [seqs[2], seqs[0]]
    assert reports.missing(BANGKOK, asked) == [0, -5, 2**70]


def test_the_english_reading_is_preferred_in_selection_and_in_grouping(world: World) -> None:
    seq = send(world, a_report(title="ท่อระบายน้ำอุดตัน"))[0]
    rows(world.owner_url, ADD_READING, "en", "digital", "Broken link", seq)
    assert (seqs_around(world, "physical"), seqs_around(world, "digital")) == ([], [seq])
    report = world.app("api_reader").reports.load(BANGKOK, [seq])[0]
    assert [reading["language"] for reading in report.view["analysis"]] == ["en", "th"]
    assert (report.preferred["title"], cluster_reports_of([report])[0].tokens) == ("Broken link", ["word"])


def test_without_english_the_first_by_language_code_is_preferred(world: World) -> None:
    seq = send(world, a_report(title="下水道堵塞"))[0]
    rows(world.owner_url, ADD_READING, "th", "digital", "ลิงก์เสีย", seq)
    assert (seqs_around(world, "digital"), seqs_around(world, "physical")) == ([seq], [])


def test_an_invalid_english_reading_does_not_count(world: World) -> None:
    seq = send(world, a_report(title="ท่อระบายน้ำอุดตัน"))[0]
    rows(world.owner_url, ADD_READING, "en", "digital", "Broken link", seq)
    rows(world.owner_url, "update report_analyses set is_valid = false where language = 'en'")
    assert seqs_around(world, "physical") == [seq]


def test_the_newest_are_taken_and_the_rest_is_counted(world: World) -> None:
    times = ["2026-11-20T00:00:00Z", "2026-11-22T00:00:00Z", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"]
    seqs = send(world, *[a_report(timestamp=at) for at in times])
    selection = world.app("api_reader").reports.in_area(BANGKOK, AROUND, "physical", 3)
    assert [report.seq for report in selection.reports] == [seqs[3], seqs[1], seqs[2]]
    assert (selection.total_in_scope, selection.truncated) == (4, True)


def test_a_report_that_must_be_there_takes_the_last_place(world: World) -> None:
    seqs = send(world, *[a_report(timestamp=f"2026-11-{day}T00:00:00Z") for day in (20, 21, 22)])
    selection = world.app("api_reader").reports.in_area(BANGKOK, AROUND, "physical", 2, always=seqs[0])
    assert ([report.seq for report in selection.reports], selection.total_in_scope) == ([seqs[2], seqs[0]], 3)


def test_a_small_area_among_many_reports_is_read_from_the_index(world: World) -> None:
    send(world, *[north_of(number * 40) for number in range(1_000)])
    rows(world.owner_url, "analyze reports, report_analyses")
    scope = parse_scope(a_square(LONGITUDE - 0.01, LATITUDE, LONGITUDE + 0.01, LATITUDE + 0.001))
    database = world.app("api_reader").database
    with database.transaction(BANGKOK) as connection:
        connection.execute("set local enable_seqscan = off")  # a thousand rows fit in a few pages; what matters is what may be used
        plan = Explained(connection)
        find_in_area(plan, BANGKOK, scope, "physical")  # pyright: ignore[reportArgumentType]
    assert "Index Cond: ((tenant_id" in plan.text
    assert "latitude >=" in plan.text.split("reports_place")[1].split("Filter")[0]


class Explained:
    """A connection that explains instead of running."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.text = ""

    def cursor(self, **_: Any) -> Explained:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def execute(self, query: sql.Composed, values: Any) -> Explained:
        found = self.connection.execute(sql.SQL("explain ") + query, values).fetchall()
        self.text = "\n".join(str(row["QUERY PLAN"]) for row in found)
        return self

    def fetchall(self) -> list[Any]:
        return []
