"""Reads of reports: by number, and by area.

Selection and grouping both go by a report's preferred reading (see `rows`). Positions are compared with plain
`between`: under row-level security the planner uses an index for leakproof operators only, and those of geometric types
are not leakproof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql
from psycopg.rows import tuple_row

from casework.reports.rows import load_reports, missing_reports
from casework.reports.views import Selection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from casework.postgres.connection import Connection, Database
    from casework.reports.area import Area
    from casework.reports.distances import Box
    from casework.reports.views import StoredReport

_PREFERRED_IS = """
  select r.seq, r.longitude, r.latitude from reports r
  join report_analyses a
    on a.tenant_id = r.tenant_id and a.report_seq = r.seq and a.is_valid and a.classification = {classification}
  where r.tenant_id = {tenant_id} and r.is_active and r.is_public and ({boxes})
    and not exists (
      select from report_analyses b where b.tenant_id = a.tenant_id and b.report_seq = a.report_seq and b.is_valid
        and (b.language <> 'en', b.language) < (a.language <> 'en', a.language))
  order by r.observed_at desc, r.seq desc"""


def find_in_area(connection: Connection, tenant_id: UUID, area: Area, classification: str) -> list[int]:
    """Return the seqs of every visible report of that classification strictly inside the area, newest first."""
    query = sql.SQL(_PREFERRED_IS).format(
        classification=sql.Placeholder("classification"),
        tenant_id=sql.Placeholder("tenant_id"),
        boxes=_any_box(area.bounding_boxes()),
    )
    with connection.cursor(binary=True, row_factory=tuple_row) as cursor:
        rows = cursor.execute(query, {"classification": classification, "tenant_id": tenant_id}).fetchall()
    if not rows:
        return []
    seqs, longitudes, latitudes = zip(*rows, strict=True)
    return [seq for seq, is_inside in zip(seqs, area.contains(longitudes, latitudes), strict=True) if is_inside]


class ReportQueries:
    """Reads of reports, each in a transaction of its own, or in the one that is open on this thread."""

    def __init__(self, database: Database) -> None:
        """Read through this capability's connection."""
        self._database = database

    def find(self, tenant_id: UUID, seq: int, reporter_id: str | None = None) -> StoredReport | None:
        """Return a visible report; with `reporter_id` only one of that reporter's. None when there is none."""
        found = next(iter(self.load(tenant_id, [seq])), None)
        is_hidden = found is not None and reporter_id is not None and found.view["report"]["id"] != reporter_id
        return None if is_hidden else found

    def load(self, tenant_id: UUID, seqs: Sequence[int]) -> list[StoredReport]:
        """Return the visible reports among `seqs`, in the order given."""
        with self._database.transaction(tenant_id) as connection:
            return load_reports(connection, tenant_id, seqs)

    def missing(self, tenant_id: UUID, seqs: Sequence[int]) -> list[int]:
        """Return those of `seqs` that are unknown or not visible."""
        with self._database.transaction(tenant_id) as connection:
            return missing_reports(connection, tenant_id, seqs)

    def in_area(self, tenant_id: UUID, area: Area, classification: str, n: int, always: int | None = None) -> Selection:
        """Return the newest `n` reports inside an area; `always` names one that is among them, however old it is."""
        with self._database.transaction(tenant_id) as connection:
            inside = find_in_area(connection, tenant_id, area, classification)
            total = len(inside) + (always is not None and always not in inside)
            chosen = inside[:n] if always is None or always in inside[:n] else [*inside[: n - 1], always]
            reports = load_reports(connection, tenant_id, chosen)
        return Selection(sorted(reports, key=_newest_first), total)


def _newest_first(report: StoredReport) -> tuple[float, int]:
    return -report.view["report"]["timestamp"].timestamp(), -report.seq


def _any_box(boxes: Sequence[Box]) -> sql.Composable:
    """Literals rather than parameters: the planner then knows whether an area holds ten reports or all of them."""
    one = sql.SQL("(r.longitude between {} and {} and r.latitude between {} and {})")
    return sql.SQL(" or ").join(one.format(*map(sql.Literal, (box.west, box.east, box.south, box.north))) for box in boxes)
