"""Mail: queue it, send it once, hear what became of it, look after what got stuck, and stop when asked.

The row decides; a message is a hint. No transaction is open while the provider is called. Every change of a delivery
happens under its row lock, and several rows are always locked before the first stream of the outbox is, so that two
workers never wait in a ring.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

from casework.kernel.errors import InvalidInput, NotFound, Unavailable
from casework.kernel.failpoints import reach
from casework.messages.caps import TENANT, DailyCapReached, seconds_to_midnight, sender_of, usage_day
from casework.messages.model import DeliveryStatus
from casework.messages.ports import Accepted, OutgoingMail
from casework.messages.recipients import OPTED_OUT
from casework.messages.settlement import settles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from casework.kernel.clock import Clock
    from casework.kernel.ids import DeliveryId, TenantId
    from casework.messages.model import Delivery
    from casework.messages.ports import Answer, Footer, Mailer, ProviderEvent, Publisher, UnitOfWork, Work
    from casework.messages.recipients import Recipient
    from casework.messages.store import Filed
    from casework.settings import MailLimits

MAIL, CASE_EVENTS = "mail", "case-events"
GRACE = timedelta(seconds=60)
"""How long a first attempt's message may take before the sweep hints again."""
SWEPT_AT_ONCE = 200


class OptOutUnknown(NotFound):
    """No mail carried this link."""

    slug = "opt-out-unknown"
    title = "No such opt-out link"


class Heard(NamedTuple):
    """Events of deliveries that we know, repetitions among them; and those that told us nothing."""

    accepted: int
    ignored: int


# Queueing, inside the transaction of whoever asks


def count_usage(work: Work, *, user_id: str, mails: int, limits: MailLimits, at: datetime) -> None:
    """Count mails against today's caps of user and tenant. Raises DailyCapReached: the caller's transaction ends."""
    day = usage_day(at)
    for sender, cap in ((sender_of(user_id), limits.mails_per_user_a_day), (TENANT, limits.mails_per_tenant_a_day)):
        if mails and work.deliveries.add_usage(day, sender, mails) > cap:
            raise DailyCapReached(f"at most {cap} mails may leave a day", retry_after=seconds_to_midnight(at))


def queue_deliveries(
    work: Work, *, request_id: UUID, case_id: UUID | None, recipients: Sequence[Recipient], sensitive: bool, at: datetime
) -> list[dict[str, object]]:
    """Store one delivery per address of a request, with a hint in the outbox for each that waits to be sent.

    Returns the stored rows (`id` int, `delivery_id` UUID, `recipient_email`, `status`, …, and `is_new`). A repetition
    stores nothing new and hints again at what is still queued, which changes no row.
    """
    rows = work.deliveries.queue(request_id=request_id, case_id=case_id, recipients=recipients, sensitive=sensitive, at=at)
    for row in rows:
        if row["status"] == DeliveryStatus.QUEUED:
            work.outbox.put(MAIL, row["delivery_id"], "mail_queued", {"delivery_id": row["delivery_id"]})
    return rows


# Sending


