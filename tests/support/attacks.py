"""Raw SQL aimed at another tenant's or account's rows, for every table of the catalogue and as any application role.

What is out of scope: a caller who can run SQL of his own choosing can also run `set_config('app.tenant_id', …)`. The wall stands
between tenants and accounts whose code is ours and forgets a condition; it is no sandbox for foreign SQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import psycopg
from psycopg import errors, sql

from tests.support.catalogue import account_tables, tenant_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

VALUES = {
    "uuid": "gen_random_uuid()", "text": "gen_random_uuid()::text", "bigint": "1", "double precision": "0.5", "boolean": "true",
    "jsonb": "'{}'",
    "timestamp with time zone": "'2026-11-23'", "bytea": "decode(repeat('00', 32), 'hex')", "text[]": "'{}'", "date": "'2026-11-23'",
    "double precision[]": "'{}'", "point": "'(1,2)'",
}  # fmt: skip


class Place(NamedTuple):
    """Where a transaction stands, or a row lies. None: no tenant, no account."""

    tenant: UUID | None
    account: str | None = None


class Target:
    """A table with a row of each place in it. `required` are the columns that an insert must give, besides the place's.

    `key` is the column that an attacker from elsewhere crosses: the tenant, or with `of_account` the account.
    """

    def __init__(self, owner: psycopg.Connection, table: str, *, of_account: bool = False) -> None:
        self.table, self.of_account = table, of_account
        self.key = "id" if table == "tenants" else "tenant_id"
        columns = owner.execute(
            "select attname, format_type(atttypid, null), attnotnull and not atthasdef and attidentity = '' and attgenerated = ''"
            " from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped",
            (table,),
        ).fetchall()
        self.columns = [name for name, *_ in columns]
        given = {self.key, "account_id"} if of_account else {self.key}
        self.required = {name: VALUES[kind] for name, kind, needed in columns if needed and name not in given}

    def insert(self) -> sql.Composed:
        """Return an insert of a row of the place `%(tenant)s`, `%(account)s`."""
        place = {self.key: sql.Placeholder("tenant")} | ({"account_id": sql.Placeholder("account")} if self.of_account else {})
        return sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(self.table),
            sql.SQL(", ").join(map(sql.Identifier, [*place, *self.required])),
            sql.SQL(", ").join([*place.values(), *(sql.SQL(value) for value in self.required.values())]),
        )

    def say(self, text: str, column: str = "") -> sql.Composed:
        """Return a statement with this table, its tenant's column and another column put in.

        `{theirs}` is the condition of the victim's rows, `{foreign}` the one of all rows of other tenants, `{next_door}` of other accounts.
        """
        whole = text.replace("{theirs}", _THEIRS + (_THEIR_ACCOUNT if self.of_account else ""))
        whole = whole.replace("{foreign}", _FOREIGN).replace("{next_door}", _NEXT_DOOR)
        names = {"table": self.table, "key": self.key, "column": column or self.key}
        return sql.SQL(whole).format(**{name: sql.Identifier(value) for name, value in names.items()})


_THEIRS, _THEIR_ACCOUNT = "{key} = %(tenant)s", " and account_id = %(account)s"
_FOREIGN = "{key} <> coalesce(app_tenant(), gen_random_uuid())"
_NEXT_DOOR = "account_id <> coalesce(app_account(), '')"


def prepare_targets(owner: psycopg.Connection, places: Sequence[Place]) -> list[Target]:
    """Put a row of each place into every table. Checks and keys go first, so that whatever is refused later is refused by the wall."""
    of_accounts = account_tables(owner)
    targets = [Target(owner, table, of_account=table in of_accounts) for table in tenant_tables(owner)]
    found = owner.execute(
        "select conrelid::regclass::text, conname from pg_constraint where contype in ('c', 'f') and connamespace = 'public'::regnamespace"
    )
    for table, name in found.fetchall():
        owner.execute(sql.SQL("alter table {} drop constraint {}").format(sql.Identifier(table), sql.Identifier(name)))
    for target in targets:
        needed = places if target.of_account else [Place(tenant) for tenant in dict.fromkeys(place.tenant for place in places)]
        for place in needed if target.table != "tenants" else ():
            owner.execute(target.insert(), place._asdict())
    return targets


def leaks(connection: psycopg.Connection, targets: Sequence[Target], *, me: Place, other: Place) -> list[str]:
    """Attack every table from transactions at `me`; return what came through. In one's own tenant only other accounts' rows are foreign."""
    found: list[str] = []
    for target in targets:
        is_next_door = me.tenant == other.tenant
        for name, statement, writes in _attacks(connection, target, is_next_door) if target.of_account or not is_next_door else ():
            said = _try(connection, statement, other, me)
            if said > 0 or (writes and said == 0):
                found.append(f"{target.table}: {name}")
    return found


def _attacks(connection: psycopg.Connection, target: Target, is_next_door: bool) -> Iterator[tuple[str, sql.Composed, bool]]:
    """Yield attack, statement, and whether anything short of a refusal is a leak (None of the others may touch a row)."""
    foreign = "{next_door}" if is_next_door else "{foreign}"
    whose = " and x.account_id = %(account)s" if target.of_account else ""
    given = ", account_id = %(account)s" if target.of_account else ""
    yield "read", target.say("select 1 from {table} where {theirs}"), False
    yield "read by omission", target.say(f"select 1 from {{table}} where {foreign}"), False
    yield "count", target.say("select 1 from {table} having count(*) filter (where {theirs}) > 0"), False
    yield "join", target.say(f"select 1 from tenants t full join {{table}} x on false where x.{{key}} = %(tenant)s{whose}"), False
    yield "lock", target.say("select 1 from {table} where {theirs} for update"), False
    yield "delete", target.say("delete from {table} where {theirs}"), False
    yield "delete all the same", target.say(f"delete from {{table}} where {foreign}"), False
    yield "insert", target.insert(), True
    yield "insert over", target.insert() + sql.SQL(" on conflict do nothing"), True
    yield "truncate", target.say("truncate {table}"), True
    yield "switch the wall off", target.say("alter table {table} disable row level security"), True
    yield "read past the wall", target.say("set local row_security = off; select 1 from {table}"), True
    for column in _updatable(connection, target):
        yield f"update {column}", target.say("update {table} set {column} = {column} where {theirs}", column), False
    yield "give away", target.say(f"update {{table}} set {{key}} = %(tenant)s{given}"), False


def _updatable(connection: psycopg.Connection, target: Target) -> list[str]:
    with connection.transaction():
        granted = connection.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and attgenerated = '' and attidentity = ''"
            " and has_column_privilege(attrelid, attnum, 'update')",
            (target.table,),
        ).fetchall()
    return [name for (name,) in granted]


def _try(connection: psycopg.Connection, statement: sql.Composed, victim: Place, me: Place) -> int:
    """Return how many rows a statement saw or touched, -1 where it was refused; nothing is kept."""
    text = statement.as_string(connection).replace("%(tenant)s", f"'{victim.tenant}'").replace("%(account)s", f"'{victim.account}'")
    with connection.transaction(force_rollback=True):
        stand_at(connection, me)
        try:
            with connection.transaction():
                cursor = connection.execute(text.encode())
                while cursor.nextset():
                    pass
                return max(0, cursor.rowcount)
        except errors.InsufficientPrivilege:
            return -1


def stand_at(connection: psycopg.Connection, place: Place) -> None:
    """Name tenant and account of the running transaction, as our own code does."""
    settings = (str(place.tenant or ""), place.account or "")
    connection.execute("select set_config('app.tenant_id', %s, true), set_config('app.account_id', %s, true)", settings)
