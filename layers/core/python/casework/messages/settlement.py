"""When a delivery is worth telling to its case: nothing more happens by itself, or proof overturned what was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.messages.model import RANK, DeliveryStatus

if TYPE_CHECKING:
    from casework.messages.model import Delivery


def is_settled(delivery: Delivery) -> bool:
    """Tell whether nothing more happens by itself: not queued, not sending, no `unknown` with a window still running.

    An `unknown` of a sensitive case, or one after its three windows, is settled: only a person or an event moves it.
    """
    if delivery.status is DeliveryStatus.UNKNOWN:
        return delivery.next_attempt_at is None
    return delivery.status not in {DeliveryStatus.QUEUED, DeliveryStatus.SENDING}


def settles(before: Delivery, after: Delivery) -> bool:
    """Tell whether this change is the one to tell.

    Once when it becomes settled; once more when an event proves that a mail left which was told as `failed`, `unknown`
    or withheld. Later steps (`sent` to `delivered` to `complained`) are read from the row.
    """
    if not is_settled(after):
        return False
    return not is_settled(before) or RANK[before.status] == 0 < RANK[after.status]
