"""A case from a selection: a new one, or the open one that the selection belongs to (contract §8.1)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from casework.cases.case_types import severity_of
from casework.cases.defaults import alert_level_for
from casework.cases.events import CaseCreated, ClusterAttached, ClusterLink, ReportLink
from casework.cases.lifecycle import CaseStatus
from casework.cases.matching import JOINED_FROM, Match, ScopeFacts, match_cases
from casework.cases.model import Case
from casework.cases.references import slug_of
from casework.cases.usecases.bounds import bounds_of_reports
from casework.cases.usecases.measuring import UnknownSelection, measure, require_known
from casework.kernel.errors import InvalidInput, Problem
from casework.kernel.events import canonical_json
from casework.kernel.ids import CaseId, new_case_alias, new_case_number, uuid7

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from casework.cases.ports import Bounds, Geography, UnitOfWork, Work
    from casework.identity.model import Actor
    from casework.kernel.clock import Clock

INITIAL, JOINED = "initial_selection", "cluster_match"
JOINED_CONFIDENCE = 0.95
CHOSEN = "chosen by the caller"
TEXTS_COMPARED = 200
_POSITIONS = frozenset({"latitude", "longitude", "lat", "lng", "lon", "anchor_lat", "anchor_lng"})


class AnchorNotFound(InvalidInput):
    """The anchor is no report of this tenant."""

    slug = "anchor-not-found"

    def __init__(self) -> None:
        """Use the contract's text."""
        super().__init__("anchor report not found", errors=[Problem("/anchor_report_seq", "unknown report")])


