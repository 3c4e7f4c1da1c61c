"""Loading reports inside an open transaction; the store and the queries of this room share it.

Visible means: active, public, with at least one valid reading. The preferred reading is the English one, else the first
by language code.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from casework.reports.views import AnalysisView, ReportView, ReportWithAnalysis, StoredReport

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from casework.postgres.connection import Connection, Row

_SEQ_END = 2**63
_WITH_READINGS = """
  select r.seq, r.public_id, r.reporter_id, r.team, r.latitude, r.longitude, r.observed_at, r.last_email_sent_at,
    r.source_url, r.description as said, a.source, a.analysis_text, a.title, a.description, a.brand_name,
    a.brand_display_name, a.litter_probability, a.hazard_probability, a.digital_bug_probability, a.severity_level,
    a.summary, a.language, a.classification, a.inferred_contact_emails, a.is_valid, a.created_at, a.updated_at, a.tokens
  from reports r join report_analyses a on a.tenant_id = r.tenant_id and a.report_seq = r.seq and a.is_valid
  where r.tenant_id = %s and r.seq = any(%s::bigint[]) and r.is_active and r.is_public
  order by r.seq, a.language"""


def load_reports(connection: Connection, tenant_id: UUID, seqs: Iterable[int]) -> list[StoredReport]:
    """Return the visible reports among `seqs`, in the order given, each once."""
    wanted = _possible(seqs)
    rows = connection.execute(_WITH_READINGS, (tenant_id, wanted)).fetchall() if wanted else []
    found = {seq: _stored_report(list(readings)) for seq, readings in groupby(rows, key=lambda row: row["seq"])}
    return [found[seq] for seq in wanted if seq in found]


def missing_reports(connection: Connection, tenant_id: UUID, seqs: Iterable[int]) -> list[int]:
    """Return those of `seqs` that are unknown or not visible, in the order given, each once."""
    distinct = list(dict.fromkeys(seqs))
    rows = connection.execute(
        "select r.seq from reports r"
        " where r.tenant_id = %s and r.seq = any(%s::bigint[]) and r.is_active and r.is_public and exists ("
        "  select from report_analyses a where a.tenant_id = r.tenant_id and a.report_seq = r.seq and a.is_valid)",
        (tenant_id, _possible(distinct)),
    ).fetchall()
    known = {row["seq"] for row in rows}
    return [seq for seq in distinct if seq not in known]


def _possible(seqs: Iterable[int]) -> list[int]:
    """A number outside bigint names no report; it must not trouble the database."""
    return [seq for seq in dict.fromkeys(seqs) if 0 < seq < _SEQ_END]


def _stored_report(rows: list[Row]) -> StoredReport:
    preferred = next((place for place, row in enumerate(rows) if row["language"] == "en"), 0)
    readings = [_reading(row) for row in rows]
    return StoredReport(ReportWithAnalysis(report=_report(rows[0]), analysis=readings), readings[preferred], rows[preferred]["tokens"])


def _report(row: Row) -> ReportView:
    view = ReportView(
        seq=row["seq"],
        public_id=row["public_id"],
        timestamp=row["observed_at"],
        id=row["reporter_id"],
        team=row["team"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        x=0.0,
        y=0.0,
        last_email_sent_at=row["last_email_sent_at"],
    )
    if row["said"]:
        view["description"] = row["said"]
    if row["source_url"]:
        view["source_url"] = row["source_url"]
    return view


def _reading(row: Row) -> AnalysisView:
    return AnalysisView(
        seq=row["seq"],
        source=row["source"],
        analysis_text=row["analysis_text"],
        title=row["title"],
        description=row["description"],
        brand_name=row["brand_name"],
        brand_display_name=row["brand_display_name"],
        litter_probability=row["litter_probability"],
        hazard_probability=row["hazard_probability"],
        digital_bug_probability=row["digital_bug_probability"],
        severity_level=row["severity_level"],
        summary=row["summary"],
        language=row["language"],
        classification=row["classification"],
        inferred_contact_emails=", ".join(row["inferred_contact_emails"]),
        is_valid=row["is_valid"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
