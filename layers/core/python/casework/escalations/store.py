"""Writes of targets, requests and actions, and of the areas whose contacts are suggested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from psycopg.types.json import Jsonb

from casework.escalations.actions import StoredAction
from casework.escalations.rows import stored_targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from casework.escalations.actions import StoredRequest, StoredTarget
    from casework.escalations.targets import SuggestedTarget
    from casework.kernel.ids import CaseId
    from casework.postgres.connection import Connection


class EscalationStore:
    """Outreach of one tenant, inside the unit of work's transaction."""

    def __init__(self, connection: Connection, tenant_id: UUID) -> None:
        """Work inside this transaction."""
        self._connection = connection
        self._tenant_id = tenant_id

    def add_targets(self, case_id: CaseId, targets: Sequence[SuggestedTarget], at: datetime) -> int:
        """Add those whose contact the case lacks; return how many."""
        return sum(self._add_target(case_id, target, at) for target in targets)

    def targets(self, case_id: CaseId) -> list[StoredTarget]:
        """Return a case's targets, the most confident first."""
        return stored_targets(self._connection, self._tenant_id, case_id)

    def earlier(self, case_id: CaseId, content_hash: bytes) -> list[StoredAction]:
        """Return the actions of a case with this very text, the newest of each target last."""
        rows = self._connection.execute(
            "select id, request_id, target_id, repetition from case_escalation_actions"
            " where tenant_id = %s and case_id = %s and content_hash = %s order by repetition, id",
            (self._tenant_id, case_id, content_hash),
        ).fetchall()
        return [StoredAction(**row) for row in rows]

    def copied_to(self, case_id: CaseId, content_hash: bytes) -> frozenset[str]:
        """Return the addresses that got a copy of this very text from a case."""
        rows = self._connection.execute(
            "select unnest(cc_emails) as email from case_escalation_requests where tenant_id = %s and case_id = %s and content_hash = %s",
            (self._tenant_id, case_id, content_hash),
        ).fetchall()
        return frozenset(row["email"] for row in rows)

    def add_request(self, request: StoredRequest) -> None:
        """Store the text of one call of send."""
        self._connection.execute(
            "insert into case_escalation_requests (tenant_id, id, case_id, walk_session_id, subject, body, html, language,"
            " content_hash, cc_emails, requested_by, requested_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                self._tenant_id, request.id, request.case_id, request.walk_session_id, request.subject, request.body, request.html,
                request.language, request.content_hash, list(request.cc_emails), request.requested_by, request.requested_at,
            ),
        )  # fmt: skip

    def add_actions(self, request: StoredRequest, repetitions: Mapping[int, int]) -> dict[int, int]:
        """Store an action per target (`repetitions` by target id); return action ids by target id."""
        rows = self._connection.execute(
            "insert into case_escalation_actions (tenant_id, case_id, request_id, target_id, content_hash, repetition, created_at)"
            " select %s, %s, %s, target_id, %s, repetition, %s from unnest(%s::bigint[], %s::bigint[]) with ordinality"
            " t(target_id, repetition, n)"
            " order by n returning id, target_id",
            (
                self._tenant_id, request.case_id, request.id, request.content_hash, request.requested_at, list(repetitions),
                list(repetitions.values()),
            ),
        ).fetchall()  # fmt: skip
        return {row["target_id"]: row["id"] for row in rows}

    def action(self, action_id: int) -> Mapping[str, Any] | None:
        """Return an action with its case's names and whether that case is sensitive."""
        return self._connection.execute(
            "select a.id, a.case_id, a.request_id, a.target_id, c.alias, c.case_number, c.sensitive_surface_flag as sensitive from"
            " case_escalation_actions a"
            " join cases c on c.tenant_id = a.tenant_id and c.id = a.case_id where a.tenant_id = %s and a.id = %s",
            (self._tenant_id, action_id),
        ).fetchone()

    def settled_counts(self, request_id: UUID) -> tuple[int, int] | None:
        """Return how many actions and deliveries a request has, None while one of its deliveries may still move by itself."""
        row = self._connection.execute(
            "select count(distinct action_id) as actions, count(*) as deliveries, bool_or(status in ('queued', 'sending')"
            " or (status = 'unknown' and next_attempt_at is not null)) as moving from case_email_deliveries"
            " where tenant_id = %s and request_id = %s",
            (self._tenant_id, request_id),
        ).fetchone()
        return (row["actions"], row["deliveries"]) if row and not row["moving"] else None

    def move_to(self, source: CaseId, target: CaseId) -> None:
        """Move targets, requests and actions (they follow their targets) of a merged case."""
        values = {"tenant": self._tenant_id, "source": source, "target": target}
        for statement in (
            (
                "update case_escalation_targets set case_id = %(target)s, moved_from = %(source)s"
                " where tenant_id = %(tenant)s and case_id = %(source)s"
            ),
            "update case_escalation_requests set case_id = %(target)s where tenant_id = %(tenant)s and case_id = %(source)s",
        ):
            self._connection.execute(statement.encode(), values)

    def _add_target(self, case_id: CaseId, target: SuggestedTarget, at: datetime) -> int:
        if not target.endpoint_key:
            return 0
        return self._connection.execute(
            "insert into case_escalation_targets (tenant_id, case_id, role_type, organization, display_name, channel,"
            " email, phone, website,"
            " contact_url, social_platform, social_handle, source_url, evidence_text, verification_level, attribution_class, target_source,"
            " endpoint_key, confidence_score, rationale, created_at) values (%(tenant)s, %(case)s, %(role_type)s, %(organization)s,"
            " %(display_name)s, %(channel)s, %(email)s, %(phone)s, %(website)s, %(contact_url)s, %(social_platform)s, %(social_handle)s,"
            " %(source_url)s, %(evidence_text)s, %(verification_level)s, %(attribution_class)s, %(target_source)s, %(endpoint_key)s,"
            " %(confidence_score)s, %(rationale)s, %(at)s)"
            " on conflict (tenant_id, case_id, endpoint_key) where moved_from is null do nothing",
            {"tenant": self._tenant_id, "case": case_id, "at": at, **_fields(target)},
        ).rowcount


