"""No table, view, key, function or role escapes the rules of tenancy, and the check notices when one does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.support.catalogue import ROLES, breaches, tenant_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

NINE = [
    "saved_clusters",
    "cases",
    "case_reports",
    "case_clusters",
    "case_escalation_targets",
    "case_escalation_actions",
    "case_email_deliveries",
    "case_resolution_signals",
    "case_audit_events",
]
TABLE = "create table leak (tenant_id uuid not null, id uuid primary key); "
SAFE = (
    "create table safe (tenant_id uuid not null, id uuid, constraint safe_pk primary key (tenant_id, id));"
    " alter table safe enable row level security; alter table safe force row level security;"
    " create policy safe_own on safe using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));"
)
SLUG = "tenant_of_slug(text)"
GONE, BACK = f"drop function {SLUG}", "create function tenant_of_slug(it text)"
SABOTAGE = {
    "a dropped policy": ("drop policy cases_own on cases", "wrong_policies", "cases has no policy"),
    "a policy per row": ("alter policy cases_own on cases using (tenant_id = app_tenant())", "wrong_policies", "cases.cases_own"),
    "a policy without check": (
        "drop policy cases_own on cases; create policy cases_own on cases using (tenant_id = (select app_tenant()))",
        "wrong_policies", "cases.cases_own",
    ),
    "a policy without the account": (
        "alter policy walk_flows_own on walk_flows using (tenant_id = (select app_tenant()))",
        "wrong_policies", "walk_flows.walk_flows_own",
    ),
    "an account that may be null": (
        "create table loose (tenant_id uuid not null, account_id text, id uuid)", "nullable_tenants", "loose",
    ),
    "a sweep of flows": (
        "create policy walk_flows_swept on walk_flows to casework_janitor using (tenant_id = (select app_tenant()))",
        "wrong_policies", "walk_flows.walk_flows_swept",
    ),
    "a sweep for everybody": (
        "alter policy walk_tickets_swept on walk_tickets to public", "wrong_policies", "walk_tickets.walk_tickets_swept",
    ),
    "a sweep of all tenants": (
        "alter policy walk_tickets_swept on walk_tickets using (true)", "wrong_policies", "walk_tickets.walk_tickets_swept",
    ),
    "a policy for everyone": ("create policy cases_lookup on cases for select using (true)", "wrong_policies", "cases.cases_lookup"),
    "a look-up that writes": (
        "create policy cases_lookup on cases to casework_lookup using (true)", "wrong_policies", "cases.cases_lookup",
    ),
    "security switched off": ("alter table reports disable row level security", "unforced_tables", "reports"),
    "security not forced": ("alter table reports no force row level security", "unforced_tables", "reports"),
    "a new bare table": (TABLE, "unforced_tables", "leak"),
    "a table of nobody": ("create table loose (id uuid)", "tables_without_tenant", "loose"),
    "a materialised view": ("create materialized view seen as select 1 as id", "tables_without_tenant", "seen"),
    "a key without tenant": (
        SAFE + "alter table safe add unique (id);"
        " alter table cases add constraint bad_fk foreign key (ai_analysis_ref) references safe (id)",
        "wrong_foreign_keys", "bad_fk",
    ),
    "a key to one's own alone": (
        SAFE + "alter table safe add unique (id, tenant_id);"
        " alter table cases add constraint bad_fk foreign key (ai_analysis_ref, tenant_id) references safe (id, tenant_id)",
        "wrong_foreign_keys", "bad_fk",
    ),
    "a tenant that may be null": ("create table loose (tenant_id uuid, id uuid)", "nullable_tenants", "loose"),
    "a world-wide name": ("create unique index slug_once on cases (slug)", "unique_across_tenants", "slug_once"),
    "an exclusion over all": (
        "alter table cases add constraint no_twins exclude (slug with =)", "unique_across_tenants", "no_twins",
    ),
    "a view with rights": ("create view peek as select * from cases", "views_with_rights_of_their_own", "peek"),
    "a view that lost them": (
        "alter view case_audit_events reset (security_invoker)", "views_with_rights_of_their_own", "case_audit_events",
    ),
    "a fifth definer": (
        "create function peek() returns bigint language sql security definer as 'select count(*) from public.cases'",
        "wrong_definers", "peek()",
    ),
    "a definer that says more": (f"{GONE}; {BACK} returns text language sql security definer as 'select it'", "wrong_definers", SLUG),
    "a definer without a path": ("alter function tenant_of_slug(text) reset search_path", "wrong_definers", "tenant_of_slug(text)"),
    "a definer for everybody": ("grant execute on function tenant_of_slug(text) to public", "wrong_definers", "tenant_of_slug(text)"),
    "a definer of the owner": ("alter function tenant_of_slug(text) owner to current_user", "wrong_definers", "tenant_of_slug(text)"),
    "a role that owns": ("alter table cases owner to casework_api_writer", "roles_with_power", "casework_api_writer"),
    "a role that creates": ("grant create on schema public to casework_janitor", "roles_with_power", "casework_janitor"),
    "a grant to truncate": ("grant truncate on cases to casework_janitor", "powers_beyond_rows", "casework_janitor TRUNCATE cases"),
    "a grant to everybody": ("grant select on cases to public", "powers_beyond_rows", "- SELECT cases"),
    "a lookup that reads rows": ("grant select on cases to casework_lookup", "powers_beyond_rows", "casework_lookup SELECT cases"),
}  # fmt: skip
POWERS = {
    "alter role casework_api_reader bypassrls": "roles_with_power", "alter role casework_api_reader superuser": "roles_with_power",
    "alter role casework_api_reader createrole": "roles_with_power", "grant casework_lookup to casework_api_reader": "roles_with_power",
    "alter role casework_api_reader inherit": "roles_with_power", "alter role casework_lookup login": "roles_with_power",
    "create role casework_new": "roles_with_power", "alter role casework_api_reader reset lock_timeout": "timeless_roles",
}  # fmt: skip


@pytest.fixture(scope="module")
def database(server) -> Iterator[psycopg.Connection]:
    """One database for the module; each test's transaction is thrown away."""
    for url in server.clone():
        with psycopg.connect(url) as connection:
            yield connection


