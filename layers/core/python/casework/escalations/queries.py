"""Reads of outreach: suggestions for a scope, and what was sent to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.escalations.actions import action_status
from casework.escalations.rows import stored_targets
from casework.escalations.targets import SUGGESTION_LIMIT, AreaContact, InferredContact, TargetRole, merge_targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from uuid import UUID

    from casework.escalations.actions import StoredTarget
    from casework.escalations.targets import SuggestedTarget
    from casework.postgres.connection import Connection, Database, Row

_ACTIONS = (
    "select a.*, r.subject, r.body, r.requested_by from case_escalation_actions a"
    " join case_escalation_requests r on r.tenant_id = a.tenant_id and r.id = a.request_id where a.tenant_id = %(tenant)s and "
)
_DELIVERIES = "select * from case_email_deliveries where tenant_id = %(tenant)s and "


class EscalationQueries:
    """What doors read of outreach."""

    def __init__(self, database: Database) -> None:
        """Read through this capability's connection."""
        self._database = database

    def suggest(
        self,
        tenant_id: UUID,
        *,
        boxes: Sequence[Sequence[float]],
        touches: Callable[[Mapping[str, Any]], bool] | None,
        seqs: Sequence[int],
        limit: int = SUGGESTION_LIMIT,
    ) -> list[SuggestedTarget]:
        """Suggest targets (contract §6.1): contacts of the areas that a geometry touches, then contacts that the reports name.

        `boxes` (west, south, east, north) prefilter the areas, `touches(geometry)` decides; without a geometry there are no areas.
        """
        with self._database.transaction(tenant_id) as connection:
            areas = [row for row in _areas(connection, tenant_id, boxes) if touches is not None and touches(row["geometry"])]
            inferred = _inferred(connection, tenant_id, seqs)
        return merge_targets([AreaContact(row["name"], row["email"], _role(row["role"])) for row in areas], inferred, limit)

    def targets(self, tenant_id: UUID, case_id: UUID) -> list[StoredTarget]:
        """Return a case's targets as a draft needs them."""
        with self._database.transaction(tenant_id) as connection:
            return stored_targets(connection, tenant_id, case_id)

    def of_case(self, tenant_id: UUID, case_id: UUID) -> dict[str, list[Row]]:
        """Return a case's targets (best first), actions and deliveries (oldest first); an action's row carries its derived status."""
        values = {"tenant": tenant_id, "case": case_id}
        with self._database.transaction(tenant_id) as connection:
            targets = connection.execute(
                "select * from case_escalation_targets where tenant_id = %(tenant)s and case_id = %(case)s"
                " order by confidence_score desc, created_at, id",
                values,
            ).fetchall()
            actions = connection.execute(f"{_ACTIONS} a.case_id = %(case)s order by a.id".encode(), values).fetchall()
            deliveries = connection.execute(f"{_DELIVERIES} case_id = %(case)s order by id".encode(), values).fetchall()
        return {"targets": targets, "actions": _with_status(actions, deliveries), "deliveries": deliveries}

    def of_requests(self, tenant_id: UUID, request_ids: Sequence[UUID]) -> dict[str, list[Row]]:
        """Return the requests (newest last) with their actions and deliveries."""
        values = {"tenant": tenant_id, "ids": list(request_ids)}
        with self._database.transaction(tenant_id) as connection:
            requests = connection.execute(
                "select * from case_escalation_requests where tenant_id = %(tenant)s and id = any(%(ids)s) order by requested_at, id",
                values,
            ).fetchall()
            actions = connection.execute(f"{_ACTIONS} a.request_id = any(%(ids)s) order by a.id".encode(), values).fetchall()
            deliveries = connection.execute(f"{_DELIVERIES} request_id = any(%(ids)s) order by id".encode(), values).fetchall()
        return {"requests": requests, "actions": _with_status(actions, deliveries), "deliveries": deliveries}

    def is_moving(self, tenant_id: UUID, request_ids: Sequence[UUID]) -> bool:
        """Tell whether a delivery of these requests still waits for its first answer."""
        with self._database.transaction(tenant_id) as connection:
            row = connection.execute(
                "select exists (select from case_email_deliveries where tenant_id = %s and request_id = any(%s)"
                " and status in ('queued', 'sending')) as moving",
                (tenant_id, list(request_ids)),
            ).fetchone()
        return bool(row and row["moving"])


def _areas(connection: Connection, tenant_id: UUID, boxes: Sequence[Sequence[float]]) -> list[Row]:
    if not boxes:
        return []
    west, south, east, north = (list(side) for side in zip(*boxes, strict=True))
    return connection.execute(
        "select a.name, a.geometry, c.email, c.role from areas a join area_contacts c on c.tenant_id = a.tenant_id and c.area_id = a.id"
        " where a.tenant_id = %s and c.consent_report and exists (select from unnest(%s::float8[], %s::float8[],"
        " %s::float8[], %s::float8[])"
        "  b(w, s, e, n) where a.west <= b.e and a.east >= b.w and a.south <= b.n and a.north >= b.s)"
        " order by a.name, c.email",
        (tenant_id, west, south, east, north),
    ).fetchall()


def _inferred(connection: Connection, tenant_id: UUID, seqs: Sequence[int]) -> list[InferredContact]:
    if not seqs:
        return []
    rows = connection.execute(
        "select r.public_id, a.inferred_contact_emails as emails from report_analyses a"
        " join reports r on r.tenant_id = a.tenant_id and r.seq = a.report_seq"
        " where a.tenant_id = %s and a.report_seq = any(%s) and a.inferred_contact_emails <> '{}' order by r.seq",
        (tenant_id, list(seqs)),
    ).fetchall()
    return [InferredContact(row["public_id"], tuple(row["emails"])) for row in rows]


def _role(text: str) -> TargetRole:
    return next((role for role in TargetRole if role.value == text), TargetRole.CONTACT)


def _with_status(actions: Iterable[Row], deliveries: Sequence[Row]) -> list[Row]:
    return [action | _derived([row for row in deliveries if row["action_id"] == action["id"]]) for action in actions]


def _derived(mine: Sequence[Row]) -> dict[str, Any]:
    sent = [row for row in mine if row["sent_at"]]
    first = min(sent, key=lambda row: row["sent_at"], default=None)
    return {
        "status": action_status(row["status"] for row in mine),
        "provider_message_id": (first["provider_message_id"] or "") if first else "",
        "sent_at": first["sent_at"] if first else None,
    }
