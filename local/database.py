"""The stack's database: made, migrated, given its roles' passwords and seeded before anything is called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from local.postgres import PostgresServer

DATABASE = "casework"


def prepare(server: PostgresServer, migrations: Path, passwords: Mapping[str, str], at: datetime) -> list[str]:
    """Bring the database up to date; returns the ids of the migrations applied now. Safe to repeat.

    `passwords` are the capabilities' (their functions find the same ones in their secrets); seeds are dated `at`.
    """
    from casework.postgres.migrations import migrate, set_passwords
    from local.seed import HAND_OVERS, seed

    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        exists = connection.execute("select 1 from pg_database where datname = %s", (DATABASE,)).fetchone()
        if exists is None:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
    admin_url = server.admin(DATABASE)
    applied = migrate(admin_url, migrations)
    set_passwords(admin_url, passwords)
    seed(admin_url, at, HAND_OVERS)
    return applied
