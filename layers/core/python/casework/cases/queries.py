"""Reads of cases: rows for the faces' views, candidates for a scope, the stream with its chain."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg import sql

from casework.cases.references import reference
from casework.cases.rows import candidate_rows
from casework.kernel.events import GENESIS, Link, commit_to
from casework.kernel.paging import Page, decode_cursor, encode_cursor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casework.cases.paging import Slice
    from casework.postgres.connection import Connection, Database, Row

_FIND = (
    "select c.*, r.latitude as anchor_lat, r.longitude as anchor_lng, m.alias as merged_into_alias from cases c"
    " left join reports r on r.tenant_id = c.tenant_id and r.seq = c.anchor_report_seq"
    " left join cases m on m.tenant_id = c.tenant_id and m.id = c.merged_into"
    " where c.tenant_id = %(tenant)s and (c.alias = %(ref)s or c.case_number = %(ref)s or c.id = %(uuid)s)"
)
_CHILDREN: dict[str, str] = {
    "linked_reports": (
        "select l.report_seq as seq, r.public_id, l.link_reason, l.confidence, l.attached_at, a.title, a.summary, a.classification,"
        " a.severity_level, r.latitude, r.longitude, r.observed_at as report_timestamp, r.last_email_sent_at from case_reports l"
        " join reports r on r.tenant_id = l.tenant_id and r.seq = l.report_seq"
        " join lateral (select * from report_analyses a where a.tenant_id = l.tenant_id and a.report_seq = l.report_seq"
        "  order by (a.language <> 'en'), a.language limit 1) a on true"
        " where l.tenant_id = %(tenant)s and l.case_id = %(case)s order by l.attached_at, l.report_seq"
    ),
    "clusters": (
        "select s.*, k.match_score, k.match_reason, k.linked_at from case_clusters k join saved_clusters s using (tenant_id, cluster_id)"
        " where k.tenant_id = %(tenant)s and k.case_id = %(case)s order by k.linked_at, k.cluster_id"
    ),
    "signals": "select * from case_resolution_signals where tenant_id = %(tenant)s and case_id = %(case)s order by created_at, id",
    "events": "select * from case_audit_events where tenant_id = %(tenant)s and case_id = %(case)s order by version",
    "follow_ups": "select * from case_follow_ups where tenant_id = %(tenant)s and case_id = %(case)s order by ordinal",
    "sessions": "select * from case_sessions where tenant_id = %(tenant)s and case_id = %(case)s order by ordinal",
    "links": "select * from case_links where tenant_id = %(tenant)s and case_id = %(case)s order by ordinal",
}
_SUMMARY = sql.SQL(
    "id, case_number, alias, version, title, title_th, title_en, title_zh, case_type, classification, severity, alert_level, status,"
    " closure_reason, occurred_at, location, h3_cell, severity_score, urgency_score, linked_report_count, language_detected,"
    " sensitive_surface_flag, creation_mode, merged_into, created_by, created_at, updated_at"
)
SORTS = {
    "created_at": ("created_at", False), "-created_at": ("created_at", True), "updated_at": ("updated_at", False),
    "-updated_at": ("updated_at", True), "occurred_at": ("occurred_at", False), "-occurred_at": ("occurred_at", True),
    "severity_score": ("severity_score", False), "-severity_score": ("severity_score", True),
    "urgency_score": ("urgency_score", False), "-urgency_score": ("urgency_score", True),
}  # fmt: skip
FILTERS = ("status", "case_type", "severity", "alert_level", "classification", "language_detected", "created_by", "creation_mode")


class CaseQueries:
    """What doors read of cases; every method opens a transaction of its own (or joins the one that a door holds)."""

    def __init__(self, database: Database) -> None:
        """Read through this capability's connection."""
        self._database = database

    def find(self, tenant_id: UUID, ref: str, children: Sequence[str] = ()) -> tuple[Row, dict[str, list[Row]]] | None:
        """Return a case's row (with its anchor's exact position) and the named children; None when there is no such case."""
        with self._database.transaction(tenant_id) as connection:
            row = connection.execute(_FIND.encode(), {"tenant": tenant_id, **reference(ref)}).fetchone()
            if row is None:
                return None
            values = {"tenant": tenant_id, "case": row["id"]}
            return row, {name: connection.execute(_CHILDREN[name].encode(), values).fetchall() for name in children}

    def page(self, tenant_id: UUID, filters: Mapping[str, Sequence[str]], sort: str, limit: int, cursor: str | None) -> Page[Row]:
        """Return a page of what a list shows of cases; `filters` by column, each a list of accepted values. Raises BadCursor."""
        column, _ = SORTS[sort]
        query: dict[str, object] = {"filters": {name: list(values) for name, values in filters.items()}, "sort": sort, "tenant": tenant_id}
        values: dict[str, Any] = {
            "tenant": tenant_id,
            "limit": limit + 1,
            **{f"f_{name}": list(wanted) for name, wanted in filters.items()},
        }
        if cursor:
            key = float if column.endswith("score") else datetime.fromisoformat
            values["key"], values["id"] = decode_cursor(cursor, query, (key, UUID))
        statement = _page_statement(sort, tuple(filters), is_continued=bool(cursor))
        with self._database.transaction(tenant_id) as connection:
            rows = connection.execute(statement, values).fetchall()
        more = len(rows) > limit
        return Page(rows[:limit], encode_cursor([rows[limit - 1][column], rows[limit - 1]["id"]], query) if more else None)

    def of_report(self, tenant_id: UUID, seq: int) -> list[Row]:
        """Return the cases that a report is linked to, newest update first, with target and sent-delivery counts."""
        with self._database.transaction(tenant_id) as connection:
            return connection.execute(
                "select c.*, (select count(*) from case_escalation_targets t where t.tenant_id = c.tenant_id and"
                " t.case_id = c.id) as targets,"
                " (select count(*) from case_email_deliveries d where d.tenant_id = c.tenant_id and d.case_id = c.id"
                "  and d.status in ('sent', 'delivered')) as deliveries"
                " from case_reports l join cases c on c.tenant_id = l.tenant_id and c.id = l.case_id"
                " where l.tenant_id = %s and l.report_seq = %s order by c.updated_at desc, c.id",
                (tenant_id, seq),
            ).fetchall()

    def candidates(self, tenant_id: UUID, classification: str, seqs: Sequence[int], boxes: Sequence[Sequence[float]]) -> list[Row]:
        """Return the open cases that a scope might belong to (see `candidate_rows`)."""
        with self._database.transaction(tenant_id) as connection:
            return candidate_rows(connection, tenant_id, classification, seqs, boxes)

    def events(self, tenant_id: UUID, case_id: UUID) -> list[Row]:
        """Return the events of a case, oldest first, whether the case is still there or was erased."""
        with self._database.transaction(tenant_id) as connection:
            return event_rows(connection, tenant_id, case_id)

    def stream(self, tenant_id: UUID, ref: str) -> tuple[Row, list[Row]] | None:
        """Return a case's row and its events, oldest first, each with `commitment, prev_hash, hash, salt, payload`."""
        with self._database.transaction(tenant_id) as connection:
            row = connection.execute(_FIND.encode(), {"tenant": tenant_id, **reference(ref)}).fetchone()
            return (row, event_rows(connection, tenant_id, row["id"])) if row else None