def add_area(connection: Connection, tenant_id: UUID, area: Mapping[str, Any], at: datetime) -> None:
    """Add an area with its contacts, or replace its shape and contacts (as the schema's owner). `area` as in `demo_areas.json`."""
    area_id = uuid5(NAMESPACE_URL, f"casework:area:{tenant_id}:{area['key']}")
    connection.execute(
        "insert into areas (tenant_id, id, key, name, name_th, name_zh, geometry, west, south, east, north, created_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict (tenant_id, id) do update set name = excluded.name,"
        " name_th = excluded.name_th, name_zh = excluded.name_zh, geometry = excluded.geometry, west = excluded.west,"
        " south = excluded.south, east = excluded.east, north = excluded.north",
        (
            tenant_id, area_id, area["key"], area["name"], area.get("name_th"), area.get("name_zh"), Jsonb(area["geometry"]),
            *_bounds(area["geometry"]), at,
        ),
    )  # fmt: skip
    connection.execute("delete from area_contacts where tenant_id = %s and area_id = %s", (tenant_id, area_id))
    for contact in area["contacts"]:
        connection.execute(
            "insert into area_contacts (tenant_id, area_id, email, organization, role, consent_report) values (%s, %s, %s, %s, %s, %s)",
            (tenant_id, area_id, contact["email"].lower(), contact["organization"], contact["role"], contact["consent_report"]),
        )


def _fields(target: SuggestedTarget) -> dict[str, Any]:
    names = (
        "role_type organization display_name channel email phone website contact_url social_platform social_handle source_url evidence_text"
        " verification_level attribution_class target_source endpoint_key confidence_score rationale"
    )
    return {name: str(value) if isinstance(value := getattr(target, name), str) else value for name in names.split()}


def _bounds(geometry: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a GeoJSON polygon or multipolygon."""
    positions = list(_positions(geometry["coordinates"]))
    return min(x for x, _ in positions), min(y for _, y in positions), max(x for x, _ in positions), max(y for _, y in positions)


def _positions(coordinates: Sequence[Any]) -> Iterator[tuple[float, float]]:
    if isinstance(coordinates[0], int | float):
        yield coordinates[0], coordinates[1]
    else:
        for part in coordinates:
            yield from _positions(part)
