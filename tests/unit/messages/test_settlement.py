"""Which changes of a delivery its case is told of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from casework.kernel.ids import CaseId, DeliveryId, TenantId
from casework.messages.model import Delivery, DeliveryStatus
from casework.messages.settlement import is_settled, settles

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def a_delivery(status: str, *, waits: bool = False) -> Delivery:
    queued = Delivery.queue(
        id=DeliveryId(UUID(int=1)), tenant_id=TenantId(UUID(int=2)), case_id=CaseId(UUID(int=3)), action_id=None,
        recipient="desk@district.go.th", at=NOON,
    )  # fmt: skip
    return replace(queued, status=DeliveryStatus(status), next_attempt_at=NOON if waits else None)


def test_only_what_moves_by_itself_is_unsettled():
    waiting = {status for status in DeliveryStatus if not is_settled(a_delivery(status, waits=True))}
    assert waiting == {DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN}
    assert is_settled(a_delivery("unknown"))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("sending", "sent", True),
        ("queued", "opted_out", True),
        ("sending", "unknown", True),
        ("unknown", "delivered", True),
        ("failed", "sent", True),
        ("sent", "delivered", False),
        ("delivered", "bounced", False),
        ("unknown", "queued", False),
    ],
)
def test_the_first_settling_and_late_proof_are_told(before, after, told):
    assert settles(a_delivery(before), a_delivery(after)) is told
