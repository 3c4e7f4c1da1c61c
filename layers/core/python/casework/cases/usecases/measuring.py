"""Measuring a case by its reports inside a use case's transaction: the same in creation, linking and merging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.cases.aggregates import Snapshot, aggregate
from casework.cases.location import public_point
from casework.kernel.errors import InvalidInput, NotFound, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from typing import Any

    from casework.cases.aggregates import PublicPoint
    from casework.cases.events import Aggregates
    from casework.cases.ports import Work
    from casework.kernel.ids import TenantId


class UnknownReports(NotFound):
    """Some of the reports do not exist for this caller; `facts['unknown']` lists their seqs. Nothing was linked."""

    slug = "unknown-reports"


class UnknownSelection(InvalidInput):
    """A new case's selection names reports that do not exist."""

    slug = "unknown-reports"
    status = 422


def require_known(work: Work, seqs: Iterable[int], error: type[UnknownReports | UnknownSelection]) -> list[int]:
    """Return the seqs, each once, in order. Raises the error naming those that are not visible."""
    wanted = list(dict.fromkeys(seqs))
    known = {witness.seq for witness in work.cases.witnesses(wanted)}
    unknown = [seq for seq in wanted if seq not in known]
    if unknown:
        raise error(
            f"unknown reports: {', '.join(map(str, unknown[:20]))}", errors=[Problem("/report_seqs", "unknown report")], unknown=unknown
        )
    return wanted


def measure(
    work: Work, seqs: Iterable[int], cluster_ids: Iterable[str], geometry: dict[str, Any] | None, *, tenant_id: TenantId, pepper: bytes,
    last_link_at: datetime | None,
) -> Aggregates:  # fmt: skip
    """Return the aggregates of a case with these reports and saved clusters."""

    def publish(latitude: float, longitude: float) -> PublicPoint:
        return public_point(latitude, longitude, tenant_id=tenant_id, pepper=pepper)

    snapshots = [_snapshot(row) for row in work.cases.snapshots(list(cluster_ids))]
    return aggregate(work.cases.witnesses(list(seqs)), snapshots, geometry, last_link_at=last_link_at, publish=publish)


def _snapshot(row: Mapping[str, Any]) -> Snapshot:
    box = row["bbox"]
    return Snapshot(row["geometry"], (box[0], box[1], box[2], box[3]) if box else None)
