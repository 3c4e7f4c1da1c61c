"""How a walk ends: resolved, which may propose a flow; escalated, which tells those who take over; or abandoned."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from casework.kernel.errors import RateLimited
from casework.kernel.failpoints import reach
from casework.kernel.ids import uuid7
from casework.kernel.redaction import redact
from casework.walks.letters import hand_over
from casework.walks.model import SessionKind, TicketStatus, Walk
from casework.walks.phrases import phrase
from casework.walks.ports import NodeType
from casework.walks.usecases.tickets import Caller, new_ticket, seal_contact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from casework.identity.model import Actor
    from casework.kernel.clock import Clock
    from casework.walks.model import ReasonCategory
    from casework.walks.ports import CaseOpener, ContactLock, HandOvers, UnitOfWork
    from casework.walks.store import WalkStore

IDLE = timedelta(hours=72)
_SWEPT_AT_ONCE = 500
_TITLE_LENGTH, _OPTION_LENGTH = 120, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOff:
    """Why a walk is handed over, and whether a case should be opened of it."""

    category: ReasonCategory
    reason: str = ""
    open_case: bool = False


@dataclass(frozen=True, slots=True)
class Exit:
    """What an escalation works with. `open_case` opens a case about a walk, inside the transaction."""

    unit_of_work: UnitOfWork
    clock: Clock
    mails: HandOvers
    open_case: CaseOpener
    warn: Callable[[Walk], None]


def resolve_walk(session_id: UUID, *, helpful: bool, notes: str | None, actor: Actor, unit_of_work: UnitOfWork, clock: Clock) -> Walk:
    """End a walk well; a helpful built one proposes a flow. Raises SessionNotFound, NotActive, LostRace."""
    at = clock.now()
    with unit_of_work(actor.tenant_id) as work:
        walks: WalkStore = work.walks(actor.account_id)
        walk = walks.get(session_id, actor.id)
        walk.resolve(helpful=helpful, notes=notes, at=at)
        walk.flow_proposal_id = uuid7() if walk.is_worth_a_flow else None
        walks.save(walk)  # whoever lost the race leaves here, before anything else is done
        if walk.flow_proposal_id:
            names = walks.names(walk.ticket_id)
            walks.add_proposal(walk.flow_proposal_id, walk, redact(_title(walk), names), proposed_nodes(walk, names), at)
            reach("walks.proposal_added")
        walks.set_ticket_status(walk.ticket_id, TicketStatus.RESOLVED)
        work.commit()
    return walk


def escalate_walk(session_id: UUID, command: HandOff, *, actor: Actor, ways: Exit) -> Walk:
    """Hand a walk over: session, ticket, mails and the case come in one commit. Raises SessionNotFound, NotActive, LostRace."""
    with ways.unit_of_work(actor.tenant_id) as work:
        walks: WalkStore = work.walks(actor.account_id)
        walk = walks.get(session_id, actor.id)
        walk.escalate(command.category, command.reason)
        walks.save(walk)  # whoever lost the race leaves here, before anything else is done
        walks.set_ticket_status(walk.ticket_id, TicketStatus.ESCALATED)
        reach("walks.escalated")
        _hand_over(walk, walks, work, command, actor, ways)
        walks.save(walk)
        work.commit()
    if walk.warning:
        ways.warn(walk)
    return walk


def escalate_directly(
    problem: str, caller: Caller, command: HandOff, *, actor: Actor, ways: Exit, language: str, lock: Callable[[], ContactLock]
) -> Walk:
    """Hand a problem over without a walk: ticket and escalated session come in one commit. Raises Unavailable."""
    ticket = replace(new_ticket(problem, caller, actor, ways.clock.now()), status=TicketStatus.ESCALATED)
    sealed = seal_contact(caller, ticket, actor, lock)
    walk = Walk(
        id=uuid7(), account_id=actor.account_id, ticket_id=ticket.id, kind=SessionKind.ESCALATED_DIRECT, category=None,
        problem_text=problem, language=language, started_by=actor.id, started_at=ticket.created_at, last_step_at=ticket.created_at,
    )  # fmt: skip
    walk.escalate(command.category, command.reason)
    with ways.unit_of_work(actor.tenant_id) as work:
        walks: WalkStore = work.walks(actor.account_id)
        walks.add(walk, ticket)
        if sealed:
            work.cases.keep_contact(uuid7(), ticket.created_at, *sealed, ticket_id=ticket.id)
        _hand_over(walk, walks, work, command, actor, ways)
        walks.save(walk)
        work.commit()
    if walk.warning:
        ways.warn(walk)
    return walk


def abandon_idle(tenants: Iterable[UUID], *, unit_of_work: UnitOfWork, clock: Clock) -> Counter[str]:
    """Abandon walks without a step for 72 hours; their tickets go back to the queue. Return the counts."""
    counts = Counter[str](tenants=0, abandoned=0)
    for tenant_id in tenants:
        counts["tenants"] += 1
        found = _SWEPT_AT_ONCE
        while found == _SWEPT_AT_ONCE:
            with unit_of_work(tenant_id) as work:
                found = work.idle_walks.abandon(clock.now() - IDLE, _SWEPT_AT_ONCE)
                work.commit()
            counts["abandoned"] += found
    return counts


def proposed_nodes(walk: Walk, names: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return a built walk as a flow: its nodes in order, each answer leading on, and an end that says what solved it.

    Contacts and `names` are taken out: a flow is read by everybody in the account. Free steps that asked nothing are no nodes.
    """
    asked = [entry for entry in walk.path if entry["question"].strip()]
    ids = [f"step-{number}" for number in range(1, len(asked) + 1)]
    nodes: list[dict[str, Any]] = []
    for mine, after, entry in zip(ids, [*ids[1:], "solved"], asked, strict=True):
        answer = redact(entry["answer"], names)[:_OPTION_LENGTH].strip() or "OK"
        text = redact(entry["question"], names)
        nodes.append({"id": mine, "node_type": entry["node_type"], "text": text, "options": [answer], "next": {answer: after}})
    ending = redact(walk.resolution_notes or "", names).strip() or phrase("solved", walk.language)
    return [*nodes, {"id": "solved", "node_type": NodeType.RESOLUTION.value, "text": ending}]


