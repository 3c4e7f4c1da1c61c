"""Rows of walks, inside the unit of work's transaction, behind the wall of one account."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from casework.kernel.ids import uuid7
from casework.walks.model import FlowNotFound, LostRace, ProposalNotFound, SessionNotFound, Walk
from casework.walks.rows import KIND, SWITCHED, VISIBLE, enter_account, walk_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from casework.postgres.connection import Connection, Row
    from casework.walks.model import Ticket, TicketStatus

_INSERT = """
insert into walk_sessions (tenant_id, account_id, id, version, ticket_id, session_kind, category, problem_text, language, flow_id,
  flow_nodes, current_node_id, status, reason, reason_category, warning, case_id, case_alias, started_by, started_at, last_step_at)
values (%(tenant)s, %(account_id)s, %(id)s, %(version)s, %(ticket_id)s, %(kind)s, %(category)s, %(problem_text)s, %(language)s, %(flow_id)s,
  %(flow_nodes)s, %(current_node_id)s, %(status)s, %(reason)s, %(reason_category)s, %(warning)s, %(case_id)s, %(case_alias)s,
  %(started_by)s, %(started_at)s, %(last_step_at)s)"""
_UPDATE = """
update walk_sessions set version = version + 1, flow_proposal_id = %(flow_proposal_id)s, current_node_id = %(current_node_id)s,
  pending_node = %(pending)s, nodes_served = %(nodes_served)s, walked_path = %(path)s, status = %(status)s, helpful = %(helpful)s,
  resolution_notes = %(resolution_notes)s, reason = %(reason)s, reason_category = %(reason_category)s, warning = %(warning)s,
  case_id = %(case_id)s, case_alias = %(case_alias)s, last_step_at = %(last_step_at)s, resolved_at = %(resolved_at)s
