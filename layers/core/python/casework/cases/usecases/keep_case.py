"""What its owner does with a case of their own: open it unclassified, change it, drive it on, link a session, erase it.

Cases of others do not exist here: a person who asks for one gets the same answer as for none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any, NamedTuple

from casework.cases.case_types import SCORE_OF, AlertLevel, Category, Severity
from casework.cases.defaults import alert_level_for
from casework.cases.events import Aggregates, CaseCreated, CaseEdited, Edge
from casework.cases.lifecycle import CaseStatus
from casework.cases.model import Case
from casework.cases.references import slug_of
from casework.cases.usecases.change_status import ChangeStatus, status_event
from casework.kernel.errors import InvalidInput, Problem
from casework.kernel.events import canonical_json
from casework.kernel.ids import CaseId, new_case_alias, new_case_number, uuid7

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime
    from uuid import UUID

    from casework.cases.ports import UnitOfWork, Work
    from casework.identity.model import Actor
    from casework.kernel.clock import Clock

_TITLE_LENGTH = 200
LARGEST_METADATA = 1024 * 1024
"""Characters of JSON after a merge: with a body's 2 MiB of text beside it a case still fits into one answer."""


class MetadataTooLarge(InvalidInput):
    """Merged again and again, metadata would outgrow what an answer holds."""

    slug = "metadata-too-large"
    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlain:
    """The command. A blank title becomes `Case-MMDD-N`: month and day in UTC, N counts the person's automatic titles of that day."""

    title: str = ""
    description: str = ""
    session_id: str | None = None
    severity: Severity = Severity.MEDIUM
    category: Category = Category.OTHER
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFromWalk:
    """The command: a case about a walk of the help desk. `category` is a case type of the tenant's, one of v1's, or neither."""

    problem: str
    summary: str
    category: str | None
    language: str
    ticket_id: UUID


