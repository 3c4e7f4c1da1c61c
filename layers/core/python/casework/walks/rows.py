"""What stores and queries of walks share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.walks.model import ReasonCategory, SessionKind, SessionStatus, Walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.postgres.connection import Connection

_SAME = (
    "id", "account_id", "ticket_id", "category", "problem_text", "language", "started_by", "started_at", "last_step_at", "version",
    "flow_id", "flow_nodes", "flow_proposal_id", "current_node_id", "nodes_served", "helpful", "resolution_notes", "reason", "warning",
    "case_id", "case_alias", "resolved_at",
)  # fmt: skip

VISIBLE = (
    "select s.* from walk_sessions s left join walk_settings o using (tenant_id, account_id) where s.tenant_id = %(tenant)s"
    " and s.account_id = %(account)s and s.id = %(id)s and (s.started_by = %(actor)s or not coalesce(o.sessions_creator_only, false))"
)
"""A session of the account that this technician may see."""


def enter_account(connection: Connection, account_id: str) -> None:
    """Name the account of this transaction: row-level security shows nothing of another's."""
    connection.execute("select set_config('app.account_id', %s, true)", (account_id,))


def walk_of(row: Mapping[str, Any]) -> Walk:
    """Return the walk of a row of `walk_sessions`."""
    return Walk(
        **{name: row[name] for name in _SAME}, kind=SessionKind(row["session_kind"]), status=SessionStatus(row["status"]),
        pending=row["pending_node"], path=row["walked_path"], notes=row["walk_notes"],
        reason_category=ReasonCategory(row["reason_category"]) if row["reason_category"] else None,
    )  # fmt: skip
