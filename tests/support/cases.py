"""Cases and their events for tests, without a database."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from casework.cases.case_types import AlertLevel, Severity
from casework.cases.events import Aggregates, CaseCreated, ClusterLink, ReportLink, Signal, StatusChanged
from casework.cases.lifecycle import EDGES, CaseStatus
from casework.cases.model import Case
from casework.kernel.ids import CaseId, new_case_alias, new_case_number, uuid7
from tests.support.apps import BANGKOK

if TYPE_CHECKING:
    from casework.kernel.ids import TenantId

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
_ordinals = itertools.count(1)
LATER = AT + timedelta(hours=1)


def created(**fields: Any) -> CaseCreated:
    """Return the event of a bare case; `fields` replace."""
    alias = new_case_alias()
    plain: dict[str, Any] = {
        "alias": alias, "case_number": new_case_number(AT, next(_ordinals)), "slug": alias, "title": "A blocked drain",
        "titles": {"en": "A blocked drain"},
        "issue_definitions": {}, "language_detected": "en", "type": "incident", "case_type": None, "classification": "physical",
        "status": CaseStatus.OPEN, "severity": Severity.MEDIUM, "alert_level": AlertLevel.L2, "summary": "", "uncertainty_notes": "",
        "geometry": None, "confidence_score": 0.0, "exposure_score": 0.0, "reporter": None, "attributes": {}, "pattern": {}, "owner": None,
        "sensitive_surface_flag": False, "creation_mode": "manual_form", "occurred_at": AT, "links": [], "clusters": [], "follow_ups": [],
        "edges": [], "aggregates": Aggregates(), "target_count": 0, "candidate_cases": [],
    }  # fmt: skip
    return CaseCreated(**(plain | fields))


def a_case(*, tenant_id: TenantId = BANGKOK, **fields: Any) -> Case:
    """Return a new case with one event."""
    return Case.open(CaseId(uuid7()), tenant_id, created(**fields), by="u1", at=AT)


def a_case_in(status: CaseStatus) -> Case:
    """Return a case that came to a status by legal edges."""
    case = a_case()
    for step in way_to(status):
        case.change_status(changed(case, step), by="u1", at=AT)
    return case


def changed(case: Case, target: CaseStatus, **fields: Any) -> StatusChanged:
    return StatusChanged(origin=case.status, target=target, **fields)


def links(*seqs: int, reason: str = "manual", confidence: float = 1.0) -> list[ReportLink]:
    return [ReportLink(seq=seq, reason=reason, confidence=confidence) for seq in seqs]


def cluster(name: str) -> ClusterLink:
    return ClusterLink(cluster_id=name, match_score=1.0, match_reason="")


def a_signal(number: int) -> Signal:
    return Signal(id=number, source_type="after_photo", summary="dry", created_at=AT)


def way_to(status: CaseStatus, origin: CaseStatus = CaseStatus.OPEN) -> list[CaseStatus]:
    """Return some way over the edges, found breadth first."""
    ways: list[list[CaseStatus]] = [[origin]]
    for way in ways:
        if way[-1] == status:
            return way[1:]
        ways += [[*way, step] for step in EDGES[way[-1]] if step not in way]
    raise AssertionError(status)
