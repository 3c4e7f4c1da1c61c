"""Change the status of a case: single edges on the canonical face, the shortest legal path on the older ones (A.7 C-07)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from casework.cases.events import StatusChanged
from casework.cases.lifecycle import ENDED, CaseStatus, ClosureReason
from casework.identity.permissions import Permission
from casework.kernel.errors import Conflict, InvalidInput, Problem

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from casework.cases.model import Case
    from casework.cases.ports import UnitOfWork
    from casework.identity.model import Actor
    from casework.kernel.clock import Clock

REOPENED_WITHIN = timedelta(days=30)


class ReasonRequired(InvalidInput):
    """A closing edge wants to say why; so does an unarchiving one."""

    slug = "reason-required"
    status = 422


class TooLateToReopen(Conflict):
    """A closed case is reopened within 30 days."""

    slug = "too-late-to-reopen"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStatus:
    """The command. `payload` is the caller's own, kept in the event beside both statuses.

    `stays_in`: statuses that an older face shows as the word that was asked for; a case in one of them has nothing to change.
    """

    target: CaseStatus
    reason: str = ""
    closure_reason: ClosureReason | None = None
    summary: str = ""
    payload: Any = None
    stays_in: Collection[CaseStatus] = ()


def change_status(
    case_ref: str, command: ChangeStatus, *, if_match: int | None, actor: Actor, unit_of_work: UnitOfWork, clock: Clock
) -> str:
    """Walk one edge. Return the alias. Raises IllegalTransition, ReasonRequired, TooLateToReopen, MissingPermission, CaseNotFound."""
    at = clock.now()
    with unit_of_work(actor.tenant_id) as work:
        case = work.cases.get_for_update(case_ref)
        case.require_version(if_match)
        actor.require(Permission.CASES_UNARCHIVE if case.status is CaseStatus.ARCHIVED else Permission.CASES_WRITE)
        change, ended_at = _with_reason(status_event(case, command)), case.ended_at
        case.change_status(change, by=actor.id, at=at)
        _require_reasons(change, ended_at, at)
        work.cases.save(case)
        work.commit()
    return case.created.alias


def drive_status(
    case_ref: str, command: ChangeStatus, *, if_match: int | None, actor: Actor, unit_of_work: UnitOfWork, clock: Clock
) -> str:
    """Take the shortest legal path to a status, an event per edge; the status it has already changes nothing. Return the alias."""
    at = clock.now()
    with unit_of_work(actor.tenant_id) as work:
        case = work.cases.get_for_update(case_ref)
        case.require_version(if_match)
        target = case.status if case.status in command.stays_in else command.target
        case.drive_to(target, status_event(case, command), by=actor.id, at=at)
        work.cases.save(case)
        work.commit()
    return case.created.alias


def status_event(case: Case, command: ChangeStatus) -> StatusChanged:
    """Return the event that a command asks for, from where the case stands."""
    return StatusChanged(
        origin=case.status, target=command.target, reason=command.reason, closure_reason=command.closure_reason, summary=command.summary,
        payload=command.payload,
    )  # fmt: skip


def _with_reason(change: StatusChanged) -> StatusChanged:
    """Let a plain reason stand for the closure reason that was not given: as the word that it is, else as no further action."""
    if change.target not in ENDED or change.closure_reason is not None or not change.reason:
        return change
    named = next((word for word in ClosureReason if word == change.reason), ClosureReason.NO_FURTHER_ACTION)
    return change.model_copy(update={"closure_reason": named})


def _require_reasons(change: StatusChanged, ended_at: datetime | None, at: datetime) -> None:
    if change.target in ENDED and change.origin != CaseStatus.RESOLVED and change.origin not in ENDED and change.closure_reason is None:
        raise ReasonRequired("closing needs a closure_reason", errors=[Problem("/closure_reason", "required for this transition")])
    if change.origin == CaseStatus.ARCHIVED and not change.reason:
        raise ReasonRequired("unarchiving needs a reason", errors=[Problem("/reason", "required for this transition")])
    if change.origin == CaseStatus.CLOSED and change.target == CaseStatus.OPEN and ended_at and at - ended_at > REOPENED_WITHIN:
        raise TooLateToReopen("the case was closed more than 30 days ago")
