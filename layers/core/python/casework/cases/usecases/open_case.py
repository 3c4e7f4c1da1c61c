"""Open a case by form: all 28 names of the record (A.7 C-01)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from casework.cases.case_types import SCORE_OF, AlertLevel, Severity
from casework.cases.contacts import hashed_reporter
from casework.cases.defaults import alert_level_for
from casework.cases.events import Aggregates, CaseCreated, Edge, FollowUp
from casework.cases.lifecycle import CaseStatus
from casework.cases.location import public_point
from casework.cases.model import Case
from casework.cases.references import slug_of
from casework.kernel.errors import InvalidInput, Problem
from casework.kernel.events import canonical_json
from casework.kernel.ids import CaseId, new_case_alias, new_case_number, uuid7

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from casework.cases.ports import ContactLock, UnitOfWork, Work
    from casework.identity.model import Actor
    from casework.kernel.clock import Clock


class UnknownCaseType(InvalidInput):
    """The tenant has no such case type."""

    slug = "unknown-case-type"
    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """The command: the writable names of a case record. `titles` and `issue_definitions` by language; `location` (latitude, longitude)."""

    case_type: str
    titles: Mapping[str, str]
    language: str
    issue_definitions: Mapping[str, str] = field(default_factory=dict[str, str])
    severity: Severity | None = None
    alert_level: AlertLevel | None = None
    status: CaseStatus = CaseStatus.OPEN
    occurred_at: datetime | None = None
    reporter: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    location: tuple[float, float] | None = None
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])
    pattern: dict[str, Any] = field(default_factory=dict[str, Any])
    owner: dict[str, Any] | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    edges: tuple[Edge, ...] = ()
    sensitive: bool | None = None
    classification: str = "physical"
    summary: str = ""


@dataclass(frozen=True, slots=True)
class FormDesk:
    """What the use case works with besides its command; peppers and lock are asked for only when they are needed."""

    unit_of_work: UnitOfWork
    clock: Clock
    location_pepper: Callable[[], bytes]
    contact_pepper: Callable[[], bytes]
    lock: Callable[[], ContactLock]


def open_case(command: OpenCase, *, actor: Actor, desk: FormDesk) -> str:
    """Open the case. Return its alias. Raises UnknownCaseType, Unavailable (the vault's key)."""
    at, case_id = desk.clock.now(), CaseId(uuid7())
    contact = {name: value for name, value in command.reporter.items() if value}
    sealed = _seal(contact, case_id, actor, desk)
    with desk.unit_of_work(actor.tenant_id) as work:
        event = _event(command, contact, work, actor, desk, at)
        case = Case.open(case_id, actor.tenant_id, event, by=actor.id, at=at)
        work.cases.save(case)
        if sealed:
            work.cases.keep_contact(uuid7(), at, *sealed, case_id=case_id)
        work.commit()
    return event.alias


def _seal(contact: Mapping[str, str], case_id: CaseId, actor: Actor, desk: FormDesk) -> tuple[bytes, str] | None:
    """Encrypt the contact before the transaction begins: no transaction spans a call to the outside."""
    if not contact:
        return None
    lock = desk.lock()
    return lock.encrypt(canonical_json(contact), tenant_id=actor.tenant_id, subject_id=case_id), lock.key_id


def _type_of(command: OpenCase, work: Work) -> Mapping[str, Any]:
    kind = work.cases.case_type(command.case_type)
    if kind is None:
        raise UnknownCaseType("the tenant has no such case_type", errors=[Problem("/case_type", "not a case type of this tenant")])
    return kind


def _event(command: OpenCase, contact: Mapping[str, str], work: Work, actor: Actor, desk: FormDesk, at: datetime) -> CaseCreated:
    kind = _type_of(command, work)
    severity = command.severity or Severity(kind["default_severity"])
    level = command.alert_level or _level(command, kind, severity)
    place = public_point(*command.location, tenant_id=actor.tenant_id, pepper=desk.location_pepper()) if command.location else (None, None)
    title = command.titles.get(command.language) or next(iter(command.titles.values()))
    score = SCORE_OF[severity]
    return CaseCreated(
        alias=new_case_alias(), case_number=new_case_number(at, work.cases.next_ordinal()), slug=slug_of(title), title=title,
        titles=dict(command.titles),
        issue_definitions=dict(command.issue_definitions), language_detected=command.language, type="incident", case_type=command.case_type,
        classification=command.classification, status=command.status, severity=severity, alert_level=level, summary=command.summary,
        uncertainty_notes="", geometry=None, confidence_score=0.0, exposure_score=0.0,
        reporter=hashed_reporter(contact, tenant_id=actor.tenant_id, pepper=desk.contact_pepper()) if contact else None,
        attributes=command.attributes, pattern=command.pattern, owner=command.owner,
        sensitive_surface_flag=kind["sensitive_by_default"] if command.sensitive is None else command.sensitive,
        creation_mode="manual_form",
        occurred_at=command.occurred_at or at, links=[], clusters=[], follow_ups=list(command.follow_ups), edges=list(command.edges),
        aggregates=Aggregates(severity_score=score, urgency_score=score, criticality_score=score, location=place[0], h3_cell=place[1]),
        target_count=0, candidate_cases=[],
    )  # fmt: skip


def _level(command: OpenCase, kind: Mapping[str, Any], severity: Severity) -> AlertLevel:
    """Return the type's own level at its own severity, else what rule B-3 makes of the difference."""
    base = AlertLevel(kind["default_alert_level"])
    return base if severity == kind["default_severity"] else alert_level_for(command.case_type, severity, base)
