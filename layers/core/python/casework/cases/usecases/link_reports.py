"""Link reports to a case by hand (contract §8.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.cases.usecases.measuring import UnknownReports, measure, require_known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.cases.ports import UnitOfWork
    from casework.identity.model import Actor
    from casework.kernel.clock import Clock


def link_reports(
    case_ref: str, seqs: Sequence[int], *, reason: str, confidence: float, if_match: int | None, actor: Actor, unit_of_work: UnitOfWork,
    clock: Clock, pepper: bytes,
) -> str:  # fmt: skip
    """Link the reports and measure the case anew; a repetition changes nothing. Return the alias. Raises CaseNotFound, UnknownReports."""
    at = clock.now()
    with unit_of_work(actor.tenant_id) as work:
        case = work.cases.get_for_update(case_ref)
        case.require_version(if_match)
        links = case.new_links(require_known(work, seqs, UnknownReports), reason, confidence)
        found = measure(
            work, [*case.reports, *(link.seq for link in links)], case.clusters, case.created.geometry, tenant_id=actor.tenant_id,
            pepper=pepper, last_link_at=at,
        )  # fmt: skip
        case.add_reports(links, found, by=actor.id, at=at)
        work.cases.save(case)
        work.commit()
    return case.created.alias
