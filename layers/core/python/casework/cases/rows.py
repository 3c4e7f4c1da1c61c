"""The look-up of candidate cases, for reads and for the use case that may join one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.cases.lifecycle import MATCHABLE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from casework.postgres.connection import Connection, Row

CANDIDATES_SCORED = 200
_WIDENED = 0.0018


def candidate_rows(
    connection: Connection, tenant_id: UUID, classification: str, seqs: Sequence[int], boxes: Sequence[Sequence[float]]
) -> list[Row]:
    """Return at most CANDIDATES_SCORED unmerged cases that are open for matching, with `shared` and their anchor's position.

    A case is one when it shares a report with the scope, or its anchor lies in one of the scope's boxes (`west, south, east, north`
    in degrees) widened by 0.0018 degrees, or it has no anchor but a box. Those that share most come first, then the newest update.
    A case that shares nothing and has no place, or meets a scope without one, scores 0.33 at most (`matching`) and is never named:
    nobody needs to read it.
    """
    if not (seqs or boxes):
        return []
    west, south, east, north = zip(*boxes, strict=True) if boxes else ((), (), (), ())
    return connection.execute(
        "with shared as (select case_id, count(*) as shared from case_reports where tenant_id = %(tenant)s and report_seq = any(%(seqs)s)"
        " group by case_id)"
        " select c.*, r.latitude as anchor_lat, r.longitude as anchor_lng, coalesce(s.shared, 0) as shared from cases c"
        " left join shared s on s.case_id = c.id left join reports r on r.tenant_id = c.tenant_id and r.seq = c.anchor_report_seq"
        " where c.tenant_id = %(tenant)s and c.merged_into is null and c.classification = %(classification)s and c.status"
        " = any(%(statuses)s)"
        " and (s.shared > 0 or (%(bounded)s and c.anchor_report_seq is null and c.aggregate_bbox is not null)"
        "  or exists (select from unnest(%(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[]) b(w, s, e, n)"
        "   where r.longitude between b.w - %(wider)s and b.e + %(wider)s and r.latitude between b.s - %(wider)s and b.n + %(wider)s))"
        " order by coalesce(s.shared, 0) desc, c.updated_at desc, c.id limit %(limit)s",
        {
            "tenant": tenant_id, "seqs": list(seqs), "classification": classification, "statuses": [status.value for status in MATCHABLE],
            "bounded": bool(boxes), "west": list(west), "south": list(south), "east": list(east), "north": list(north), "wider": _WIDENED,
            "limit": CANDIDATES_SCORED,
        },
    ).fetchall()  # fmt: skip
