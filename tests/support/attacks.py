"""Raw SQL aimed at another tenant's rows, for every table of the catalogue and as any application role.

What is out of scope: a caller who can run SQL of his own choosing can also run `set_config('app.tenant_id', …)`. The wall stands
between tenants whose code is ours and forgets a condition; it is no sandbox for foreign SQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import errors, sql

from tests.support.catalogue import tenant_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

VALUES = {
    "uuid": "gen_random_uuid()", "text": "gen_random_uuid()::text", "bigint": "1", "double precision": "0.5", "boolean": "true",
    "jsonb": "'{}'",
    "timestamp with time zone": "'2026-11-23'", "bytea": "decode(repeat('00', 32), 'hex')", "text[]": "'{}'", "date": "'2026-11-23'",
    "double precision[]": "'{}'", "point": "'(1,2)'",
}  # fmt: skip


class Target:
    """A table with a row of each tenant in it. `required` are the columns that an insert must give, besides the tenant."""

    def __init__(self, owner: psycopg.Connection, table: str) -> None:
        self.table = table
        self.key = "id" if table == "tenants" else "tenant_id"
        columns = owner.execute(
            "select attname, format_type(atttypid, null), attnotnull and not atthasdef and attidentity = '' and attgenerated = ''"
            " from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped",
            (table,),
        ).fetchall()
        self.columns = [name for name, *_ in columns]
        self.required = {name: VALUES[kind] for name, kind, needed in columns if needed and name != self.key}

    def insert(self) -> sql.Composed:
        """Return an insert of a row of the tenant `%(tenant)s`."""
        return sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(self.table),
            sql.SQL(", ").join(map(sql.Identifier, [self.key, *self.required])),
            sql.SQL(", ").join([sql.Placeholder("tenant"), *(sql.SQL(value) for value in self.required.values())]),
        )

    def say(self, text: str, column: str = "") -> sql.Composed:
        """Return a statement with this table, its tenant's column and another column put in."""
        names = {"table": self.table, "key": self.key, "column": column or self.key}
        return sql.SQL(text).format(**{name: sql.Identifier(value) for name, value in names.items()})


def prepare_targets(owner: psycopg.Connection, tenants: Sequence[UUID]) -> list[Target]:
    """Put a row of each tenant into every table. Checks and keys go first, so that whatever is refused later is refused by the wall."""
    targets = [Target(owner, table) for table in tenant_tables(owner)]
    found = owner.execute(
        "select conrelid::regclass::text, conname from pg_constraint where contype in ('c', 'f') and connamespace = 'public'::regnamespace"
    )
    for table, name in found.fetchall():
        owner.execute(sql.SQL("alter table {} drop constraint {}").format(sql.Identifier(table), sql.Identifier(name)))
    for target in targets:
        for tenant in tenants if target.table != "tenants" else ():
            owner.execute(target.insert(), {"tenant": tenant})
    return targets


def leaks(connection: psycopg.Connection, targets: Sequence[Target], *, me: UUID | None, other: UUID) -> list[str]:
    """Attack every table from transactions of `me` (None: of nobody); return what came through."""
    found: list[str] = []
    for target in targets:
        for name, statement, writes in _attacks(connection, target):
            said = _try(connection, statement, {"tenant": other}, me)
            if said > 0 or (writes and said == 0):
                found.append(f"{target.table}: {name}")
    return found


def _attacks(connection: psycopg.Connection, target: Target) -> Iterator[tuple[str, sql.Composed, bool]]:
    """Yield attack, statement, and whether anything short of a refusal is a leak (None of the others may touch a row)."""
    yield "read", target.say("select 1 from {table} where {key} = %(tenant)s"), False
    yield "read by omission", target.say("select 1 from {table} where {key} <> coalesce(app_tenant(), gen_random_uuid())"), False
    yield "count", target.say("select 1 from {table} having count(*) filter (where {key} = %(tenant)s) > 0"), False
    yield "join", target.say("select 1 from tenants t full join {table} x on false where x.{key} = %(tenant)s"), False
    yield "lock", target.say("select 1 from {table} where {key} = %(tenant)s for update"), False
    yield "delete", target.say("delete from {table} where {key} = %(tenant)s"), False
    yield "delete all the same", target.say("delete from {table} where {key} <> coalesce(app_tenant(), gen_random_uuid())"), False
    yield "insert", target.insert(), True
    yield "insert over", target.insert() + sql.SQL(" on conflict do nothing"), True
    yield "truncate", target.say("truncate {table}"), True
    yield "switch the wall off", target.say("alter table {table} disable row level security"), True
    yield "read past the wall", target.say("set local row_security = off; select 1 from {table}"), True
    for column in _updatable(connection, target):
        yield f"update {column}", target.say("update {table} set {column} = {column} where {key} = %(tenant)s", column), False
    yield "give away", target.say("update {table} set {key} = %(tenant)s"), False


def _updatable(connection: psycopg.Connection, target: Target) -> list[str]:
    with connection.transaction():
        granted = connection.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and attgenerated = '' and attidentity = ''"
            " and has_column_privilege(attrelid, attnum, 'update')",
            (target.table,),
        ).fetchall()
    return [name for (name,) in granted]


def _try(connection: psycopg.Connection, statement: sql.Composed, values: Mapping[str, object], tenant: UUID | None) -> int:
    """Return how many rows a statement saw or touched, -1 where it was refused; nothing is kept."""
    text = statement.as_string(connection).replace("%(tenant)s", f"'{values['tenant']}'")
    with connection.transaction(force_rollback=True):
        connection.execute("select set_config('app.tenant_id', %s, true)", (str(tenant or ""),))
        try:
            with connection.transaction():
                cursor = connection.execute(text.encode())
                while cursor.nextset():
                    pass
                return max(0, cursor.rowcount)
        except errors.InsufficientPrivilege:
            return -1
