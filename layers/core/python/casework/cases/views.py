"""The canonical view of a case: the 28 names of the record (A.7 C-01) and what surrounds them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from pydantic import StringConstraints
from typing_extensions import TypedDict

from casework.cases.case_types import AlertLevel, Category, Severity
from casework.cases.lifecycle import CaseStatus, ClosureReason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Instant = datetime
"""A name that the field `datetime` of a case does not hide."""
Hex = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]

LANGUAGES = ("th", "en", "zh")
_TITLES = [(language, f"title_{language}") for language in LANGUAGES]
EDGE_NAMES = {
    "actor": "related_actors", "service": "related_services", "signal": "related_signals", "dashboard": "related_dashboards",
    "source_provenance": "related_source_provenance",
}  # fmt: skip
Children = dict[str, list[dict[str, Any]]]


class PlaceView(TypedDict):
    """The public point of a place (within 50 m of it) and its H3 cell for maps."""

    latitude: float
    longitude: float
    h3_cell: str


class EdgeView(TypedDict):
    """An edge to something outside the case."""

    target_type: str
    target_id: str


class LinkView(EdgeView):
    """The same with its kind."""

    edge_kind: str


class SignalView(TypedDict):
    """A hint that the problem is gone, or not."""

    id: int
    source_type: str
    summary: str
    linked_report_seq: int | None
    metadata: dict[str, Any]
    created_at: Instant


class FollowUpView(TypedDict):
    """One thing that somebody owes."""

    action: str
    owner: str
    due_at: Instant
    status: str


class LinkedSessionView(TypedDict):
    """A session that works on the case."""

    session_id: str
    linked_at: Instant


class CaseSummary(TypedDict):
    """A case in a list."""

    id: UUID
    case_number: str
    case_id: str
    version: int
    title: str
    title_th: str | None
    title_en: str | None
    title_zh: str | None
    case_type: str | None
    classification: str
    severity: Severity
    alert_level: AlertLevel
    status: CaseStatus
    closure_reason: ClosureReason | None
    datetime: Instant
    location: PlaceView | None
    severity_score: float
    urgency_score: float
    linked_report_count: int
    language_detected: str
    untranslated: list[str]
    sensitive_surface_flag: bool
    creation_mode: str
    merged_into: UUID | None
    created_by: str
    created_at: Instant
    updated_at: Instant


class CaseView(CaseSummary):
    """A case with all of its record; `case_id` is the alias that the older faces use, `export_log` the projection of its exports."""

    summary: str
    reporter: dict[str, Any] | None
    issue_definition_th: str | None
    issue_definition_en: str | None
    issue_definition_zh: str | None
    attributes: dict[str, Any]
    pattern: dict[str, Any]
    related_actors: list[EdgeView]
    related_services: list[EdgeView]
    related_signals: list[EdgeView]
    related_dashboards: list[EdgeView]
    related_source_provenance: list[EdgeView]
    owner: dict[str, Any] | None
    follow_up: list[FollowUpView]
    ai_analysis_ref: UUID | None
    attachments: list[dict[str, Any]]
    export_log: list[dict[str, Any]]
    reopen_count: int
    category: Category | None
    tags: list[str]
    sessions: list[LinkedSessionView]
    resolved_at: Instant | None
    links: list[LinkView]
    ai_analysis: list[dict[str, Any]]
    resolution_signals: list[SignalView]


class EventView(TypedDict):
    """One event of a case's stream; hashes in hex. `payload` and `salt` are null once they were erased."""

    version: int
    type: str
    actor: str
    occurred_at: Instant
    recorded_at: Instant
    payload: dict[str, Any] | None
    salt: Hex | None
    commitment: Hex
    prev_hash: Hex
    hash: Hex


class StreamView(TypedDict):
    """A case's stream and whether its hash chain holds; `broken_at` is the first version that does not fit."""

    id: UUID
    case_id: str
    tenant_id: UUID
    verified: bool
    broken_at: int | None
    head: str
    items: list[EventView]


