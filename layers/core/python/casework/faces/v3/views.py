"""Answers of the report and cluster routes, as their JSON reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from casework.faces.v3.case_rows import CandidateBody, StoredTargetBody
from casework.reports.views import ReportWithAnalysis


class Pointer(TypedDict):
    """One fault: a JSON pointer into the body, and what is wrong there."""

    pointer: str
    detail: str


class ErrorBody(TypedDict):
    """A refusal: a short text for people, a stable code for programs; some errors carry further facts."""

    error: str
    code: str
    errors: NotRequired[list[Pointer]]


class IngestedReport(TypedDict):
    """What became of one item; `errors` stands only with an invalid one."""

    seq: int | None
    public_id: str | None
    status: Literal["created", "duplicate", "invalid"]
    errors: NotRequired[list[Pointer]]


class IngestBody(TypedDict):
    """Results in the order of the input."""

    results: list[IngestedReport]


class StatsBody(TypedDict):
    """Figures over the reports of the answer (contract §4.3); the times are absent where there is no report."""

    classification: str
    report_count: int
    severity_average: float
    severity_max: float
    high_priority_count: int
    medium_priority_count: int
    first_seen_at: NotRequired[datetime]
    last_seen_at: NotRequired[datetime]
    classification_breakdown: dict[str, int]


class HypothesisBody(TypedDict):
    """Reports believed to tell of one incident. The components add up to the figure that they explain."""

    hypothesis_id: str
    title: str
    classification: str
    representative_report_seq: int
    report_seqs: list[int]
    report_count: int
    confidence: float
    confidence_components: dict[str, float]
    severity_score: float
    urgency_score: float
    rationale: list[str]
    cohesion: float
    link_components: dict[str, float]
    first_seen_at: datetime
    last_seen_at: datetime


class AnalysisBody(TypedDict):
    """An analysis of a scope (contract §4). `total_in_scope` also counts the reports that `n` cut off."""

    scope_type: Literal["geometry", "seed_report"]
    classification: str
    anchor_report_seq: NotRequired[int]
    radius_km: NotRequired[float]
    geometry: NotRequired[dict[str, Any]]
    truncated: bool
    total_in_scope: int
    reports: list[ReportWithAnalysis]
    stats: StatsBody
    hypotheses: list[HypothesisBody]
    suggested_targets: list[StoredTargetBody]
    candidate_cases: list[CandidateBody]
