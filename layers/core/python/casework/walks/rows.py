"""What stores and queries of walks share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.walks.model import ReasonCategory, SessionKind, SessionStatus, Walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.postgres.connection import Connection

_SAME = (
    "id", "account_id", "ticket_id", "category", "problem_text", "language", "started_by", "started_at", "last_step_at", "version",
    "flow_id", "flow_proposal_id", "current_node_id", "nodes_served", "helpful", "resolution_notes", "reason", "warning",
    "case_id", "case_alias", "resolved_at",
)  # fmt: skip

SHOWN = (
    "s.id, s.account_id, s.version, s.ticket_id, s.session_kind, s.category, s.problem_text, s.language, s.flow_id, s.flow_proposal_id,"
    " s.current_node_id, s.nodes_served, s.walked_path, s.walk_notes, s.status, s.helpful, s.resolution_notes, s.reason, s.reason_category,"
    " s.warning, s.case_id, s.case_alias, s.started_by, s.started_at, s.last_step_at, s.resolved_at"
)
"""A session as it is shown: without the tree that it carries and the node that is pending, which only its next step needs."""
VISIBLE = (
    "select {columns} from walk_sessions s left join walk_settings o using (tenant_id, account_id) where s.tenant_id = %(tenant)s"
    " and s.account_id = %(account)s and s.id = %(id)s and (s.started_by = %(actor)s or not coalesce(o.sessions_creator_only, false))"
)
"""A session of the account that this technician may see; `columns` are SHOWN or `s.*`."""
KIND = "select kind from tenants where id = %(tenant)s"
SWITCHED = "select code, enabled from walk_categories where tenant_id = %(tenant)s and account_id = %(account)s"


def enter_account(connection: Connection, account_id: str) -> None:
    """Name the account of this transaction: row-level security shows nothing of another's."""
    connection.execute("select set_config('app.account_id', %s, true)", (account_id,))


def walk_of(row: Mapping[str, Any]) -> Walk:
    """Return the walk of a row of `walk_sessions`; one that was read to be shown has neither tree nor pending node."""
    return Walk(
        **{name: row[name] for name in _SAME}, kind=SessionKind(row["session_kind"]), status=SessionStatus(row["status"]),
        flow_nodes=row.get("flow_nodes"), pending=row.get("pending_node"), path=row["walked_path"], notes=row["walk_notes"],
        reason_category=ReasonCategory(row["reason_category"]) if row["reason_category"] else None,
    )  # fmt: skip
