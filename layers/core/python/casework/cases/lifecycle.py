"""The lifecycle as data: eleven statuses, 38 legal edges (enumerations B-5), and the words of v1, v3 and v4 for them (A.7 C-06, C-07)."""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from casework.kernel.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable


class CaseStatus(StrEnum):
    """The one stored status; every face projects it."""

    PROPOSED = "proposed"
    UNDER_REVIEW = "under-review"
    GOVERNANCE_REVIEWING = "governance-reviewing"
    OPEN = "open"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in-progress"
    AWAITING_EXTERNAL = "awaiting-external"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    CLOSED = "closed"
    ARCHIVED = "archived"


class ClosureReason(StrEnum):
    """Why a case was closed or archived (B-5)."""

    FIXED = "fixed"
    NO_FURTHER_ACTION = "no_further_action"
    NOT_RESPONSIBLE = "not_responsible"
    DUPLICATE = "duplicate"
    INVALID = "invalid"
    WITHDRAWN = "withdrawn"
    REJECTED_PROPOSAL = "rejected_proposal"
    AI_DECLINED = "ai_declined"
    EXPIRED = "expired"


_S = CaseStatus
EDGES: dict[CaseStatus, tuple[CaseStatus, ...]] = {
    _S.PROPOSED: (_S.UNDER_REVIEW, _S.GOVERNANCE_REVIEWING, _S.ARCHIVED),
    _S.UNDER_REVIEW: (_S.OPEN, _S.GOVERNANCE_REVIEWING, _S.ARCHIVED, _S.PROPOSED),
    _S.GOVERNANCE_REVIEWING: (_S.OPEN, _S.ARCHIVED, _S.UNDER_REVIEW),
    _S.OPEN: (_S.ASSIGNED, _S.IN_PROGRESS, _S.ESCALATED, _S.GOVERNANCE_REVIEWING, _S.CLOSED),
    _S.ASSIGNED: (_S.IN_PROGRESS, _S.OPEN, _S.AWAITING_EXTERNAL, _S.ESCALATED, _S.CLOSED),
    _S.IN_PROGRESS: (
        _S.AWAITING_EXTERNAL, _S.ESCALATED, _S.RESOLVED, _S.ASSIGNED, _S.OPEN, _S.GOVERNANCE_REVIEWING, _S.CLOSED,
    ),
    _S.AWAITING_EXTERNAL: (_S.IN_PROGRESS, _S.ESCALATED, _S.RESOLVED),
    _S.ESCALATED: (_S.IN_PROGRESS, _S.AWAITING_EXTERNAL, _S.RESOLVED),
    _S.RESOLVED: (_S.CLOSED, _S.OPEN),
    _S.CLOSED: (_S.OPEN, _S.ARCHIVED),
    _S.ARCHIVED: (_S.OPEN,),
}  # fmt: skip
REVIEW = frozenset({_S.PROPOSED, _S.UNDER_REVIEW, _S.GOVERNANCE_REVIEWING})
ENDED = frozenset({_S.CLOSED, _S.ARCHIVED})
MATCHABLE = frozenset({_S.OPEN, _S.ASSIGNED, _S.IN_PROGRESS, _S.AWAITING_EXTERNAL})
"""`open` and `investigating` in v3's words, without what still waits for a review: an analysis may name these as candidates."""

_PREFERENCE = {_S.IN_PROGRESS: 0, _S.RESOLVED: 1, _S.ESCALATED: 9}


class V3Status(StrEnum):
    """The words of v3 and v4."""

    OPEN = "open"
    INVESTIGATING = "investigating"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    CLOSED = "closed"
    MERGED = "merged"


