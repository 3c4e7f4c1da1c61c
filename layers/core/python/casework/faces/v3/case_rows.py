"""What lies in the lists of the case and escalation answers (contract §7, §8, §9), as their JSON reads.

`*_json` is JSON as text, "" for none.
"""

from __future__ import annotations

from datetime import datetime

from typing_extensions import TypedDict

from casework.cases.lifecycle import V3Status


class LinkedReportBody(TypedDict):
    """A report of a case, its exact position included (staff); texts are those of its preferred reading."""

    case_id: str
    seq: int
    public_id: str
    link_reason: str
    confidence: float
    attached_at: datetime
    title: str
    summary: str
    classification: str
    severity_level: float
    latitude: float
    longitude: float
    report_timestamp: datetime
    last_email_sent_at: datetime | None
    recipient_count: int


class ClusterBody(TypedDict):
    """A snapshot of what a caller saw when the case was created or joined."""

    cluster_id: str
    source_type: str
    classification: str
    centroid_lat: float | None
    centroid_lng: float | None
    cluster_fingerprint: str
    seed_report_seq: int | None
    report_count: int
    summary: str
    created_by_user_id: str
    created_at: datetime
    updated_at: datetime
    match_score: float
    match_reason: str
    geometry_json: str
    bbox_json: str
    stats_json: str
    analysis_json: str


class StoredTargetBody(TypedDict):
    """Somebody who may be told; `id` 0 and an empty `case_id` where it is only a suggestion. Routing scores are not built."""

    id: int
    case_id: str
    role_type: str
    endpoint_key: str
    organization: str
    organization_key: str
    display_name: str
    channel: str
    email: str
    phone: str
    website: str
    contact_url: str
    social_platform: str
    social_handle: str
    source_url: str
    evidence_text: str
    verification_level: str
    attribution_class: str
    target_source: str
    confidence_score: float
    rationale: str
    created_at: datetime
    decision_scope: str
    site_match_score: float
    source_quality_score: float
    role_fit_score: float
    channel_quality_score: float
    outcome_memory_score: float
    actionability_score: float
    notify_tier: int
    send_eligibility: str
    execution_mode: str
    cooldown_until: datetime | None
    reason_selected: str


class ActionBody(TypedDict):
    """One mail to one target; status, message id and time of sending follow from its deliveries."""

    id: int
    case_id: str
    target_id: int
    channel: str
    status: str
    subject: str
    body: str
    attachments_json: str
    sent_by_user_id: str
    provider_message_id: str
    sent_at: datetime | None
    created_at: datetime


class DeliveryBody(TypedDict):
    """What really happened for one address; copies (`manual_cc`) have no action and no target."""

    id: int
    case_id: str
    action_id: int | None
    target_id: int | None
    recipient_email: str
    delivery_status: str
    delivery_source: str
    provider: str
    provider_message_id: str
    sent_at: datetime | None
    error_code: str
    error_message: str
    attempt: int
    created_at: datetime


class SignalBody(TypedDict):
    """A hint that the problem is gone, or not."""

    case_id: str
    id: int
    source_type: str
    summary: str
    linked_report_seq: int | None
    created_at: datetime
    metadata_json: str


class AuditEventBody(TypedDict):
    """One event of a case; `payload_json` is empty once the payload was erased."""

    id: int
    case_id: str
    event_type: str
    actor_user_id: str
    payload_json: str
    created_at: datetime


class CandidateBody(TypedDict):
    """An open case that a scope might belong to."""

    case_id: str
    slug: str
    title: str
    status: V3Status
    classification: str
    summary: str
    geometry_json: str
    aggregate_geometry_json: str
    aggregate_bbox_json: str
    anchor_report_seq: int | None
    anchor_lat: float | None
    anchor_lng: float | None
    cluster_count: int
    linked_report_count: int
    shared_report_count: int
    match_score: float
    match_reasons: list[str]
    updated_at: datetime


class ReportCaseBody(TypedDict):
    """A case of a report; `delivery_count` counts mails that left."""

    case_id: str
    status: V3Status
    slug: str
    title: str
    classification: str
    summary: str
    severity_score: float
    urgency_score: float
    updated_at: datetime
    escalation_target_count: int
    delivery_count: int
