"""A walk: one technician's way through a problem, and its ticket. A walk's version counts its changes; a writer names the one it read.

Commands check and change; whoever loses a race is told so (`LostRace`) and has lost nothing: what the other did is there to be read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from casework.kernel.errors import Conflict, InvalidInput, NotFound, Problem
from casework.walks.ports import TERMINAL, AnsweredStep, NodeDraft, NodeType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

MATCH = 0.82
"""Similarity from which on a flow is started without asking."""
SUGGEST = 0.65
"""From which on a flow is offered."""
DEPTH_CAP = 12
"""Nodes that a built walk is served before a terminal one."""
LONGEST_PATH = 200
"""Steps of one session."""


class SessionKind(StrEnum):
    """How a problem is walked."""

    FLOW = "flow"
    ADHOC = "adhoc"
    AI_BUILD = "ai_build"
    ESCALATED_DIRECT = "escalated_direct"


class SessionStatus(StrEnum):
    """Where a walk stands; all but the first are its end."""

    ACTIVE = "active"
    RESOLVED = "resolved"
    ESCALATED = "escalated"
    ABANDONED = "abandoned"


class TicketStatus(StrEnum):
    """Where a ticket stands; an abandoned walk puts it back to open."""

    OPEN = "open"
    RESOLVED = "resolved"
    ESCALATED = "escalated"


class ReasonCategory(StrEnum):
    """Why a walk is handed over (enumerations B-17)."""

    NEEDS_FIELD_VISIT = "needs_field_visit"
    NEEDS_SPECIALIST = "needs_specialist"
    PERMISSION = "permission"
    SAFETY = "safety"
    REPEAT_ISSUE = "repeat_issue"
    OUT_OF_SCOPE = "out_of_scope"
    CALLER_REQUEST = "caller_request"
    OTHER = "other"


class SessionNotFound(NotFound):
    """There is no such session for this caller."""

    slug = "session-not-found"


class FlowNotFound(NotFound):
    """There is no such published flow for this account."""

    slug = "flow-not-found"


class ProposalNotFound(NotFound):
    """There is no such proposal for this account."""

    slug = "proposal-not-found"


class NotActive(InvalidInput):
    """The session has ended."""

    slug = "session-not-active"
    title = "Session has ended"


class WalkHasEnded(Conflict):
    """The session has ended, so it has no next node."""

    slug = "session-not-active"
    title = "Session has ended"


class StaleNode(Conflict):
    """The node that was answered is not the one the walk stands at."""

    slug = "stale-node"
    title = "Stale node"


class NotBuilt(Conflict):
    """Only a walk that is built node by node has a next node to think of."""

    slug = "not-an-ai-build"
    title = "Not an AI-built walk"


class PathFull(Conflict):
    """A session is read as a whole, so its path ends somewhere."""

    slug = "path-full"
    title = "Too many steps"


class LostRace(Conflict):
    """Somebody else changed the session first; read it again."""

    slug = "lost-race"
    title = "Somebody was faster"


class UnknownAnswer(InvalidInput):
    """The flow knows no way on from this answer."""

    slug = "unknown-answer"
    status = 422


@dataclass(slots=True)
class Walk:
    """One session. `path` holds answered nodes, with who answered when; `pending` is the served node of a built walk."""

    id: UUID
    account_id: str
    ticket_id: UUID
    kind: SessionKind
    category: str | None
    problem_text: str
    language: str
    started_by: str
    started_at: datetime
    last_step_at: datetime
    version: int = 1
    flow_id: str | None = None
    flow_nodes: Sequence[Mapping[str, Any]] | None = None
    flow_proposal_id: UUID | None = None
    current_node_id: str | None = None
    pending: Mapping[str, Any] | None = None
    nodes_served: int = 0
    path: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    notes: list[str] = field(default_factory=list[str])
    status: SessionStatus = SessionStatus.ACTIVE
    helpful: bool | None = None
    resolution_notes: str | None = None
    reason: str | None = None
    reason_category: ReasonCategory | None = None
    warning: str | None = None
    case_id: UUID | None = None
    case_alias: str | None = None
    resolved_at: datetime | None = None

    # Commands

    def require_active(self) -> None:
        """Raise NotActive where the session has ended."""
        if self.status is not SessionStatus.ACTIVE:
            raise NotActive(f"the session is {self.status}")

    def step(self, step: AnsweredStep, node_id: str | None, *, by: str, at: datetime) -> None:
        """Record an answer; on a flow the walk goes on along its tree. Raises NotActive, StaleNode, UnknownAnswer.

        Where the walk stands at a node, that node's own text is kept as the question. An ad-hoc walk stands at none and takes every step.
        """
        self.require_active()
        if len(self.path) >= LONGEST_PATH:
            raise PathFull("the walk has no room for more steps: resolve or escalate it")
        if self.current_node_id is None:
            self._step_freely(step, node_id, by, at)
            return
        if node_id != self.current_node_id:
            raise StaleNode(f"the walk stands at node {self.current_node_id}", current_node_id=self.current_node_id)
        node = self.pending or self._flow_node(self.current_node_id)
        target = None if self.pending else _way_on(node, step.answer)
        if self.pending and node["node_type"] in TERMINAL:
            raise StaleNode("the walk ends at this node: resolve or escalate it", current_node_id=self.current_node_id)
        self._append(self.current_node_id, node["node_type"], node["text"], step, by, at)
        self.current_node_id, self.pending = target, None

    def require_pending(self, node_id: str) -> None:
        """Raise StaleNode unless this is the served node of a built walk."""
        if self.pending is None or node_id != self.pending["id"]:
            raise StaleNode("this node is not the pending one", current_node_id=self.current_node_id)

    def serve(self, draft: NodeDraft) -> None:
        """Make a thought-of node the pending one; the server gives it its id."""
        node = {"id": str(uuid4()), "node_type": draft.node_type.value, "text": draft.text, "engine": draft.engine}
        self.pending = node | ({"options": list(draft.options)} if draft.options else {})
        self.current_node_id = node["id"]
        self.nodes_served += draft.node_type not in TERMINAL
        self.warning = None

    def resolve(self, *, helpful: bool, notes: str | None, at: datetime) -> None:
        """End well. Raises NotActive."""
        self.require_active()
        self.status, self.resolved_at, self.helpful, self.resolution_notes = SessionStatus.RESOLVED, at, helpful, notes
        self.warning = None

    def escalate(self, category: ReasonCategory, reason: str) -> None:
        """Hand over. Raises NotActive."""
        self.require_active()
        self.status, self.reason_category, self.reason = SessionStatus.ESCALATED, category, reason

    # State

    @property
    def at_cap(self) -> bool:
        """Tell whether the next node must be a terminal one."""
        return self.nodes_served >= DEPTH_CAP

    @property
    def steps(self) -> tuple[AnsweredStep, ...]:
        """The path as a builder reads it."""
        return tuple(AnsweredStep(entry["question"], entry["answer"], entry["note"]) for entry in self.path)

    @property
    def is_worth_a_flow(self) -> bool:
        """Tell whether this walk should become a proposal: built, helpful, and with something answered."""
        return self.kind is SessionKind.AI_BUILD and bool(self.helpful) and bool(self.path)

    def _step_freely(self, step: AnsweredStep, node_id: str | None, by: str, at: datetime) -> None:
        """Take a step without a node. In a built walk only after the assistant failed, and under an id of the server's own."""
        if self.kind is SessionKind.AI_BUILD:
            if self.warning is None:
                raise StaleNode("the walk has no node yet: ask for the next one")
            node_id = None
        self._append(node_id or str(uuid4()), NodeType.CHECK, step.question, step, by, at)

    def _flow_node(self, node_id: str) -> Mapping[str, Any]:
        found = next((node for node in self.flow_nodes or () if node["id"] == node_id), None)
        if found is None:
            raise StaleNode("the walk's flow lacks its current node: resolve or escalate it", current_node_id=node_id)
        return found

    def _append(self, node_id: str, node_type: str, question: str, step: AnsweredStep, by: str, at: datetime) -> None:
        entry = {"node_id": node_id, "question": question, "answer": step.answer, "note": step.note}
        self.path.append(entry | {"node_type": str(node_type), "by": by, "at": at.isoformat()})
        self.last_step_at = at


def _way_on(node: Mapping[str, Any], answer: str) -> str:
    """Return where an answer leads: by its words, whatever their case, or to the only node there is to go to."""
    ways: Mapping[str, str] = node.get("next") or {}
    if not ways:
        raise StaleNode("the flow ends at this node: resolve or escalate the walk", current_node_id=node["id"])
    wanted = answer.strip().casefold()
    for word, target in ways.items():
        if word.strip().casefold() == wanted:
            return target
    if len(set(ways.values())) == 1:
        return next(iter(ways.values()))
    raise UnknownAnswer("the flow has no way on from this answer", errors=[Problem("/answer", f"one of {', '.join(ways)}")])


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the queue shows; the contact is masked, in clear it lies in the vault alone."""

    id: UUID
    problem_statement: str
    customer_name: str | None
    customer_contact: str | None
    created_by: str
    created_at: datetime
    status: TicketStatus = TicketStatus.OPEN
