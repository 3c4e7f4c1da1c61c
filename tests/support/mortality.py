"""A worker that dies: its connection is cut, and it with it, right before the n-th statement that it sends.

What the server does then is what it does for a killed process: it rolls back. Every statement counts, those that open, nest and end
transactions and hold names included; each of the rows of an `executemany` counts as one with the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

from casework.postgres.connection import Database
from tests.support.crossings import digests, grown

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.api import Api

_MOST = 100


class Killed(BaseException):
    """Nothing of ours catches this."""


class Life:
    """How many statements are left."""

    def __init__(self, statements: int) -> None:
        self.left = statements

    def spend(self, connection: psycopg.Connection) -> None:
        if not self.left:
            connection.close()
            raise Killed
        self.left -= 1


class _Cursor:
    def __init__(self, cursor: psycopg.Cursor, life: Life) -> None:
        self._cursor, self._life = cursor, life

    def execute(self, *arguments: Any, **options: Any) -> Any:
        self._life.spend(self._cursor.connection)
        return self._cursor.execute(*arguments, **options)

    def executemany(self, *arguments: Any, **options: Any) -> Any:
        self._life.spend(self._cursor.connection)
        return self._cursor.executemany(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


class _Connection:
    def __init__(self, connection: psycopg.Connection, life: Life) -> None:
        self._connection, self._life = connection, life

    def execute(self, *arguments: Any, **options: Any) -> Any:
        if not self._connection.closed:
            self._life.spend(self._connection)
        return self._connection.execute(*arguments, **options)

    def cursor(self, *arguments: Any, **options: Any) -> Any:
        return _Cursor(self._connection.cursor(*arguments, **options), self._life)

    def __getattr__(self, name: str) -> Any:
        if name in {"copy", "pipeline", "transaction"}:
            raise AssertionError(f"{name} is not counted: let this class know of it")
        return getattr(self._connection, name)


def die_everywhere(api: Api, call: Callable[[], object], whole: dict[str, int]) -> int:
    """Make the call with a life of 0, 1, 2 … statements, until something of it is kept; return how many statements that took.

    Then every table must have grown by as many rows as `whole` says (0: rows changed), and before that death none may have changed.
    """
    before = digests(api)
    for statements in range(_MOST):
        _die_after(api, statements, call)
        after = digests(api)
        if after != before:
            kept = grown(before, after)
            assert kept == whole, f"kept after {statements} statements: {kept}"
            return statements
    raise AssertionError(f"nothing was kept in {_MOST} statements")


def _die_after(api: Api, statements: int, call: Callable[[], object]) -> None:
    """Make the call with so many statements to live, and throw every connection away."""
    life = Life(statements)
    databases = [app.database for app in api.world._apps.values()]
    for database in databases:
        database.close()
        vars(database)["_connect"] = lambda way=database: _Connection(Database._connect(way), life)
    try:
        call()
    except Killed:
        pass
    finally:
        for database in databases:
            del vars(database)["_connect"]
            database.close()
