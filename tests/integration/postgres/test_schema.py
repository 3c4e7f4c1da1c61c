"""Migrations from zero amount to migrations/schema.sql."""

from __future__ import annotations

import psycopg

from tests.support.database import rows
from tests.support.schema_dump import COMMAND, SCHEMA, dump


def dumped(owner_url: str) -> str:
    with psycopg.connect(owner_url) as connection:
        return dump(connection)


def test_migrations_from_zero_equal_the_written_schema(owner_url):
    assert dumped(owner_url).splitlines() == SCHEMA.read_text().splitlines(), (
        f"the migrations changed: run `{COMMAND}` and read the difference"
    )


def test_the_dump_notices_what_is_easily_overlooked(owner_url):
    before = dumped(owner_url)
    for change in (
        "alter table cases alter column summary set default 'x'", "alter table cases no force row level security",
        "create index odd on cases (title)",
        "grant delete on cases to casework_janitor", "grant update (title) on cases to casework_janitor",
        "revoke all on function app_tenant() from public",
        "alter view case_audit_events reset (security_invoker)", "alter table case_events drop constraint case_events_hash_length",
        "alter policy cases_own on cases using (true)", "drop trigger case_events_append_only on case_events", "create sequence odd_ids",
        "alter function tenant_of_slug(text) owner to current_user", "alter table cases alter column title_th set not null",
    ):  # fmt: skip
        rows(owner_url, change)
        after = dumped(owner_url)
        assert after != before, change
        before = after


def test_the_dump_does_not_depend_on_what_is_stored(owner_url):
    before = dumped(owner_url)
    for statement in ("delete from case_types", "vacuum full case_types", "analyze", "reindex table cases"):
        rows(owner_url, statement)
    assert dumped(owner_url) == before
