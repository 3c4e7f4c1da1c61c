"""Loads and saves cases. A save appends the fresh events, links them into the case's hash chain and rewrites its projections.

Events, projections and the outbox rows beside them share the unit of work's transaction.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from psycopg import errors, sql
from psycopg.types.json import Jsonb

from casework.cases.aggregates import Witness
from casework.cases.events import EVENT_TYPES, CaseCreated, CaseMergedInto, CaseSessionLinked
from casework.cases.model import Case, CaseNotFound, Recorded
from casework.cases.projection import JSON_COLUMNS, case_row
from casework.cases.references import reference
from casework.cases.rows import candidate_rows
from casework.kernel.errors import Conflict
from casework.kernel.events import GENESIS, Link, commit_to
from casework.kernel.ids import CaseId, TenantId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from casework.cases.case_types import CaseType
    from casework.cases.events import ClusterLink, Signal
    from casework.postgres.connection import Connection, Row

_APPEND = """
with link as (insert into case_events (tenant_id, case_id, version, type, actor, occurred_at, recorded_at, commitment, prev_hash, hash)
  values (%(tenant)s, %(case)s, %(version)s, %(type)s, %(actor)s, %(at)s, %(at)s, %(commitment)s, %(prev)s, %(hash)s))
insert into case_event_payloads (tenant_id, case_id, version, payload, salt) values (%(tenant)s, %(case)s, %(version)s, %(payload)s,
%(salt)s)"""
_FIND = """
select id, version from cases where tenant_id = %(tenant)s and (alias = %(ref)s or case_number = %(ref)s or id = %(uuid)s)"""

PROJECTIONS = ("cases", "case_reports", "case_clusters", "case_resolution_signals", "case_follow_ups", "case_links", "case_sessions")
"""What a stream of events makes; `digests` covers every one."""


class ConcurrentChange(Conflict):
    """Two writers met on one case; the other was first."""

    slug = "concurrent-change"


class CaseInUse(Conflict):
    """Something that must not vanish hangs on the case."""

    slug = "case-in-use"


class StreamErased(Conflict):
    """Payloads of the stream were erased: its chain still verifies, the case cannot be made of it any more."""

    slug = "stream-erased"


class CaseStore:
    """Cases of one tenant, inside the unit of work's transaction."""

    def __init__(self, connection: Connection, tenant_id: UUID) -> None:
        """Work inside this transaction."""
        self._connection = connection
        self._tenant_id = TenantId(tenant_id)

    def get_for_update(self, ref: str, *, owner: str | None = None) -> Case:
        """Return a case by alias, number or UUID and hold it until the transaction ends. Raises CaseNotFound.

        `owner`: only if this person opened it; another's is neither read nor held.
        """
        values = {"tenant": self._tenant_id, "owner": owner, **reference(ref)}
        own = " and created_by = %(owner)s" if owner is not None else ""
        row = self._connection.execute(f"{_FIND}{own} for update".encode(), values).fetchone()
        if row is None:
            raise CaseNotFound
        return self.replay(row["id"])

    def replay(self, case_id: CaseId) -> Case:
        """Return a case as its stream makes it. Raises CaseNotFound for an empty stream, StreamErased."""
        return Case.replay(CaseId(case_id), self._tenant_id, self.stream(case_id))

    def stream(self, case_id: CaseId) -> list[Recorded]:
        """Return a case's events, oldest first. Raises CaseNotFound where there are none, StreamErased."""
        rows = self._connection.execute(
            "select e.version, e.type, e.actor, e.recorded_at, p.payload from case_events e"
            " left join case_event_payloads p using (tenant_id, case_id, version) where e.tenant_id = %s and e.case_id ="
            " %s order by e.version",
            (self._tenant_id, case_id),
        ).fetchall()
        if not rows:
            raise CaseNotFound
        if any(row["payload"] is None for row in rows):
            raise StreamErased("payloads of this case were erased")
        return [
            Recorded(row["version"], EVENT_TYPES[row["type"]].model_validate(row["payload"]), row["actor"], row["recorded_at"])
            for row in rows
        ]

    def save(self, case: Case) -> None:
        """Store the fresh events and the projections they change. Raises ConcurrentChange."""
        if not case.fresh:
            return
        try:
            self._append(case)
        except errors.UniqueViolation:
            raise ConcurrentChange("the case was changed meanwhile; read it again") from None
        self.project(case, [recorded.event for recorded in case.fresh])
        case.fresh.clear()

    def project(self, case: Case, events: Iterable[object]) -> None:
        """Write the case's row and the children that these events touch."""
        self._write_row(case_row(case))
        for event in events:
            if isinstance(event, CaseMergedInto):
                self._drop_children(case.id)
            self._write_links(case, [link.seq for link in getattr(event, "links", [])])
            self._write_clusters(case, getattr(event, "clusters", []))
            self._write_signals(case, [*getattr(event, "signals", []), *([event.signal] if hasattr(event, "signal") else [])])  # pyright: ignore[reportAttributeAccessIssue,reportUnknownArgumentType,reportUnknownMemberType]
            if isinstance(event, CaseCreated):
                self._write_dues(case.id, event)
            if isinstance(event, CaseCreated | CaseSessionLinked) and event.session_id is not None:
                self._write_session(case, event.session_id)

    def clear_projections(self, case_id: CaseId) -> None:
        """Delete the children of a case, before a replay writes them anew."""
        self._drop_children(case_id)
        self._drop("case_follow_ups", "case_links", "case_sessions", case_id=case_id)

    def erase(self, case: Case) -> None:
        """Store the event that ends the case, then delete its rows, its contacts and the payloads of its stream; the chain stays.

        Raises CaseInUse where mails or merged cases hang on it. Only the eraser's credentials may do this.
        """
        self._append(case)
        self.clear_projections(case.id)
        self._drop("contact_vault", "case_event_payloads", case_id=case.id)
        try:
            self._connection.execute("delete from cases where tenant_id = %s and id = %s", (self._tenant_id, case.id))
        except errors.ForeignKeyViolation:
            raise CaseInUse("contacts, mails or merged cases hang on this case: close it instead") from None
        case.fresh.clear()

    def next_title_number(self, user_id: str, day: date) -> int:
        """Return the number of a person's next automatic title of a UTC day; whoever else asks waits until the transaction ends."""
        row = self._connection.execute(
            "insert into case_title_counters (tenant_id, user_id, day, last) values (%s, %s, %s, 1)"
            " on conflict (tenant_id, user_id, day) do update set last = case_title_counters.last + 1 returning last",
            (self._tenant_id, user_id, day),
        ).fetchone()
        return row["last"] if row else 0

    def forget_title_counters(self, before: date, limit: int) -> int:
        """Delete counters of days before this one, some at a time; return how many."""
        return self._connection.execute(
            "delete from case_title_counters c using (select user_id, day from case_title_counters where tenant_id = %(tenant)s"
            "  and day < %(before)s limit %(limit)s) old"
            " where c.tenant_id = %(tenant)s and c.user_id = old.user_id and c.day = old.day",
            {"tenant": self._tenant_id, "before": before, "limit": limit},
        ).rowcount

    def all_ids(self) -> list[CaseId]:
        """Return the ids of all streams, in an order that makes a case before those that were merged into it."""
        rows = self._connection.execute(
            "select case_id from case_events where tenant_id = %s group by case_id"
            " order by max(id) filter (where type = 'case_merged_into') desc nulls first, case_id",
            (self._tenant_id,),
        ).fetchall()
        return [row["case_id"] for row in rows]

    def hold(self, case_id: CaseId) -> None:
        """Let nobody else change the case until the transaction ends."""
        self._connection.execute("select from cases where tenant_id = %s and id = %s for update", (self._tenant_id, case_id))

    def digests(self, case_id: CaseId) -> dict[str, str]:
        """Return the MD5 over the text of a case's rows, by projection; equal digests are equal rows."""
        found: dict[str, str] = {}
        for table in PROJECTIONS:
            row = self._connection.execute(
                sql.SQL(
                    "select md5(coalesce(string_agg(one::text, E'\\n' order by one::text), '')) as digest from {} one"
                    " where tenant_id = %s and {} = %s"
                ).format(sql.Identifier(table), sql.Identifier("id" if table == "cases" else "case_id")),
                (self._tenant_id, case_id),
            ).fetchone()
            found[table] = row["digest"] if row else ""
        return found

    def next_signal_id(self) -> int:
        """Return a number for a resolution signal."""
        row = self._connection.execute("select nextval('case_resolution_signal_ids') as id").fetchone()
        return row["id"] if row else 0

    def next_ordinal(self) -> int:
        """Return what a new case's number is made of; never the same twice."""
        row = self._connection.execute("select nextval('case_ordinals') as ordinal").fetchone()
        return row["ordinal"] if row else 0

    def lock_selection(self, names: Sequence[str]) -> None:
        """Let one creation from a selection pass at a time, so that two at once end in one case.

        Locks the first 64 names (reports, or an area) in order, so that two overlapping selections cannot wait for each other.
        """
        keys = [f"{self._tenant_id}|selection|{name}" for name in sorted(set(names))[:64]]
        self._connection.execute(
            "select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(%s::text[]) with ordinality t(key, n) order by n", (keys,)
        )

    def save_cluster(self, cluster: Mapping[str, Any]) -> None:
        """Store a snapshot of a scope; it is never changed afterwards."""
        self._connection.execute(
            "insert into saved_clusters (tenant_id, cluster_id, source_type, classification, geometry, bbox,"
            " cluster_fingerprint, seed_report_seq, report_count, summary, stats, analysis, created_by_user_id, created_at, updated_at)"
            " values (%(tenant_id)s, %(cluster_id)s, %(source_type)s, %(classification)s, %(geometry)s, %(bbox)s,"
            " %(cluster_fingerprint)s, %(seed_report_seq)s, %(report_count)s, %(summary)s, %(stats)s, %(analysis)s,"
            " %(created_by_user_id)s, %(at)s, %(at)s)",
            {"tenant_id": self._tenant_id}
            | {name: _json(value) if name in {"geometry", "stats", "analysis"} else value for name, value in cluster.items()},
        )

    def keep_contact(
        self, contact_id: UUID, at: object, ciphertext: bytes, key_id: str, *, case_id: CaseId | None = None, ticket_id: UUID | None = None
    ) -> None:
        """Put an encrypted contact into the vault: a reporter's of a case, or a caller's of a ticket."""
        self._connection.execute(
            "insert into contact_vault (tenant_id, id, case_id, ticket_id, ciphertext, key_id, created_at)"
            " values (%s, %s, %s, %s, %s, %s, %s)",
            (self._tenant_id, contact_id, case_id, ticket_id, ciphertext, key_id, at),
        )

    def witnesses(self, seqs: Sequence[int]) -> list[Witness]:
        """Return those of the reports that are visible: severity by the English reading, else the highest of any language."""
        if not seqs:
            return []
        rows = self._connection.execute(
            "select r.seq, r.latitude, r.longitude, r.observed_at,"
            " coalesce(max(a.severity_level) filter (where a.language = 'en'), max(a.severity_level)) as severity"
            " from reports r join report_analyses a on a.tenant_id = r.tenant_id and a.report_seq = r.seq"
            " where r.tenant_id = %s and r.seq = any(%s) and r.is_active and r.is_public and a.is_valid group by r.tenant_id, r.seq",
            (self._tenant_id, list(seqs)),
        ).fetchall()
        return [Witness(row["seq"], row["severity"], row["observed_at"], row["latitude"], row["longitude"]) for row in rows]

    def holders(self, seq: int) -> list[CaseId]:
        """Return the cases that a report is linked to."""
        rows = self._connection.execute(
            "select case_id from case_reports where tenant_id = %s and report_seq = %s", (self._tenant_id, seq)
        ).fetchall()
        return [row["case_id"] for row in rows]

    def report_texts(self, seqs: Sequence[int], limit: int) -> list[str]:
        """Return the first non-blank of title, summary and description of at most `limit` of the reports."""
        if not seqs:
            return []
        rows = self._connection.execute(
            "select distinct coalesce(nullif(btrim(title), ''), nullif(btrim(summary), ''), description) as text from report_analyses"
            " where tenant_id = %s and report_seq = any(%s) order by text limit %s",
            (self._tenant_id, list(seqs), limit),
        ).fetchall()
        return [row["text"] for row in rows]

    def candidates(self, classification: str, seqs: Sequence[int], boxes: Sequence[Sequence[float]]) -> list[Row]:
        """Return the open cases that a scope might belong to (see `queries.candidate_rows`)."""
        return candidate_rows(self._connection, self._tenant_id, classification, seqs, boxes)

    def case_type(self, code: str) -> Mapping[str, Any] | None:
        """Return the defaults of a case type of this tenant."""
        return self._connection.execute("select * from case_types where tenant_id = %s and code = %s", (self._tenant_id, code)).fetchone()

    def snapshots(self, cluster_ids: Sequence[str]) -> list[Mapping[str, Any]]:
        """Return geometry and bbox of saved clusters, oldest first."""
        if not cluster_ids:
            return []
        return list(
            self._connection.execute(
                "select geometry, bbox from saved_clusters where tenant_id = %s and cluster_id = any(%s) order by created_at, cluster_id",
                (self._tenant_id, list(cluster_ids)),
            ).fetchall()
        )

    def _append(self, case: Case) -> None:
        prev = self._head(case.id) if case.fresh[0].version > 1 else GENESIS
        for recorded in case.fresh:
            payload, salt = recorded.event.model_dump(mode="json"), secrets.token_bytes(32)
            commitment = commit_to(payload, salt)
            at, type_name = recorded.at, recorded.event.type_name
            link = Link(case.tenant_id, case.id, recorded.version, at, at, recorded.actor, type_name, commitment)
            sealed = link.seal(prev)
            self._connection.execute(
                _APPEND.encode(),
                {
                    "tenant": case.tenant_id, "case": case.id, "version": recorded.version, "type": recorded.event.type_name,
                    "actor": recorded.actor, "at": recorded.at, "commitment": commitment, "prev": prev, "hash": sealed,
                    "payload": Jsonb(payload), "salt": salt,
                },
            )  # fmt: skip
            prev = sealed

    def _head(self, case_id: CaseId) -> bytes:
        row = self._connection.execute(
            "select hash from case_events where tenant_id = %s and case_id = %s order by version desc limit 1", (self._tenant_id, case_id)
        ).fetchone()
        return bytes(row["hash"]) if row else GENESIS

    def _write_row(self, row: Mapping[str, Any]) -> None:
        self._connection.execute(
            _UPSERT,
            {name: _json(value) if name in JSON_COLUMNS else _point(value) if name == "location" else value for name, value in row.items()},
        )

    def _write_links(self, case: Case, seqs: Sequence[int]) -> None:
        links = [case.reports[seq] for seq in seqs if seq in case.reports]
        if links:
            self._connection.execute(
                "insert into case_reports (tenant_id, case_id, report_seq, link_reason, confidence, attached_at)"
                " select %s, %s, * from unnest(%s::bigint[], %s::text[], %s::float8[], %s::timestamptz[])"
                " on conflict (tenant_id, case_id, report_seq) do update set link_reason = excluded.link_reason,"
                " confidence = excluded.confidence",
                (
                    self._tenant_id, case.id, [a.link.seq for a in links], [a.link.reason for a in links],
                    [a.link.confidence for a in links], [a.at for a in links],
                ),
            )  # fmt: skip

    def _write_clusters(self, case: Case, clusters: Sequence[ClusterLink]) -> None:
        for cluster in clusters:
            if cluster.cluster_id in case.clusters:
                self._connection.execute(
                    "insert into case_clusters (tenant_id, case_id, cluster_id, match_score, match_reason, linked_at)"
                    " values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
                    (
                        self._tenant_id,
                        case.id,
                        cluster.cluster_id,
                        cluster.match_score,
                        cluster.match_reason,
                        case.clusters[cluster.cluster_id][1],
                    ),
                )

    def _write_signals(self, case: Case, signals: Sequence[Signal]) -> None:
        for signal in signals:
            if signal.id in case.signals:
                self._connection.execute(
                    "insert into case_resolution_signals (tenant_id, case_id, id, source_type, summary,"
                    " linked_report_seq, metadata, created_at)"
                    " values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
                    (
                        self._tenant_id, case.id, signal.id, signal.source_type, signal.summary, signal.linked_report_seq,
                        Jsonb(signal.metadata), signal.created_at,
                    ),
                )  # fmt: skip

    def _write_session(self, case: Case, session_id: str) -> None:
        self._connection.execute(
            "insert into case_sessions (tenant_id, case_id, session_id, ordinal, linked_at, created_by, case_created_at)"
            " values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            (
                self._tenant_id, case.id, session_id, list(case.sessions).index(session_id) + 1, case.sessions[session_id],
                case.created_by, case.created_at,
            ),
        )  # fmt: skip

    def _write_dues(self, case_id: CaseId, event: CaseCreated) -> None:
        for ordinal, due in enumerate(event.follow_ups, 1):
            self._connection.execute(
                "insert into case_follow_ups (tenant_id, case_id, ordinal, action, owner, due_at, status) values (%s, %s,"
                " %s, %s, %s, %s, %s)",
                (self._tenant_id, case_id, ordinal, due.action, due.owner, due.due_at, due.status),
            )
        for ordinal, edge in enumerate(event.edges, 1):
            self._connection.execute(
                "insert into case_links (tenant_id, case_id, edge_kind, target_type, target_id, ordinal) values (%s, %s, %s, %s, %s, %s)"
                " on conflict do nothing",
                (self._tenant_id, case_id, edge.kind, edge.target_type, edge.target_id, ordinal),
            )

    def _drop_children(self, case_id: CaseId) -> None:
        self._drop("case_reports", "case_clusters", "case_resolution_signals", case_id=case_id)

    def _drop(self, *tables: str, case_id: CaseId) -> None:
        for table in tables:
            self._connection.execute(
                sql.SQL("delete from {} where tenant_id = %s and case_id = %s").format(sql.Identifier(table)), (self._tenant_id, case_id)
            )