where tenant_id = %(tenant)s and account_id = %(account_id)s and id = %(id)s and version = %(version)s"""
_JSON = ("flow_nodes", "pending", "path", "notes")


class WalkStore:
    """Walks, flows and settings of one account."""

    def __init__(self, connection: Connection, tenant_id: UUID, account_id: str) -> None:
        """Enter the account for the rest of the transaction."""
        self._connection = connection
        self._tenant_id = tenant_id
        self._account_id = account_id
        self._own = {"tenant": tenant_id, "account": account_id}
        enter_account(connection, account_id)

    # Walks and tickets

    def get(self, session_id: UUID, actor_id: str, *, hold: bool = False) -> Walk:
        """Return a walk as it stands; `hold`: let nobody else change it until the transaction ends. Raises SessionNotFound.

        Where the account keeps sessions to their creators, another's is not found.
        """
        statement = VISIBLE.format(columns="s.*") + (" for update of s" if hold else "")
        row = self._connection.execute(statement.encode(), {**self._own, "id": session_id, "actor": actor_id}).fetchone()
        if row is None:
            raise SessionNotFound("session not found")
        return walk_of(row)

    def add(self, walk: Walk, ticket: Ticket) -> None:
        """Store a new walk with its ticket."""
        self._connection.execute(
            "insert into walk_tickets (tenant_id, account_id, id, kind, problem_statement, customer_name, customer_contact, status,"
            " created_by, created_at) values (%s, %s, %s, 'internal', %s, %s, %s, %s, %s, %s)",
            (
                self._tenant_id, self._account_id, ticket.id, ticket.problem_statement, ticket.customer_name, ticket.customer_contact,
                ticket.status, ticket.created_by, ticket.created_at,
            ),
        )  # fmt: skip
        self._connection.execute(_INSERT, self._values(walk))

    def save(self, walk: Walk) -> None:
        """Store a changed walk. Raises LostRace where somebody else changed it since it was read."""
        if not self._connection.execute(_UPDATE, self._values(walk)).rowcount:
            raise LostRace("the session was changed meanwhile; read it again")
        walk.version += 1

    def save_notes(self, walk: Walk) -> None:
        """Replace the notes; they are no step, so the version stays."""
        self._connection.execute(
            "update walk_sessions set walk_notes = %s where tenant_id = %s and account_id = %s and id = %s",
            (Jsonb(walk.notes), self._tenant_id, self._account_id, walk.id),
        )

    def set_ticket_status(self, ticket_id: UUID, status: TicketStatus) -> None:
        """Move a ticket along with its walk."""
        self._connection.execute(
            "update walk_tickets set status = %s where tenant_id = %s and account_id = %s and id = %s",
            (status, self._tenant_id, self._account_id, ticket_id),
        )

    def names(self, ticket_id: UUID) -> list[str]:
        """Return the names of a ticket's caller, which must not leave the house with the walk's texts."""
        rows = self._connection.execute(
            "select customer_name from walk_tickets where tenant_id = %(tenant)s and account_id = %(account)s and id = %(id)s",
            {**self._own, "id": ticket_id},
        ).fetchall()
        return [row["customer_name"] for row in rows if row["customer_name"]]

    # Flows and proposals

    def published_flows(self) -> list[Row]:
        """Return what the account's own flows are matched by: everything but their trees."""
        return self._connection.execute(
            "select id, title, category, language, problem_text, vectors, embedding_model from walk_flows"
            " where tenant_id = %(tenant)s and account_id = %(account)s and status = 'published'"
            " order by created_at, id",
            self._own,
        ).fetchall()

    def flow(self, flow_id: UUID) -> Row:
        """Return one of the account's own published flows. Raises FlowNotFound."""
        row = self._connection.execute(
            "select * from walk_flows where tenant_id = %(tenant)s and account_id = %(account)s and id = %(id)s and status = 'published'",
            {**self._own, "id": flow_id},
        ).fetchone()
        if row is None:
            raise FlowNotFound("no such flow")
        return row

    def add_flow(self, flow: Mapping[str, Any], vectors: bytes, model: str, *, by: str, at: datetime) -> UUID:
        """Store a published flow with the vectors of its exemplars (rows of float32); return its id."""
        flow_id = uuid7()
        self._connection.execute(
            "insert into walk_flows (tenant_id, account_id, id, title, category, language, problem_text, nodes, status, vectors,"
            " embedding_model, created_by, created_at) values (%s, %s, %s, %s, %s, %s, %s, %s, 'published', %s, %s, %s, %s)",
            (
                self._tenant_id, self._account_id, flow_id, flow["title"], flow["category"], flow["language"], flow["problem_text"],
                Jsonb(flow["nodes"]), vectors, model, by, at,
            ),
        )  # fmt: skip
        return flow_id

    def add_proposal(self, proposal_id: UUID, walk: Walk, title: str, nodes: Sequence[Mapping[str, Any]], at: datetime) -> None:
        """Store what a helpful walk proposes."""
        self._connection.execute(
            "insert into flow_proposals (tenant_id, account_id, id, l1_session_id, title, category, language, problem_text, nodes, status,"
            " created_by, created_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'proposed', %s, %s)",
            (
                self._tenant_id, self._account_id, proposal_id, walk.id, title, walk.category, walk.language, walk.problem_text,
                Jsonb(nodes), walk.started_by, at,
            ),
        )  # fmt: skip

    def proposal(self, proposal_id: UUID, *, hold: bool = False) -> Row:
        """Return a proposal; `hold`: let nobody else publish it until the transaction ends. Raises ProposalNotFound."""
        statement = "select * from flow_proposals where tenant_id = %(tenant)s and account_id = %(account)s and id = %(id)s"
        row = self._connection.execute((statement + (" for update" if hold else "")).encode(), {**self._own, "id": proposal_id}).fetchone()
        if row is None:
            raise ProposalNotFound("no such proposal")
        return row

    def mark_published(self, proposal_id: UUID, flow_id: UUID) -> None:
        """Note which flow a proposal became."""
        self._connection.execute(
            "update flow_proposals set status = 'published', flow_id = %s where tenant_id = %s and account_id = %s and id = %s",
            (flow_id, self._tenant_id, self._account_id, proposal_id),
        )

    # What an account switches

    def switched_categories(self) -> dict[str, bool]:
        """Return the categories that the account switched itself."""
        rows = self._connection.execute(SWITCHED.encode(), self._own).fetchall()
        return {row["code"]: row["enabled"] for row in rows}

    def switch_categories(self, flags: Mapping[str, bool]) -> None:
        """Switch some categories; in order, so that two switchers cannot wait for each other."""
        self._connection.cursor().executemany(
            "insert into walk_categories (tenant_id, account_id, code, enabled) values (%s, %s, %s, %s)"
            " on conflict (tenant_id, account_id, code) do update set enabled = excluded.enabled",
            [(self._tenant_id, self._account_id, code, flags[code]) for code in sorted(flags)],
        )

    def tenant_kind(self) -> str:
        """Return `city`, `support_desk` or `operations`."""
        row = self._connection.execute(KIND.encode(), self._own).fetchone()
        return row["kind"] if row else ""

    def set_creator_only(self, *, creator_only: bool) -> None:
        """Keep sessions to their creators, or share them."""
        self._connection.execute(
            "insert into walk_settings (tenant_id, account_id, sessions_creator_only) values (%s, %s, %s)"
            " on conflict (tenant_id, account_id) do update set sessions_creator_only = excluded.sessions_creator_only",
            (self._tenant_id, self._account_id, creator_only),
        )

    def replace_recipients(self, recipients: Mapping[str, str], at: datetime) -> None:
        """Name those who take walks over, names by address; who is named no more stays as a deleted row. One call at a time."""
        self._connection.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"{self._tenant_id}|recipients|{self._account_id}",)
        )
        self._connection.execute(
            "update walk_recipients set deleted_at = %s where tenant_id = %s and account_id = %s and deleted_at is null"
            " and not email = any(%s)",
            (at, self._tenant_id, self._account_id, list(recipients)),
        )
        self._connection.cursor().executemany(
            "insert into walk_recipients (tenant_id, account_id, email, name) values (%s, %s, %s, %s)"
            " on conflict (tenant_id, account_id, email) do update set name = excluded.name, deleted_at = null",
            [(self._tenant_id, self._account_id, email, recipients[email]) for email in sorted(recipients)],
        )

    def recipients(self) -> list[str]:
        """Return whom an escalation goes to: the account's recipients, else the tenant's; without deleted ones."""
        rows = self._connection.execute(
            "select email from walk_recipients where tenant_id = %(tenant)s and account_id = %(account)s and deleted_at is null"
            " order by email",
            self._own,
        ).fetchall()
        rows = (
            rows
            or self._connection.execute(
                "select email from walk_default_recipients where tenant_id = %(tenant)s and deleted_at is null order by email", self._own
            ).fetchall()
        )
        return [row["email"] for row in rows]

    def _values(self, walk: Walk) -> dict[str, Any]:
        values = {one.name: getattr(walk, one.name) for one in fields(walk)}
        packed = {name: None if values[name] is None else Jsonb(values[name]) for name in _JSON}
        return values | packed | {"tenant": self._tenant_id}


