"""What the command line works on: the database and the secrets that the environment names, else those of the laptop's stack.

A running stack keeps in its DATA_DIR (default `.local` of the checkout) what is needed: `stack.env`, `secrets.json` and the
embedded server's `postgres/superuser.password`.
"""

from __future__ import annotations

import json
import shlex
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

from casework.identity.queries import TenantQueries
from casework.kernel.clock import SystemClock
from casework.postgres.connection import Database
from casework.wiring import Work

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.kernel.ids import TenantId

REPOSITORY = Path(__file__).parents[5]
_OWNER = "postgres"


class CommandFailed(Exception):
    """The command could not be carried out; the text says what to do about it."""


class Surroundings:
    """Asked for lazily: minting a token needs no database, writing a document needs neither."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Read nothing yet."""
        self._environ = environ
        self.data_dir = Path(environ.get("DATA_DIR") or REPOSITORY / ".local")
        self.clock = SystemClock()

    def setting(self, name: str) -> str:
        """Return a variable of the environment, else of the stack; empty where neither has it."""
        return self._environ.get(name) or self._stack.get(name, "")

    @property
    def jwt_secret(self) -> str:
        """The secret of bearer tokens. Raises CommandFailed."""
        return self._environ.get("JWT_SECRET") or self._kept_secret(self._stack.get("JWT_SECRET_ARN", ""))

    @cached_property
    def admin_url(self) -> str:
        """The database as the schema's owner sees it. Raises CommandFailed."""
        if given := self._environ.get("DATABASE_ADMIN_URL"):
            return given
        password = self.data_dir / "postgres" / "superuser.password"
        address = urlsplit(self._stack.get("DATABASE_URL", ""))
        if not address.path or not password.exists():
            raise CommandFailed(f"no database: set DATABASE_ADMIN_URL, or start the stack (`make up`); {self.data_dir} holds none")
        login = f"{_OWNER}:{quote(password.read_text(), safe='')}@"
        return urlunsplit(address._replace(netloc=login + address.netloc))

    @cached_property
    def database(self) -> Database:
        """The owner's connection."""
        return Database(lambda: self.admin_url)

    def unit_of_work(self, tenant_id: TenantId) -> Work:
        """Return a transaction of this tenant, not yet begun."""
        return Work(self.database, tenant_id, self.clock)

    def tenants(self, named: str | None) -> dict[str, TenantId]:
        """Return ids by slug: of the named tenant, else of all. Raises CommandFailed for an unknown one."""
        queries = TenantQueries(self.database)
        if named is None:
            return queries.all()
        tenant = queries.find(named)
        if tenant is None:
            raise CommandFailed(f"there is no tenant {named!r}; known are {', '.join(queries.all())}")
        return {tenant.slug: tenant.id}

    def tenant(self, named: str) -> TenantId:
        """Return one tenant's id. Raises CommandFailed."""
        return next(iter(self.tenants(named).values()))

    @cached_property
    def _stack(self) -> Mapping[str, str]:
        path = self.data_dir / "stack.env"
        lines = shlex.split(path.read_text()) if path.exists() else []
        return dict(line.split("=", 1) for line in lines)

    def _kept_secret(self, arn: str) -> str:
        path = self.data_dir / "secrets.json"
        kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        found = next((value for name, value in kept.items() if arn and f":{name.removeprefix('secret:')}-" in arn), "")
        if not found:
            raise CommandFailed(
                f"no JWT secret: set JWT_SECRET as the stack has it, or start a stack that keeps its own in {self.data_dir}"
            )
        return found