_OWN = (
    "select alias, created_by, session_id, title, summary, status, severity, category, attributes, tags, created_at, updated_at,"
    " resolved_at, version from cases where tenant_id = %(tenant)s and created_by = %(owner)s"
    " and (alias = %(ref)s or case_number = %(ref)s or id = %(uuid)s)"
)
_OWN_PAGE = """
with own as not materialized ({own}),
page as (select id, created_at from own{after} order by created_at desc, id desc limit %(limit)s offset %(offset)s),
total as (select count(*) as total from own)
select t.total, p.id, alias, created_by, session_id, title, summary, status, severity, category, attributes, tags, p.created_at, updated_at,
  resolved_at, version
from total t left join (page p join cases c on c.tenant_id = %(tenant)s and c.id = p.id) on true order by p.created_at desc, p.id desc"""
_OWN_ALL = "select id, created_at from cases where tenant_id = %(tenant)s and created_by = %(owner)s"
_OWN_IN_SESSION = (
    "select case_id as id, case_created_at as created_at from case_sessions"
    " where tenant_id = %(tenant)s and session_id = %(session)s and created_by = %(owner)s"
)


class OwnCaseQueries:
    """What a person reads of the cases that they opened; another's are not there. Every statement names the owner."""

    def __init__(self, database: Database) -> None:
        """Read through this capability's connection."""
        self._database = database

    def find(self, tenant_id: UUID, owner: str, ref: str) -> Row | None:
        """Return a case's row, None where the person has no such case."""
        with self._database.transaction(tenant_id) as connection:
            return connection.execute(_OWN.encode(), {"tenant": tenant_id, "owner": owner, **reference(ref)}).fetchone()

    def page(self, tenant_id: UUID, owner: str, statuses: Sequence[str], part: Slice) -> tuple[Page[Row], int]:
        """Return a page, newest first, and how many there are in all; no `statuses` means every one. Raises BadCursor."""
        scope = {"list": "own", "statuses": sorted(statuses)}
        own = _OWN_ALL + (" and status = any(%(statuses)s)" if statuses else "")
        return self._page(own, {"statuses": list(statuses)}, scope, tenant_id, owner, part)

    def session_page(self, tenant_id: UUID, owner: str, session_id: str, part: Slice) -> tuple[Page[Row], int]:
        """Return a page of the person's cases that are linked to a session, newest first, and how many there are. Raises BadCursor."""
        return self._page(_OWN_IN_SESSION, {"session": session_id}, {"list": "session", "session": session_id}, tenant_id, owner, part)

    def _page(
        self, own: str, values: dict[str, Any], scope: Mapping[str, object], tenant_id: UUID, owner: str, part: Slice
    ) -> tuple[Page[Row], int]:
        query = {**scope, "tenant": tenant_id, "owner": owner}
        values |= {"tenant": tenant_id, "owner": owner, "limit": part.limit + 1, "offset": part.offset}
        after = ""
        if part.cursor:
            after = " where (created_at, id) < (%(at)s::timestamptz, %(id)s::uuid)"
            values["at"], values["id"] = decode_cursor(part.cursor, query, (datetime.fromisoformat, UUID))
        with self._database.transaction(tenant_id) as connection:
            rows = connection.execute(_OWN_PAGE.format(own=own, after=after).encode(), values).fetchall()
        found = [row for row in rows[: part.limit] if row["id"] is not None]
        more = len(rows) > part.limit
        return Page(found, encode_cursor([found[-1]["created_at"], found[-1]["id"]], query) if more else None), rows[0]["total"]