class IdleWalkStore:
    """The sweep's view: active walks of all accounts of a tenant."""

    def __init__(self, connection: Connection, tenant_id: UUID) -> None:
        """Work inside this transaction."""
        self._connection = connection
        self._tenant_id = tenant_id

    def abandon(self, before: datetime, limit: int) -> int:
        """Abandon active walks without a step since `before`, some at a time, and put their tickets back; return how many.

        One that somebody is stepping through right now is left to the next sweep.
        """
        rows = self._connection.execute(
            "with idle as (select id from walk_sessions where tenant_id = %(tenant)s and status = 'active' and last_step_at <= %(before)s"
            "  order by last_step_at limit %(limit)s for update skip locked),"
            " ended as (update walk_sessions s set status = 'abandoned', version = version + 1 from idle"
            "  where s.tenant_id = %(tenant)s and s.id = idle.id returning s.ticket_id)"
            " update walk_tickets t set status = 'open' from ended where t.tenant_id = %(tenant)s and t.id = ended.ticket_id"
            " returning t.id",
            {"tenant": self._tenant_id, "before": before, "limit": limit},
        ).fetchall()
        return len(rows)


def add_default_recipients(connection: Connection, tenant_id: UUID, recipients: Mapping[str, str]) -> None:
    """Name those who take over where an account has named nobody (as the schema's owner); a removed one comes back."""
    for email, name in recipients.items():
        connection.execute(
            "insert into walk_default_recipients (tenant_id, email, name) values (%s, %s, %s)"
            " on conflict (tenant_id, email) do update set name = excluded.name, deleted_at = null",
            (tenant_id, email, name),
        )


def remove_default_recipient(connection: Connection, tenant_id: UUID, email: str, at: datetime) -> bool:
    """Let somebody take over no more (as the schema's owner); the row stays. Return whether they did."""
    return bool(
        connection.execute(
            "update walk_default_recipients set deleted_at = %s where tenant_id = %s and email = %s and deleted_at is null",
            (at, tenant_id, email),
        ).rowcount
    )
