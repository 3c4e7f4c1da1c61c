"""The stack's database: made, migrated and given its roles' passwords before anything is called."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from local.postgres import PostgresServer

DATABASE = "casework"


def prepare(server: PostgresServer, admin_url: str, migrations: Path) -> list[str]:
    """Make the database where it is missing and apply the migrations; returns the ids of those applied now."""
    from casework.postgres.migrations import migrate

    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        exists = connection.execute("select 1 from pg_database where datname = %s", (DATABASE,)).fetchone()
        if exists is None:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
    return migrate(admin_url, migrations)


def grant_logins(admin_url: str, passwords: Mapping[str, str]) -> None:
    """Give each capability's role the password that its functions will find in their secret."""
    from casework.postgres.migrations import set_passwords

    set_passwords(admin_url, passwords)
