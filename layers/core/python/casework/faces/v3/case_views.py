"""Bodies of the case and escalation routes (contract §7, §8.2, §8.6, §9.1): the peer's names, lists never null."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from typing_extensions import TypedDict

from casework.cases.lifecycle import CaseStatus, V3Status, v3_word
from casework.entry.request import to_json
from casework.faces.v3.audit import audit_bodies
from casework.faces.v3.case_rows import (
    ActionBody,
    AuditEventBody,
    CandidateBody,
    ClusterBody,
    DeliveryBody,
    LinkedReportBody,
    ReportCaseBody,
    SignalBody,
    StoredTargetBody,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casework.cases.matching import Match
    from casework.escalations.targets import SuggestedTarget

_UNBUILT: dict[str, Any] = {
    "decision_scope": "other", "site_match_score": 0.0, "source_quality_score": 0.0, "role_fit_score": 0.0, "channel_quality_score": 0.0,
    "outcome_memory_score": 0.0, "actionability_score": 0.0, "notify_tier": 3, "send_eligibility": "review", "execution_mode": "review",
    "cooldown_until": None, "reason_selected": "",
}  # fmt: skip
"""Routing of targets (contract §9.6) is not built: its fields keep the contract's defaults."""


class CaseBody(TypedDict):
    """The `case` object of contract §8.6; `anchor_lat` and `anchor_lng` are read from the anchor report."""

    case_id: str
    slug: str
    title: str
    type: str
    status: V3Status
    classification: str
    summary: str
    uncertainty_notes: str
    geometry_json: str
    aggregate_geometry_json: str
    aggregate_bbox_json: str
    anchor_report_seq: int | None
    anchor_lat: float | None
    anchor_lng: float | None
    building_id: str | None
    parcel_id: str | None
    severity_score: float
    urgency_score: float
    confidence_score: float
    exposure_score: float
    criticality_score: float
    trend_score: float
    cluster_count: int
    linked_report_count: int
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    last_cluster_at: datetime | None
    merged_into_case_id: str | None
    created_by_user_id: str
    created_at: datetime
    updated_at: datetime
    case_number: str
    version: int


class CaseDetail(TypedDict):
    """A case with all that hangs on it."""

    case: CaseBody
    linked_reports: list[LinkedReportBody]
    clusters: list[ClusterBody]
    escalation_targets: list[StoredTargetBody]
    contact_observations: list[dict[str, Any]]
    notify_plan: None
    routing_profile: None
    execution_tasks: list[dict[str, Any]]
    notify_outcomes: list[dict[str, Any]]
    escalation_actions: list[ActionBody]
    email_deliveries: list[DeliveryBody]
    resolution_signals: list[SignalBody]
    audit_events: list[AuditEventBody]


class EscalationsBody(TypedDict):
    """What was sent about a case, to whom, and what became of it."""

    case_id: str
    targets: list[StoredTargetBody]
    observations: list[dict[str, Any]]
    notify_plan: None
    routing_profile: None
    execution_tasks: list[dict[str, Any]]
    notify_outcomes: list[dict[str, Any]]
    actions: list[ActionBody]
    deliveries: list[DeliveryBody]
    linked_count: int


class SentBody(TypedDict):
    """An ordered mail: its text, its actions and the truth about each recipient so far."""

    case_id: str
    subject: str
    body: str
    cc_emails: list[str]
    actions: list[ActionBody]
    deliveries: list[DeliveryBody]


class DraftedBody(TypedDict):
    """A draft; nothing is stored."""

    case_id: str
    subject: str
    body: str
    html: str
    language: str
    cc_emails: list[str]
    targets: list[StoredTargetBody]
    linked_count: int


class MatchedBody(TypedDict):
    """The open cases that a scope might belong to."""

    classification: str
    candidate_cases: list[CandidateBody]


class ReportCasesBody(TypedDict):
    """The cases that a report is linked to."""

    seq: int
    cases: list[ReportCaseBody]


