"""The `cases` row of a case: pure, so that a replay writes the very same row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casework.cases.model import Case

JSON_COLUMNS = frozenset({"geometry", "aggregate_geometry", "reporter", "attributes", "pattern", "owner", "attachments"})
LANGUAGES = ("th", "en", "zh")


def case_row(case: Case) -> dict[str, Any]:
    """Return the columns of `cases`; JSON columns hold plain values, `location` is (longitude, latitude)."""
    created, found = case.created, case.aggregates
    return {
        "tenant_id": case.tenant_id, "id": case.id, "version": case.version, "alias": created.alias, "case_number": created.case_number,
        "slug": created.slug, "title": case.title, **_texts(case.titles, "title"), **_texts(created.issue_definitions,
        "issue_definition"),
        "language_detected": case.language, "type": created.type, "case_type": created.case_type,
        "classification": created.classification, "status": case.status.value,
        "closure_reason": case.closure_reason.value if case.closure_reason else None, "severity": str(case.severity),
        "alert_level": (case.alert_level or created.alert_level).value, "summary": case.summary,
        "uncertainty_notes": created.uncertainty_notes, "geometry": created.geometry, "aggregate_geometry": found.aggregate_geometry,
        "aggregate_bbox": list(found.aggregate_bbox) if found.aggregate_bbox else None, "location": found.location,
        "h3_cell": found.h3_cell,
        "anchor_report_seq": found.anchor_report_seq, "severity_score": found.severity_score, "urgency_score": found.urgency_score,
        "confidence_score": created.confidence_score, "exposure_score": created.exposure_score,
        "criticality_score": found.criticality_score,
        "trend_score": found.trend_score, "cluster_count": len(case.clusters), "linked_report_count": len(case.reports),
        "first_seen_at": found.first_seen_at, "last_seen_at": found.last_seen_at, "last_cluster_at": found.last_cluster_at,
        "merged_into": case.merged_into, "reporter": created.reporter, "attributes": case.attributes, "pattern": created.pattern,
        "owner": created.owner, "attachments": [], "ai_analysis_ref": None, "sensitive_surface_flag": created.sensitive_surface_flag,
        "reopen_count": case.reopen_count, "creation_mode": created.creation_mode, "created_by": case.created_by,
        "category": case.category.value if case.category else None, "tags": case.tags, "session_id": next(iter(case.sessions), None),
        "resolved_at": case.resolved_at, "occurred_at": created.occurred_at, "created_at": case.created_at, "updated_at": case.updated_at,
    }  # fmt: skip


def _texts(by_language: dict[str, str], prefix: str) -> dict[str, str | None]:
    return {f"{prefix}_{language}": by_language.get(language) for language in LANGUAGES}
