"""Rows that both the store and the queries of this room read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.escalations.actions import StoredTarget

if TYPE_CHECKING:
    from uuid import UUID

    from casework.postgres.connection import Connection


def stored_targets(connection: Connection, tenant_id: UUID, case_id: UUID) -> list[StoredTarget]:
    """Return a case's targets, the most confident first."""
    rows = connection.execute(
        "select id, email, organization, display_name, target_source from case_escalation_targets"
        " where tenant_id = %s and case_id = %s order by confidence_score desc, id",
        (tenant_id, case_id),
    ).fetchall()
    return [StoredTarget(**row) for row in rows]
