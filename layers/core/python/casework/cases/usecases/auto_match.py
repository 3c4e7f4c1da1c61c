"""Linking a new report to an open case by itself (A.7 C-11, mode `auto`): only where it shares an incident with the case's own reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from casework.cases.matching import ScopeFacts, match_cases
from casework.cases.usecases.bounds import bounds_of_reports
from casework.cases.usecases.measuring import measure

if TYPE_CHECKING:
    from casework.cases.matching import Match
    from casework.cases.ports import Geography, UnitOfWork, Work
    from casework.identity.model import Actor
    from casework.kernel.clock import Clock

LINKED_FROM = 0.75
"""The score from which a report is linked without asking (enumerations B-16)."""
REASON = "auto_match"


class Companions(NamedTuple):
    """The incident that a report is part of: its members (the report among them), its title, its classification."""

    seqs: tuple[int, ...]
    title: str
    classification: str


def match_report(
    seq: int, companions: Companions, *, actor: Actor, unit_of_work: UnitOfWork, clock: Clock, geography: Geography, pepper: bytes
) -> str | None:
    """Link the report to the best open case that shares a report with its incident; return the alias, None where there is none.

    A report that a case holds already stays where it is, so a repeated message changes nothing.
    """
    at = clock.now()
    with unit_of_work(actor.tenant_id) as work:
        best = _best(companions, work, geography)
        if best is None or best.score < LINKED_FROM or not best.row["shared"]:
            return None
        case = work.cases.get_for_update(str(best.row["id"]))
        links = [] if work.cases.holders(seq) else case.new_links([seq], REASON, best.score)
        found = measure(
            work, [*case.reports, seq], case.clusters, case.created.geometry, tenant_id=actor.tenant_id, pepper=pepper, last_link_at=at
        )
        case.add_reports(links, found, by=actor.id, at=at)
        work.cases.save(case)
        work.commit()
    return case.created.alias if links else None


def _best(companions: Companions, work: Work, geography: Geography) -> Match | None:
    box, centre = bounds_of_reports(work, companions.seqs)
    rows = work.cases.candidates(companions.classification, companions.seqs, [box] if box else ())
    words = geography.tokens(companions.title)
    return next(iter(match_cases(ScopeFacts(frozenset(companions.seqs), words, box, centre), rows, geography)), None)
