"""What the database's own catalogue says of the walls between tenants; each function returns what breaks its rule, so none is good news."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import psycopg

    Connection = psycopg.Connection[tuple]

_CAPABILITIES = ("api_reader", "api_writer", "mail_sender", "outbox_relay", "webhook_receiver", "janitor", "case_eraser")
ROLES = tuple(f"casework_{name}" for name in _CAPABILITIES)
LOOKUP = "casework_lookup"
LOOKUPS = {
    "tenant_of_slug(text)": "uuid", "tenant_of_delivery(uuid)": "uuid", "tenant_of_opt_out(uuid)": "uuid",
    "tenants_with_due_work(text,timestamp with time zone)": "SETOF uuid",
}  # fmt: skip
WITHOUT_TENANT = {"schema_migrations": "the migrator's own register; no application role sees it"}
UNIQUE_WITHOUT_TENANT = {
    "tenants_pk": "a tenant's id is the tenant",
    "tenants_slug_key": "a caller arrives with a slug alone",
    "schema_migrations_pk": "no tenant's",
}
OWN = "(tenant_id = ( SELECT app_tenant() AS app_tenant))"
OWN_TENANT = "(id = ( SELECT app_tenant() AS app_tenant))"
OWN_ACCOUNT = f"({OWN} AND (account_id = ( SELECT app_account() AS app_account)))"
SWEEPER = "casework_janitor"
SWEPT = ("walk_sessions", "walk_tickets")
"""What the sweep of idle walks goes through, all accounts of a tenant."""


def tenant_tables(connection: Connection) -> Sequence[str]:
    """Return the tables that belong to tenants, `tenants` itself first."""
    found = _column(
        connection,
        "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1",
    )
    return ["tenants", *found]


def account_tables(connection: Connection) -> frozenset[str]:
    """Return the tables whose rows belong to an account of a tenant."""
    statement = (
        "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'account_id' and not a.attisdropped"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"
    )
    return frozenset(_column(connection, statement))


def tables_without_tenant(connection: Connection) -> list[str]:
    """Tables, matviews and foreign tables that no rule here covers."""
    kept = {*tenant_tables(connection), *WITHOUT_TENANT}
    statement = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'm', 'f') order by 1"
    return [name for name in _column(connection, statement) if name not in kept]


def unforced_tables(connection: Connection) -> list[str]:
    """Tables of tenants whose row-level security is off, or not forced on the owner."""
    statement = "select relname from pg_class where relnamespace = 'public'::regnamespace and not (relrowsecurity and relforcerowsecurity)"
    return sorted(set(tenant_tables(connection)) & set(_column(connection, statement)))


def wrong_policies(connection: Connection) -> list[str]:
    """Tables without their `_own` policy, and every policy that is neither that, nor a look-up's, nor the sweep's."""
    policies = connection.execute(
        "select tablename, policyname, permissive, roles::text[], cmd, qual, with_check from pg_policies"
    ).fetchall()
    rules = dict.fromkeys(account_tables(connection), OWN_ACCOUNT) | {"tenants": OWN_TENANT}
    owned = {table for table, *rest in policies if _is_own(table, rules.get(table, OWN), *rest)}
    found = [
        f"{table}.{name}"
        for table, name, *rest in policies
        if not (_is_own(table, rules.get(table, OWN), name, *rest) or _is_lookup(table, name, *rest) or _is_sweep(table, name, *rest))
    ]
    return sorted(found + [f"{table} has no policy" for table in tenant_tables(connection) if table not in owned])


def _is_own(table: str, rule: str, name: str, *rest: object) -> bool:
    return name == f"{table}_own" and rest == ("PERMISSIVE", ["public"], "ALL", rule, rule)


def _is_lookup(table: str, name: str, *rest: object) -> bool:
    return name == f"{table}_lookup" and rest == ("PERMISSIVE", [LOOKUP], "SELECT", "true", None)


def _is_sweep(table: str, name: str, *rest: object) -> bool:
    return table in SWEPT and name == f"{table}_swept" and rest == ("PERMISSIVE", [SWEEPER], "ALL", OWN, OWN)


def wrong_foreign_keys(connection: Connection) -> list[str]:
    """Keys between tables of tenants that do not carry the tenant first on both sides. `tenants (id)` is the tenant."""
    statement = """
        select c.conname, c.conrelid::regclass::text, c.confrelid::regclass::text,
          array(select attname::text from unnest(c.conkey) with ordinality k(n, o)
            join pg_attribute on attrelid = c.conrelid and attnum = n order by o),
          array(select attname::text from unnest(c.confkey) with ordinality k(n, o)
            join pg_attribute on attrelid = c.confrelid and attnum = n order by o)
        from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace"""
    return [
        name
        for name, _, target, own, theirs in connection.execute(statement.encode())
        if not (own[0] == "tenant_id" and (theirs == ["id"] if target == "tenants" else theirs[0] == "tenant_id" and len(own) > 1))
    ]


def nullable_tenants(connection: Connection) -> list[str]:
    """Tables whose tenant or account may be null: a null in a composite key switches the key off, and belongs to nobody."""
    statement = (
        "select attrelid::regclass::text from pg_attribute join pg_class c on c.oid = attrelid"
        " where attname in ('tenant_id', 'account_id') and not attnotnull and not attisdropped"
        " and relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    )
    return _column(connection, statement)


def unique_across_tenants(connection: Connection) -> list[str]:
    """Unique indexes and exclusion constraints without the tenant, those with a reason left out."""
    statement = """
        select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid
        where c.relnamespace = 'public'::regnamespace and (i.indisunique or i.indisexclusion)
          and not exists (select from pg_attribute
            where attrelid = i.indrelid and attname = 'tenant_id' and attnum = any(i.indkey::int2[]))"""
    return sorted(set(_column(connection, statement)) - set(UNIQUE_WITHOUT_TENANT))


def views_with_rights_of_their_own(connection: Connection) -> list[str]:
    """Views that read with their owner's rights."""
    statement = (
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'v'"
        " and not coalesce('security_invoker=true' = any(reloptions), false) order by 1"
    )
    return _column(connection, statement)


