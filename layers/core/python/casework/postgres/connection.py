"""Connections and transactions.

A transaction opens in one round trip together with its tenant (`set_config(…, true)`: it ends with the transaction, so it can never
leak through a pool). Transactions nest by counting: while a door holds one for an idempotency key, those inside join it.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import dict_row

from casework.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
_OPTIONS = {"connect_timeout": 3, "keepalives_idle": 30, "tcp_user_timeout": 10_000, "application_name": "casework"}


class DatabaseUnavailable(Unavailable):
    """The database does not answer."""

    slug = "database-unavailable"
    title = "Database unavailable"


class _Environment(threading.local):
    """What one thread holds: Lambda has one; each worker thread of the laptop stack is an execution environment of its own."""

    connection: Connection | None = None
    depth = 0


class Database:
    """One capability's way into the database. `conninfo` is asked for at each connect, so that rotated credentials are picked up."""

    def __init__(self, conninfo: Callable[[], str]) -> None:
        """Connect on first use only."""
        self._conninfo = conninfo
        self._environment = _Environment()

    @contextmanager
    def transaction(self, tenant_id: UUID | None) -> Iterator[Connection]:
        """Open a transaction of this tenant (None: of nobody; only the look-up functions see anything); commit unless it raises."""
        connection = self._enter(tenant_id)
        try:
            yield connection
        except BaseException:
            self.rollback()
            raise
        self.commit()

    def begin(self, tenant_id: UUID | None) -> Connection:
        """Open a transaction, or join the one that is open; each begin is ended by one commit or rollback."""
        return self._enter(tenant_id)

    def commit(self) -> None:
        """End the innermost transaction; the outermost really commits. Raises DatabaseUnavailable where the outcome is unknown."""
        mine = self._environment
        mine.depth -= 1
        if mine.depth == 0 and mine.connection is not None:
            try:
                mine.connection.execute(b"commit")
            except psycopg.OperationalError:
                self.close()
                raise DatabaseUnavailable from None

    def rollback(self) -> None:
        """Undo everything since the outermost begin."""
        mine = self._environment
        mine.depth = 0
        if mine.connection is not None:
            try:
                mine.connection.execute(b"rollback")
            except psycopg.Error:
                self.close()

    def close(self) -> None:
        """Drop this environment's connection; the next transaction makes a new one."""
        mine = self._environment
        if mine.connection is not None:
            mine.connection.close()
        mine.connection, mine.depth = None, 0

    def _enter(self, tenant_id: UUID | None) -> Connection:
        mine = self._environment
        if mine.depth and mine.connection is not None:
            mine.depth += 1
            return mine.connection
        for attempt in (1, 2):
            try:
                connection = mine.connection = mine.connection or self._connect()
                connection.execute(f"begin; select set_config('app.tenant_id', '{tenant_id or ''}', true)".encode())
            except psycopg.OperationalError:
                self.close()
                if attempt == 2:  # noqa: PLR2004 - the second try
                    raise DatabaseUnavailable from None
            else:
                mine.depth = 1
                return connection
        raise DatabaseUnavailable

    def _connect(self) -> Connection:
        return psycopg.connect(self._conninfo(), autocommit=True, row_factory=dict_row, **_OPTIONS)  # pyright: ignore[reportArgumentType]