class Opened(NamedTuple):
    """A new case."""

    id: CaseId
    alias: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What these use cases work with; `detect_language` returns th, en or zh."""

    unit_of_work: UnitOfWork
    clock: Clock
    detect_language: Callable[[str], str]


def open_plain(command: OpenPlain, *, actor: Actor, desk: Desk) -> Case:
    """Open a case that nobody has classified yet. Raises MetadataTooLarge."""
    at = desk.clock.now()
    _require_room(command.metadata)
    with desk.unit_of_work(actor.tenant_id) as work:
        title = command.title.strip() or _automatic_title(work, actor, at)
        language = desk.detect_language(f"{title} {command.description}")
        event = _created(title, command.description, language, command.severity, command.category, work, at).model_copy(
            update={"attributes": command.metadata, "tags": list(command.tags), "session_id": command.session_id}
        )
        case = Case.open(CaseId(uuid7()), actor.tenant_id, event, by=actor.id, at=at)
        work.cases.save(case)
        work.commit()
    return case


@dataclass(frozen=True, slots=True, kw_only=True)
class EditOwn:
    """The command: what the record should say, and the status to drive to unless the case is in one of `stays_in` already."""

    changes: CaseEdited = field(default_factory=CaseEdited)
    target: CaseStatus | None = None
    stays_in: Collection[CaseStatus] = ()


def edit_own(case_ref: str, command: EditOwn, *, if_match: int | None, actor: Actor, desk: Desk) -> Case:
    """Change what the command names; one that names nothing still touches the case.

    Raises CaseNotFound, VersionMismatch, GateBlocks, IllegalTransition, CaseMergedAway; then nothing is changed.
    """
    at = desk.clock.now()
    with desk.unit_of_work(actor.tenant_id) as work:
        case = work.cases.get_for_update(case_ref, owner=actor.id)
        case.require_version(if_match)
        if command.target is not None and case.status not in command.stays_in:
            case.drive_to(command.target, status_event(case, ChangeStatus(target=command.target)), by=actor.id, at=at)
        changes = _completed(command.changes, case, work, desk)
        if changes != CaseEdited() or not case.fresh:
            case.edit(changes, by=actor.id, at=at)
        work.cases.save(case)
        work.commit()
    return case


def delete_own(case_ref: str, *, if_match: int | None, actor: Actor, desk: Desk) -> None:
    """Erase the case: rows, contacts and payloads go, the chain of its events stays. Raises as `edit_own`, and CaseInUse."""
    with desk.unit_of_work(actor.tenant_id) as work:
        case = work.cases.get_for_update(case_ref, owner=actor.id)
        case.require_version(if_match)
        case.delete(by=actor.id, at=desk.clock.now())
        work.cases.erase(case)
        work.commit()


def link_session(case_ref: str, session_id: str, *, actor: Actor, unit_of_work: UnitOfWork, clock: Clock) -> tuple[str, bool]:
    """Link a further session to any case of the tenant. Return the alias and whether the session is new there. Raises CaseNotFound."""
    with unit_of_work(actor.tenant_id) as work:
        case = work.cases.get_for_update(case_ref)
        is_new = case.link_session(session_id, by=actor.id, at=clock.now())
        work.cases.save(case)
        work.commit()
    return case.created.alias, is_new


def _completed(changes: CaseEdited, case: Case, work: Work, desk: Desk) -> CaseEdited:
    """Add what follows from an edit: a title's language, a severity's alert level (B-3). Raises MetadataTooLarge."""
    _require_room(case.attributes | (changes.attributes or {}))
    update: dict[str, Any] = {}
    if changes.title is not None:
        text = f"{changes.title} {case.summary if changes.summary is None else changes.summary}"
        update["language_detected"] = desk.detect_language(text)
    if changes.severity is not None:
        kind = work.cases.case_type(case.created.case_type) if case.created.case_type else None
        base = AlertLevel(kind["default_alert_level"]) if kind else AlertLevel.L3
        update["alert_level"] = alert_level_for(case.created.case_type, changes.severity, base)
    return changes.model_copy(update=update)


def _require_room(metadata: dict[str, Any]) -> None:
    """Raise MetadataTooLarge where a case would not fit into one answer any more."""
    if metadata and len(canonical_json(metadata)) > LARGEST_METADATA:
        fault = Problem("/metadata", f"should have at most {LARGEST_METADATA} characters of JSON, merged", "too_long")
        raise MetadataTooLarge("the metadata would be too large", errors=[fault])


def _automatic_title(work: Work, actor: Actor, at: datetime) -> str:
    today = at.astimezone(UTC).date()
    return f"Case-{today:%m%d}-{work.cases.next_title_number(actor.id, today)}"


def open_from_walk(command: OpenFromWalk, work: Work, *, actor: Actor, at: datetime) -> Opened:
    """Open a case about a walk inside the caller's transaction; it waits for a review, as every case that a conversation made."""
    title = " ".join(command.problem.split())[:_TITLE_LENGTH]
    kind = work.cases.case_type(command.category) if command.category else None
    category = Category(command.category) if command.category in set(Category) else None
    severity = Severity(kind["default_severity"]) if kind else Severity.MEDIUM
    event = _created(title, command.summary, command.language, severity, category, work, at).model_copy(
        update={
            "status": CaseStatus.UNDER_REVIEW, "creation_mode": "ai_conversation", "case_type": kind["code"] if kind else None,
            "alert_level": AlertLevel(kind["default_alert_level"]) if kind else alert_level_for(None, severity),
            "sensitive_surface_flag": bool(kind and kind["sensitive_by_default"]), "classification": "physical" if kind else "digital",
            "edges": [Edge(kind="source_provenance", target_type="l1_ticket", target_id=str(command.ticket_id))],
        }
    )  # fmt: skip
    case = Case.open(CaseId(uuid7()), actor.tenant_id, event, by=actor.id, at=at)
    work.cases.save(case)
    return Opened(case.id, event.alias)


def _created(
    title: str, summary: str, language: str, severity: Severity, category: Category | None, work: Work, at: datetime
) -> CaseCreated:
    score = SCORE_OF[severity]
    return CaseCreated(
        alias=new_case_alias(), case_number=new_case_number(at, work.cases.next_ordinal()), slug=slug_of(title), title=title,
        titles={language: title}, issue_definitions={}, language_detected=language, type="incident", case_type=None,
        classification="digital", status=CaseStatus.OPEN, severity=severity, alert_level=alert_level_for(None, severity),
        summary=summary, uncertainty_notes="", geometry=None, confidence_score=0.0, exposure_score=0.0, reporter=None, attributes={},
        pattern={}, owner=None, sensitive_surface_flag=False, creation_mode="manual_form", occurred_at=at, links=[], clusters=[],
        follow_ups=[], edges=[], aggregates=Aggregates(severity_score=score, urgency_score=score, criticality_score=score),
        target_count=0, candidate_cases=[], category=category,
    )  # fmt: skip
