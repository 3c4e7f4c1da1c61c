"""What the L1 face shows (contract "Ours, decided": Shapes)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NotRequired, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator
from typing_extensions import TypedDict

from casework.walks.model import ReasonCategory, SessionKind, SessionStatus, TicketStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casework.walks.library import Flow
    from casework.walks.model import Walk

Outcome = Literal["matched", "build", "adhoc", "suggest", "out_of_scope"]
_STARTED = frozenset({"session_id", "session_kind", "ticket_id", "ticket_kind"})
_FIELDS: dict[str, frozenset[str]] = {
    "matched": _STARTED | {"flow_id", "category"},
    "build": _STARTED | {"category"},
    "adhoc": _STARTED,
    "suggest": frozenset({"near_miss", "category"}),
    "out_of_scope": frozenset({"category"}),
}


class PathEntry(TypedDict):
    """An answered node, with the text that was shown."""

    node_id: str
    question: str
    answer: str
    note: str


class NodeView(TypedDict):
    """A node as it is served; `engine` is `embedded` or the model that thought of it."""

    id: str
    node_type: str
    text: str
    options: NotRequired[list[str]]
    engine: str


class SessionView(TypedDict):
    """A session; `warning` and `case_id` are there where there is something to say."""

    id: UUID
    session_kind: SessionKind
    category: str | None
    problem_text: str
    flow_id: str | None
    flow_proposal_id: UUID | None
    current_node_id: str | None
    walked_path: list[PathEntry]
    walk_notes: list[str]
    status: SessionStatus
    started_at: datetime
    last_step_at: datetime
    resolved_at: datetime | None
    warning: NotRequired[str]
    case_id: NotRequired[str]


class SessionList(TypedDict):
    """Sessions, the newest step first."""

    items: list[SessionView]


class NextNodeView(TypedDict):
    """The node to walk next; null, with a warning, where the assistant does not answer and free steps go on."""

    node: NodeView | None
    session_status: SessionStatus
    warning: NotRequired[str]


class TicketView(TypedDict):
    """A ticket in the queue; the contact is masked."""

    ticket_id: UUID
    ticket_kind: str
    problem_statement: str
    customer_name: str | None
    customer_contact: str | None
    status: TicketStatus
    created_at: datetime


class TicketPage(TypedDict):
    """A page of tickets."""

    items: list[TicketView]
    next_cursor: str | None


class EscalationView(SessionView):
    """A handed-over session with what the next one needs to know."""

    session_id: UUID
    ticket_id: UUID
    customer_name: str | None
    customer_contact: str | None
    reason: str
    reason_category: ReasonCategory
    started_by: str


class EscalationPage(TypedDict):
    """A page of handed-over sessions."""

    items: list[EscalationView]
    next_cursor: str | None


class DirectView(SessionView):
    """The session and the ticket that an escalation without a walk made."""

    session_id: UUID
    ticket_id: UUID
    ticket_kind: str


class FlowNode(TypedDict):
    """A node of a flow; `next` names the node after each answer, none where the flow ends."""

    id: str
    node_type: str
    text: str
    options: NotRequired[list[str]]
    next: NotRequired[dict[str, str]]


class FlowView(TypedDict):
    """A published flow."""

    flow_id: str
    title: str
    category: str
    language: str
    status: str
    nodes: list[FlowNode]


class FlowList(TypedDict):
    """The account's own flows, newest first; on the first page the library too."""

    items: list[FlowView]
    next_cursor: str | None


class CategoriesView(TypedDict):
    """Every category and whether problems of it are taken."""

    categories: dict[str, bool]


class RecipientView(TypedDict):
    """One who takes walks over."""

    email: str
    name: str


class SettingsView(TypedDict):
    """What an account has set."""

    escalation_recipients: list[RecipientView]
    sessions_creator_only: bool


class NearMiss(BaseModel):
    """A flow that may be meant; `similarity` from 0 to 1 is the probability that it is."""

    flow_id: str
    title: str
    similarity: float


class IntakeView(BaseModel):
    """What became of a problem: each outcome carries its own fields and no other."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Outcome
    session_id: UUID | None = None
    session_kind: SessionKind | None = None
    ticket_id: UUID | None = None
    ticket_kind: Literal["internal"] | None = None
    flow_id: str | None = None
    near_miss: NearMiss | None = None
    category: str | None = None

    @model_validator(mode="after")
    def _carries_its_fields(self) -> Self:
        given = frozenset(self.model_dump(exclude_none=True)) - {"outcome"}
        if given != _FIELDS[self.outcome]:
            message = f"an answer of outcome {self.outcome} carries {sorted(_FIELDS[self.outcome])}, not {sorted(given)}"
            raise ValueError(message)
        return self


def session_view(walk: Walk) -> dict[str, Any]:
    """Return a session as its technician sees it."""
    shown = {
        "id": walk.id, "session_kind": walk.kind, "category": walk.category, "problem_text": walk.problem_text, "flow_id": walk.flow_id,
        "flow_proposal_id": walk.flow_proposal_id, "current_node_id": walk.current_node_id,
        "walked_path": [{name: entry[name] for name in ("node_id", "question", "answer", "note")} for entry in walk.path],
        "walk_notes": walk.notes, "status": walk.status, "started_at": walk.started_at, "last_step_at": walk.last_step_at,
        "resolved_at": walk.resolved_at,
    }  # fmt: skip
    return shown | ({"warning": walk.warning} if walk.warning else {}) | ({"case_id": walk.case_alias} if walk.case_id else {})


def next_node_view(walk: Walk) -> dict[str, Any]:
    """Return the pending node of a built walk."""
    shown = {"node": walk.pending, "session_status": walk.status}
    return shown | ({"warning": walk.warning} if walk.warning else {})


def ticket_view(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of `walk_tickets`."""
    return {
        "ticket_id": row["id"], "ticket_kind": row["kind"], "problem_statement": row["problem_statement"],
        "customer_name": row["customer_name"], "customer_contact": row["customer_contact"], "status": row["status"],
        "created_at": row["created_at"],
    }  # fmt: skip


def escalation_view(walk: Walk, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a handed-over walk with its ticket's row beside it."""
    return session_view(walk) | {
        "session_id": walk.id, "ticket_id": walk.ticket_id, "customer_name": row["customer_name"],
        "customer_contact": row["customer_contact"], "reason": walk.reason, "reason_category": walk.reason_category,
        "started_by": walk.started_by,
    }  # fmt: skip


def direct_view(walk: Walk) -> dict[str, Any]:
    """Return what an escalation without a walk made."""
    return session_view(walk) | {"session_id": walk.id, "ticket_id": walk.ticket_id, "ticket_kind": "internal"}


def flow_view(flow: Flow) -> dict[str, Any]:
    """Return a published flow."""
    return {
        "flow_id": flow.flow_id, "title": flow.title, "category": flow.category, "language": flow.language, "status": "published",
        "nodes": list(flow.nodes),
    }  # fmt: skip


def settings_view(recipients: Sequence[Mapping[str, Any]], creator_only: bool) -> dict[str, Any]:  # noqa: FBT001 - as a query returns it
    """Return what an account has set."""
    return {"escalation_recipients": list(recipients), "sessions_creator_only": creator_only}
