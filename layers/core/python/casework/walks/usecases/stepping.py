"""Walking: steps, notes, and the next node of a built walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.kernel.errors import Unavailable
from casework.kernel.failpoints import reach
from casework.kernel.redaction import redact
from casework.walks.model import NotBuilt, SessionKind, SessionStatus, WalkHasEnded
from casework.walks.phrases import phrase
from casework.walks.ports import AnsweredStep, BuildAsk, NodeDraft, NodeType

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from uuid import UUID

    from casework.identity.model import Actor
    from casework.kernel.clock import Clock
    from casework.walks.model import Walk
    from casework.walks.ports import UnitOfWork, WalkBuilder
    from casework.walks.store import WalkStore

_TOLD, _STEPS_TOLD = 4_000, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a technician heard at a node; without an answer it only names the node."""

    node_id: str | None = None
    question: str = ""
    answer: str | None = None
    note: str = ""

    @property
    def step(self) -> AnsweredStep:
        """The answer as a step of the path."""
        return AnsweredStep(self.question, self.answer or "", self.note)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What building works with. `exclusive` holds a name for one worker, outside of any transaction; `alarm` hears why no node came."""

    unit_of_work: UnitOfWork
    clock: Clock
    builder: Callable[[], WalkBuilder]
    exclusive: Callable[[str], AbstractContextManager[None]]
    alarm: Callable[[Unavailable], None]


def take_step(session_id: UUID, answer: Answer, *, actor: Actor, unit_of_work: UnitOfWork, clock: Clock) -> Walk:
    """Record a step. Raises SessionNotFound, NotActive, StaleNode, UnknownAnswer, LostRace.

    A walk that stands at no node takes every step, so there steps wait for each other instead of racing.
    """
    with unit_of_work(actor.tenant_id) as work:
        walks: WalkStore = work.walks(actor.account_id)
        walk = walks.get(session_id, actor.id)
        if walk.current_node_id is None:
            walk = walks.get(session_id, actor.id, hold=True)
        walk.step(answer.step, answer.node_id, by=actor.id, at=clock.now())
        walks.save(walk)
        work.commit()
    return walk


def write_notes(session_id: UUID, notes: list[str], *, actor: Actor, unit_of_work: UnitOfWork) -> Walk:
    """Replace the notes; they are no step. Raises SessionNotFound, NotActive."""
    with unit_of_work(actor.tenant_id) as work:
        walks: WalkStore = work.walks(actor.account_id)
        walk = walks.get(session_id, actor.id, hold=True)
        walk.require_active()
        walk.notes = notes
        walks.save_notes(walk)
        work.commit()
    return walk


def serve_next_node(session_id: UUID, answer: Answer, *, actor: Actor, workshop: Workshop) -> Walk:
    """Record the answer to the pending node and serve the next one; without an answer, serve the pending one again.

    One worker thinks for a session at a time, so a node is thought of once, however often it is asked for. No transaction is open while
    the model is asked; answer and next node come in one commit. A model that does not answer costs nothing: the answer is kept, the walk
    stands at no node, takes free steps, and may be asked again.
    Raises SessionNotFound, NotBuilt, WalkHasEnded, StaleNode, LostRace.
    """
    with workshop.exclusive(f"walk {actor.tenant_id} {actor.account_id} {session_id}"):  # nobody of another account waits for this one
        walk, names = _built(session_id, actor, workshop)
        if answer.node_id is not None:
            walk.require_pending(answer.node_id)
        if answer.answer is not None:
            walk.step(answer.step, answer.node_id, by=actor.id, at=workshop.clock.now())
        elif walk.pending is not None:
            return walk
        _think(walk, names, workshop)
        reach("walks.node_built")
        with workshop.unit_of_work(actor.tenant_id) as work:
            work.walks(actor.account_id).save(walk)
            work.commit()
    return walk


def _built(session_id: UUID, actor: Actor, workshop: Workshop) -> tuple[Walk, list[str]]:
    """Return a built walk that is still walked, and the names that its texts may hold."""
    with workshop.unit_of_work(actor.tenant_id) as work:
        walks: WalkStore = work.walks(actor.account_id)
        walk = walks.get(session_id, actor.id)
        names = walks.names(walk.ticket_id)
    if walk.kind is not SessionKind.AI_BUILD:
        raise NotBuilt("only an AI-built walk has a next node to think of")
    if walk.status is not SessionStatus.ACTIVE:
        raise WalkHasEnded(f"the session is {walk.status}")
    return walk, names


def _think(walk: Walk, names: list[str], workshop: Workshop) -> None:
    if walk.at_cap:
        walk.serve(NodeDraft(NodeType.ESCALATE, phrase("depth_cap", walk.language)))
        return
    try:
        walk.serve(workshop.builder().next_node(_ask(walk, names)))
    except Unavailable as unavailable:
        workshop.alarm(unavailable)
        walk.warning = phrase("assistant_down", walk.language)


def _ask(walk: Walk, names: list[str]) -> BuildAsk:
    """Return what a builder may learn: the last steps, each text cut, contacts and names taken out."""

    def told(text: str) -> str:
        return redact(text[:_TOLD], names)

    steps = tuple(AnsweredStep(told(step.question), told(step.answer), told(step.note)) for step in walk.steps[-_STEPS_TOLD:])
    return BuildAsk(told(walk.problem_text), walk.category or "other", walk.language, steps)