@pytest.fixture
def owner(database) -> Iterator[psycopg.Connection]:
    yield database
    database.rollback()


def test_nothing_breaks_a_rule(owner):
    assert breaches(owner) == {}


def test_the_nine_tables_of_the_seed_are_there(owner):
    there = {name for (name,) in owner.execute("select relname::text from pg_class where relnamespace = 'public'::regnamespace")}
    assert set(NINE) <= there


@pytest.mark.parametrize(("statement", "rule", "fault"), SABOTAGE.values(), ids=SABOTAGE.keys())
def test_the_check_notices(owner, statement, rule, fault):
    owner.execute(statement)
    assert fault in breaches(owner)[rule]


@pytest.mark.parametrize(("statement", "rule"), POWERS.items())
def test_the_check_notices_a_role_with_power(owner, statement, rule):
    owner.execute(statement)
    assert breaches(owner)[rule]


def test_a_safe_table_and_a_look_up_are_not_mistaken(owner):
    owner.execute(SAFE + "create policy cases_lookup on cases for select to casework_lookup using (true)")
    assert breaches(owner) == {}


@pytest.mark.parametrize("role", ["casework_api_reader", "casework_api_writer"])
def test_a_policy_is_evaluated_once_and_not_for_each_row(owner, role):
    tables = [
        table
        for table in tenant_tables(owner)
        if owner.execute("select has_table_privilege(%s, %s, 'select')", (role, table)).fetchone()[0]
    ]
    owner.execute(f"set local role {role}")
    for table in tables:
        plan = "\n".join(line for (line,) in owner.execute(f"explain select * from {table}"))
        assert "InitPlan" in plan, plan
        assert "current_setting" not in plan, plan
    assert len(tables) > 15


def test_the_plan_shows_a_policy_that_asks_for_each_row(owner):
    owner.execute("alter policy cases_own on cases using (tenant_id = app_tenant())")
    owner.execute("set local role casework_api_reader")
    assert not any("InitPlan" in line for (line,) in owner.execute("explain select * from cases"))


def test_every_application_role_logs_in_and_has_its_timeouts(world):
    for role in ROLES:
        with world.app(role.removeprefix("casework_")).database.transaction(None) as connection:
            row = connection.execute("select current_user as name, current_setting('statement_timeout') as longest").fetchone()
            assert (row["name"], row["longest"]) == (role, "20s")
