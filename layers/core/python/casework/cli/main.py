"""The commands of `case-cli` and how they end."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from casework.cli import cases, documents, schema, tenants, tokens
from casework.cli.surroundings import CommandFailed, Surroundings
from casework.kernel.errors import DomainError
from casework.postgres.connection import DatabaseUnavailable
from casework.postgres.migrations import MigrationsBroken

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Sequence

_EXAMPLES = """\
examples:
  case-cli token --tenant bangkok --user u1 --roles reviewer     a token on standard output, its id on standard error
  case-cli token revoke 3f0c…
  case-cli replay --check                                        do all rows still say what the events say?
  case-cli verify --tenant bangkok --case CASE-261121-7K3Q
  case-cli area add local/demo_areas.json --tenant bangkok

It talks to the database of DATABASE_ADMIN_URL, else to the stack that runs on DATA_DIR (default: .local of this checkout).
Exit status: 0 done, 1 the answer is no, 2 it could not be asked.
"""


class Command(NamedTuple):
    """A command: what it does, its arguments, what carries it out and gives the exit status."""

    help: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace, Surroundings], int]


COMMANDS: dict[str, Command] = {
    "token": Command("mint a development token, or revoke one", tokens.add_arguments, tokens.run),
    "migrate": Command("apply missing migrations", schema.add_arguments, schema.run),
    "replay": Command("rebuild cases' rows from their events", cases.add_replay_arguments, cases.replay),
    "verify": Command("verify the hash chains of cases", cases.add_verify_arguments, cases.verify),
    "tenant": Command("add a tenant", tenants.add_tenant_arguments, tenants.run_tenant),
    "area": Command("add areas and the contacts that may be told", tenants.add_area_arguments, tenants.run_area),
    "recipient": Command("add or remove one who takes escalated walks over", tenants.add_recipient_arguments, tenants.run_recipient),
    "openapi": Command("write the OpenAPI documents, as JSON and YAML", documents.add_arguments, documents.write_openapi),
    "docs": Command("write the generated pages", documents.add_page_arguments, documents.write_pages),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command; return the exit status."""
    found = _parser().parse_args(arguments)
    around = Surroundings(os.environ)
    try:
        return COMMANDS[found.command].run(found, around)
    except DatabaseUnavailable:
        return _fail("the database does not answer: does the stack run (`make up`), or is DATABASE_ADMIN_URL right?")
    except (CommandFailed, MigrationsBroken, DomainError) as error:
        return _fail(str(error))
    finally:
        around.database.close()


def _parser() -> ArgumentParser:
    parser = argparse.ArgumentParser(
        "case-cli", description="Administration of Casework.", epilog=_EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        command.add_arguments(subparsers.add_parser(name, help=command.help, description=f"{command.help.capitalize()}."))
    return parser


def _fail(message: str) -> int:
    print(f"case-cli: {message}", file=sys.stderr)
    return 2
