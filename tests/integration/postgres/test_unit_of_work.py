"""The unit of work: kept only by commit, nested by savepoints, and what becomes of a lost connection."""

# ruff: noqa: PT012 - what is left by an error is a whole block
from __future__ import annotations

import contextlib
import threading

import psycopg
import pytest

from casework.kernel.errors import NotFound
from casework.postgres.connection import Database, DatabaseUnavailable
from tests.support.apps import ACME, BANGKOK, World
from tests.support.cases import a_case
from tests.support.database import rows


@pytest.fixture(scope="module")
def world(shared_world) -> World:
    """One database for the module, emptied of what the tests put."""
    return shared_world


@pytest.fixture
def app(world):
    yield world.app("api_writer")
    rows(world.owner_url, "delete from saved_clusters")


def put(connection, name: str) -> None:
    connection.execute(
        "insert into saved_clusters (tenant_id, cluster_id, source_type, classification, cluster_fingerprint, report_count, summary,"
        " created_by_user_id, created_at, updated_at) values (app_tenant(), %s, '', '', '', 0, '', '', now(), now())",
        (name,),
    )


def kept(world) -> list[str]:
    return [str(row["cluster_id"]) for row in rows(world.owner_url, "select cluster_id from saved_clusters order by 1")]


def kill_backends(world) -> None:
    rows(
        world.owner_url,
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'casework_api_writer' and datname = current_database()",
    )


def test_nothing_is_kept_without_commit(world, app):
    with app.unit_of_work(BANGKOK) as work:
        put(work.connection, "a")
    assert kept(world) == []


def test_an_error_behind_the_commit_still_undoes(world, app):
    with pytest.raises(NotFound), app.unit_of_work(BANGKOK) as work:
        put(work.connection, "a")
        work.commit()
        raise NotFound
    assert kept(world) == []


def test_commit_keeps_everything_of_the_block(world, app):
    with app.unit_of_work(BANGKOK) as work:
        put(work.connection, "a")
        work.commit()
        put(work.connection, "b")
    assert kept(world) == ["a", "b"]


def test_an_inner_unit_joins_and_the_outer_one_decides(world, app):
    with pytest.raises(NotFound), app.database.transaction(BANGKOK) as connection:
        with app.unit_of_work(BANGKOK) as work:
            put(work.connection, "inner")
            work.commit()
        put(connection, "outer")
        raise NotFound
    assert kept(world) == []


def test_an_inner_unit_without_commit_takes_nothing_of_the_outer_one_with_it(world, app):
    with app.database.transaction(BANGKOK) as connection:
        put(connection, "before")
        with app.unit_of_work(BANGKOK) as work:
            put(work.connection, "inner")
        with app.unit_of_work(BANGKOK) as work:
            put(work.connection, "second")
            work.commit()
        put(connection, "after")
    assert kept(world) == ["after", "before", "second"]
    with app.database.transaction(BANGKOK) as connection:
        assert connection.execute("select app_tenant() as t").fetchone() == {"t": BANGKOK}


def test_an_inner_error_that_somebody_swallows_undoes_the_inner_unit_alone(world, app):
    with app.database.transaction(BANGKOK) as connection:
        put(connection, "outer")
        with pytest.raises(psycopg.errors.UniqueViolation), app.unit_of_work(BANGKOK) as work:
            put(work.connection, "inner")
            put(work.connection, "outer")
        put(connection, "after")
    assert kept(world) == ["after", "outer"]


def test_units_nest_three_deep(world, app):
    with app.unit_of_work(BANGKOK) as one:
        put(one.connection, "1")
        with app.unit_of_work(BANGKOK) as two:
            put(two.connection, "2")
            with app.unit_of_work(BANGKOK) as three:
                put(three.connection, "3")
                three.commit()
        one.commit()
    assert kept(world) == ["1"]


def test_a_read_joins_what_is_open_and_sees_it(app):
    with app.unit_of_work(BANGKOK) as work:
        case = a_case()
        work.cases.save(case)
        found = app.cases.find(BANGKOK, case.created.alias)
        assert found is not None
    assert app.cases.find(BANGKOK, case.created.alias) is None