class Stationery(NamedTuple):
    """What every mail has besides its letter: where links begin, and the words under it."""

    base_url: str
    footer: Footer


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A committed claim and the mail that it is for."""

    lease_token: UUID
    mail: OutgoingMail


def send_mail(
    delivery_id: DeliveryId,
    tenant_id: TenantId,
    *,
    unit_of_work: UnitOfWork,
    mailer: Mailer,
    clock: Clock,
    stationery: Stationery,
    jitter: Callable[[], float] = random.random,
) -> Answer | None:
    """Claim, send, write down the answer: three steps, each survivable. Return the answer, None for one opted out.

    Raises DeliveryNotClaimable (another worker has it, it is not due, it is done) and DeliveryUnknown: messages to
    acknowledge.
    """
    with unit_of_work(tenant_id) as work:
        attempt = _claim(delivery_id, work, clock.now(), stationery)
        work.commit()
    if attempt is None:
        return None
    reach("mail.claimed")
    answer = mailer.send(attempt.mail)
    if isinstance(answer, Accepted):
        reach("mail.accepted")
    with unit_of_work(tenant_id) as work:
        filed = work.deliveries.get_for_update(delivery_id)
        answered = filed.delivery.answered(answer, lease_token=attempt.lease_token, at=clock.now(), jitter=jitter())
        _keep(work, filed, answered)
        work.commit()
    reach("mail.recorded")
    return answer


def _claim(delivery_id: DeliveryId, work: Work, at: datetime, stationery: Stationery) -> _Attempt | None:
    """Begin an attempt, or withhold the mail where its recipient opted out since it was queued."""
    filed = work.deliveries.get_for_update(delivery_id)
    lease_token = uuid4()
    claimed = filed.delivery.claim(at, lease_token)
    if work.deliveries.opted_out_among([claimed.recipient]):
        _keep(work, filed, _opted_out(filed.delivery, at))
        return None
    work.deliveries.save(claimed)
    return _Attempt(lease_token, _compose(filed, work, stationery))


def _compose(filed: Filed, work: Work, stationery: Stationery) -> OutgoingMail:
    """Put the recipient's own opt-out link into both texts and the headers of one-click unsubscription (RFC 8058)."""
    letter = work.deliveries.letter_of(filed.request_id)
    url = f"{stationery.base_url.rstrip('/')}/opt-out/{filed.opt_out_token}"
    text, html = stationery.footer(letter.text, letter.html, letter.language, url)
    return OutgoingMail(
        delivery_id=filed.delivery.id,
        to=filed.delivery.recipient,
        subject=letter.subject,
        text=text,
        html=html,
        headers={"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


# What the provider tells


def hear_events(
    events: Sequence[ProviderEvent],
    *,
    tenants_of: Callable[[Iterable[DeliveryId]], Mapping[DeliveryId, TenantId]],
    unit_of_work: UnitOfWork,
    clock: Clock,
) -> Heard:
    """Move deliveries forward by a batch of signed events, in any order, however often.

    One short transaction per delivery: an event that the database refuses loses only itself, and no two batches can
    wait for each other in a ring. An event without our delivery id is ignored: nothing else names its tenant.
    """
    told: defaultdict[DeliveryId, list[ProviderEvent]] = defaultdict(list)
    for event in events:
        if event.delivery_id is not None:
            told[event.delivery_id].append(event)
    tenants = tenants_of(told)
    accepted = 0
    for delivery_id, its_events in told.items():
        if delivery_id in tenants:
            with unit_of_work(tenants[delivery_id]) as work:
                accepted += _hear(work, delivery_id, its_events, clock.now())
                work.commit()
    return Heard(accepted, len(events) - accepted)


def _hear(work: Work, delivery_id: DeliveryId, events: Sequence[ProviderEvent], at: datetime) -> int:
    """Apply the events that are new; return how many the database took or had already."""
    filed = work.deliveries.get_for_update(delivery_id)
    moved, taken = filed.delivery, 0
    for event in events:
        try:
            is_new = work.deliveries.add_event(delivery_id, event, at)
        except InvalidInput:
            continue
        taken += 1
        moved = moved.hear(event) if is_new else moved
    _keep(work, filed, moved)
    return taken


# What the minute's sweep mends


def sweep_mail(tenants: Iterable[UUID], *, unit_of_work: UnitOfWork, publisher: Publisher, clock: Clock) -> Counter[str]:
    """Give up expired leases, queue again what a window allows, hint again at what nobody sends; return the counts."""
    counts = Counter[str](tenants=0, moved=0, hinted=0)
    for tenant_id in tenants:
        counts["tenants"] += 1
        counts["moved"] += _reconcile(tenant_id, unit_of_work, clock.now())
        counts["hinted"] += _hint(tenant_id, unit_of_work, publisher, clock.now())
    return counts


def _reconcile(tenant_id: UUID, unit_of_work: UnitOfWork, at: datetime) -> int:
    """Move every delivery whose lease or window has run out, some at a time; return how many."""
    moved = 0
    while True:
        with unit_of_work(tenant_id) as work:
            due = work.deliveries.lock_due(at, SWEPT_AT_ONCE)
            _keep_all(work, [(filed, filed.delivery.expire_lease(at).reconcile(at)) for filed in due])
            work.commit()
        moved += len(due)
        if len(due) < SWEPT_AT_ONCE:
            return moved


def _hint(tenant_id: UUID, unit_of_work: UnitOfWork, publisher: Publisher, at: datetime) -> int:
    """Send messages for deliveries that wait; return how many the queue took. The others wait for the next minute."""
    with unit_of_work(tenant_id) as work:
        overdue = work.deliveries.overdue(at, at - GRACE, SWEPT_AT_ONCE)
    if not overdue:
        return 0
    try:
        return sum(publisher.publish(MAIL, [{"tenant_id": str(tenant_id), "delivery_id": str(one)} for one in overdue]))
    except Unavailable:
        return 0


# What recipients ask


def read_token(text: str) -> UUID:
    """Read the token of an opt-out link. Raises OptOutUnknown where it is none: to a reader that is the same."""
    try:
        return UUID(text)
    except ValueError:
        raise OptOutUnknown from None


def opt_out(token: UUID, *, tenant_of: Callable[[UUID], TenantId | None], unit_of_work: UnitOfWork, clock: Clock) -> None:
    """Never write to a link's address again for its tenant, and withhold what is queued for it. Raises OptOutUnknown.

    A mail on its way stays so; one queued at this very moment is withheld when the sender claims it.
    """
    tenant_id = tenant_of(token)
    if tenant_id is None:
        raise OptOutUnknown
    at = clock.now()
    with unit_of_work(tenant_id) as work:
        email = work.deliveries.recipient_of(token)
        work.deliveries.add_opt_out(email, at)
        _keep_all(work, [(filed, _opted_out(filed.delivery, at)) for filed in work.deliveries.lock_queued_to(email)])
        work.commit()


def _opted_out(delivery: Delivery, at: datetime) -> Delivery:
    return replace(delivery.withhold(DeliveryStatus.OPTED_OUT, at), error_message=OPTED_OUT)


def _keep(work: Work, filed: Filed, after: Delivery) -> None:
    """Save a delivery that changed and, in the same commit, tell its case, if it has one, when it settled. The event holds ids only."""
    if after == filed.delivery:
        return
    work.deliveries.save(after)
    if after.case_id is not None and settles(filed.delivery, after):
        ids = {"case_id": after.case_id, "request_id": filed.request_id, "delivery_id": after.id}
        work.outbox.put(CASE_EVENTS, after.case_id, "delivery_settled", ids)


def _keep_all(work: Work, moves: Iterable[tuple[Filed, Delivery]]) -> None:
    """Keep several deliveries, whose rows are locked already, in the order of their cases' streams."""
    for filed, after in sorted(moves, key=lambda move: (str(move[0].delivery.case_id), move[0].delivery.id)):
        _keep(work, filed, after)
