"""`token`: development tokens, and their revocation."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import jwt

from casework.cli.surroundings import CommandFailed, Surroundings
from casework.identity.permissions import Role
from casework.identity.store import revoke_token

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Declare `token` and `token revoke`."""
    parser.add_argument("action", nargs="?", choices=["mint", "revoke"], default="mint", help="mint (the default) or revoke")
    parser.add_argument("jti", nargs="?", metavar="JTI", help="revoke: the id that was printed when the token was minted")
    parser.add_argument("--tenant", metavar="SLUG", help="whose data the token opens (default: the default tenant's; revoke: all)")
    parser.add_argument("--user", default="u1", metavar="ID", help="who calls; events record it (default u1)")
    parser.add_argument("--roles", metavar="ROLE,…", help=f"any of {', '.join(Role)}; without it the tenant's default roles hold")
    parser.add_argument("--account", metavar="ID", help="the account within the tenant; without it the tenant's default")
    parser.add_argument("--hours", type=float, default=8.0, metavar="N", help="how long the token is good (default 8)")


def run(arguments: Namespace, around: Surroundings) -> int:
    """Print the token alone on standard output; its id goes to standard error."""
    if arguments.action == "revoke":
        return _revoke(arguments, around)
    if arguments.jti is not None:
        raise CommandFailed("a JTI belongs to `token revoke`")
    jti = str(uuid4())
    print(jwt.encode(_claims(arguments, around, jti), around.jwt_secret, algorithm="HS256"))
    print(f"jti {jti}; revoke it with: case-cli token revoke {jti}", file=sys.stderr)
    return 0


def _claims(arguments: Namespace, around: Surroundings, jti: str) -> dict[str, object]:
    at = around.clock.now()
    claims: dict[str, object | None] = {
        "user_id": arguments.user,
        "tenant": arguments.tenant,
        "type": "access",
        "jti": jti,
        "iat": at,
        "exp": at + timedelta(hours=arguments.hours),
        "roles": None if arguments.roles is None else read_roles(arguments.roles),
        "account_id": arguments.account,
        "aud": around.setting("JWT_AUDIENCE") or None,
    }
    return {name: value for name, value in claims.items() if value is not None}


def read_roles(text: str) -> list[str]:
    """Return the roles of a comma list; a misspelt one would silently grant nothing. Raises CommandFailed."""
    roles = [role.strip() for role in text.split(",") if role.strip()]
    unknown = sorted(set(roles) - set(Role))
    if unknown:
        raise CommandFailed(f"unknown role {', '.join(unknown)}: there are {', '.join(Role)}")
    return roles


def _revoke(arguments: Namespace, around: Surroundings) -> int:
    if not arguments.jti:
        raise CommandFailed("which token? case-cli token revoke JTI")
    for tenant_id in around.tenants(arguments.tenant).values():
        with around.database.transaction(tenant_id) as connection:
            revoke_token(connection, tenant_id, arguments.jti, around.clock.now())
    print(f"{arguments.jti} opens nothing any more")
    return 0
