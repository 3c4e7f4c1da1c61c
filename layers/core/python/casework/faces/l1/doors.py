"""What the doors of /l1 share: rendering, and the examples of the API document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from casework.entry.request import Reply
from casework.walks.model import ProposalNotFound, SessionNotFound
from casework.walks.views import direct_view, session_view

if TYPE_CHECKING:
    from casework.identity.model import Actor
    from casework.walks.model import Walk
    from casework.wiring import App

_SESSION_ID, _TICKET_ID = "019ab2c4-1d7e-7c3a-9b6e-0f3d52a1c4e7", "019ab2c4-1d7e-7c3a-9b6e-0f3d52a1c4e8"
SESSION: dict[str, Any] = {
    "id": _SESSION_ID, "session_kind": "flow", "category": "infrastructure", "problem_text": "VPN says connected, but nothing opens",
    "flow_id": "vpn-no-connection.en", "flow_proposal_id": None, "current_node_id": "internet",
    "walked_path": [{"node_id": "client", "question": "Which VPN client is it?", "answer": "Company client", "note": ""}],
    "walk_notes": ["Caller is back at 14:00"], "status": "active", "started_at": "2026-11-24T02:04:11.120000Z",
    "last_step_at": "2026-11-24T02:06:00.000000Z", "resolved_at": None,
}  # fmt: skip
SESSIONS: dict[str, Any] = {"items": [SESSION]}
INTAKE: dict[str, Any] = {
    "outcome": "matched", "session_id": _SESSION_ID, "session_kind": "flow", "ticket_id": _TICKET_ID, "ticket_kind": "internal",
    "flow_id": "vpn-no-connection.en", "category": "infrastructure",
}  # fmt: skip
SUGGESTED: dict[str, Any] = {
    "outcome": "suggest", "category": "infrastructure",
    "near_miss": {"flow_id": "vpn-no-connection.en", "title": "VPN does not connect", "similarity": 0.74},
}  # fmt: skip
NEXT_NODE: dict[str, Any] = {
    "node": {
        "id": "0b5f3c1e-8f0e-4a55-9d0a-3f5f0d6f2c11", "node_type": "question", "text": "Does another device have the same problem?",
        "options": ["Yes", "No", "Not sure"], "engine": "embedded",
    },
    "session_status": "active",
}  # fmt: skip
TICKETS: dict[str, Any] = {
    "items": [
        {
            "ticket_id": _TICKET_ID, "ticket_kind": "internal", "problem_statement": "VPN says connected, but nothing opens",
            "customer_name": "S.", "customer_contact": "+66•••••1234", "status": "open", "created_at": "2026-11-24T02:04:11.120000Z",
        }
    ],
    "next_cursor": None,
}  # fmt: skip
ESCALATED: dict[str, Any] = SESSION | {
    "status": "escalated", "session_id": _SESSION_ID, "ticket_id": _TICKET_ID, "customer_name": "S.", "customer_contact": "+66•••••1234",
    "reason": "Firmware update needed", "reason_category": "needs_specialist", "started_by": "u1",
}  # fmt: skip
ESCALATIONS: dict[str, Any] = {"items": [ESCALATED], "next_cursor": None}
DIRECT: dict[str, Any] = SESSION | {
    "session_kind": "escalated_direct", "status": "escalated", "flow_id": None, "category": None, "current_node_id": None,
    "walked_path": [],     "session_id": _SESSION_ID, "ticket_id": _TICKET_ID, "ticket_kind": "internal",
}  # fmt: skip
FLOW: dict[str, Any] = {
    "flow_id": "019ab2c4-1d7e-7c3a-9b6e-0f3d52a1c4e9", "title": "Badge reader beeps thrice", "category": "configuration", "language": "en",
    "status": "published",
    "nodes": [
        {"id": "clean", "node_type": "instruction", "text": "Wipe the badge.", "options": ["Done"], "next": {"Done": "fixed"}},
        {"id": "fixed", "node_type": "resolution", "text": "The badge was dirty."},
    ],
}  # fmt: skip
FLOWS: dict[str, Any] = {"items": [FLOW], "next_cursor": None}
CATEGORIES: dict[str, Any] = {"categories": {"performance": True, "security": False}}
SETTINGS: dict[str, Any] = {
    "escalation_recipients": [{"email": "l2@acme.example.com", "name": "Second level"}], "sessions_creator_only": False,
}  # fmt: skip


def session_ref(text: str) -> UUID:
    """Return the id of a session. Raises SessionNotFound for what is no id."""
    try:
        return UUID(text)
    except ValueError:
        raise SessionNotFound("session not found") from None


def proposal_ref(text: str) -> UUID:
    """Return the id of a proposal. Raises ProposalNotFound for what is no id."""
    try:
        return UUID(text)
    except ValueError:
        raise ProposalNotFound("no such proposal") from None


def render_session(session_id: str, actor: Actor, app: App) -> Reply:
    """Return a session as the caller may see it. Raises SessionNotFound."""
    return Reply(body=session_view(_session(session_id, actor, app)))


def render_direct(session_id: str, actor: Actor, app: App) -> Reply:
    """Return what an escalation without a walk made. Raises SessionNotFound."""
    return Reply(body=direct_view(_session(session_id, actor, app)))


def _session(session_id: str, actor: Actor, app: App) -> Walk:
    walk = app.walks.session(actor, session_ref(session_id))
    if walk is None:
        raise SessionNotFound("session not found")
    return walk
