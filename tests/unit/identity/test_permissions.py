"""The permission matrix, written out a second time from the decision, and what follows from it."""

from __future__ import annotations

import re
from itertools import product
from uuid import UUID

import pytest

from casework.identity.model import Actor
from casework.identity.permissions import MATRIX, MissingPermission, Permission, Role, permissions_of
from casework.kernel.ids import TenantId

READ = "reports:read clusters:analyze cases:read escalations:read"
ALL = f"{READ} reports:create cases:create cases:write cases:merge escalations:draft escalations:send"
WALK = "walks:walk flows:read"
FLOWS = "flows:read flows:publish"
DECIDED = {
    "citizen": "reports:create reports:read_own", "case_owner": ALL, "reviewer": READ,
    "admin": f"{ALL} {FLOWS} walks:take_over walks:manage",
    "governance": f"{READ} cases:unarchive",
    "duty_officer": READ,
    "auditor": READ, "dpo": READ, "service": "reports:create", "l1": WALK, "coverage_engineer": WALK,
    "engineer": f"{FLOWS} walks:take_over", "account_owner": f"{FLOWS} walks:manage",
}  # fmt: skip


def actor(*roles: str) -> Actor:
    return Actor("u1", TenantId(UUID(int=1)), frozenset(roles), "main")


def test_roles_are_those_of_the_enumeration():
    assert {role.value for role in Role} == set(DECIDED) == {role.value for role in MATRIX}


@pytest.mark.parametrize(("role", "permission"), list(product(DECIDED, map(str, Permission))))
def test_the_matrix(role, permission):
    assert actor(role).may(Permission(permission)) == (permission in DECIDED[role].split())


def test_permissions_of_several_roles_add_up_and_an_unknown_one_grants_nothing():
    assert permissions_of(frozenset({"service", "auditor", "root", "ADMIN"})) == permissions_of(frozenset({"service"})) | permissions_of(
        frozenset({"auditor"})
    )
    assert permissions_of(frozenset({"root", "Admin", " admin"})) == frozenset()


def test_what_is_missing_is_named():
    with pytest.raises(MissingPermission) as caught:
        actor("reviewer").require(Permission.CASES_WRITE)
    assert caught.value.facts == {"permission": "cases:write"}


def test_one_of_several_permissions_is_enough_and_the_first_is_named_where_none_is_there():
    actor("citizen").require(Permission.REPORTS_READ, Permission.REPORTS_READ_OWN)
    with pytest.raises(MissingPermission) as caught:
        actor("service").require(Permission.REPORTS_READ, Permission.REPORTS_READ_OWN)
    assert caught.value.facts == {"permission": "reports:read"}


def test_permissions_are_named_thing_and_deed():
    assert all(re.fullmatch(r"[a-z]+:[a-z_]+", permission) for permission in Permission)