def test_a_transaction_of_another_tenant_is_not_joined(app):
    with app.database.transaction(BANGKOK), pytest.raises(RuntimeError, match="another tenant"), app.database.transaction(ACME):
        pass


def test_a_failed_statement_that_somebody_swallows_makes_the_commit_fail_loudly(world, app):
    with pytest.raises(RuntimeError, match="kept nothing"), app.unit_of_work(BANGKOK) as work:
        put(work.connection, "a")
        with pytest.raises(psycopg.errors.UndefinedTable):
            work.connection.execute("select * from no_such_table")
        work.commit()
    assert kept(world) == []


def test_each_thread_has_a_connection_of_its_own(world, app):
    def other() -> None:
        with app.unit_of_work(ACME) as work:
            put(work.connection, "other")
            work.commit()
        app.database.close()

    with app.unit_of_work(BANGKOK) as work:
        put(work.connection, "mine")
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
        work.commit()
    assert rows(world.owner_url, "select tenant_id, cluster_id from saved_clusters order by cluster_id") == [
        {"tenant_id": BANGKOK, "cluster_id": "mine"}, {"tenant_id": ACME, "cluster_id": "other"},
    ]  # fmt: skip


def test_a_connection_lost_between_transactions_is_found_again(world, app):
    with app.database.transaction(BANGKOK):
        pass
    kill_backends(world)
    with app.unit_of_work(BANGKOK) as work:
        put(work.connection, "a")
        work.commit()
    assert kept(world) == ["a"]


def test_a_connection_lost_inside_is_unavailable_keeps_nothing_and_the_next_unit_works(world, app):
    with pytest.raises(DatabaseUnavailable), app.unit_of_work(BANGKOK) as work:
        put(work.connection, "a")
        kill_backends(world)
        put(work.connection, "b")
    with app.unit_of_work(BANGKOK) as work:
        put(work.connection, "c")
        work.commit()
    assert kept(world) == ["c"]


def test_a_connection_lost_before_the_commit_is_unavailable(world, app):
    with pytest.raises(DatabaseUnavailable), app.unit_of_work(BANGKOK) as work:
        put(work.connection, "a")
        kill_backends(world)
        work.commit()
    assert kept(world) == []


def test_a_connection_lost_in_an_inner_unit_cannot_be_swallowed(world, app):
    def lose() -> None:
        with app.unit_of_work(BANGKOK) as work:
            kill_backends(world)
            put(work.connection, "a")

    with pytest.raises(DatabaseUnavailable), app.database.transaction(BANGKOK), contextlib.suppress(DatabaseUnavailable):
        lose()
    assert kept(world) == []


def test_a_lock_that_is_not_had_in_time_is_unavailable(world, app):
    with app.unit_of_work(BANGKOK) as work:
        case = a_case()
        work.cases.save(case)
        work.commit()
    with psycopg.connect(world.owner_url) as owner:
        owner.execute("lock table cases")
        with pytest.raises(DatabaseUnavailable), app.unit_of_work(BANGKOK) as work:
            work.connection.execute("set local lock_timeout = '50ms'")
            work.cases.get_for_update(case.created.alias)


@pytest.mark.parametrize("address", ["postgresql://nobody@127.0.0.1:9/none", "host=/nowhere dbname=none"])
def test_a_server_that_is_gone_is_unavailable(address):
    database = Database(lambda: address)
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable), database.transaction(BANGKOK):
            pass


def test_credentials_are_asked_for_at_each_connect(world, app):
    good, asked = app._conninfo(), []

    def conninfo() -> str:
        asked.append(1)
        return "host=/nowhere" if len(asked) == 1 else good

    database = Database(conninfo)
    with database.transaction(BANGKOK) as connection:
        assert connection.execute("select current_user as name").fetchone() == {"name": "casework_api_writer"}
    assert len(asked) == 2
    database.close()


def test_a_door_answers_503_while_the_database_is_gone(world):
    from cases.list_cases import handler

    lost = World(world.owner_url)
    lost.environ["DATABASE_URL"] = "postgresql:///none?host=/nowhere"
    answer = lost.call(handler, "/api/cases")
    assert (answer.status, answer.json["type"]) == (503, "/problems/database-unavailable")
    assert world.call(handler, "/api/cases").status == 200
