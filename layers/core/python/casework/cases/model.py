"""The case aggregate: what may happen to a case, and what its events make of it.

Commands are methods that check and `record`; `apply` is the only place that changes state, so a replay gives the same case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import singledispatchmethod
from typing import TYPE_CHECKING, Any

from casework.cases.case_types import SCORE_OF, severity_of
from casework.cases.events import (
    Aggregates,
    CaseCreated,
    CaseDeleted,
    CaseEdited,
    CaseEscalationRecorded,
    CaseEscalationRequested,
    CaseMerged,
    CaseMergedInto,
    CaseSessionLinked,
    ClusterAttached,
    ClusterLink,
    ReportLink,
    ReportsAdded,
    Requested,
    ResolutionSignalRecorded,
    Signal,
    StatusChanged,
)
from casework.cases.lifecycle import ENDED, REVIEW, CaseStatus, ClosureReason, path, require_edge
from casework.kernel.errors import Conflict, NotFound, PreconditionFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from casework.cases.case_types import AlertLevel, Category, Severity
    from casework.kernel.events import Event
    from casework.kernel.ids import CaseId, TenantId


class CaseNotFound(NotFound):
    """There is no such case for this caller."""

    slug = "case-not-found"

    def __init__(self) -> None:
        """Use the contract's text."""
        super().__init__("case not found")


class CaseMergedAway(Conflict):
    """The case was merged into another, which is the one to change."""

    slug = "case-merged"
    title = "Case was merged"


class GateBlocks(Conflict):
    """The status of a sensitive case changes by its reviewers' signatures, which an owner's word does not replace (A.7 C-07)."""

    slug = "gate-blocks"
    title = "A gate is in the way"


