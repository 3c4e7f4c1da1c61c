"""Taking reports in: one, or up to a thousand at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.kernel.errors import InvalidInput
from casework.kernel.ids import uuid7
from casework.reports.intake import MAX_ITEMS, ReportItem, read_item
from casework.reports.views import IngestResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.identity.model import Actor
    from casework.kernel.clock import Clock
    from casework.reports.ports import UnitOfWork, Work

ANNOUNCED_AT_ONCE = 50
__all__ = ["MAX_ITEMS", "NoReports", "ReportItem", "TooManyReports", "ingest_reports"]


class NoReports(InvalidInput):
    """An empty list: nothing to store."""

    slug = "no-reports"
    title = "No reports"
    status = 422


class TooManyReports(InvalidInput):
    """More than a thousand reports in one request."""

    slug = "too-many-reports"
    title = "Too many reports"
    status = 413


def ingest_reports(
    items: Sequence[object], *, actor: Actor, unit_of_work: UnitOfWork, clock: Clock, pointer: str = "/{place}", announce: bool = False
) -> list[IngestResult]:
    """Store every item that is a report; results come in the order of the items.

    Readings and their tokens are made before the transaction begins. `pointer` says where item number `place` stands in
    the body; `announce` puts what is new into the outbox, for those who match it to open cases. Raises NoReports, TooManyReports.
    """
    if not items:
        raise NoReports("the list of reports is empty")
    if len(items) > MAX_ITEMS:
        raise TooManyReports(f"at most {MAX_ITEMS} reports at once", limit=MAX_ITEMS)
    at = clock.now()
    read = [read_item(item, at=at, pointer=pointer.format(place=place)) for place, item in enumerate(items)]
    reports = [report for report in read if not isinstance(report, list)]
    if not reports:
        return [IngestResult("invalid", errors=tuple(problems)) for problems in read if isinstance(problems, list)]
    with unit_of_work(actor.tenant_id) as work:
        results = work.reports.add(reports, reporter_id=actor.id, at=at)
        if announce:
            _announce([result.seq for result in results if result.status == "created"], work)
        work.commit()
    stored = iter(results)
    return [IngestResult("invalid", errors=tuple(one)) if isinstance(one, list) else next(stored) for one in read]


def _announce(seqs: Sequence[int | None], work: Work) -> None:
    for start in range(0, len(seqs), ANNOUNCED_AT_ONCE):
        work.outbox.put("match", uuid7(), "reports_ingested", {"seqs": list(seqs[start : start + ANNOUNCED_AT_ONCE])})
