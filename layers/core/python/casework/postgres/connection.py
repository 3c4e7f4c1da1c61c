"""Connections and transactions.

A transaction opens in one round trip together with its tenant (`set_config(…, true)`: it ends with the transaction, so it can never
leak through a pool). Transactions nest by savepoints: while a door holds one for an idempotency key, those inside join it, and one that
is undone takes nothing of the outer one with it.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from casework.kernel.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from uuid import UUID

T = TypeVar("T")
Row = dict[str, Any]
Connection = psycopg.Connection[Row]
_OPTIONS: dict[str, Any] = {"connect_timeout": 3, "keepalives_idle": 30, "tcp_user_timeout": 10_000, "application_name": "casework"}
_LOOK_UP = sql.SQL("/* look-up */ begin; select set_config('app.tenant_id', {tenant}, true); {statement}; commit")
_PASSING = ("08", "40", "53", "55P03", "57")
"""SQLSTATEs, or their classes, that pass: connection, deadlock, resources, a lock not had in time, cancellation."""


class DatabaseUnavailable(Unavailable):
    """The database does not answer."""

    slug = "database-unavailable"
    title = "Database unavailable"


class TurnNotHad(Conflict):
    """Somebody else holds the name and did not let go of it in time."""

    slug = "in-flight"


class _Environment(threading.local):
    """What one thread holds: Lambda has one; each worker thread of the laptop stack is an execution environment of its own."""

    connection: Connection | None = None
    tenant_id: UUID | None = None
    depth = 0


class Database:
    """One capability's way into the database. `conninfo` is asked for at each connect, so that rotated credentials are picked up."""

    def __init__(self, conninfo: Callable[[], str]) -> None:
        """Connect on first use only."""
        self._conninfo = conninfo
        self._environment = _Environment()

    @contextmanager
    def transaction(self, tenant_id: UUID | None) -> Generator[Connection]:
        """Open a transaction of this tenant (None: of nobody; only the look-up functions see anything); commit unless it raises."""
        connection = self.begin(tenant_id)
        try:
            yield connection
        except BaseException as error:
            self.undo(error)
            raise
        self.commit()

    def look_up(self, tenant_id: UUID, statement: sql.Composed) -> Row | None:
        """Return the first row of a statement in a transaction of its own, in one round trip: it holds its values and is planned anew.

        Worth it for what every call asks. Inside a transaction it is an ordinary statement of that one. Raises DatabaseUnavailable.
        """
        if self._environment.depth:
            with self.transaction(tenant_id) as connection:
                return connection.execute(statement).fetchone()
        statements = _LOOK_UP.format(tenant=sql.Literal(str(tenant_id)), statement=statement)
        try:
            return self._reached(lambda connection: _third_result(connection, statements))
        except psycopg.Error:
            self.rollback()
            raise

    @contextmanager
    def exclusive(self, name: str) -> Generator[None]:
        """Hold a name for this environment alone, outside of any transaction: until the block ends, or the connection dies with its worker.

        Others wait as long as a lock may take. Raises TurnNotHad, DatabaseUnavailable.
        """
        with self.transaction(None):
            connection = self._environment.connection
        if self._environment.depth or connection is None:
            raise RuntimeError("a name is held outside of transactions")
        try:
            connection.execute("select pg_advisory_lock(hashtextextended(%s, 0))", (name,))
        except (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled):
            raise TurnNotHad("somebody else is at it; ask again", retry_after=2) from None
        except psycopg.OperationalError:
            self.close()
            raise DatabaseUnavailable from None
        try:
            yield
        finally:
            self._release(connection, name)

    def _release(self, connection: Connection, name: str) -> None:
        """Let go of a name; a connection that cannot do that is dropped, which lets go too."""
        try:
            connection.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", (name,))
        except psycopg.Error:
            if self._environment.connection is connection:
                self.close()

    def begin(self, tenant_id: UUID | None) -> Connection:
        """Open a transaction, or join the one that is open; each begin is ended by one commit or undo."""
        mine = self._environment
        if not mine.depth or mine.connection is None:
            return self._open(tenant_id)
        if tenant_id not in {None, mine.tenant_id}:
            raise RuntimeError("a transaction of another tenant is open")
        mine.connection.execute(f"savepoint level_{mine.depth}".encode())
        mine.depth += 1
        return mine.connection

    def commit(self) -> None:
        """End the innermost begin; the outermost really commits. Raises DatabaseUnavailable where the outcome is unknown."""
        mine = self._environment
        if mine.depth > 1:
            mine.depth -= 1
            return
        if not mine.depth or mine.connection is None:
            raise DatabaseUnavailable  # the connection was lost inside, and somebody swallowed the news
        mine.depth = 0
        try:
            outcome = mine.connection.execute(b"commit").statusmessage
        except psycopg.OperationalError:
            self.close()
            raise DatabaseUnavailable from None
        if outcome != "COMMIT":
            raise RuntimeError("a statement had failed, so the commit kept nothing")

    def undo(self, error: BaseException | None = None) -> None:
        """Undo the innermost begin. Raises DatabaseUnavailable where `error` is one that a repetition may not meet again."""
        mine = self._environment
        if mine.depth > 1:
            mine.depth -= 1
            self._send(f"rollback to savepoint level_{mine.depth}")
        else:
            self.rollback()
        if isinstance(error, psycopg.OperationalError) and (error.sqlstate or "08").startswith(_PASSING):
            raise DatabaseUnavailable from error

    def rollback(self) -> None:
        """Undo everything since the outermost begin."""
        self._environment.depth = 0
        self._send("rollback")

    def close(self) -> None:
        """Drop this environment's connection; the next transaction makes a new one."""
        mine = self._environment
        if mine.connection is not None:
            mine.connection.close()
        mine.connection, mine.depth = None, 0

    def _open(self, tenant_id: UUID | None) -> Connection:
        start = f"begin; select set_config('app.tenant_id', '{tenant_id or ''}', true)".encode()

        def began(connection: Connection) -> Connection:
            connection.execute(start)
            return connection

        connection = self._reached(began)
        self._environment.depth, self._environment.tenant_id = 1, tenant_id
        return connection

    def _reached(self, said: Callable[[Connection], T]) -> T:
        """Return what comes of the first words to the server, on a new connection where the old one turns out to be dead."""
        mine = self._environment
        for attempt in (1, 2):
            try:
                mine.connection = mine.connection or self._connect()
                return said(mine.connection)
            except psycopg.OperationalError:
                self.close()
                if attempt == 2:  # noqa: PLR2004 - the second try
                    raise DatabaseUnavailable from None
        raise DatabaseUnavailable

    def _send(self, statement: str) -> None:
        """Send a statement that undoes; a connection that cannot even do that is dropped, which undoes everything."""
        if self._environment.connection is not None:
            try:
                self._environment.connection.execute(statement.encode())
            except psycopg.Error:
                self.close()

    def _connect(self) -> Connection:
        return Connection.connect(self._conninfo(), autocommit=True, row_factory=dict_row, **_OPTIONS)


def _third_result(connection: Connection, statements: sql.Composed) -> Row | None:
    """Execute them in one message; return the first row of the third."""
    cursor = connection.execute(statements)
    cursor.nextset()
    cursor.nextset()
    return cursor.fetchone()
