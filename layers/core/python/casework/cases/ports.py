"""What the case use cases need from other rooms, in words of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from uuid import UUID

    from casework.cases.store import CaseStore
    from casework.kernel.ids import CaseId

Bounds = tuple[float, float, float, float]
"""west, south, east, north in degrees."""


class Geography(Protocol):
    """What the reports room knows of places and words."""

    def distance_m(self, latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
        """Return metres between two positions in degrees."""
        ...

    def overlap(self, one: Bounds, other: Bounds) -> float:
        """Return intersection over union of two boxes in plain degrees."""
        ...

    def tokens(self, text: str) -> frozenset[str]:
        """Return the content words of a text, any of the three languages."""
        ...


class Targets(Protocol):
    """The escalations room's targets, as far as cases hand them over."""

    def add_targets(self, case_id: CaseId, targets: Sequence[Any], at: datetime) -> int:
        """Add those whose contact the case lacks; return how many."""
        ...

    def move_to(self, source: CaseId, target: CaseId) -> None:
        """Move targets, requests and actions of a merged case."""
        ...


class Deliveries(Protocol):
    """The mail room's deliveries, as far as a merge moves them."""

    def move_to(self, source: CaseId, target: CaseId) -> None:
        """Move the deliveries of a merged case."""
        ...


class Work(Protocol):
    """A transaction with these rooms in it."""

    @property
    def cases(self) -> CaseStore: ...
    @property
    def escalations(self) -> Targets: ...
    @property
    def deliveries(self) -> Deliveries: ...
    def commit(self) -> None: ...


class UnitOfWork(Protocol):
    """Opens transactions of a tenant."""

    def __call__(self, tenant_id: UUID) -> AbstractContextManager[Work]: ...


class ContactLock(Protocol):
    """Encrypts a reporter's contact."""

    key_id: str

    def encrypt(self, text: str, *, tenant_id: UUID, subject_id: UUID) -> bytes:
        """Return the ciphertext, bound to tenant and subject. Raises Unavailable."""
        ...
