"""What outreach needs from the mail room, in words of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from uuid import UUID

    from casework.escalations.actions import Addressee
    from casework.settings import MailLimits


class UnitOfWork(Protocol):
    """Opens transactions of a tenant; the work carries the stores `cases` and `escalations`."""

    def __call__(self, tenant_id: UUID) -> AbstractContextManager[Any]: ...


class Post(Protocol):
    """The mail room, inside our transaction."""

    def count_usage(self, work: Any, *, user_id: str, mails: int, limits: MailLimits, at: datetime) -> None:  # noqa: ANN401
        """Count against the daily caps. Raises RateLimited."""
        ...

    def queue_deliveries(
        self,
        work: Any,  # noqa: ANN401
        *,
        request_id: UUID,
        case_id: UUID | None,
        recipients: Sequence[Addressee],
        sensitive: bool,
        at: datetime,
    ) -> list[dict[str, Any]]:
        """Store a delivery per address, with its hint in the outbox; return the rows, each with `is_new`."""
        ...
