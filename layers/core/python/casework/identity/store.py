"""Writes of tenants and revoked tokens, for the command line and the laptop's seeds: they run as the schema's owner."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, UUID, uuid5

from casework.kernel.ids import TenantId

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from casework.postgres.connection import Connection


def tenant_id_of(slug: str) -> TenantId:
    """Return the id that a tenant of this slug gets: the same in every database."""
    return TenantId(uuid5(NAMESPACE_URL, f"casework:tenant:{slug}"))


def add_tenant(connection: Connection, slug: str, name: str, kind: str, default_roles: Sequence[str], at: datetime) -> TenantId:
    """Add a tenant unless it is there; return its id."""
    tenant_id = tenant_id_of(slug)
    _enter(connection, tenant_id)
    connection.execute(
        "insert into tenants (id, slug, name, kind, default_roles, created_at) values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
        (tenant_id, slug, name, kind, list(default_roles), at),
    )
    return tenant_id


def revoke_token(connection: Connection, tenant_id: UUID, jti: str, at: datetime) -> None:
    """Refuse every further use of the token with this `jti`."""
    _enter(connection, tenant_id)
    connection.execute(
        "insert into revoked_tokens (tenant_id, jti, revoked_at) values (%s, %s, %s) on conflict do nothing", (tenant_id, jti, at)
    )


def _enter(connection: Connection, tenant_id: UUID) -> None:
    connection.execute("select set_config('app.tenant_id', %s, true)", (str(tenant_id),))
