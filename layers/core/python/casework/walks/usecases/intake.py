"""A problem comes in: it is matched to a flow, built, walked freely, only suggested, or out of scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from casework.kernel.failpoints import reach
from casework.kernel.ids import uuid7
from casework.walks.categories import enabled_categories, home_of
from casework.walks.library import flow_of, library_flow
from casework.walks.model import MATCH, SUGGEST, FlowNotFound, SessionKind, Walk
from casework.walks.usecases.tickets import Caller, new_ticket, seal_contact
from casework.walks.views import IntakeView, NearMiss

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casework.identity.model import Actor
    from casework.kernel.clock import Clock
    from casework.walks.library import Flow
    from casework.walks.matcher import Assessment, Matcher
    from casework.walks.model import Ticket
    from casework.walks.ports import ContactLock, UnitOfWork
    from casework.walks.store import WalkStore
    from casework.walks.views import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeIn:
    """The command. `flow_id` starts that flow, `adhoc` a free walk; neither asks the matcher. `force_build` takes no suggestion."""

    problem: str
    caller: Caller
    flow_id: str | None = None
    adhoc: bool = False
    force_build: bool = False


@dataclass(frozen=True, slots=True)
class FrontDesk:
    """What an intake works with; `detect_language` returns th, en or zh; matcher and lock are asked for only when they are needed."""

    unit_of_work: UnitOfWork
    clock: Clock
    detect_language: Callable[[str], str]
    matcher: Callable[[], Matcher]
    lock: Callable[[], ContactLock]


@dataclass(frozen=True, slots=True)
class _Start:
    """What a new session begins with."""

    kind: SessionKind
    category: str | None = None
    flow: Flow | None = None


def take_in(command: TakeIn, *, actor: Actor, desk: FrontDesk) -> IntakeView:
    """Take a problem in; ticket and session come in one commit, or neither. Raises FlowNotFound, Unavailable."""
    language = desk.detect_language(command.problem)
    needs_matcher = command.flow_id is None and not command.adhoc
    problem = desk.matcher().problem(command.problem, language) if needs_matcher else None
    ticket = new_ticket(command.problem, command.caller, actor, desk.clock.now())
    sealed = seal_contact(command.caller, ticket, actor, desk.lock)
    with desk.unit_of_work(actor.tenant_id) as work:
        walks: WalkStore = work.walks(actor.account_id)
        if problem is None:
            start = _flow_start(walks, command.flow_id) if command.flow_id is not None else _Start(SessionKind.ADHOC)
        else:
            kind = walks.tenant_kind()
            found = desk.matcher().assess(problem, walks.published_flows(), home_of(kind))
            decided = _decide(found, command, enabled_categories(kind, walks.switched_categories()), walks)
            if isinstance(decided, IntakeView):
                return decided
            start = decided
        walk = _walk(start, ticket, language, actor)
        walks.add(walk, ticket)
        reach("walks.session_added")
        if sealed:
            work.cases.keep_contact(uuid7(), ticket.created_at, *sealed, ticket_id=ticket.id)
        work.commit()
    return _started(walk, start)


def find_flow(walks: WalkStore, flow_id: str) -> Flow:
    """Return a library flow or one of the account's own. Raises FlowNotFound."""
    built_in = library_flow(flow_id)
    if built_in is not None:
        return built_in
    try:
        return flow_of(walks.flow(UUID(flow_id)))
    except ValueError:
        raise FlowNotFound("no such flow") from None


def _flow_start(walks: WalkStore, flow_id: str) -> _Start:
    flow = find_flow(walks, flow_id)
    return _Start(SessionKind.FLOW, flow.category, flow)


def _decide(found: Assessment, command: TakeIn, enabled: Mapping[str, bool], walks: WalkStore) -> _Start | IntakeView:
    similarity = found.match.similarity if found.match else 0.0
    if found.match and similarity >= MATCH:
        return _flow_start(walks, found.match.flow.flow_id)
    if found.match and similarity >= SUGGEST and not command.force_build:
        flow = found.match.flow
        near = NearMiss(flow_id=flow.flow_id, title=flow.title, similarity=round(similarity, 4))
        return IntakeView(outcome="suggest", near_miss=near, category=found.category)
    if not enabled[found.category]:
        return IntakeView(outcome="out_of_scope", category=found.category)
    return _Start(SessionKind.AI_BUILD, found.category)


def _walk(start: _Start, ticket: Ticket, language: str, actor: Actor) -> Walk:
    flow = start.flow
    return Walk(
        id=uuid7(), account_id=actor.account_id, ticket_id=ticket.id, kind=start.kind, category=start.category,
        problem_text=ticket.problem_statement, language=language, started_by=actor.id, started_at=ticket.created_at,
        last_step_at=ticket.created_at, flow_id=flow.flow_id if flow else None, flow_nodes=flow.nodes if flow else None,
        current_node_id=flow.entry["id"] if flow else None,
    )  # fmt: skip


def _started(walk: Walk, start: _Start) -> IntakeView:
    outcomes: dict[SessionKind, Outcome] = {SessionKind.FLOW: "matched", SessionKind.AI_BUILD: "build", SessionKind.ADHOC: "adhoc"}
    return IntakeView(
        outcome=outcomes[walk.kind], session_id=walk.id, session_kind=walk.kind, ticket_id=walk.ticket_id, ticket_kind="internal",
        flow_id=walk.flow_id, category=start.category,
    )  # fmt: skip