@dataclass(frozen=True, slots=True)
class Area:
    """The geometry of a selection and what follows from it. `boxes` are prefilter boxes, split at the antimeridian."""

    geometry: dict[str, Any]
    bbox: Bounds
    centre: tuple[float, float]
    boxes: tuple[Bounds, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFromSelection:
    """The command. `targets` are ready suggestions; `matching` is off, suggest or auto (off never looks for an open case).

    `if_match` is about the case named by `existing_case_id`.
    """

    title: str
    language: str
    type: str = "incident"
    status: CaseStatus = CaseStatus.OPEN
    classification: str = "physical"
    summary: str = ""
    uncertainty_notes: str = ""
    area: Area | None = None
    anchor_report_seq: int | None = None
    report_seqs: tuple[int, ...] = ()
    existing_case_id: str | None = None
    force_new_case: bool = False
    cluster_summary: str = ""
    cluster_source_type: str = "geometry"
    cluster_stats: Any = None
    cluster_analysis: Any = None
    targets: Sequence[Any] = field(default=())
    matching: str = "suggest"
    if_match: int | None = None


class Outcome(NamedTuple):
    """The case, and whether it is new."""

    alias: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What the use case works with besides its command."""

    unit_of_work: UnitOfWork
    clock: Clock
    geography: Callable[[], Geography]
    pepper: bytes


def case_from_selection(command: CaseFromSelection, *, actor: Actor, desk: Desk) -> Outcome:
    """Create a case from a selection or join it to an open one; two equal calls at once end in one case."""
    at = desk.clock.now()
    with desk.unit_of_work(actor.tenant_id) as work:
        seqs = _selected(command, work)
        work.cases.lock_selection([f"report {seq:020}" for seq in seqs] or [_fingerprint(command)])
        matches = _matches(command, seqs, work, desk)
        joined = _destination(command, matches, work)
        cluster = _save_snapshot(command, len(dict.fromkeys(command.report_seqs)), work, actor, at, joined[1] if joined else None)
        if joined is None:
            case = _open(command, seqs, cluster, matches, actor=actor, work=work, desk=desk, at=at)
        else:
            case = joined[0]
            _join(case, command, seqs, cluster, matches, actor=actor, work=work, desk=desk, at=at)
        work.commit()
    return Outcome(case.created.alias, joined is None)


def _selected(command: CaseFromSelection, work: Work) -> list[int]:
    """Return the selection, the anchor included: an anchor that stands alone must not be lost."""
    anchor = command.anchor_report_seq
    if anchor is not None and not work.cases.witnesses([anchor]):
        raise AnchorNotFound
    seqs = require_known(work, command.report_seqs, UnknownSelection)
    return seqs if anchor is None or anchor in seqs else [*seqs, anchor]


def _matches(command: CaseFromSelection, seqs: list[int], work: Work, desk: Desk) -> list[Match]:
    if command.matching == "off" or (command.existing_case_id and command.force_new_case):
        return []
    area = command.area
    rows = work.cases.candidates(command.classification, seqs, area.boxes if area else ())
    if not rows:
        return []
    geography = desk.geography()
    texts = [command.title, command.summary, command.cluster_summary, *work.cases.report_texts(seqs, TEXTS_COMPARED)]
    words = frozenset[str]().union(*(geography.tokens(text) for text in texts if text))
    box, centre = (area.bbox, area.centre) if area else bounds_of_reports(work, seqs)
    return match_cases(ScopeFacts(frozenset(seqs), words, box, centre), rows, geography)


def _destination(command: CaseFromSelection, matches: list[Match], work: Work) -> tuple[Case, Match | None] | None:
    """Return the case to join and how it was matched; None for a new case. Raises CaseNotFound, VersionMismatch."""
    by_id = {match.row["id"]: match for match in matches}
    if command.existing_case_id:
        case = work.cases.get_for_update(command.existing_case_id)
        case.require_version(command.if_match)
        return case, by_id.get(case.id)
    best = matches[0] if matches and not command.force_new_case else None
    if best is None or best.score < JOINED_FROM:
        return None
    return work.cases.get_for_update(str(best.row["id"])), best


def _save_snapshot(
    command: CaseFromSelection, count: int, work: Work, actor: Actor, at: datetime, match: Match | None
) -> list[ClusterLink]:
    """Store what the caller saw, without reports' positions; nothing is stored where nothing was given."""
    area = command.area
    if area is None and not command.cluster_summary and command.cluster_stats is None and command.cluster_analysis is None:
        return []
    cluster_id = f"clst_{secrets.token_hex(12)}"
    work.cases.save_cluster(
        {
            "cluster_id": cluster_id, "source_type": command.cluster_source_type, "classification": command.classification,
            "geometry": area.geometry if area else None, "bbox": list(area.bbox) if area else None,
            "cluster_fingerprint": _fingerprint(command) if area else "", "seed_report_seq": command.anchor_report_seq,
            "report_count": count, "summary": command.cluster_summary, "stats": _without_positions(command.cluster_stats),
            "analysis": _without_positions(command.cluster_analysis), "created_by_user_id": actor.id, "at": at,
        }
    )  # fmt: skip
    score, reason = (match.score, ", ".join(match.reasons)) if match else (1.0, CHOSEN if command.existing_case_id else "")
    return [ClusterLink(cluster_id=cluster_id, match_score=score, match_reason=reason)]


def _open(
    command: CaseFromSelection, seqs: list[int], clusters: list[ClusterLink], matches: list[Match], *, actor: Actor, work: Work, desk: Desk,
    at: datetime,
) -> Case:  # fmt: skip
    geometry = command.area.geometry if command.area else None
    found = measure(
        work, seqs, [cluster.cluster_id for cluster in clusters], geometry, tenant_id=actor.tenant_id, pepper=desk.pepper,
        last_link_at=at if seqs else None,
    )  # fmt: skip
    severity = severity_of(found.severity_score)
    anchored = command.anchor_report_seq is not None
    event = CaseCreated(
        alias=new_case_alias(), case_number=new_case_number(at, work.cases.next_ordinal()), slug=slug_of(command.title),
        title=command.title,
        titles={command.language: command.title}, issue_definitions={}, language_detected=command.language, type=command.type,
        case_type=None,
        classification=command.classification, status=command.status, severity=severity, alert_level=alert_level_for(None, severity),
        summary=command.summary, uncertainty_notes=command.uncertainty_notes, geometry=geometry, confidence_score=0.8 if anchored else 0.0,
        exposure_score=0.6 if anchored else 0.0, reporter=None, attributes={}, pattern={}, owner=None, sensitive_surface_flag=False,
        creation_mode="ai_hypothesis_promotion" if clusters else "manual_form", occurred_at=found.first_seen_at or at,
        links=[ReportLink(seq=seq, reason=INITIAL, confidence=1.0) for seq in seqs], clusters=clusters, follow_ups=[], edges=[],
        aggregates=found, target_count=len(command.targets), candidate_cases=[match.row["alias"] for match in matches],
    )  # fmt: skip
    case = Case.open(CaseId(uuid7()), actor.tenant_id, event, by=actor.id, at=at)
    work.cases.save(case)
    work.escalations.add_targets(case.id, command.targets, at)
    return case


def _join(
    case: Case, command: CaseFromSelection, seqs: list[int], clusters: list[ClusterLink], matches: list[Match], *, actor: Actor, work: Work,
    desk: Desk, at: datetime,
) -> None:  # fmt: skip
    links = [ReportLink(seq=seq, reason=JOINED, confidence=max(JOINED_CONFIDENCE, _confidence(case, seq))) for seq in seqs]
    fresh = [link for link in links if link.seq not in case.reports or case.reports[link.seq].link != link]
    added = work.escalations.add_targets(case.id, command.targets, at)
    if not (fresh or clusters or added):
        return
    found = measure(
        work, [*case.reports, *seqs], [*case.clusters, *(cluster.cluster_id for cluster in clusters)], case.created.geometry,
        tenant_id=actor.tenant_id, pepper=desk.pepper, last_link_at=at if fresh else case.aggregates.last_cluster_at,
    )  # fmt: skip
    aliases = [match.row["alias"] for match in matches]
    event = ClusterAttached(
        classification=command.classification, links=fresh, clusters=clusters, aggregates=found, target_count=added,
        candidate_cases=aliases,
    )  # fmt: skip
    case.attach(event, by=actor.id, at=at)
    work.cases.save(case)


def _confidence(case: Case, seq: int) -> float:
    known = case.reports.get(seq)
    return known.link.confidence if known else 0.0


def _fingerprint(command: CaseFromSelection) -> str:
    geometry = canonical_json(command.area.geometry) if command.area else ""
    text = f"{command.classification}|{geometry}|{command.cluster_summary}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _without_positions(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return JSON without members that hold a position of a report."""
    if isinstance(value, dict):
        if value.get("type") == "Point":  # pyright: ignore[reportUnknownMemberType]
            return None
        return {name: _without_positions(member) for name, member in value.items() if name not in _POSITIONS}  # pyright: ignore[reportUnknownVariableType]
    return [_without_positions(member) for member in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]
