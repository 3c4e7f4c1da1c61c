"""What a door says to Postgres, taken down while it runs, and said again by bare psycopg.

A statement is kept with its values, its result format and its row factory. A replay renders nothing and looks at nothing:
it executes, fetches all, goes on. Round trips are those of the door, no more and no fewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.postgres.connection import Database

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Statement:
    """One call of `execute`; `row_factory` is psycopg's. Statements can be sent to another process."""

    query: bytes
    values: Any
    binary: bool
    row_factory: Any


class Tape:
    """The statements of one connection since they were last taken."""

    def __init__(self, database: Database) -> None:
        """Listen to this thread's connection of a capability."""
        self._said: list[tuple[Any, Any, bool, Any]] = []
        with database.transaction(None) as connection:
            connection.cursor_factory = self._cursor_class()
        self._connection = connection

    def take(self) -> list[Statement]:
        """Return what was said, oldest first, rendered to bytes, and forget it."""
        said, self._said[:] = list(self._said), []
        return [Statement(self._bytes(query), values, binary, rows) for query, values, binary, rows in said]

    def twin(self, dbname: str) -> Connection:
        """Return a bare connection of the same role to another database of the same server."""
        return psycopg.connect(self.conninfo(dbname=dbname), autocommit=True, row_factory=dict_row)

    def conninfo(self, **other: str) -> str:
        """Return the connection's own string, password included."""
        info = self._connection.info
        return make_conninfo("", **(info.get_parameters() | {"password": info.password} | other))

    def _bytes(self, query: Any) -> bytes:  # noqa: ANN401 - what psycopg takes
        if isinstance(query, sql.Composable):
            return query.as_bytes(self._connection)
        return query.encode() if isinstance(query, str) else query

    def _cursor_class(self) -> type[psycopg.Cursor[Any]]:
        said = self._said

        class Listening(psycopg.Cursor[Any]):
            def execute(self, query: Any, params: Any = None, *, prepare: bool | None = None, binary: bool | None = None) -> Any:  # noqa: ANN401
                said.append((query, params, bool(self.format), self.row_factory))
                return super().execute(query, params, prepare=prepare, binary=binary)

        return Listening


def replay(connection: Connection, statements: list[Statement]) -> list[Any]:
    """Execute the statements, fetching whatever they return; the last rows that came are returned."""
    last: list[Any] = []
    for statement in statements:
        cursor = connection.cursor(binary=statement.binary, row_factory=statement.row_factory)
        cursor.execute(statement.query, statement.values)
        if cursor.description:
            last = cursor.fetchall()
    return last


def in_one_transaction(statements: list[Statement]) -> list[Statement]:
    """Return the statements with the first begin and the last commit alone: what a bare handler would make of them."""
    edges = [place for place, one in enumerate(statements) if one.query.startswith((b"begin", b"commit"))]
    dropped = set(edges[1:-1])
    return [one for place, one in enumerate(statements) if place not in dropped]


def renamed(statements: list[Statement], names: Mapping[Any, Any]) -> list[Statement]:
    """Return the statements with some values put in the place of others, so that an insert can be repeated."""

    def fresh(value: Any) -> Any:  # noqa: ANN401 - any parameter
        return names.get(value, value) if isinstance(value, str | bytes) or type(value).__name__ == "UUID" else value

    def over(values: Any) -> Any:  # noqa: ANN401 - a mapping, a sequence or nothing
        if isinstance(values, dict):
            return {name: fresh(value) for name, value in values.items()}
        return None if values is None else tuple(fresh(value) for value in values)

    return [Statement(one.query, over(one.values), one.binary, one.row_factory) for one in statements]
