"""Tenants and actors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.identity.permissions import MissingPermission, Permission, permissions_of

if TYPE_CHECKING:
    from casework.kernel.ids import TenantId

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Tenant:
    """What a door needs of a tenant: the roles and the account of a token that names none."""

    id: TenantId
    slug: str
    default_roles: frozenset[str]
    default_account_id: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who calls, as the verified token says. `id` is what events record."""

    id: str
    tenant_id: TenantId
    roles: frozenset[str]
    account_id: str

    def may(self, permission: Permission) -> bool:
        """Tell whether a role of this actor grants the permission."""
        return permission in permissions_of(self.roles)

    def require(self, *permissions: Permission) -> None:
        """Raise MissingPermission, naming the first, unless one of them is granted."""
        if not any(self.may(permission) for permission in permissions):
            raise MissingPermission(permissions[0])
