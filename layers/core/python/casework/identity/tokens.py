"""Bearer tokens: what must hold of the claims. Signature and expiry are PyJWT's, called in `casework.entry.auth`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from casework.kernel.errors import Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Mapping

_ID_LENGTH = 255


class InvalidToken(Unauthenticated):
    """The token does not vouch for anybody; which check failed is nobody's business."""

    slug = "invalid-token"

    def __init__(self) -> None:
        """Use the one text of contract §2.1."""
        super().__init__("invalid or expired token")


class Claims(NamedTuple):
    """The claims that we use. `tenant` and `account_id` may be absent; `roles` None means the tenant's default."""

    user_id: str
    tenant: str | None
    roles: frozenset[str] | None
    account_id: str | None
    jti: str | None


def read_claims(payload: Mapping[str, Any]) -> Claims:
    """Return the claims of a verified token. Raises InvalidToken for a refresh token and for claims of a wrong shape."""
    if payload.get("type", "access") == "refresh":
        raise InvalidToken
    user = _text(payload, "user_id") or _text(payload, "sub")
    if not user or not user.strip():
        raise InvalidToken
    return Claims(user, _text(payload, "tenant"), _roles(payload.get("roles")), _text(payload, "account_id"), _text(payload, "jti"))


def _roles(value: object) -> frozenset[str] | None:
    if value is None:
        return None
    roles = cast("list[object]", value) if isinstance(value, list) else [None]
    if not all(isinstance(role, str) for role in roles):
        raise InvalidToken
    return frozenset(map(str, roles))


def _text(payload: Mapping[str, Any], name: str) -> str | None:
    value = payload.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _ID_LENGTH or not value.isprintable():
        raise InvalidToken
    return value
