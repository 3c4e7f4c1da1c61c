"""Writes of reports: one statement for a whole list, and what a unit of work may ask of reports.

A report and its reading are inserted together, so that it is visible to analysis at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from casework.reports.rows import load_reports, missing_reports
from casework.reports.views import IngestResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from casework.postgres.connection import Connection
    from casework.reports.intake import NewReport
    from casework.reports.views import StoredReport

_LOCKS = 64
_INSERT = """
  with item as (
    select * from jsonb_to_recordset(%(items)s::jsonb) as item (
      place bigint, public_id text, external_id text, latitude float8, longitude float8, observed_at timestamptz,
      source_url text, language text, classification text, title text, summary text, description text, brand_name text,
      brand_display_name text, severity_level float8, litter_probability float8, hazard_probability float8,
      digital_bug_probability float8, inferred_contact_emails text[], tokens text[])
  ), stored as (
    insert into reports (
      tenant_id, public_id, external_id, reporter_id, latitude, longitude, observed_at, received_at, source_url)
    select %(tenant_id)s, public_id, external_id, %(reporter_id)s, latitude, longitude, observed_at, %(at)s, source_url
    from item order by place
    on conflict (tenant_id, external_id) do nothing
    returning seq, public_id
  ), read as (
    insert into report_analyses (
      tenant_id, report_seq, source, language, classification, title, summary, description, brand_name,
      brand_display_name, severity_level, litter_probability, hazard_probability, digital_bug_probability,
      inferred_contact_emails, tokens, created_at, updated_at)
    select %(tenant_id)s, stored.seq, 'intake', language, classification, title, summary, description, brand_name,
      brand_display_name, severity_level, litter_probability, hazard_probability, digital_bug_probability,
      inferred_contact_emails, tokens, %(at)s, %(at)s
    from stored join item using (public_id)
  )
  select seq, public_id from stored"""


class ReportStore:
    """Reports within one transaction of one tenant."""

    def __init__(self, connection: Connection, tenant_id: UUID) -> None:
        """Work inside this transaction."""
        self._connection = connection
        self._tenant_id = tenant_id

    def load(self, seqs: Iterable[int]) -> list[StoredReport]:
        """Return the visible reports among `seqs`, in the order given."""
        return load_reports(self._connection, self._tenant_id, seqs)

    def missing(self, seqs: Iterable[int]) -> list[int]:
        """Return those of `seqs` that are unknown or not visible."""
        return missing_reports(self._connection, self._tenant_id, seqs)

    def add(self, reports: Sequence[NewReport], *, reporter_id: str, at: datetime) -> list[IngestResult]:
        """Store what is new, in order; an external id that is known, or comes twice, answers with its first report."""
        firsts = _first_of_each(reports)
        externals = [report.external_id for report in firsts if report.external_id is not None]
        if len(externals) > 1:
            self._take_turn(externals)
        created = self._insert(firsts, reporter_id, at)
        by_public_id = {report.public_id: report.external_id for report in firsts}
        known = {external: pair for pair in created.items() if (external := by_public_id[pair[0]]) is not None}
        known |= self._find_by_external_id([external for external in externals if external not in known])
        return [_result(report, created, known) for report in reports]

    def _take_turn(self, externals: Sequence[str]) -> None:
        """Two lists with the same external ids in other orders would deadlock: take locks in one order first."""
        buckets = sorted({crc32(external.encode()) % _LOCKS for external in externals})
        self._connection.execute(
            "select pg_advisory_xact_lock(hashtextextended('reports:' || %s || ':' || bucket, 0)) from unnest(%s::bigint[]) as bucket",
            (str(self._tenant_id), buckets),
        )

    def _insert(self, reports: Sequence[NewReport], reporter_id: str, at: datetime) -> dict[str, int]:
        """Return the seq of each public id that was stored."""
        items = ",".join(f'{{"place":{place},{report.model_dump_json()[1:]}' for place, report in enumerate(reports))
        values = {"items": f"[{items}]", "tenant_id": self._tenant_id, "reporter_id": reporter_id, "at": at}
        rows = self._connection.execute(_INSERT, values).fetchall() if reports else []
        return {row["public_id"]: row["seq"] for row in rows}

    def _find_by_external_id(self, externals: Sequence[str]) -> dict[str, tuple[str, int]]:
        """Return (public id, seq) of each external id; a new statement, so it sees what was committed meanwhile."""
        if not externals:
            return {}
        rows = self._connection.execute(
            "select external_id, public_id, seq from reports where tenant_id = %s and external_id = any(%s)",
            (self._tenant_id, list(externals)),
        ).fetchall()
        return {row["external_id"]: (row["public_id"], row["seq"]) for row in rows}


def _first_of_each(reports: Sequence[NewReport]) -> list[NewReport]:
    seen: set[str] = set()
    return [report for report in reports if report.external_id is None or not (report.external_id in seen or seen.add(report.external_id))]


def _result(report: NewReport, created: dict[str, int], known: dict[str, tuple[str, int]]) -> IngestResult:
    if report.public_id in created:
        return IngestResult("created", created[report.public_id], report.public_id)
    public_id, seq = known[report.external_id or ""]
    return IngestResult("duplicate", seq, public_id)
