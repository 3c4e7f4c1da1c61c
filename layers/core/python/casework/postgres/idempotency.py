"""The rows behind Idempotency-Key. Runs inside the transaction that the door holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from casework.postgres.connection import Connection, Row


@dataclass(frozen=True, slots=True)
class Claim:
    """What a key stands for: this principal's call of this operation with this body (as a 32-byte HMAC)."""

    tenant_id: UUID
    principal: str
    operation: str
    key: str
    mac: bytes


def take_turn(connection: Connection, claim: Claim) -> bool:
    """Take the key's lock until the transaction ends; False when another call holds it."""
    scope = f"{claim.tenant_id}|{claim.principal}|{claim.operation}|{claim.key}"
    row = connection.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0)) as mine", (scope,)).fetchone()
    return bool(row and row["mine"])


def find_stored(connection: Connection, claim: Claim, newer_than: datetime) -> Row | None:
    """Return `request_mac, status, resource, body` of a key that is not older than that, else None."""
    return connection.execute(
        "select request_mac, status, resource, body from idempotency_keys"
        " where tenant_id = %s and principal = %s and operation = %s and key = %s and created_at > %s",
        (claim.tenant_id, claim.principal, claim.operation, claim.key, newer_than),
    ).fetchone()


def store(connection: Connection, claim: Claim, status: int, resource: str | None, body: str | None, at: datetime) -> None:
    """Store an answer; an expired row of the same key is replaced. `body` is JSON text."""
    connection.execute(
        "insert into idempotency_keys (tenant_id, principal, operation, key, request_mac, status, resource, body, created_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict (tenant_id, principal, operation, key) do update set request_mac = excluded.request_mac,"
        " status = excluded.status, resource = excluded.resource, body = excluded.body, created_at = excluded.created_at",
        (claim.tenant_id, claim.principal, claim.operation, claim.key, claim.mac, status, resource, body, at),
    )


def forget(connection: Connection, tenant_id: UUID, before: datetime, limit: int) -> int:
    """Delete up to `limit` of a tenant's keys stored before an instant; return how many went."""
    return connection.execute(
        "delete from idempotency_keys k using (select principal, operation, key from idempotency_keys"
        " where tenant_id = %(t)s and created_at < %(before)s limit %(limit)s) old"
        " where k.tenant_id = %(t)s and k.principal = old.principal and k.operation = old.operation and k.key = old.key",
        {"t": tenant_id, "before": before, "limit": limit},
    ).rowcount
