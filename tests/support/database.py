"""A migrated, seeded database per test: cloned from a template, on one embedded server per test process."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from casework.postgres.migrations import migrate, set_passwords
from casework.wiring import CAPABILITIES
from local.postgres import postgres_server
from local.seed import seed

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
TEMPLATE = "casework_template"
PASSWORDS = {capability: f"password-of-{capability}" for capability in CAPABILITIES}
_numbers = itertools.count(1)


class Server:
    """An embedded server with a template database."""

    def __init__(self, folder: Path) -> None:
        self._server = postgres_server(folder, throwaway=True)

    def __enter__(self) -> Self:
        self._server.__enter__()
        self.admin_url = self._server.admin_url
        self._run(sql.SQL("create database {}").format(sql.Identifier(TEMPLATE)))
        url = self.url_of(TEMPLATE)
        migrate(url, ROOT / "migrations")
        set_passwords(url, PASSWORDS)
        seed(url, datetime(2026, 11, 1, tzinfo=UTC))
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__(None, None, None)

    def url_of(self, database: str) -> str:
        return urlunsplit(urlsplit(self.admin_url)._replace(path=f"/{database}"))

    def clone(self) -> Iterator[str]:
        """Yield the owner's URL of a fresh database; drop it afterwards."""
        name = f"casework_test_{next(_numbers)}"
        self._run(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
        yield self.url_of(name)
        self._run(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(statement)


def secret_of(capability: str) -> str:
    """Return the JSON secret of a capability's login."""
    return json.dumps({"username": f"casework_{capability}", "password": PASSWORDS[capability]})


def rows(owner_url: str, statement: str, *values: object) -> list[dict[str, object]]:
    """Run a statement as the owner (who sees every tenant) and return its rows."""
    with psycopg.connect(owner_url, autocommit=True, row_factory=dict_row) as connection:
        cursor = connection.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []
