"""Rows that a test needs and does not test: a case, and a request of its outreach."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from casework.escalations.actions import StoredRequest
from casework.kernel.ids import CaseId, uuid7
from tests.support.apps import BANGKOK
from tests.support.database import rows

if TYPE_CHECKING:
    from tests.support.apps import World


def a_case_row(world: World, tenant_id: UUID = BANGKOK) -> CaseId:
    """Store a bare case, without its stream of events."""
    case_id, at = CaseId(uuid7()), world.clock.now()
    rows(
        world.owner_url,
        """
        insert into cases (tenant_id, id, version, alias, case_number, slug, title, language_detected, type,
          classification, status, severity, alert_level, summary, uncertainty_notes, severity_score, urgency_score,
          confidence_score, exposure_score, criticality_score, trend_score, cluster_count, linked_report_count,
          attributes, pattern, attachments, sensitive_surface_flag, reopen_count, creation_mode, created_by,
          occurred_at, created_at, updated_at)
        values (%s, %s, 1, %s, %s, %s, 'A case', 'en', 'incident', 'physical', 'open', 'medium', 'L1', '', '', 0, 0,
          0, 0, 0, 0, 0, 0, '{}', '{}', '[]', false, 0, 'manual', 'u1', %s, %s, %s)
        """,
        tenant_id, case_id, f"case_{case_id.hex[-12:]}", f"CASE-{case_id.hex[-12:]}", f"case-{case_id.hex}", at, at, at,
    )  # fmt: skip
    return case_id


def a_request_row(world: World, case_id: CaseId, tenant_id: UUID = BANGKOK, *, subject: str = "A pothole") -> UUID:
    """Store a request with its text in English."""
    request = StoredRequest(
        id=uuid4(), case_id=case_id, subject=subject, body="Please repair the road.",
        html="<p>Please repair the road.</p>", language="en", cc_emails=(), requested_by="u1",
        requested_at=world.clock.now(),
    )  # fmt: skip
    with world.app("api_writer").unit_of_work(tenant_id) as work:
        work.escalations.add_request(request)
        work.commit()
    return request.id