def add_case_types(connection: Connection, tenant_id: UUID, types: Sequence[CaseType]) -> None:
    """Give a tenant its case types (as the schema's owner); known ones stay."""
    for kind in types:
        connection.execute(
            "insert into case_types (tenant_id, code, title_th, title_en, title_zh, default_alert_level, default_severity, lead_body,"
            " resolve_days, sensitive_by_default) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            (tenant_id, *kind),
        )


def _json(value: object) -> Jsonb | None:
    return None if value is None else Jsonb(value)


def _point(value: tuple[float, float] | None) -> str | None:
    return None if value is None else f"({value[0]!r},{value[1]!r})"


_COLUMNS = [
    "tenant_id", "id", "version", "alias", "case_number", "slug", "title", "title_th", "title_en", "title_zh", "issue_definition_th",
    "issue_definition_en", "issue_definition_zh", "language_detected", "type", "case_type", "classification", "status", "closure_reason",
    "severity", "alert_level", "summary", "uncertainty_notes", "geometry", "aggregate_geometry", "aggregate_bbox", "location", "h3_cell",
    "anchor_report_seq", "severity_score", "urgency_score", "confidence_score", "exposure_score", "criticality_score", "trend_score",
    "cluster_count", "linked_report_count", "first_seen_at", "last_seen_at", "last_cluster_at", "merged_into", "reporter", "attributes",
    "pattern", "owner", "attachments", "ai_analysis_ref", "sensitive_surface_flag", "reopen_count", "creation_mode", "created_by",
    "category", "tags", "session_id", "resolved_at", "occurred_at", "created_at", "updated_at",
]  # fmt: skip
_UPSERT = (
    sql.SQL("insert into cases ({names}) values ({values}) on conflict (tenant_id, id) do update set {changes}")
    .format(
        names=sql.SQL(", ").join(map(sql.Identifier, _COLUMNS)),
        values=sql.SQL(", ").join(map(sql.Placeholder, _COLUMNS)),
        changes=sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in _COLUMNS[2:]),
    )
    .as_bytes(None)
)
"""Rendered once: psycopg would do that at each call."""
