"""Reads of tenants and revoked tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from casework.identity.model import Tenant
from casework.kernel.ids import TenantId

if TYPE_CHECKING:
    from casework.postgres.connection import Database

_REVOKED = sql.SQL("select from revoked_tokens where tenant_id = {tenant} and jti = {jti}")


class TenantQueries:
    """Who a tenant is, and whether a token was revoked."""

    def __init__(self, database: Database) -> None:
        """Read through this capability's connection."""
        self._database = database

    def find(self, slug_or_id: str) -> Tenant | None:
        """Return the tenant of a slug or id, None when there is none."""
        with self._database.transaction(None) as connection:
            row = connection.execute("select tenant_of_slug(%s) as id", (slug_or_id,)).fetchone()
        return self._load(TenantId(row["id"])) if row and row["id"] else None

    def all(self) -> dict[str, TenantId]:
        """Return the ids of all tenants by slug; only the schema's owner sees them."""
        with self._database.transaction(None) as connection:
            rows = connection.execute("select slug, id from tenants order by slug").fetchall()
        return {row["slug"]: TenantId(row["id"]) for row in rows}

    def is_revoked(self, tenant_id: TenantId, jti: str) -> bool:
        """Tell whether the token with this `jti` was revoked."""
        return self._database.look_up(tenant_id, _REVOKED.format(tenant=sql.Literal(str(tenant_id)), jti=sql.Literal(jti))) is not None

    def _load(self, tenant_id: TenantId) -> Tenant:
        with self._database.transaction(tenant_id) as connection:
            row = connection.execute("select slug, default_roles, default_account_id from tenants where id = %s", (tenant_id,)).fetchone()
        if row is None:
            message = f"tenant {tenant_id} vanished"
            raise RuntimeError(message)
        return Tenant(tenant_id, row["slug"], frozenset(row["default_roles"]), row["default_account_id"])