class CasePage(TypedDict):
    """A page of cases."""

    items: list[CaseSummary]
    next_cursor: str | None


def case_summary(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a list shows of a row of `cases`."""
    return {
        "id": row["id"], "case_number": row["case_number"], "case_id": row["alias"], "version": row["version"], "title": row["title"],
        "title_th": row["title_th"], "title_en": row["title_en"], "title_zh": row["title_zh"], "case_type": row["case_type"],
        "classification": row["classification"], "severity": row["severity"], "alert_level": row["alert_level"], "status": row["status"],
        "closure_reason": row["closure_reason"], "datetime": row["occurred_at"], "location": place_view(row),
        "severity_score": row["severity_score"], "urgency_score": row["urgency_score"], "linked_report_count": row["linked_report_count"],
        "language_detected": row["language_detected"],
        "untranslated": [language for language, column in _TITLES if not row[column]],
        "sensitive_surface_flag": row["sensitive_surface_flag"], "creation_mode": row["creation_mode"], "merged_into": row["merged_into"],
        "created_by": row["created_by"], "created_at": row["created_at"], "updated_at": row["updated_at"],
    }  # fmt: skip


def case_view(row: Mapping[str, Any], children: Children) -> dict[str, Any]:
    """Return the canonical view of a row of `cases` with its follow-ups, links and signals."""
    edges: dict[str, list[dict[str, Any]]] = {name: [] for name in EDGE_NAMES.values()}
    for link in children["links"]:
        edges[EDGE_NAMES[link["edge_kind"]]].append({"target_type": link["target_type"], "target_id": link["target_id"]})
    return case_summary(row) | edges | {
        "summary": row["summary"], "reporter": row["reporter"],
        **{f"issue_definition_{language}": row[f"issue_definition_{language}"] for language in LANGUAGES},
        "attributes": row["attributes"], "pattern": row["pattern"], "owner": row["owner"],
        "follow_up": [_only(due, "action", "owner", "due_at", "status") for due in children["follow_ups"]],
        "ai_analysis_ref": row["ai_analysis_ref"], "attachments": row["attachments"], "export_log": [], "reopen_count": row["reopen_count"],
        "category": row["category"], "tags": row["tags"],
        "sessions": [_only(session, "session_id", "linked_at") for session in children["sessions"]], "resolved_at": row["resolved_at"],
        "links": [_only(link, "edge_kind", "target_type", "target_id") for link in children["links"]], "ai_analysis": [],
        "resolution_signals": [
            _only(signal, "id", "source_type", "summary", "linked_report_seq", "metadata", "created_at") for signal in children["signals"]
        ],
    }  # fmt: skip


def stream_view(row: Mapping[str, Any], events: Sequence[Mapping[str, Any]], broken_at: int | None) -> dict[str, Any]:
    """Return a case's stream with what a reader needs to verify the chain."""
    return {
        "id": row["id"], "case_id": row["alias"], "tenant_id": row["tenant_id"], "verified": broken_at is None, "broken_at": broken_at,
        "head": events[-1]["hash"].hex() if events else "", "items": [_event_view(event) for event in events],
    }  # fmt: skip


def place_view(row: Mapping[str, Any]) -> PlaceView | None:
    """Return the public point of a case (`location` is the text of a Postgres point, longitude first)."""
    if row["location"] is None:
        return None
    longitude, latitude = (float(part) for part in row["location"].strip("()").split(","))
    return {"latitude": latitude, "longitude": longitude, "h3_cell": row["h3_cell"]}


def _event_view(event: Mapping[str, Any]) -> dict[str, Any]:
    kept = _only(event, "version", "type", "actor", "occurred_at", "recorded_at", "payload")
    return kept | {name: event[name].hex() if event[name] is not None else None for name in ("salt", "commitment", "prev_hash", "hash")}


def _only(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}