class VersionMismatch(PreconditionFailed):
    """If-Match names another version than the current one."""

    slug = "version-mismatch"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in the stream."""

    version: int
    event: Event
    actor: str
    at: datetime


@dataclass(slots=True)
class Attached:
    """A link and when it was made."""

    link: ReportLink
    at: datetime


@dataclass(slots=True)
class Case:
    """A case as its events made it. `version` counts events; `fresh` are those not stored yet."""

    id: CaseId
    tenant_id: TenantId
    version: int = 0
    created: CaseCreated = field(init=False)
    created_by: str = ""
    created_at: datetime = field(init=False)
    updated_at: datetime = field(init=False)
    status: CaseStatus = CaseStatus.PROPOSED
    closure_reason: ClosureReason | None = None
    title: str = ""
    titles: dict[str, str] = field(default_factory=dict[str, str])
    language: str = ""
    summary: str = ""
    category: Category | None = None
    tags: list[str] = field(default_factory=list[str])
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])
    chosen_severity: Severity | None = None
    alert_level: AlertLevel | None = None
    sessions: dict[str, datetime] = field(default_factory=dict[str, "datetime"])
    resolved_at: datetime | None = None
    reopen_count: int = 0
    ended_at: datetime | None = None
    merged_into: str | None = None
    merged_into_alias: str = ""
    aggregates: Aggregates = field(default_factory=Aggregates)
    reports: dict[int, Attached] = field(default_factory=dict[int, Attached])
    clusters: dict[str, tuple[ClusterLink, Any]] = field(default_factory=dict[str, tuple[ClusterLink, Any]])
    signals: dict[int, Signal] = field(default_factory=dict[int, Signal])
    requests_recorded: set[str] = field(default_factory=set[str])
    fresh: list[Recorded] = field(default_factory=list[Recorded])

    # Commands

    def require_version(self, expected: int | None) -> None:
        """Raise VersionMismatch unless `expected` (from If-Match) is None or current."""
        if expected is not None and expected != self.version:
            raise VersionMismatch(f"the case is at version {self.version}", current_version=self.version)

    def new_links(self, seqs: Iterable[int], reason: str, confidence: float) -> list[ReportLink]:
        """Return the links that would change something: new reports, or known ones with another reason or confidence."""
        wanted = [ReportLink(seq=seq, reason=reason, confidence=confidence) for seq in dict.fromkeys(seqs)]
        return [link for link in wanted if link.seq not in self.reports or self.reports[link.seq].link != link]

    def add_reports(self, links: Sequence[ReportLink], aggregates: Aggregates, *, by: str, at: datetime) -> None:
        """Link reports by hand; nothing is recorded where nothing changes."""
        self._require_unmerged()
        if links:
            self._record(ReportsAdded(links=list(links), link_reason=links[0].reason, aggregates=aggregates), by, at)

    def attach(self, event: ClusterAttached, *, by: str, at: datetime) -> None:
        """Join a selection to this case."""
        self._require_unmerged()
        self._record(event, by, at)

    def change_status(self, change: StatusChanged, *, by: str, at: datetime) -> None:
        """Walk one edge. Raises IllegalTransition."""
        self._require_unmerged()
        require_edge(self.status, change.target)
        self._record(change, by, at)

    def drive_to(self, target: CaseStatus, change: StatusChanged, *, by: str, at: datetime) -> None:
        """Walk the shortest legal path that avoids the reviews, an event per edge; the status it has already is no event.

        The reason of `change` goes with every edge, its summary and payload with the last, as does what was asked for.
        Raises IllegalTransition, GateBlocks.
        """
        self._require_unmerged()
        origin = self.status
        steps = path(origin, target) if target != origin else []
        if steps and self.created.sensitive_surface_flag:
            raise GateBlocks("the case is sensitive: its status changes by its reviewers' signatures")
        for number, step in enumerate(steps, 1):
            last = number == len(steps)
            update: dict[str, Any] = {"origin": self.status, "target": step, "is_step": not last}
            update |= {"requested": Requested(origin=origin, target=target)} if last else {"summary": "", "payload": None}
            if self.status in ENDED and step not in ENDED:
                update["reason"] = change.reason or "reopened_by_owner"
            if step in ENDED and change.closure_reason is None:
                update["closure_reason"] = ClosureReason.NO_FURTHER_ACTION
            self._record(change.model_copy(update=update), by, at)

    def request_escalation(self, event: CaseEscalationRequested, *, by: str, at: datetime) -> None:
        """Note that mails were ordered."""
        self._require_unmerged()
        self._record(event, by, at)

    def record_escalation(self, event: CaseEscalationRecorded, *, by: str, at: datetime) -> None:
        """Note what became of a request, once."""
        if event.request_id not in self.requests_recorded:
            self._record(event, by, at)

    def record_signal(self, signal: Signal, *, by: str, at: datetime) -> None:
        """Note a resolution signal; the status stays as it is, people decide."""
        self._require_unmerged()
        self._record(ResolutionSignalRecorded(signal=signal), by, at)

    def edit(self, event: CaseEdited, *, by: str, at: datetime) -> None:
        """Change the record by hand; an edit that names nothing still counts as a touch."""
        self._require_unmerged()
        self._record(event, by, at)

    def link_session(self, session_id: str, *, by: str, at: datetime) -> bool:
        """Link a session; return whether it is a new one."""
        self._require_unmerged()
        if session_id in self.sessions:
            return False
        self._record(CaseSessionLinked(session_id=session_id), by, at)
        return True

    def delete(self, *, by: str, at: datetime) -> None:
        """End for good. Raises GateBlocks for what is sensitive or waits for a review."""
        if self.created.sensitive_surface_flag or self.status in REVIEW:
            raise GateBlocks("the case is sensitive or under review: it is not its owner's to delete")
        self._record(CaseDeleted(reason="by_owner"), by, at)

    def merge_into(self, target: Case, *, by: str, at: datetime) -> None:
        """End as merged; `target` takes over (see `absorb`). Raises CaseMergedAway, and IllegalTransition for one under review."""
        self._require_unmerged()
        if self.status in REVIEW:
            require_edge(self.status, CaseStatus.CLOSED)
        if self.status not in ENDED:
            change = StatusChanged(
                origin=self.status, target=CaseStatus.CLOSED, reason="merged", closure_reason=ClosureReason.DUPLICATE, is_step=True
            )
            for step in path(self.status, CaseStatus.CLOSED):
                self._record(change.model_copy(update={"origin": self.status, "target": step}), by, at)
        self._record(CaseMergedInto(target_case_id=target.created.alias, target_id=str(target.id)), by, at)

    def absorb(self, event: CaseMerged, *, by: str, at: datetime) -> None:
        """Take over what merged cases had."""
        self._require_unmerged()
        self._record(event, by, at)

    # State

    @property
    def severity(self) -> str:
        """The stored severity word: what somebody chose by hand, else the case's own, or that of the worst linked report."""
        if self.chosen_severity:
            return self.chosen_severity
        return severity_of(self.aggregates.severity_score) if self.reports else self.created.severity

    @classmethod
    def open(cls, case_id: CaseId, tenant_id: TenantId, event: CaseCreated, *, by: str, at: datetime) -> Case:
        """Open a case."""
        case = cls(case_id, tenant_id)
        case._record(event, by, at)
        return case

    @classmethod
    def replay(cls, case_id: CaseId, tenant_id: TenantId, stream: Iterable[Recorded]) -> Case:
        """Rebuild a case from its stream."""
        case = cls(case_id, tenant_id)
        for recorded in stream:
            case._take(recorded)
        return case

    def _require_unmerged(self) -> None:
        if self.merged_into is not None:
            raise CaseMergedAway("the case was merged into another", merged_into=self.merged_into_alias)

    def _record(self, event: Event, by: str, at: datetime) -> None:
        recorded = Recorded(self.version + 1, event, by, at)
        self._take(recorded)
        self.fresh.append(recorded)

    def _take(self, recorded: Recorded) -> None:
        self.version = recorded.version
        self.updated_at = recorded.at
        self._apply(recorded.event, recorded)

    @singledispatchmethod
    def _apply(self, event: Event, recorded: Recorded) -> None:
        """Let an event change the state; one that changes nothing but the stream needs no method."""

    @_apply.register
    def _(self, event: CaseCreated, recorded: Recorded) -> None:
        self.created, self.created_by, self.created_at = event, recorded.actor, recorded.at
        self.status, self.summary = event.status, event.summary
        self.title, self.titles, self.language = event.title, dict(event.titles), event.language_detected
        self.alert_level = event.alert_level
        self.category, self.tags, self.attributes = event.category, list(event.tags), dict(event.attributes)
        if event.session_id is not None:
            self.sessions[event.session_id] = recorded.at
        self._link(event.links, event.clusters, event.aggregates, recorded.at)

    @_apply.register
    def _(self, event: ClusterAttached, recorded: Recorded) -> None:
        self._link(event.links, event.clusters, event.aggregates, recorded.at)

    @_apply.register
    def _(self, event: ReportsAdded, recorded: Recorded) -> None:
        self._link(event.links, [], event.aggregates, recorded.at)

    @_apply.register
    def _(self, event: StatusChanged, recorded: Recorded) -> None:
        reopened = event.origin == CaseStatus.CLOSED and event.target == CaseStatus.OPEN
        self.reopen_count += reopened or (event.origin == CaseStatus.RESOLVED and event.target == CaseStatus.OPEN)
        self.status, self.closure_reason = event.target, event.closure_reason
        self.ended_at = recorded.at if event.target in ENDED else None
        self.resolved_at = recorded.at if event.target is CaseStatus.RESOLVED else None
        self.summary = event.summary or self.summary

    @_apply.register
    def _(self, event: CaseEscalationRecorded, recorded: Recorded) -> None:
        self.requests_recorded.add(event.request_id)

    @_apply.register
    def _(self, event: CaseMergedInto, recorded: Recorded) -> None:
        self.merged_into, self.merged_into_alias = event.target_id, event.target_case_id
        self.reports, self.clusters, self.signals = {}, {}, {}
        self.aggregates = Aggregates()

    @_apply.register
    def _(self, event: CaseMerged, recorded: Recorded) -> None:
        self._link(event.links, event.clusters, event.aggregates, recorded.at)
        self.signals |= {signal.id: signal for signal in event.signals}

    @_apply.register
    def _(self, event: ResolutionSignalRecorded, recorded: Recorded) -> None:
        self.signals[event.signal.id] = event.signal

    @_apply.register
    def _(self, event: CaseEdited, recorded: Recorded) -> None:
        if event.title is not None:
            self.title, self.language = event.title, event.language_detected or self.language
            self.titles = {self.language: event.title}
        self.summary = self.summary if event.summary is None else event.summary
        self.category = event.category or self.category
        self.tags = self.tags if event.tags is None else list(event.tags)
        merged = self.attributes | (event.attributes or {})
        self.attributes = {name: value for name, value in merged.items() if value is not None or name not in (event.attributes or {})}
        self.alert_level = event.alert_level or self.alert_level
        if event.severity is not None:
            self._choose(event.severity)

    @_apply.register
    def _(self, event: CaseSessionLinked, recorded: Recorded) -> None:
        self.sessions[event.session_id] = recorded.at

    def _choose(self, severity: Severity) -> None:
        """Take a severity chosen by hand; without reports the scores follow, with them they stay what the reports say."""
        self.chosen_severity = severity
        if not self.reports:
            score = SCORE_OF[severity]
            scores = {"severity_score": score, "urgency_score": score, "criticality_score": score}
            self.aggregates = self.aggregates.model_copy(update=scores)

    def _link(self, links: Sequence[ReportLink], clusters: Sequence[ClusterLink], aggregates: Aggregates, at: datetime) -> None:
        for link in links:
            known = self.reports.get(link.seq)
            self.reports[link.seq] = Attached(link, known.at if known else at)
        for cluster in clusters:
            self.clusters.setdefault(cluster.cluster_id, (cluster, at))
        self.aggregates = aggregates
