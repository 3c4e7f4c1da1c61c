"""Sending: one action per target, one delivery per address, all stored before the provider hears of any of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from casework.cases.events import CaseEscalationRecorded, CaseEscalationRequested
from casework.escalations.actions import Addressee, StoredRequest
from casework.escalations.addresses import normalise_email
from casework.escalations.drafts import DraftInput, DraftTarget, LinkedReport, draft_mail
from casework.escalations.targets import choose_recipients
from casework.kernel.errors import InvalidInput, NotFound, Problem
from casework.kernel.ids import uuid7

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from casework.escalations.actions import StoredTarget
    from casework.escalations.drafts import Draft
    from casework.escalations.languages import Language
    from casework.escalations.ports import Post, UnitOfWork
    from casework.identity.model import Actor
    from casework.kernel.clock import Clock
    from casework.kernel.ids import CaseId, TenantId
    from casework.settings import MailLimits


class NoRecipients(InvalidInput):
    """None of the selected targets can be mailed."""

    slug = "no-email-targets"

    def __init__(self) -> None:
        """Use the contract's text."""
        super().__init__("no email-capable escalation targets selected", errors=[Problem("/target_ids", "no target with an e-mail")])


class ActionNotFound(NotFound):
    """There is no such action, or it belongs to another case."""

    slug = "action-not-found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """What a caller may choose of a draft or a mail; `resend` repeats a text that went to a target already, on purpose."""

    target_ids: tuple[int, ...] = ()
    cc_emails: tuple[str, ...] = ()
    subject: str = ""
    body: str = ""
    language: Language | None = None
    resend: bool = False


@dataclass(frozen=True, slots=True)
class PostRoom:
    """What sending works with besides its command."""

    unit_of_work: UnitOfWork
    clock: Clock
    post: Post
    limits: MailLimits
    public_base_url: str


class Sent(NamedTuple):
    """The case and the requests that hold the actions: a new one, or the earlier ones of the same text."""

    alias: str
    request_ids: tuple[UUID, ...]


class Subject(NamedTuple):
    """What a mail about a case says of it, read from its row and its linked reports' rows."""

    case: Mapping[str, Any]
    reports: Sequence[Mapping[str, Any]]


def draft_for(subject: Subject, targets: Sequence[StoredTarget], mailing: Mailing, public_base_url: str) -> Draft:
    """Return the draft of a mail about a case to the chosen ones of its targets. Pure."""
    chosen = choose_recipients(targets, mailing.target_ids)
    reports = tuple(
        LinkedReport(row["public_id"], row["title"], row["summary"], row["severity_level"], row["report_timestamp"])
        for row in subject.reports
    )
    return draft_mail(
        DraftInput(
            alias=subject.case["alias"], title=subject.case["title"], summary=subject.case["summary"],
            severity=subject.case["severity_score"], urgency=subject.case["urgency_score"], public_base_url=public_base_url,
            reports=reports,
            targets=tuple(DraftTarget(target.organization, target.display_name, target.email) for target in chosen),
            subject=mailing.subject, body=mailing.body, cc_emails=mailing.cc_emails, language=mailing.language,
        )
    )  # fmt: skip


def send_escalation(subject: Subject, mailing: Mailing, *, actor: Actor, room: PostRoom, if_match: int | None = None) -> Sent:
    """Order the mails of a case. Raises NoRecipients, RateLimited (nothing is stored), CaseMergedAway, VersionMismatch."""
    at = room.clock.now()
    with room.unit_of_work(actor.tenant_id) as work:
        case = work.cases.get_for_update(subject.case["alias"])
        case.require_version(if_match)
        targets = work.escalations.targets(case.id)
        chosen = choose_recipients(targets, mailing.target_ids)
        if not chosen:
            raise NoRecipients
        request = _request(subject, targets, mailing, room, case.id, actor, at)
        order = _order(request, chosen, mailing, work)
        if not order.repetitions and not order.copies:
            return Sent(subject.case["alias"], order.earlier)
        room.post.count_usage(work, user_id=actor.id, mails=len(order.repetitions) + len(order.copies), limits=room.limits, at=at)
        work.escalations.add_request(request)
        addressees = _addressees(chosen, work.escalations.add_actions(request, order.repetitions), order.copies)
        room.post.queue_deliveries(
            work, request_id=request.id, case_id=case.id, recipients=addressees, sensitive=subject.case["sensitive_surface_flag"], at=at
        )
        event = CaseEscalationRequested(
            request_id=str(request.id), target_ids=list(mailing.target_ids), target_count=len(order.repetitions), subject=request.subject
        )
        case.request_escalation(event, by=actor.id, at=at)
        work.cases.save(case)
        work.commit()
    return Sent(subject.case["alias"], (*order.earlier, request.id))


