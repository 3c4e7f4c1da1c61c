"""Migrations: from zero, again, twice at once, in two phases, and everything that must stop them."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from casework.postgres.migrations import MigrationsBroken, find_migrations, migrate, read_migrations, set_passwords
from tests.support.database import ROOT, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OURS = ROOT / "migrations"


@pytest.fixture
def empty(server) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    name = "casework_from_zero"
    rows(server.admin_url, f"create database {name}")
    yield urlunsplit(urlsplit(server.admin_url)._replace(path=f"/{name}"))
    rows(server.admin_url, f"drop database {name} with (force)")


@pytest.fixture
def folder(tmp_path) -> Path:
    """A small folder of migrations, two of them in two phases."""
    write(tmp_path, "0001_one.pre", "create table one (a int);")
    write(tmp_path, "0002_two.pre", "alter table one add b int;")
    write(tmp_path, "0002_two.post", "alter table one drop column a;")
    write(tmp_path, "0003_three.pre", "create table three (a int);", head="0003_three")
    return tmp_path


def write(folder: Path, name: str, text: str, head: str = "") -> None:
    (folder / f"{name}.sql").write_text(text)
    if head:
        (folder / "HEAD").write_text(head + "\n")


def applied(url: str) -> list[str]:
    return [str(row["id"]) for row in rows(url, "select id from schema_migrations order by applied_at, id")]


def columns(url: str, table: str) -> list[str]:
    return [
        str(row["c"])
        for row in rows(url, "select column_name as c from information_schema.columns where table_name = %s order by 1", table)
    ]


def test_from_zero_all_of_ours_are_applied_in_order(empty):
    ids = migrate(empty, OURS)
    assert ids == sorted(ids) == applied(empty)
    assert [one for one in ids if "0009_case_tables" in one] == ["0009_case_tables.pre"]
    assert (OURS / "HEAD").read_text().strip() == ids[-1].rpartition(".")[0]


def test_a_second_run_does_nothing(empty):
    migrate(empty, OURS)
    before = rows(empty, "select * from schema_migrations order by id")
    assert migrate(empty, OURS) == []
    assert rows(empty, "select * from schema_migrations order by id") == before


def test_two_migrators_at_once_apply_each_step_once(empty):
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: migrate(empty, OURS), range(2)))
    assert min(done, key=len) == []
    assert [*done[0], *done[1]] == applied(empty)


def test_pre_steps_come_before_post_steps_of_the_same_number(empty, folder):
    assert migrate(empty, folder) == ["0001_one.pre", "0002_two.pre", "0002_two.post", "0003_three.pre"]


def test_an_upgrade_goes_pre_then_code_then_post(empty, folder):
    assert migrate(empty, folder, ("pre",)) == ["0001_one.pre", "0002_two.pre", "0003_three.pre"]
    assert columns(empty, "one") == ["a", "b"]
    assert migrate(empty, folder, ("post",)) == ["0002_two.post"]
    assert columns(empty, "one") == ["b"]
    assert migrate(empty, folder) == []


def test_a_new_step_is_applied_to_a_database_that_has_the_others(empty, folder):
    migrate(empty, folder)
    write(folder, "0004_four.pre", "create table four (a int);", head="0004_four")
    assert migrate(empty, folder) == ["0004_four.pre"]


@pytest.mark.parametrize(
    ("name", "text", "head", "word"),
    [
        ("0002_two.pre", "alter table one add c int;", "", "0002_two.pre was applied and has since been changed"),
        ("0004_four.pre", "select 1;", "", "HEAD names 0003_three, the newest migration is 0004_four.pre"),
        ("0003_three.pre", "create table three (a int);", "0009_nine", "HEAD names 0009_nine"),
        ("0002_late.pre", "select 1;", "", "0002_late.pre stands before migrations that were applied"),
        ("0004-four", "select 1;", "", "no name of a migration"),
        ("0004_four", "select 1;", "0004_four", "no name of a migration"),
        ("0004_four.mid", "select 1;", "0004_four", "no name of a migration"),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_refused_and_nothing_is_applied(empty, folder, name, text, head, word):
    migrate(empty, folder)
    write(folder, name, text, head)
    with pytest.raises(MigrationsBroken, match=word):
        migrate(empty, folder)
    assert len(applied(empty)) == 4


def test_a_step_that_was_removed_is_refused(empty, folder):
    migrate(empty, folder)
    (folder / "0002_two.pre.sql").unlink()
    with pytest.raises(MigrationsBroken, match=r"0002_two\.pre was applied and has since been removed"):
        migrate(empty, folder)


def test_an_empty_folder_is_refused(tmp_path):
    (tmp_path / "HEAD").write_text("0001_one")
    with pytest.raises(MigrationsBroken, match="the newest migration is none"):
        read_migrations(tmp_path)


def test_a_step_that_fails_leaves_nothing_of_itself(empty, folder):
    write(folder, "0004_four.pre", "create table four (a int); select nonsense;", head="0004_four")
    with pytest.raises(psycopg.errors.UndefinedColumn):
        migrate(empty, folder)
    assert applied(empty) == ["0001_one.pre", "0002_two.pre", "0002_two.post", "0003_three.pre"]
    assert columns(empty, "four") == []


def test_a_migrator_that_died_holds_no_lock(empty, folder):
    with psycopg.connect(empty, autocommit=True) as dead:
        dead.execute("select pg_advisory_lock(%s)", (0x63617365,))
        dead.execute("select pg_advisory_unlock_all()")
    assert len(migrate(empty, folder)) == 4


def test_a_password_is_set_for_a_capability_and_quoted(server, owner_url):
    odd = "p'w\"ö; drop"
    set_passwords(owner_url, {"janitor": odd})
    parts = urlsplit(owner_url)
    login = psycopg.conninfo.make_conninfo(owner_url, user="casework_janitor", password=odd)
    with psycopg.connect(login) as connection:
        assert connection.execute("select current_user").fetchone() == ("casework_janitor",)
    set_passwords(owner_url, {"janitor": "password-of-janitor"})
    assert parts.path.startswith("/casework_test_")


def test_the_folder_is_found_beside_the_package(tmp_path):
    assert find_migrations() == OURS
    shutil.copytree(OURS, tmp_path / "copy")
    assert [step.id for step in read_migrations(tmp_path / "copy")] == [step.id for step in read_migrations(OURS)]
