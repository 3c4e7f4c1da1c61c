"""Another tenant's and another account's rows are invisible and untouchable: raw SQL, as every application role, on every table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import errors

from tests.support.apps import ACME, BANGKOK, World
from tests.support.attacks import Place, Target, leaks, prepare_targets, stand_at
from tests.support.catalogue import ROLES, SWEEPER, SWEPT

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME, NEXT_DOOR = Place(BANGKOK, "north"), Place(BANGKOK, "south")
NAMESAKE, ABROAD = Place(ACME, "north"), Place(ACME, "east")
PLACES = (HOME, NEXT_DOOR, NAMESAKE, ABROAD)
CAPABILITIES = [role.removeprefix("casework_") for role in ROLES]
GRABS = (
    "set role casework_lookup", "set role postgres", "set session authorization postgres", "create table mine (id uuid)",
    "create view mine as select 1", "create function mine() returns int language sql as 'select 1'", "create role mine",
    "drop policy cases_own on cases",
    "alter table cases owner to current_user", "alter role current_user bypassrls", "create schema mine",
    "alter function app_tenant() rename to other",
    "create or replace function app_tenant() returns uuid language sql as 'select null::uuid'",
    "set session_replication_role = replica", "copy cases to program 'cat'", "select * from schema_migrations", "select * from pg_authid",
    "alter table case_events disable trigger all", "do $$ begin perform pg_read_file('/etc/passwd'); end $$",
    "select * from pg_stat_ssl, pg_shadow",
)  # fmt: skip

SEEN = (": read", ": read by omission", ": count", ": join", ": lock", ": give away")
"""What the sweep's policy lets through."""


@pytest.fixture(scope="module")
def scene(server) -> Iterator[tuple[World, list[Target]]]:
    """Two tenants of two accounts each, with a row of each in every table."""
    for url in server.clone():
        with psycopg.connect(url) as owner:
            targets = prepare_targets(owner, PLACES)
        world = World(url)
        yield world, targets
        world.close()


@pytest.fixture(params=CAPABILITIES)
def role(request, scene) -> Iterator[psycopg.Connection]:
    world, _ = scene
    with psycopg.connect(world.app(request.param)._conninfo(), autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("victim", [NAMESAKE, ABROAD])
@pytest.mark.parametrize("me", [HOME, Place(BANGKOK)])
def test_no_attack_on_another_tenant_comes_through(scene, role, me, victim):
    assert leaks(role, scene[1], me=me, other=victim) == []


@pytest.mark.parametrize("me", [Place(None), Place(None, "north"), Place(None, "east")])
def test_without_a_tenant_nothing_is_there(scene, role, me):
    assert leaks(role, scene[1], me=me, other=ABROAD) == []


@pytest.mark.parametrize("me", [HOME, Place(BANGKOK)])
def test_no_attack_on_another_account_comes_through(scene, role, me):
    """The sweep goes through all accounts of its tenant, with columns that name nobody and say nothing."""
    assert leaks(role, scene[1], me=me, other=NEXT_DOOR) == []


def test_a_tenant_sees_its_own_row_where_the_role_may_read(scene, role):
    for target in scene[1]:
        if role.execute("select has_any_column_privilege(%s, 'select')", (target.table,)).fetchone()[0]:
            with role.transaction():
                stand_at(role, HOME)
                assert {found for (found,) in role.execute(target.say("select {key} from {table}"))} == {BANGKOK}


@pytest.mark.parametrize(("me", "seen"), [(HOME, {"north"}), (Place(BANGKOK), set()), (Place(BANGKOK, "nobody's"), set())])
def test_an_account_sees_its_own_rows_and_without_one_there_are_none(scene, role, me, seen):
    swept = SWEPT if role.info.user == SWEEPER else ()
    for target in scene[1]:
        may = role.execute("select has_any_column_privilege(%s, 'select')", (target.table,)).fetchone()[0]
        if target.of_account and may and target.table not in swept:
            with role.transaction():
                stand_at(role, me)
                assert {found for (found,) in role.execute(target.say("select account_id from {table}"))} == seen


def test_every_table_of_the_walks_has_an_account(scene):
    """But the tenant's own recipients."""
    walks = {target.table for target in scene[1] if target.table.startswith(("walk_", "flow_"))}
    assert {target.table for target in scene[1] if target.of_account} == walks - {"walk_default_recipients"}
    assert len(walks) == 8


def test_tenant_and_account_end_with_their_transaction(scene, role):
    with role.transaction():
        stand_at(role, HOME)
    assert role.execute("select app_tenant(), app_account()").fetchone() == (None, None)


@pytest.mark.parametrize("statement", GRABS)
def test_no_role_takes_what_it_was_not_given(role, statement):
    with pytest.raises((errors.InsufficientPrivilege, errors.InvalidParameterValue)):
        role.execute(statement)


def test_no_role_reads_the_contact_vault(role):
    with pytest.raises(errors.InsufficientPrivilege):
        role.execute("select ciphertext from contact_vault")


@pytest.mark.parametrize(
    "sabotage",
    [
        "alter table cases disable row level security", "alter policy cases_own on cases using (true) with check (true)",
        "alter policy cases_own on cases using (tenant_id = (select app_tenant())) with check (true)",
        "create policy open on cases for delete using (true); create policy seen on cases for select using (true)",
        "grant truncate on cases to casework_api_writer",
    ],
)  # fmt: skip
def test_the_attacks_would_find_a_hole(server, sabotage):
    for url in server.clone():
        with psycopg.connect(url) as owner:
            targets = [target for target in prepare_targets(owner, PLACES) if target.table == "cases"]
            owner.execute(sabotage)
            owner.commit()
            owner.autocommit = True
            owner.execute("set role casework_api_writer")
            assert leaks(owner, targets, me=HOME, other=NAMESAKE) != []


@pytest.mark.parametrize(
    "sabotage",
    [
        "alter policy walk_tickets_own on walk_tickets using (tenant_id = (select app_tenant()))",
        "create policy seen on walk_tickets to casework_api_writer using (tenant_id = (select app_tenant()))",
        "create or replace function app_account() returns text language sql stable as $$ select 'south' $$",
    ],
)  # fmt: skip
def test_the_attacks_would_find_a_hole_between_accounts(server, sabotage):
    for url in server.clone():
        with psycopg.connect(url) as owner:
            targets = [target for target in prepare_targets(owner, PLACES[1::-1]) if target.table == "walk_tickets"]
            owner.execute(sabotage)
            owner.commit()
            owner.autocommit = True
            owner.execute("set role casework_api_writer")
            assert leaks(owner, targets, me=HOME, other=NEXT_DOOR) != []


def test_a_prepared_statement_follows_the_tenant_of_its_transaction(scene):
    world, _ = scene
    database = world.app("api_reader").database
    for _ in range(8):
        for tenant in (BANGKOK, ACME, None):
            with database.transaction(tenant) as connection:
                seen = connection.execute("select tenant_id from cases where slug <> %s", ("x",), prepare=True).fetchall()
                assert [row["tenant_id"] for row in seen] == ([tenant] if tenant else [])