def _title(walk: Walk) -> str:
    return " ".join(walk.problem_text.split())[:_TITLE_LENGTH]


def _hand_over(walk: Walk, walks: WalkStore, work: Any, command: HandOff, actor: Actor, ways: Exit) -> None:  # noqa: ANN401
    at = ways.clock.now()
    names = walks.names(walk.ticket_id)
    if command.open_case:
        walk.case_id, walk.case_alias = ways.open_case(work, walk, names, actor, at)
        reach("walks.case_opened")
    walk.warning = _mail(walk, walks, work, names, actor=actor, ways=ways, at=at)


def _mail(
    walk: Walk,
    walks: WalkStore,
    work: Any,  # noqa: ANN401
    names: list[str],
    *,
    actor: Actor,
    ways: Exit,
    at: datetime,
) -> str | None:
    """Order the mails. Return a warning where nobody can be told, or no mail may leave any more today: the walk escalates all the same."""
    recipients = walks.recipients()
    if not recipients:
        return phrase("nobody_told", walk.language)
    try:
        with ways.unit_of_work(actor.tenant_id) as counted:
            ways.mails.count(counted, mails=len(recipients), by=actor.id, at=at)
            counted.commit()
    except RateLimited:
        return phrase("mails_used_up", walk.language)
    leaving = ways.mails.mail(work, hand_over(walk, names), recipients, session_id=walk.id, language=walk.language, by=actor.id, at=at)
    reach("walks.mails_ordered")
    return None if leaving else phrase("nobody_told", walk.language)
