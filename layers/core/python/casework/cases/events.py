"""Events of a case: the truth of which everything else about it is a projection.

They hold no exact position and no contact: positions stand in reports alone, contacts in the vault. Each event carries what its
projections need, so a replay reads nothing else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from casework.cases.case_types import AlertLevel, Category, Severity
from casework.cases.lifecycle import CaseStatus, ClosureReason
from casework.kernel.events import Event

_FROM, _TO = AliasChoices("from", "origin"), AliasChoices("to", "target")
"""Stored and shown as `from` and `to`, which Python reserves in part."""


class Part(BaseModel):
    """A value inside an event."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ReportLink(Part):
    """A report that belongs to a case; `confidence` 0..1."""

    seq: int
    reason: str
    confidence: float


class ClusterLink(Part):
    """A saved cluster that belongs to a case."""

    cluster_id: str
    match_score: float
    match_reason: str


class Signal(Part):
    """A hint that the problem is gone, or not (enumerations B-18)."""

    id: int
    source_type: str
    summary: str
    linked_report_seq: int | None = None
    metadata: dict[str, Any] = Field(default_factory=dict[str, Any])
    created_at: datetime


class Aggregates(Part):
    """What a case is, seen from its linked reports (contract §8.7). `location` is the keyed public point (longitude, latitude)."""

    severity_score: float = 0.0
    urgency_score: float = 0.0
    criticality_score: float = 0.0
    trend_score: float = 0.0
    anchor_report_seq: int | None = None
    location: tuple[float, float] | None = None
    h3_cell: str | None = None
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None
    last_cluster_at: datetime | None = None
    aggregate_geometry: dict[str, Any] | None = None
    aggregate_bbox: tuple[float, float, float, float] | None = None


class FollowUp(Part):
    """One thing that somebody owes."""

    action: str
    owner: str
    due_at: datetime
    status: str = "open"


class Edge(Part):
    """An edge from a case to something outside (C-02)."""

    kind: str
    target_type: str
    target_id: str


class CaseCreated(Event):
    """A case was opened, with all that is known of it."""

    alias: str
    case_number: str
    slug: str
    title: str
    titles: dict[str, str]
    issue_definitions: dict[str, str]
    language_detected: str
    type: str
    case_type: str | None
    classification: str
    status: CaseStatus
    severity: Severity
    alert_level: AlertLevel
    summary: str
    uncertainty_notes: str
    geometry: dict[str, Any] | None
    confidence_score: float
    exposure_score: float
    reporter: dict[str, Any] | None
    attributes: dict[str, Any]
    pattern: dict[str, Any]
    owner: dict[str, Any] | None
    sensitive_surface_flag: bool
    creation_mode: str
    occurred_at: datetime
    links: list[ReportLink]
    clusters: list[ClusterLink]
    follow_ups: list[FollowUp]
    edges: list[Edge]
    aggregates: Aggregates
    target_count: int
    candidate_cases: list[str]
    category: Category | None = None
    tags: list[str] = Field(default_factory=list[str])
    session_id: str | None = None


class ClusterAttached(Event):
    """A selection joined a case that was there; `classification` is the selection's."""

    classification: str = "physical"
    links: list[ReportLink]
    clusters: list[ClusterLink]
    aggregates: Aggregates
    target_count: int
    candidate_cases: list[str]


class ReportsAdded(Event):
    """Reports were linked by hand."""

    links: list[ReportLink]
    link_reason: str
    aggregates: Aggregates


class Requested(Part):
    """The change that a caller of v1, v3 or v4 asked for, in stored statuses; its way may have taken several edges."""

    model_config = ConfigDict(serialize_by_alias=True)

    origin: CaseStatus = Field(validation_alias=_FROM, serialization_alias="from")
    target: CaseStatus = Field(validation_alias=_TO, serialization_alias="to")


class StatusChanged(Event):
    """One edge of the lifecycle was walked. `is_step`: an edge on the way, not the one that the caller asked for."""

    model_config = ConfigDict(serialize_by_alias=True)

    origin: CaseStatus = Field(validation_alias=_FROM, serialization_alias="from")
    target: CaseStatus = Field(validation_alias=_TO, serialization_alias="to")
    reason: str = ""
    closure_reason: ClosureReason | None = None
    summary: str = ""
    payload: Any = None
    requested: Requested | None = None
    is_step: bool = False


class CaseEscalationRequested(Event):
    """A mail about the case was ordered."""

    request_id: str
    target_ids: list[int]
    target_count: int
    subject: str


class CaseEscalationRecorded(Event):
    """It is known what became of every mail of a request."""

    request_id: str
    action_count: int
    delivery_count: int


class CaseMergedInto(Event):
    """The case gave all it had to another and ended."""

    target_case_id: str
    target_id: str


class CaseMerged(Event):
    """The case took over others."""

    source_case_ids: list[str]
    links: list[ReportLink]
    clusters: list[ClusterLink]
    signals: list[Signal]
    aggregates: Aggregates


class ResolutionSignalRecorded(Event):
    """Somebody or something says that the problem is gone, or not."""

    signal: Signal


class CaseEdited(Event):
    """The record was changed by hand; None leaves a field as it is. `attributes` is merged, a null in it removes its name.

    A new title stands alone: what it said in other languages is no longer its translation.
    """

    title: str | None = None
    language_detected: str | None = None
    summary: str | None = None
    severity: Severity | None = None
    alert_level: AlertLevel | None = None
    category: Category | None = None
    tags: list[str] | None = None
    attributes: dict[str, Any] | None = None


class CaseSessionLinked(Event):
    """A further session works on the case."""

    session_id: str


class CaseDeleted(Event):
    """The case was erased: its rows and the payloads of its stream are gone, the chain stays."""

    reason: str


EVENT_TYPES: dict[str, type[Event]] = {
    kind.type_name: kind
    for kind in (
        CaseCreated, ClusterAttached, ReportsAdded, StatusChanged, CaseEscalationRequested, CaseEscalationRecorded, CaseMergedInto,
        CaseMerged, ResolutionSignalRecorded, CaseEdited, CaseSessionLinked, CaseDeleted,
    )
}  # fmt: skip
