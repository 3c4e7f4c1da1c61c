"""Plain SQL migrations: `NNNN_{what}.pre.sql` before new code serves, `.post.sql` after; each file is one transaction.

Applied files are kept with their checksum in schema_migrations; a changed file, a missing one or one out of order stops everything.
An advisory lock lets one migrator work at a time. `migrations/HEAD` names the newest, so that two branches conflict there.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAME = re.compile(r"(\d{4}_[a-z0-9_]+)\.(pre|post)\.sql")
_PHASES = ("pre", "post")
_SNAPSHOT = "schema.sql"
"""What the migrations amount to, for people and for a test; never applied."""
_LOCK = 0x63617365
_FOLDERS = (Path("/opt/migrations"), Path(__file__).parents[5] / "migrations")
_REGISTER = """
create table if not exists schema_migrations (
  id text constraint schema_migrations_pk primary key,
  checksum text not null,
  applied_at timestamptz not null default clock_timestamp()
)"""


class MigrationsBroken(RuntimeError):
    """The files and the database do not agree; a person must look."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: `id` is `0009_case_tables.pre`."""

    id: str
    phase: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def find_migrations() -> Path:
    """Return the folder of the migrations: the layer's in Lambda, else the repository's."""
    return next((folder for folder in _FOLDERS if folder.is_dir()), _FOLDERS[-1])


def read_migrations(folder: Path) -> list[Migration]:
    """Return the folder's migrations in order. Raises MigrationsBroken for a stray name and where HEAD does not name the newest."""
    found: list[Migration] = []
    for path in folder.glob("*.sql"):
        match = _NAME.fullmatch(path.name)
        if match:
            found.append(Migration(path.name.removesuffix(".sql"), match[2], path.read_text()))
        elif path.name != _SNAPSHOT:
            message = f"{path.name} is no name of a migration (NNNN_what.pre.sql or .post.sql)"
            raise MigrationsBroken(message)
    found.sort(key=lambda step: (step.id.rpartition(".")[0], _PHASES.index(step.phase)))
    head = (folder / "HEAD").read_text().strip()
    if not found or found[-1].id.rpartition(".")[0] != head:
        message = f"HEAD names {head}, the newest migration is {found[-1].id if found else 'none'}"
        raise MigrationsBroken(message)
    return found


def migrate(admin_url: str, folder: Path, phases: Sequence[str] = _PHASES) -> list[str]:
    """Apply what is missing of the phases, in order; return the ids applied. Safe to repeat and to run in parallel."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (_LOCK,))
        connection.execute(_REGISTER)
        applied = dict(connection.execute("select id, checksum from schema_migrations").fetchall())
        return [_apply(connection, step) for step in _missing(read_migrations(folder), applied) if step.phase in phases]


def set_passwords(admin_url: str, passwords: Mapping[str, str]) -> None:
    """Give each capability's login role its password (`api_reader` → role `casework_api_reader`)."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for capability, password in passwords.items():
            role = sql.Identifier(f"casework_{capability}")
            connection.execute(sql.SQL("alter role {} password {}").format(role, sql.Literal(password)))


def _missing(steps: Sequence[Migration], applied: Mapping[str, str]) -> list[Migration]:
    known = {step.id: step for step in steps}
    for done, checksum in applied.items():
        if done not in known or known[done].checksum != checksum:
            message = f"{done} was applied and has since been {'changed' if done in known else 'removed'}"
            raise MigrationsBroken(message)
    for phase in _PHASES:
        of_phase = [step.id in applied for step in steps if step.phase == phase]
        if of_phase != sorted(of_phase, reverse=True):
            late = next(step.id for step in steps if step.phase == phase and step.id not in applied)
            message = f"{late} stands before migrations that were applied"
            raise MigrationsBroken(message)
    return [step for step in steps if step.id not in applied]


def _apply(connection: psycopg.Connection, step: Migration) -> str:
    with connection.transaction():
        connection.execute(step.text.encode())
        connection.execute("insert into schema_migrations (id, checksum) values (%s, %s)", (step.id, step.checksum))
    connection.execute("reset lock_timeout; reset statement_timeout")
    return step.id
