"""Record a resolution signal: a hint that the problem is gone, or not. People decide what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from casework.cases.events import Signal
from casework.cases.usecases.measuring import UnknownReports, require_known

if TYPE_CHECKING:
    from casework.cases.ports import UnitOfWork
    from casework.identity.model import Actor
    from casework.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class RecordSignal:
    """The command; `source_type` is one of enumerations B-18."""

    source_type: str
    summary: str
    linked_report_seq: int | None = None
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])


def record_signal(
    case_ref: str, command: RecordSignal, *, actor: Actor, unit_of_work: UnitOfWork, clock: Clock, if_match: int | None = None
) -> str:
    """Record the signal. Return the case's alias. Raises CaseNotFound, UnknownReports, CaseMergedAway, VersionMismatch."""
    at = clock.now()
    with unit_of_work(actor.tenant_id) as work:
        case = work.cases.get_for_update(case_ref)
        case.require_version(if_match)
        if command.linked_report_seq is not None:
            require_known(work, [command.linked_report_seq], UnknownReports)
        signal = Signal(
            id=work.cases.next_signal_id(), source_type=command.source_type, summary=command.summary,
            linked_report_seq=command.linked_report_seq, metadata=command.metadata, created_at=at,
        )  # fmt: skip
        case.record_signal(signal, by=actor.id, at=at)
        work.cases.save(case)
        work.commit()
    return case.created.alias