V3_WRITES = {
    V3Status.OPEN: _S.OPEN,
    V3Status.INVESTIGATING: _S.IN_PROGRESS,
    V3Status.ESCALATED: _S.ESCALATED,
    V3Status.RESOLVED: _S.RESOLVED,
    V3Status.CLOSED: _S.CLOSED,
}
_V3_READS = {
    _S.IN_PROGRESS: V3Status.INVESTIGATING,
    _S.AWAITING_EXTERNAL: V3Status.INVESTIGATING,
    _S.ESCALATED: V3Status.ESCALATED,
    _S.RESOLVED: V3Status.RESOLVED,
    _S.CLOSED: V3Status.CLOSED,
    _S.ARCHIVED: V3Status.CLOSED,
}


class V1Status(StrEnum):
    """The words of v1."""

    ACTIVE = "active"
    INVESTIGATING = "investigating"
    RESOLVED = "resolved"
    ARCHIVED = "archived"
    CLOSED = "closed"


V1_WRITES = {
    V1Status.ACTIVE: _S.OPEN,
    V1Status.INVESTIGATING: _S.IN_PROGRESS,
    V1Status.RESOLVED: _S.RESOLVED,
    V1Status.ARCHIVED: _S.ARCHIVED,
    V1Status.CLOSED: _S.CLOSED,
}
V1_READS = {
    **dict.fromkeys((_S.PROPOSED, _S.UNDER_REVIEW, _S.GOVERNANCE_REVIEWING, _S.OPEN, _S.ASSIGNED), V1Status.ACTIVE),
    **dict.fromkeys((_S.IN_PROGRESS, _S.AWAITING_EXTERNAL, _S.ESCALATED), V1Status.INVESTIGATING),
    _S.RESOLVED: V1Status.RESOLVED,
    _S.CLOSED: V1Status.CLOSED,
    _S.ARCHIVED: V1Status.ARCHIVED,
}


class IllegalTransition(Conflict):
    """The graph has no such edge (or path); `facts['allowed']` lists the legal next statuses."""

    slug = "illegal-transition"
    title = "Illegal status transition"

    def __init__(self, origin: CaseStatus, target: CaseStatus) -> None:
        """Name both ends and the legal ones."""
        allowed = [status.value for status in EDGES[origin]]
        ends: dict[str, Any] = {"from": origin.value, "to": target.value}
        super().__init__(f"a case cannot go from {origin} to {target}", allowed=allowed, **ends)


def require_edge(origin: CaseStatus, target: CaseStatus) -> None:
    """Raise IllegalTransition unless the graph has this edge."""
    if target not in EDGES[origin]:
        raise IllegalTransition(origin, target)


def path(origin: CaseStatus, target: CaseStatus) -> list[CaseStatus]:
    """Return the statuses to walk from origin (left out) to target: a shortest path that avoids the review states.

    Among equally short ones in-progress is preferred, then resolved, never escalated on the way. A case under review leaves it by a
    reviewer's gate only, not through the archive. Raises IllegalTransition.
    """
    if origin in REVIEW:
        raise IllegalTransition(origin, target)
    queue: deque[list[CaseStatus]] = deque([[origin]])
    seen = {origin}
    while queue:
        walked = queue.popleft()
        if walked[-1] == target:
            return walked[1:]
        for step in sorted(_steps(walked[-1], target), key=lambda status: _PREFERENCE.get(status, 5)):
            if step not in seen:
                seen.add(step)
                queue.append([*walked, step])
    raise IllegalTransition(origin, target)


def v3_word(status: CaseStatus, *, merged: bool) -> V3Status:
    """Return v3's word for a stored status."""
    return V3Status.MERGED if merged else _V3_READS.get(status, V3Status.OPEN)


def statuses_of(word: V3Status) -> Iterable[CaseStatus]:
    """Return the stored statuses that v3 shows as this word (merges aside)."""
    return [status for status in CaseStatus if v3_word(status, merged=False) == word]


def _steps(status: CaseStatus, target: CaseStatus) -> list[CaseStatus]:
    return [step for step in EDGES[status] if step == target or (step not in REVIEW and step != CaseStatus.ESCALATED)]
