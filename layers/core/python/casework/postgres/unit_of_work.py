"""The unit of work: one transaction of one tenant that rolls back unless `commit()` was called.

Rooms' stores are attached by `casework.wiring`; a store adds its events and outbox rows to the same transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType
    from uuid import UUID

    from casework.kernel.clock import Clock
    from casework.postgres.connection import Connection, Database


class UnitOfWork:
    """`with app.unit_of_work(tenant_id) as work: …; work.commit()`."""

    connection: Connection

    def __init__(self, database: Database, tenant_id: UUID, clock: Clock) -> None:
        """Open nothing yet."""
        self._database = database
        self._committed = False
        self.tenant_id = tenant_id
        self.clock = clock

    def __enter__(self) -> Self:
        """Begin."""
        self.connection = self._database.begin(self.tenant_id)
        return self

    def commit(self) -> None:
        """Keep what was done, once the block is left without an error."""
        self._committed = True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Commit if it was asked for and nothing was raised, else roll back."""
        if kind is None and self._committed:
            self._database.commit()
        else:
            self._database.undo(error)
