"""What v3's case doors share: rendering, and the examples of the API document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from casework.cases.model import CaseNotFound
from casework.entry.request import Reply
from casework.faces.v3.case_views import action_body, delivery_body, detail_body, escalations_body

if TYPE_CHECKING:
    from casework.identity.model import Actor
    from casework.wiring import App

CHILDREN = ("linked_reports", "clusters", "signals", "events")
NOT_FOUND: dict[str, Any] = {"error": "case not found", "code": "case-not-found"}
CASE: dict[str, Any] = {
    "case_id": "case_5e0c9a1b2d3f", "slug": "blocked-drain-0f3a91c2", "title": "Blocked drain", "type": "incident", "status": "open",
    "classification": "physical", "summary": "", "uncertainty_notes": "", "geometry_json": "", "aggregate_geometry_json": "",
    "aggregate_bbox_json": "", "anchor_report_seq": 41, "anchor_lat": 13.7501, "anchor_lng": 100.531, "building_id": None,
    "parcel_id": None,
    "severity_score": 0.75, "urgency_score": 0.75, "confidence_score": 0.0, "exposure_score": 0.0, "criticality_score": 0.75,
    "trend_score": 0.2, "cluster_count": 1, "linked_report_count": 1, "first_seen_at": "2026-11-21T09:00:00Z",
    "last_seen_at": "2026-11-21T09:00:00Z", "last_cluster_at": "2026-11-21T09:04:00Z", "merged_into_case_id": None,
    "created_by_user_id": "u1",
    "created_at": "2026-11-21T09:04:00Z", "updated_at": "2026-11-21T09:04:00Z", "case_number": "CASE-261121-7K3Q", "version": 1,
}  # fmt: skip
DETAIL: dict[str, Any] = {
    "case": CASE, "linked_reports": [], "clusters": [], "escalation_targets": [], "contact_observations": [], "notify_plan": None,
    "routing_profile": None, "execution_tasks": [], "notify_outcomes": [], "escalation_actions": [], "email_deliveries": [],
    "resolution_signals": [],
    "audit_events": [
        {
            "id": 1, "case_id": "case_5e0c9a1b2d3f", "event_type": "case_created", "actor_user_id": "u1",
            "payload_json": '{"report_seqs": [41]}', "created_at": "2026-11-21T09:04:00Z",
        }
    ],
}  # fmt: skip
SENT: dict[str, Any] = {
    "case_id": "case_5e0c9a1b2d3f", "subject": "CleanApp escalation: Blocked drain", "body": "…", "cc_emails": [],
    "actions": [
        {
            "id": 9, "case_id": "case_5e0c9a1b2d3f", "target_id": 4, "channel": "email", "status": "queued",
            "subject": "CleanApp escalation: Blocked drain", "body": "…", "attachments_json": "", "sent_by_user_id": "u1",
            "provider_message_id": "", "sent_at": None, "created_at": "2026-11-21T09:05:00Z",
        }
    ],
    "deliveries": [
        {
            "id": 15, "case_id": "case_5e0c9a1b2d3f", "action_id": 9, "target_id": 4, "recipient_email": "roads@district.example.net",
            "delivery_status": "queued", "delivery_source": "area_contact", "provider": "sendgrid", "provider_message_id": "",
            "sent_at": None,
            "error_code": "", "error_message": "", "attempt": 0, "created_at": "2026-11-21T09:05:00Z",
        }
    ],
}  # fmt: skip


def render_detail(case_ref: str, actor: Actor, app: App) -> Reply:
    """Return a case with all that hangs on it, its version as ETag. Raises CaseNotFound."""
    found = app.cases.find(actor.tenant_id, case_ref, CHILDREN)
    if found is None:
        raise CaseNotFound
    row, children = found
    body = detail_body(row, children, app.escalations.of_case(actor.tenant_id, row["id"]))
    return Reply(body=body, headers={"etag": f'"v{row["version"]}"'})


def render_escalations(case_ref: str, actor: Actor, app: App) -> Reply:
    """Return what was sent about a case. Raises CaseNotFound."""
    found = app.cases.find(actor.tenant_id, case_ref)
    if found is None:
        raise CaseNotFound
    return Reply(body=escalations_body(found[0], app.escalations.of_case(actor.tenant_id, found[0]["id"])))


def sent_resource(alias: str, request_ids: tuple[UUID, ...]) -> str:
    """Return the name of what a send made: its case and its requests."""
    return f"{alias}/{','.join(map(str, request_ids))}"


def requests_of(resource: str) -> tuple[str, list[UUID]]:
    """Return case and requests of such a name."""
    alias, _, ids = resource.partition("/")
    return alias, [UUID(text) for text in ids.split(",")]


def render_sent(resource: str, actor: Actor, app: App) -> Reply:
    """Return the stored truth of a send: text, actions, deliveries."""
    alias, request_ids = requests_of(resource)
    found = app.escalations.of_requests(actor.tenant_id, request_ids)
    newest = found["requests"][-1]
    return Reply(
        body={
            "case_id": alias, "subject": newest["subject"], "body": newest["body"], "cc_emails": newest["cc_emails"],
            "actions": [action_body(alias, action) for action in found["actions"]],
            "deliveries": [delivery_body(alias, delivery) for delivery in found["deliveries"]],
        }
    )  # fmt: skip