def requeue_action(
    action_id: int, case_ref: str, recipients: Sequence[Addressee], *, tenant_id: TenantId, room: PostRoom
) -> tuple[str, UUID]:
    """Hint again at an action's queued deliveries and add one for each new recipient; a repetition changes nothing.

    Return the case's alias and the action's request. Raises ActionNotFound.
    """
    with room.unit_of_work(tenant_id) as work:
        found = work.escalations.action(action_id)
        if found is None or case_ref not in {found["alias"], found["case_number"], str(found["case_id"])}:
            raise ActionNotFound("unknown action")
        addressees = [one._replace(action_id=action_id, target_id=one.target_id or found["target_id"]) for one in recipients]
        room.post.queue_deliveries(
            work, request_id=found["request_id"], case_id=found["case_id"], recipients=addressees, sensitive=found["sensitive"],
            at=room.clock.now(),
        )  # fmt: skip
        work.commit()
    return found["alias"], found["request_id"]


def record_outcome(case_id: UUID, request_id: UUID, *, actor_id: str, tenant_id: TenantId, unit_of_work: UnitOfWork, clock: Clock) -> bool:
    """Record on the case what became of a request, once all its mails are settled; return whether they are."""
    with unit_of_work(tenant_id) as work:
        case = work.cases.get_for_update(str(case_id))
        counts = work.escalations.settled_counts(request_id)
        if counts is not None:
            event = CaseEscalationRecorded(request_id=str(request_id), action_count=counts[0], delivery_count=counts[1])
            case.record_escalation(event, by=actor_id, at=clock.now())
            work.cases.save(case)
            work.commit()
    return counts is not None


@dataclass(frozen=True, slots=True)
class _Order:
    """What is left to send: repetition numbers by target, copies, and the requests that carried the rest before."""

    repetitions: Mapping[int, int]
    copies: tuple[str, ...]
    earlier: tuple[UUID, ...] = field(default=())


def _request(
    subject: Subject,
    targets: Sequence[StoredTarget],
    mailing: Mailing,
    room: PostRoom,
    case_id: CaseId,
    actor: Actor,
    at: datetime,
) -> StoredRequest:
    draft = draft_for(subject, targets, mailing, room.public_base_url)
    unaddressed = draft_for(subject, (), replace(mailing, language=draft.language), room.public_base_url).body
    return StoredRequest(
        id=uuid7(), case_id=case_id, subject=draft.subject, body=draft.body, html=draft.html, language=draft.language.value,
        cc_emails=draft.cc_emails, requested_by=actor.id, requested_at=at, unaddressed=unaddressed,
    )  # fmt: skip


def _order(request: StoredRequest, chosen: Sequence[StoredTarget], mailing: Mailing, work: Any) -> _Order:  # noqa: ANN401
    """Leave out what went before: the same text from the same case to the same target leaves once."""
    before = {action.target_id: action for action in work.escalations.earlier(request.case_id, request.content_hash)}
    if mailing.resend:
        numbers = {target.id: before[target.id].repetition + 1 if target.id in before else 0 for target in chosen}
        return _Order(numbers, request.cc_emails)
    copied = work.escalations.copied_to(request.case_id, request.content_hash)
    fresh = {target.id: 0 for target in chosen if target.id not in before}
    copies = tuple(email for email in request.cc_emails if email not in copied)
    earlier = dict.fromkeys(before[target.id].request_id for target in chosen if target.id in before)
    return _Order(fresh, copies, tuple(earlier))


def _addressees(chosen: Sequence[StoredTarget], actions: Mapping[int, int], copies: Sequence[str]) -> list[Addressee]:
    mails = [
        Addressee(normalise_email(target.email), actions[target.id], target.id, target.target_source)
        for target in chosen
        if target.id in actions
    ]
    return mails + [Addressee(email, source="manual_cc") for email in copies]
