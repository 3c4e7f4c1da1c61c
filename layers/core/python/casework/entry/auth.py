"""Who is calling: the one shared check of bearer tokens, of our own services' token, and of providers' signatures.

Identity comes first, always: a door does not look at the body of a call that nobody vouches for.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

import jwt

from casework.identity.model import Actor
from casework.identity.tokens import InvalidToken, read_claims
from casework.kernel.errors import Unauthenticated, Unavailable

if TYPE_CHECKING:
    from casework.entry.request import Request
    from casework.identity.model import Tenant
    from casework.identity.permissions import Permission
    from casework.identity.tokens import Claims
    from casework.wiring import App

_BEARER = "Bearer "
_LONGEST_ID = 255


@dataclass(frozen=True, slots=True)
class Signed:
    """`allow` of a webhook door: the provider's signature over the raw bytes."""

    provider: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`allow` of a door that several permissions open; the door itself tells apart what each may see."""

    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class Marker:
    """`allow` of a door that asks for no permission."""

    name: str


PUBLIC = Marker("public")
INTERNAL = Marker("internal")
CALLER = Marker("caller")
"""Anybody whom a token vouches for, or a trusted gateway (v1: a person needs no role for what is their own)."""


def SIGNED_BY(provider: str) -> Signed:  # noqa: N802 - reads like the constants beside it
    """Return the `allow` of a door that this provider's signature opens."""
    return Signed(provider)


def ANY_OF(*permissions: Permission) -> AnyOf:  # noqa: N802 - reads like the constants beside it
    """Return the `allow` of a door that each of these permissions opens."""
    return AnyOf(permissions)


class TokenMissing(Unauthenticated):
    """No bearer token came with the call."""

    slug = "token-missing"


class CallerMissing(Unauthenticated):
    """Neither a token nor a trusted gateway says who calls."""

    slug = "caller-missing"

    def __init__(self) -> None:
        """Use the text of v1's contract."""
        super().__init__("User ID header (X-User-ID) is required")


class InternalTokenUnset(Unavailable):
    """The server has no internal token: nobody can be one of our services."""

    slug = "internal-token-unset"


def bearer_actor(request: Request, app: App) -> Actor:
    """Return the actor of the request's bearer token. Raises Unauthenticated."""
    claims = read_claims(_decode(_bearer(request), app))
    tenant = _tenant(claims, app)
    if claims.jti and app.tenants.is_revoked(tenant.id, claims.jti):
        raise InvalidToken
    roles = claims.roles if claims.roles is not None else tenant.default_roles
    return Actor(claims.user_id, tenant.id, roles, claims.account_id or tenant.default_account_id)


def caller(request: Request, app: App) -> Actor:
    """Return the actor of the bearer token, else whom a trusted gateway names. Raises Unauthenticated.

    A token wins over the gateway's word; without the gateway's own credential its headers mean nothing (A.7 C-05).
    """
    if request.header("authorization") is not None:
        return bearer_actor(request, app)
    user = (request.header("x-user-id") or "").strip()
    tenant = app.find_tenant(app.identity.default_tenant) if _comes_through_gateway(request, app) else None
    if tenant is None or not user or "," in user or len(user) > _LONGEST_ID or not user.isprintable():
        raise CallerMissing
    roles = frozenset(role.strip() for role in (request.header("x-user-roles") or "").split(",") if role.strip())
    return Actor(user, tenant.id, roles or tenant.default_roles, tenant.default_account_id)


def _comes_through_gateway(request: Request, app: App) -> bool:
    """Tell whether the gateway's credential came along; two headers of a name arrive joined by a comma, and equal nothing."""
    given = (request.header("x-gateway-token") or "").encode("utf-8", "replace")
    expected = app.gateway_token.encode()
    return hmac.compare_digest(given, expected) and bool(expected)


def check_internal(request: Request, app: App) -> None:
    """Raise unless X-Internal-Admin-Token is one of the active values."""
    active = [token for token in app.internal_tokens if token]
    if not active:
        raise InternalTokenUnset("internal admin token not configured")
    given = (request.header("x-internal-admin-token") or "").encode("utf-8", "replace")
    matches = [hmac.compare_digest(given, token.encode()) for token in active]
    if not any(matches):
        raise Unauthenticated("unauthorized")


def _bearer(request: Request) -> str:
    header = request.header("authorization")
    if header is None:
        raise TokenMissing("authorization header required")
    if not header.startswith(_BEARER):
        raise TokenMissing("bearer token required")
    return header.removeprefix(_BEARER)


def _decode(token: str, app: App) -> dict[str, object]:
    secret, audience = app.jwt_secret, app.identity.jwt_audience
    if not secret:
        raise InvalidToken
    try:
        return jwt.decode(
            token, secret, algorithms=["HS256"], audience=audience or None, options={"require": ["exp"], "verify_aud": bool(audience)}
        )
    except (jwt.PyJWTError, ValueError, OverflowError, RecursionError):
        raise InvalidToken from None


def _tenant(claims: Claims, app: App) -> Tenant:
    named = claims.tenant or app.identity.default_tenant
    tenant = app.find_tenant(named) if named else None
    if tenant is None:
        raise InvalidToken
    return tenant