def _page_statement(sort: str, filters: tuple[str, ...], *, is_continued: bool) -> sql.Composed:
    """Return the statement of a page; a continued one takes `key` and `id` of the last case before it."""
    column, falling = SORTS[sort]
    names = {"column": sql.Identifier(column), "direction": sql.SQL("desc" if falling else "asc")}
    where = [sql.SQL("tenant_id = %(tenant)s")]
    where += [sql.SQL("{} = any({})").format(sql.Identifier(name), sql.Placeholder(f"f_{name}")) for name in filters]
    if is_continued:
        kind, sign = sql.SQL("float8" if column.endswith("score") else "timestamptz"), sql.SQL("<" if falling else ">")
        where.append(sql.SQL("({column}, id) {sign} (%(key)s::{kind}, %(id)s::uuid)").format(**names, sign=sign, kind=kind))
    return sql.SQL("select {summary} from cases where {where} order by {column} {direction}, id {direction} limit %(limit)s").format(
        summary=_SUMMARY, where=sql.SQL(" and ").join(where), **names
    )


def event_rows(connection: Connection, tenant_id: UUID, case_id: UUID) -> list[Row]:
    """Return the events of a case with what its chain needs; payload and salt are null where they were erased."""
    return connection.execute(
        "select e.*, p.payload, p.salt from case_events e left join case_event_payloads p using (tenant_id, case_id, version)"
        " where e.tenant_id = %s and e.case_id = %s order by e.version",
        (tenant_id, case_id),
    ).fetchall()


def first_broken_link(rows: Sequence[Row], version: int | None = None) -> int | None:
    """Return the version of the first event that the chain does not hold, None when all of it verifies.

    A chain alone cannot show that its tail is gone: `version`, the case's own, tells how many events there must be at least (the row is
    read first, so a change in between may have added one).
    """
    prev = GENESIS
    for expected, row in enumerate(rows, 1):
        times, names = (row["occurred_at"], row["recorded_at"]), (row["actor"], row["type"])
        link = Link(row["tenant_id"], row["case_id"], row["version"], *times, *names, bytes(row["commitment"]))
        kept = row["payload"] is None or commit_to(row["payload"], bytes(row["salt"])) == bytes(row["commitment"])
        if row["version"] != expected or bytes(row["prev_hash"]) != prev or link.seal(prev) != bytes(row["hash"]) or not kept:
            return expected
        prev = bytes(row["hash"])
    return len(rows) + 1 if version is not None and len(rows) < version else None
