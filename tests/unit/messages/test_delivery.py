"""The delivery's state machine: what the sender's answers, the passing of time and the provider's events do to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.kernel.errors import Conflict
from casework.kernel.ids import ActionId, CaseId, DeliveryId, TenantId
from casework.messages.model import (
    FIRST_BACKOFF,
    LEASE,
    PATIENCE,
    RANK,
    RECONCILIATION_WINDOW,
    Delivery,
    DeliveryNotClaimable,
    DeliveryStatus,
)
from casework.messages.ports import (
    Accepted,
    ProviderEvent,
    ProviderEventKind,
    Refused,
    Rejected,
    Uncertain,
    without_addresses,
)

NOON = datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)
LEASE_A, LEASE_B = UUID(int=10), UUID(int=11)
LOST = Uncertain("timeout", "no answer in time")
FULL = Refused("http_429")
STATUS_AFTER = {
    ProviderEventKind.PROCESSED: DeliveryStatus.SENT,
    ProviderEventKind.DEFERRED: DeliveryStatus.SENT,
    ProviderEventKind.OTHER: DeliveryStatus.SENT,
    ProviderEventKind.DELIVERED: DeliveryStatus.DELIVERED,
    ProviderEventKind.BOUNCE: DeliveryStatus.BOUNCED,
    ProviderEventKind.DROPPED: DeliveryStatus.DROPPED,
    ProviderEventKind.SPAM_REPORT: DeliveryStatus.COMPLAINED,
}


def a_delivery(*, sensitive: bool = False) -> Delivery:
    return Delivery.queue(
        id=DeliveryId(UUID(int=1)),
        tenant_id=TenantId(UUID(int=2)),
        case_id=CaseId(UUID(int=3)),
        action_id=ActionId(UUID(int=4)),
        recipient="roads@bangkok.test",
        at=NOON,
        sensitive=sensitive,
    )


def sending(*, sensitive: bool = False) -> Delivery:
    return a_delivery(sensitive=sensitive).claim(NOON, LEASE_A)


def unknown(*, sensitive: bool = False) -> Delivery:
    return sending(sensitive=sensitive).uncertain(LOST, NOON)


def an_event(kind: ProviderEventKind, *, at: datetime = NOON, **changes: str | None) -> ProviderEvent:
    return replace(ProviderEvent(event_id="e1", kind=kind, occurred_at=at, provider_message_id="m1"), **changes)


def test_a_queued_delivery_is_claimed_once():
    claimed = a_delivery().claim(NOON, LEASE_A)

    assert (claimed.status, claimed.attempt, claimed.lease_token) == (DeliveryStatus.SENDING, 1, LEASE_A)
    assert (claimed.sending_since, claimed.next_attempt_at) == (NOON, NOON + LEASE)
    with pytest.raises(DeliveryNotClaimable):
        claimed.claim(NOON, LEASE_B)


def test_a_delivery_is_not_claimed_before_it_is_due():
    waiting = sending().refused(FULL, NOON, jitter=0)

    with pytest.raises(DeliveryNotClaimable):
        waiting.claim(NOON + FIRST_BACKOFF - timedelta(seconds=1), LEASE_B)
    assert waiting.claim(NOON + FIRST_BACKOFF, LEASE_B).attempt == 2


@pytest.mark.parametrize("status", [status for status in DeliveryStatus if status is not DeliveryStatus.QUEUED])
def test_nothing_but_a_queued_delivery_is_claimed(status):
    with pytest.raises(DeliveryNotClaimable):
        replace(a_delivery(), status=status).claim(NOON, LEASE_A)


def test_an_accepted_delivery_is_sent_and_at_rest():
    sent = sending().accepted("m1", NOON + A_MINUTE)

    assert (sent.status, sent.sent_at, sent.provider_message_id) == (DeliveryStatus.SENT, NOON + A_MINUTE, "m1")
    assert (sent.lease_token, sent.sending_since, sent.next_attempt_at) == (None, None, None)


def test_refusals_double_the_wait():
    delivery, waits, now = a_delivery(), [], NOON
    for _ in range(7):
        delivery = delivery.claim(now, LEASE_A).refused(FULL, now, jitter=0)
        waits.append(delivery.next_attempt_at - now)
        now = delivery.next_attempt_at

    assert waits == [FIRST_BACKOFF * 2**n for n in range(7)]


def test_the_eighth_refusal_is_the_last():
    delivery, now = a_delivery(), NOON
    for _ in range(8):
        delivery = delivery.claim(now, LEASE_A).refused(FULL, now, jitter=1)
        now = delivery.next_attempt_at or now

    assert (delivery.status, delivery.attempts_refused) == (DeliveryStatus.FAILED, 8)
    assert (delivery.error_code, delivery.next_attempt_at) == ("http_429", None)


def test_jitter_only_lengthens_the_wait_and_by_a_half_at_most():
    waits = [sending().refused(FULL, NOON, jitter=jitter).next_attempt_at - NOON for jitter in (0, 0.5, 1)]

    assert waits == [FIRST_BACKOFF, FIRST_BACKOFF * 1.25, FIRST_BACKOFF * 1.5]


@pytest.mark.parametrize(("asked", "waited"), [(1, FIRST_BACKOFF), (300, timedelta(minutes=5)), (10**6, PATIENCE)])
def test_the_providers_wait_is_respected_within_the_24_hours(asked, waited):
    refused = sending().refused(Refused("http_429", retry_after=timedelta(seconds=asked)), NOON, jitter=0)

    assert refused.next_attempt_at == NOON + waited


def test_a_refusal_after_24_hours_fails():
    claimed = a_delivery().claim(NOON + PATIENCE, LEASE_A)

    assert claimed.refused(FULL, NOON + PATIENCE, jitter=0).status is DeliveryStatus.FAILED


def test_a_rejected_delivery_fails_with_its_error():
    failed = sending().failed_for_good(Rejected("http_400", "to: no address"), NOON)

    assert (failed.status, failed.error_code, failed.error_message) == ("failed", "http_400", "to: no address")
    assert (failed.next_attempt_at, failed.sent_at) == (None, None)


def test_an_uncertain_delivery_waits_for_a_whole_window():
    lost = unknown()

    assert lost.status is DeliveryStatus.UNKNOWN
    assert lost.reconcile(NOON + RECONCILIATION_WINDOW - timedelta(seconds=1)) == lost
    queued = lost.reconcile(NOON + RECONCILIATION_WINDOW)
    assert queued.claim(NOON + RECONCILIATION_WINDOW, LEASE_B).attempt == 2


def test_after_three_windows_an_unknown_stays_unknown():
    delivery, now = unknown(), NOON
    for _ in range(3):
        now += RECONCILIATION_WINDOW
        delivery = delivery.reconcile(now).claim(now, LEASE_A).uncertain(LOST, now)

    assert (delivery.attempt, delivery.next_attempt_at) == (4, None)
    assert delivery.reconcile(now + timedelta(days=365)) == delivery


def test_refusals_in_between_use_up_no_window():
    now = NOON + RECONCILIATION_WINDOW
    refused = unknown().reconcile(now).claim(now, LEASE_B).refused(FULL, now, jitter=0)

    assert (refused.attempts_uncertain, refused.attempts_refused) == (1, 1)


def test_a_sensitive_unknown_waits_for_a_person():
    lost = unknown(sensitive=True)

    assert lost.next_attempt_at is None
    assert lost.reconcile(NOON + timedelta(days=30)) == lost
    assert lost.release(NOON + A_MINUTE).is_claimable(NOON + A_MINUTE)


def test_a_person_releases_nothing_but_an_unknown():
    with pytest.raises(Conflict):
        sending().release(NOON)


def test_a_lease_that_ran_out_leaves_the_delivery_unknown():
    assert sending().expire_lease(NOON + LEASE - timedelta(seconds=1)) == sending()
    expired = sending().expire_lease(NOON + LEASE)

    assert (expired.status, expired.error_code) == (DeliveryStatus.UNKNOWN, "lease_expired")
    assert expired.next_attempt_at == NOON + LEASE + RECONCILIATION_WINDOW


@pytest.mark.parametrize("answer", [FULL, Rejected("http_400"), LOST])
def test_an_answer_from_a_worker_that_lost_its_lease_is_stale(answer):
    now = NOON + timedelta(hours=1)
    taken_over = sending().expire_lease(NOON + LEASE).reconcile(now).claim(now, LEASE_B)

    assert taken_over.answered(answer, lease_token=LEASE_A, at=now, jitter=0) == taken_over


@pytest.mark.parametrize(
    ("answer", "status"),
    [(Accepted("m1"), "sent"), (FULL, "queued"), (Rejected("http_400"), "failed"), (LOST, "unknown")],
)
def test_the_holder_of_the_lease_settles_the_attempt(answer, status):
    assert sending().answered(answer, lease_token=LEASE_A, at=NOON, jitter=0).status == status


def test_a_late_acceptance_is_proof_and_stops_the_next_attempt():
    queued_again = unknown().reconcile(NOON + RECONCILIATION_WINDOW)
    sent = queued_again.answered(Accepted("m1"), lease_token=LEASE_A, at=NOON + timedelta(hours=1), jitter=0)

    assert sent.status is DeliveryStatus.SENT
    assert not sent.is_claimable(NOON + timedelta(days=1))


@pytest.mark.parametrize("status", [DeliveryStatus.INVALID_EMAIL, DeliveryStatus.OPTED_OUT])
def test_a_mail_may_be_withheld_until_it_is_on_its_way(status):
    assert a_delivery().withhold(status, NOON).status is status
    assert sending().withhold(status, NOON).lease_token is None
    assert unknown().withhold(status, NOON).status is DeliveryStatus.UNKNOWN
    with pytest.raises(ValueError, match="sent"):
        a_delivery().withhold(DeliveryStatus.SENT, NOON)


@pytest.mark.parametrize("kind", ProviderEventKind)
@pytest.mark.parametrize("start", [sending(), unknown(), unknown().reconcile(NOON + RECONCILIATION_WINDOW)])
def test_an_event_settles_what_nobody_knew(start, kind):
    heard = start.hear(an_event(kind))

    assert heard.status is STATUS_AFTER[kind]
    assert (heard.sent_at, heard.provider_message_id) == (NOON, "m1")
    assert (heard.lease_token, heard.next_attempt_at) == (None, None)


def test_a_deferral_is_proof_that_the_mail_left_but_moves_nothing_later():
    deferred = an_event(ProviderEventKind.DEFERRED, reason="450 try again")

    assert unknown().hear(deferred).status is DeliveryStatus.SENT
    assert unknown().hear(deferred).error_message is None
    delivered = unknown().hear(an_event(ProviderEventKind.DELIVERED))
    assert delivered.hear(deferred) == delivered


@pytest.mark.parametrize("status", [status for status in DeliveryStatus if RANK[status] == 0])
def test_whatever_we_believed_an_event_knows_better(status):
    start = replace(a_delivery(), status=status)

    assert start.hear(an_event(ProviderEventKind.DELIVERED)).status is DeliveryStatus.DELIVERED


def test_an_event_before_our_own_commit_survives_it():
    heard = sending().hear(an_event(ProviderEventKind.DELIVERED, at=NOON + A_MINUTE))
    committed = heard.answered(Accepted("m1"), lease_token=LEASE_A, at=NOON, jitter=0)

    assert (committed.status, committed.sent_at) == (DeliveryStatus.DELIVERED, NOON)


def test_a_bounce_says_why():
    bounced = unknown().hear(an_event(ProviderEventKind.BOUNCE, code="5.1.1", reason="550 no such mailbox"))

    assert (bounced.error_code, bounced.error_message) == ("5.1.1", "550 no such mailbox")


def test_of_bounced_and_dropped_the_one_that_happened_first_stands():
    bounce = an_event(ProviderEventKind.BOUNCE, at=NOON + A_MINUTE)
    drop = an_event(ProviderEventKind.DROPPED, at=NOON)

    assert unknown().hear(bounce).hear(drop).status is DeliveryStatus.DROPPED
    assert unknown().hear(drop).hear(bounce).status is DeliveryStatus.DROPPED


def test_a_departure_is_never_put_before_the_queueing():
    heard = unknown().hear(an_event(ProviderEventKind.DELIVERED, at=NOON.replace(microsecond=0)))

    assert heard.sent_at == NOON


def test_success_forgets_the_error_of_an_earlier_attempt():
    refused = sending().refused(FULL, NOON, jitter=0)
    sent = refused.claim(refused.next_attempt_at, LEASE_B).accepted("m1", NOON)

    assert (refused.error_code, sent.error_code) == ("http_429", None)


def test_the_recipient_is_not_in_the_repr():
    assert "roads@" not in repr(a_delivery())


events = st.builds(
    ProviderEvent,
    event_id=st.sampled_from(["e1", "e2", "e3"]),
    kind=st.sampled_from(ProviderEventKind),
    occurred_at=st.sampled_from([NOON + timedelta(seconds=n) for n in (-60, 0, 1, 2)]),
    provider_message_id=st.sampled_from([None, "m1", "m2"]),
    code=st.sampled_from([None, "5.1.1", "4.2.2"]),
    reason=st.sampled_from([None, "full", "unknown user"]),
)
starts = st.sampled_from([a_delivery(), sending(), unknown(), unknown(sensitive=True), sending().accepted("m1", NOON + A_MINUTE)])


def hear_all(delivery: Delivery, heard: list[ProviderEvent]) -> Delivery:
    for event in heard:
        before, delivery = delivery, delivery.hear(event)
        assert RANK[delivery.status] >= RANK[before.status]
    return delivery


@given(starts, st.lists(events, max_size=6), st.data())
def test_any_order_and_multiplicity_of_events_ends_in_the_same_row(start, heard, data):
    again = data.draw(st.lists(st.sampled_from(heard), max_size=6)) if heard else []
    shuffled = data.draw(st.permutations(heard + again))

    assert hear_all(start, heard) == hear_all(start, shuffled)


@given(st.lists(events, max_size=4), st.integers(0, 4))
def test_our_acceptance_may_fall_anywhere_among_the_events(heard, place):
    early = hear_all(sending().accepted("m1", NOON), heard)
    late = hear_all(hear_all(sending(), heard[:place]).accepted("m1", NOON), heard[place:])

    assert early == late


steps = st.one_of(
    events,
    st.sampled_from(["claim", "expire", "reconcile", "release"]),
    st.tuples(st.sampled_from([Accepted("m1"), FULL, Rejected("http_400"), LOST]), st.sampled_from([LEASE_A, LEASE_B])),
)


def take(delivery: Delivery, step: object, at: datetime) -> Delivery:
    match step:
        case ProviderEvent():
            return delivery.hear(step)
        case (answer, token):
            return delivery.answered(answer, lease_token=token, at=at, jitter=0)
        case "claim":
            return delivery.claim(at, LEASE_A if delivery.attempt % 2 else LEASE_B)
        case "expire":
            return delivery.expire_lease(at)
        case "reconcile":
            return delivery.reconcile(at)
        case _:
            return delivery.release(at)


@given(st.booleans(), st.lists(st.tuples(steps, st.sampled_from([1, 60, 1_800])), max_size=25))
def test_whatever_happens_the_rank_never_falls_and_the_lease_goes_with_sending(sensitive, history):
    delivery, now = a_delivery(sensitive=sensitive), NOON
    for step, seconds in history:
        now += timedelta(seconds=seconds)
        before = delivery
        try:
            delivery = take(delivery, step, now)
        except Conflict:
            continue
        assert RANK[delivery.status] >= RANK[before.status]
        assert (delivery.lease_token is not None) is (delivery.status is DeliveryStatus.SENDING)
        assert (delivery.sent_at is not None) is (RANK[delivery.status] > 0)
        assert delivery.next_attempt_at is None or RANK[delivery.status] == 0


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 5.1.1 <somchai@x.test>: no such user", "550 5.1.1 [address] no such user"),
        ("a@b.test,c@d.test e＠f.test g%40h.test", "[address] [address] [address]"),
        ("ตู้จดหมายเต็ม\x00\ud800\r\nX-Evil: 1", "ตู้จดหมายเต็ม X-Evil: 1"),
        ("x" * 300 + " y", "x" * 200),
        ("somchai" * 200 + "@x.test", ""),
        (None, ""),
        (["a@b.test"], ""),
    ],
)
def test_a_providers_words_are_kept_short_printable_and_without_addresses(said, kept):
    assert without_addresses(said) == kept
