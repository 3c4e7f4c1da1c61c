"""Merge cases into one (contract §8.5): links are copied, targets, mails and signals move, nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.cases.events import CaseMerged, ClusterLink, ReportLink
from casework.cases.usecases.measuring import measure
from casework.kernel.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from casework.cases.model import Case
    from casework.cases.ports import UnitOfWork, Work
    from casework.identity.model import Actor
    from casework.kernel.clock import Clock


class MergeIntoItself(InvalidInput):
    """The target is among the sources."""

    slug = "merge-into-itself"
    status = 422


def merge_cases(
    target_ref: str, source_refs: Sequence[str], *, actor: Actor, unit_of_work: UnitOfWork, clock: Clock, pepper: bytes,
    if_match: int | None = None,
) -> str:  # fmt: skip
    """Merge the sources into the target, which `if_match` is about; all or nothing. Return the target's alias.

    Raises CaseNotFound, CaseMergedAway, MergeIntoItself, VersionMismatch.
    """
    at = clock.now()
    with unit_of_work(actor.tenant_id) as work:
        cases = {ref: work.cases.get_for_update(ref) for ref in sorted({target_ref, *source_refs})}
        target = cases[target_ref]
        target.require_version(if_match)
        sources = list({cases[ref].id: cases[ref] for ref in source_refs}.values())
        if target.id in {source.id for source in sources}:
            raise MergeIntoItself("a case cannot be merged into itself", errors=[Problem("/source_case_ids", "holds the target")])
        event = _merged(target, sources, work, actor, pepper, at)
        for source in sources:
            source.merge_into(target, by=actor.id, at=at)
            work.cases.save(source)
            work.escalations.move_to(source.id, target.id)
            work.deliveries.move_to(source.id, target.id)
        target.absorb(event, by=actor.id, at=at)
        work.cases.save(target)
        work.commit()
    return target.created.alias


def _merged(target: Case, sources: Sequence[Case], work: Work, actor: Actor, pepper: bytes, at: datetime) -> CaseMerged:
    links: dict[int, ReportLink] = {}
    clusters: dict[str, ClusterLink] = {}
    for source in sources:
        reason = f"merged_from:{source.created.alias}"
        links |= {
            seq: ReportLink(seq=seq, reason=reason, confidence=held.link.confidence)
            for seq, held in source.reports.items()
            if seq not in target.reports
        }
        clusters |= {name: link for name, (link, _) in source.clusters.items() if name not in target.clusters}
    found = measure(
        work, [*target.reports, *links], [*target.clusters, *clusters], target.created.geometry, tenant_id=actor.tenant_id, pepper=pepper,
        last_link_at=at,
    )  # fmt: skip
    signals = [signal for source in sources for signal in source.signals.values()]
    aliases = [source.created.alias for source in sources]
    return CaseMerged(
        source_case_ids=aliases, links=list(links.values()), clusters=list(clusters.values()), signals=signals, aggregates=found
    )
