"""`migrate`: bring the schema up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.postgres.migrations import find_migrations, migrate

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from casework.cli.surroundings import Surroundings

PHASES = ("pre", "post")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare `migrate`."""
    parser.add_argument("--phase", choices=PHASES, help="`pre` before new code serves, `post` after it; both without it")


def run(arguments: Namespace, around: Surroundings) -> int:
    """Apply what is missing and name it."""
    with around.database.transaction(None):
        pass  # a database that does not answer is told in the same words as everywhere else
    around.database.close()
    applied = migrate(around.admin_url, find_migrations(), [arguments.phase] if arguments.phase else PHASES)
    for name in applied:
        print(f"applied {name}")
    print(f"{len(applied)} migrations applied" if applied else "the schema is up to date")
    return 0
