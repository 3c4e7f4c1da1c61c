"""What the use cases of reports need from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from uuid import UUID

    from casework.reports.area import Area
    from casework.reports.intake import NewReport
    from casework.reports.views import IngestResult, Selection, StoredReport


class ReportKeeper(Protocol):
    """Where reports are stored."""

    def add(self, reports: Sequence[NewReport], *, reporter_id: str, at: datetime) -> list[IngestResult]:
        """Store what is new, in order; each answer is `created` or `duplicate`."""
        ...


class Outbox(Protocol):
    """Where an event is put beside its effect."""

    def put(self, destination: str, aggregate_id: UUID, type_name: str, payload: Mapping[str, object]) -> None:
        """Add an event to a stream."""
        ...


class Work(Protocol):
    """A transaction with reports in it."""

    @property
    def reports(self) -> ReportKeeper:
        """Where reports are stored."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Where events leave the house."""
        ...

    def commit(self) -> None:
        """Keep what was done."""
        ...


class UnitOfWork(Protocol):
    """Opens transactions of a tenant."""

    def __call__(self, tenant_id: UUID) -> AbstractContextManager[Work]:
        """Return a transaction, not yet begun."""
        ...


class ReportReader(Protocol):
    """Where visible reports are looked up."""

    def find(self, tenant_id: UUID, seq: int, reporter_id: str | None = None) -> StoredReport | None:
        """Return a visible report, None when there is none."""
        ...

    def in_area(self, tenant_id: UUID, area: Area, classification: str, n: int, always: int | None = None) -> Selection:
        """Return the newest `n` reports of that classification inside an area, `always` among them."""
        ...
