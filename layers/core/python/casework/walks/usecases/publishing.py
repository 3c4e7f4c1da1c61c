"""Flows of an account: written by an engineer, or proposed by a walk that helped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from casework.walks.library import own_flow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from casework.identity.model import Actor
    from casework.kernel.clock import Clock
    from casework.walks.library import Flow
    from casework.walks.matcher import Matcher
    from casework.walks.ports import UnitOfWork
    from casework.walks.store import WalkStore


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFlow:
    """The command: a tree whose first node is its entry."""

    title: str
    category: str
    problem_text: str
    nodes: Sequence[Mapping[str, Any]] = field(default_factory=list[dict[str, Any]])


@dataclass(frozen=True, slots=True)
class Press:
    """What publishing works with."""

    unit_of_work: UnitOfWork
    clock: Clock
    detect_language: Callable[[str], str]
    matcher: Matcher


def create_flow(command: NewFlow, *, actor: Actor, press: Press) -> Flow:
    """Publish an account's flow at once. Raises Unavailable."""
    language = press.detect_language(f"{command.title} {command.problem_text}")
    names = ("title", "category", "problem_text", "nodes")
    values: dict[str, Any] = {name: getattr(command, name) for name in names} | {"language": language}
    vectors = press.matcher.vectors_of(own_flow(flow_id="", **values))
    with press.unit_of_work(actor.tenant_id) as work:
        walks: WalkStore = work.walks(actor.account_id)
        flow_id = walks.add_flow(values, vectors, press.matcher.model, by=actor.id, at=press.clock.now())
        work.commit()
    return own_flow(flow_id=str(flow_id), **values)


def publish_proposal(proposal_id: UUID, *, actor: Actor, press: Press) -> tuple[Flow, bool]:
    """Make a proposal a flow of its account, once; return the flow and whether this call made it. Raises ProposalNotFound, Unavailable.

    A proposal never changes but by being published, so its vectors are made before the transaction that holds it.
    """
    names = ("title", "category", "language", "problem_text", "nodes")
    with press.unit_of_work(actor.tenant_id) as work:
        row = work.walks(actor.account_id).proposal(proposal_id)
    values = {name: row[name] for name in names}
    vectors = press.matcher.vectors_of(own_flow(flow_id="", **values)) if row["flow_id"] is None else b""
    with press.unit_of_work(actor.tenant_id) as work:
        walks: WalkStore = work.walks(actor.account_id)
        flow_id, is_new = walks.proposal(proposal_id, hold=True)["flow_id"], False
        if flow_id is None:
            flow_id, is_new = walks.add_flow(values, vectors, press.matcher.model, by=actor.id, at=press.clock.now()), True
            walks.mark_published(proposal_id, flow_id)
            work.commit()
    return own_flow(flow_id=str(flow_id), **values), is_new