def wrong_definers(connection: Connection) -> list[str]:
    """SECURITY DEFINER functions that are not exactly the four look-ups: owner, pinned path, uuid and nothing else, closed to PUBLIC."""
    statement = """
        select oid::regprocedure::text, pg_get_function_result(oid), proowner::regrole::text, coalesce(proconfig, '{}'),
          exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0)
        from pg_proc where prosecdef and pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"""
    found = {name: rest for name, *rest in connection.execute(statement.encode())}
    wanted = {name: [result, LOOKUP, ["search_path=pg_catalog, public"], False] for name, result in LOOKUPS.items()}
    return sorted(name for name in {*found, *wanted} if found.get(name) != wanted.get(name))


def roles_with_power(connection: Connection) -> list[str]:
    """Application roles that own something, belong to another role, may create or bypass anything, or are missing."""
    names = [*ROLES, LOOKUP]
    able = _column(
        connection,
        "select rolname from pg_roles where rolname like 'casework%%' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb"
        " or rolreplication or rolinherit and rolname <> %(lookup)s or rolcanlogin and rolname = %(lookup)s)",
        {"lookup": LOOKUP},
    )
    members = _column(connection, "select member::regrole::text from pg_auth_members where member::regrole::text like 'casework%'")
    owners = _column(
        connection,
        "select relowner::regrole::text from pg_class where relowner::regrole::text like 'casework%%'"
        " union select nspowner::regrole::text from pg_namespace where nspowner::regrole::text like 'casework%%'"
        " union select proowner::regrole::text from pg_proc where proowner::regrole::text = any(%(roles)s)",
        {"roles": list(ROLES)},
    )
    creators = [role for role in names if _one(connection, "select has_schema_privilege(%(role)s, 'public', 'create')", {"role": role})]
    there = set(_column(connection, "select rolname from pg_roles where rolname like 'casework%'"))
    return sorted({*able, *members, *owners, *creators} | (set(names) ^ there))


def timeless_roles(connection: Connection) -> list[str]:
    """Application roles without the three timeouts and UTC set on the role."""
    wanted = {"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone=UTC"}
    statement = "select rolname, setconfig from pg_roles r left join pg_db_role_setting s on s.setrole = r.oid where rolname = any(%s)"
    found = {name: set(config or []) for name, config in connection.execute(statement, (list(ROLES),))}
    return [name for name, config in found.items() if not all(any(one.startswith(want) for one in config) for want in wanted)]


def powers_beyond_rows(connection: Connection) -> list[str]:
    """Grants to application roles, or to everybody, of more than reading and writing rows; the lookup role reads columns only."""
    statement = """
        select grantee::regrole::text || ' ' || privilege_type || ' ' || relname from pg_class, aclexplode(relacl)
        where relnamespace = 'public'::regnamespace and (privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN')
            or grantee = 0 or grantee = to_regrole(%(lookup)s) or is_grantable)
          and grantee <> relowner"""
    return _column(connection, statement, {"lookup": LOOKUP})


RULES = (
    tables_without_tenant, unforced_tables, wrong_policies, wrong_foreign_keys, nullable_tenants, unique_across_tenants,
    views_with_rights_of_their_own, wrong_definers, roles_with_power, timeless_roles, powers_beyond_rows,
)  # fmt: skip


def breaches(connection: Connection) -> dict[str, list[str]]:
    """Return what breaks each rule, by the rule's name; rules that hold are left out."""
    found = {rule.__name__: rule(connection) for rule in RULES}
    return {name: faults for name, faults in found.items() if faults}


def _column(connection: Connection, statement: str, values: Mapping[str, object] | None = None) -> list[str]:
    return [row[0] for row in connection.execute(statement.encode(), values)]


def _one(connection: Connection, statement: str, values: Mapping[str, object]) -> bool:
    row = connection.execute(statement.encode(), values).fetchone()
    return bool(row and row[0])