def case_body(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the `case` object of a row (with its anchor's position)."""
    return {
        "case_id": row["alias"], "slug": row["slug"], "title": row["title"], "type": row["type"], "status": _word(row),
        "classification": row["classification"], "summary": row["summary"], "uncertainty_notes": row["uncertainty_notes"],
        **_areas(row), "anchor_report_seq": row["anchor_report_seq"], "anchor_lat": row["anchor_lat"], "anchor_lng": row["anchor_lng"],
        "building_id": None, "parcel_id": None, "severity_score": row["severity_score"], "urgency_score": row["urgency_score"],
        "confidence_score": row["confidence_score"], "exposure_score": row["exposure_score"], "criticality_score": row["criticality_score"],
        "trend_score": row["trend_score"], "cluster_count": row["cluster_count"], "linked_report_count": row["linked_report_count"],
        "first_seen_at": row["first_seen_at"], "last_seen_at": row["last_seen_at"], "last_cluster_at": row["last_cluster_at"],
        "merged_into_case_id": row["merged_into_alias"], "created_by_user_id": row["created_by"], "created_at": row["created_at"],
        "updated_at": row["updated_at"], "case_number": row["case_number"], "version": row["version"],
    }  # fmt: skip


def detail_body(
    row: Mapping[str, Any], children: Mapping[str, list[dict[str, Any]]], outreach: Mapping[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    """Return the detail of contract §8.2."""
    alias = row["alias"]
    return {
        "case": case_body(row), "linked_reports": [linked_body(alias, link) for link in children["linked_reports"]],
        "clusters": [_cluster_body(cluster) for cluster in children["clusters"]],
        "escalation_targets": [target_body(alias, target) for target in outreach["targets"]], "contact_observations": [],
        "notify_plan": None, "routing_profile": None, "execution_tasks": [], "notify_outcomes": [],
        "escalation_actions": [action_body(alias, action) for action in outreach["actions"]],
        "email_deliveries": [delivery_body(alias, delivery) for delivery in outreach["deliveries"]],
        "resolution_signals": [_signal_body(alias, signal) for signal in children["signals"]],
        "audit_events": list(audit_bodies(alias, children["events"])),
    }  # fmt: skip


def escalations_body(row: Mapping[str, Any], outreach: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return the body of contract §9.1."""
    alias = row["alias"]
    return {
        "case_id": alias, "targets": [target_body(alias, target) for target in outreach["targets"]], "observations": [],
        "notify_plan": None,
        "routing_profile": None, "execution_tasks": [], "notify_outcomes": [],
        "actions": [action_body(alias, action) for action in outreach["actions"]],
        "deliveries": [delivery_body(alias, delivery) for delivery in outreach["deliveries"]], "linked_count": row["linked_report_count"],
    }  # fmt: skip


def linked_body(alias: str, link: Mapping[str, Any]) -> dict[str, Any]:
    """Return one linked report, its exact position included (staff)."""
    return {"case_id": alias, **link, "recipient_count": 0}


def target_body(alias: str, target: Mapping[str, Any]) -> dict[str, Any]:
    """Return one stored target."""
    names = (
        "id role_type endpoint_key organization display_name channel email phone website contact_url social_platform"
        " social_handle source_url"
        " evidence_text verification_level attribution_class target_source confidence_score rationale created_at"
    )
    organization_key = " ".join(target["organization"].split()).casefold()
    return {
        "case_id": alias,
        "organization_key": organization_key,
        **{name: target[name] for name in names.split()},
        **_UNBUILT,
    }


def suggestion_body(target: SuggestedTarget, at: datetime) -> dict[str, Any]:
    """Return a suggestion that is not stored yet: id 0, no case."""
    names = (
        "role_type endpoint_key organization display_name channel email phone website contact_url social_platform social_handle source_url"
        " evidence_text verification_level attribution_class target_source confidence_score rationale"
    )
    return target_body("", {"id": 0, "created_at": at, **{name: getattr(target, name) for name in names.split()}})


def action_body(alias: str, action: Mapping[str, Any]) -> dict[str, Any]:
    """Return one action with the status that its deliveries give it."""
    return {
        "id": action["id"], "case_id": alias, "target_id": action["target_id"], "channel": "email", "status": action["status"],
        "subject": action["subject"], "body": action["body"], "attachments_json": "", "sent_by_user_id": action["requested_by"],
        "provider_message_id": action["provider_message_id"], "sent_at": action["sent_at"], "created_at": action["created_at"],
    }  # fmt: skip


def delivery_body(alias: str, delivery: Mapping[str, Any]) -> dict[str, Any]:
    """Return one delivery: what really happened for one address."""
    return {
        "id": delivery["id"], "case_id": alias, "action_id": delivery["action_id"], "target_id": delivery["target_id"],
        "recipient_email": delivery["recipient_email"], "delivery_status": delivery["status"], "delivery_source": delivery["source"],
        "provider": delivery["provider"], "provider_message_id": delivery["provider_message_id"] or "", "sent_at": delivery["sent_at"],
        "error_code": delivery["error_code"] or "", "error_message": delivery["error_message"] or "", "attempt": delivery["attempt"],
        "created_at": delivery["created_at"],
    }  # fmt: skip


def candidate_body(match: Match) -> dict[str, Any]:
    """Return one candidate with its score and reasons."""
    row = match.row
    return {
        "case_id": row["alias"], "slug": row["slug"], "title": row["title"], "status": _word(row), "classification": row["classification"],
        "summary": row["summary"], **_areas(row), "anchor_report_seq": row["anchor_report_seq"], "anchor_lat": row["anchor_lat"],
        "anchor_lng": row["anchor_lng"], "cluster_count": row["cluster_count"], "linked_report_count": row["linked_report_count"],
        "shared_report_count": row["shared"], "match_score": match.score, "match_reasons": list(match.reasons),
        "updated_at": row["updated_at"],
    }  # fmt: skip


def report_case_body(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return one case of a report (contract §7.2)."""
    names = "slug title classification summary severity_score urgency_score updated_at"
    return {
        "case_id": row["alias"], "status": _word(row), **{name: row[name] for name in names.split()},
        "escalation_target_count": row["targets"], "delivery_count": row["deliveries"],
    }  # fmt: skip


def _word(row: Mapping[str, Any]) -> str:
    return v3_word(CaseStatus(row["status"]), merged=row["merged_into"] is not None)


def _areas(row: Mapping[str, Any]) -> dict[str, str]:
    return {f"{name}_json": _text(row[name]) for name in ("geometry", "aggregate_geometry", "aggregate_bbox")}


def _text(value: object) -> str:
    return "" if value is None else to_json(value)


def _cluster_body(row: Mapping[str, Any]) -> dict[str, Any]:
    names = (
        "cluster_id source_type classification cluster_fingerprint seed_report_seq report_count summary"
        " created_by_user_id created_at updated_at match_score match_reason"
    )
    latitude, longitude = _centre(row["bbox"])
    return {
        **{name: row[name] for name in names.split()}, "centroid_lat": latitude, "centroid_lng": longitude,
        **{f"{name}_json": _text(row[name]) for name in ("geometry", "bbox", "stats", "analysis")},
    }  # fmt: skip


def _centre(bbox: Sequence[float] | None) -> tuple[float | None, float | None]:
    """Return latitude and longitude of the middle of a box. It is never stored: a scope drawn round a report has its middle there."""
    if not bbox:
        return None, None
    west, south, east, north = bbox
    return (south + north) / 2, ((west + east) / 2 + 180) % 360 - 180


def _signal_body(alias: str, row: Mapping[str, Any]) -> dict[str, Any]:
    names = "id source_type summary linked_report_seq created_at"
    return {"case_id": alias, **{name: row[name] for name in names.split()}, "metadata_json": _text(row["metadata"])}
