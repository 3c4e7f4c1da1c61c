"""What the relay needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from uuid import UUID

    from casework.outbox.store import OutboxStore


class Publisher(Protocol):
    """Takes messages for a destination."""

    def publish(self, destination: str, messages: Sequence[Mapping[str, Any]]) -> list[bool]:
        """Publish in order; tell for each message whether it was taken. Raises Unavailable."""
        ...


class Work(Protocol):
    """A transaction with the outbox in it."""

    @property
    def outbox(self) -> OutboxStore: ...
    def commit(self) -> None: ...


class UnitOfWork(Protocol):
    """Opens transactions of a tenant."""

    def __call__(self, tenant_id: UUID) -> AbstractContextManager[Work]: ...
