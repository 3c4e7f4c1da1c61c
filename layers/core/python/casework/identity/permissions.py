"""The permission matrix, as data (decided: "Permission matrix"). `docs/permissions.md` is generated from it; a test walks it whole.

`/api`, v3, v4 and `/l1` ask for permissions. v1 asks for none: a caller owns what it created.
"""

from __future__ import annotations

from enum import StrEnum

from casework.kernel.errors import Forbidden


class Role(StrEnum):
    """Roles of enumerations B-18."""

    CITIZEN = "citizen"
    L1 = "l1"
    COVERAGE_ENGINEER = "coverage_engineer"
    ENGINEER = "engineer"
    REVIEWER = "reviewer"
    CASE_OWNER = "case_owner"
    DUTY_OFFICER = "duty_officer"
    GOVERNANCE = "governance"
    DPO = "dpo"
    ACCOUNT_OWNER = "account_owner"
    ADMIN = "admin"
    SERVICE = "service"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What a door's `allow` names."""

    REPORTS_CREATE = "reports:create"
    REPORTS_READ = "reports:read"
    REPORTS_READ_OWN = "reports:read_own"
    CLUSTERS_ANALYZE = "clusters:analyze"
    CASES_READ = "cases:read"
    CASES_CREATE = "cases:create"
    CASES_WRITE = "cases:write"
    CASES_MERGE = "cases:merge"
    CASES_UNARCHIVE = "cases:unarchive"
    ESCALATIONS_READ = "escalations:read"
    ESCALATIONS_DRAFT = "escalations:draft"
    ESCALATIONS_SEND = "escalations:send"
    WALKS_WALK = "walks:walk"
    WALKS_TAKE_OVER = "walks:take_over"
    WALKS_MANAGE = "walks:manage"
    FLOWS_READ = "flows:read"
    FLOWS_PUBLISH = "flows:publish"


READS = frozenset({Permission.REPORTS_READ, Permission.CLUSTERS_ANALYZE, Permission.CASES_READ, Permission.ESCALATIONS_READ})
EVERYTHING = READS | {
    Permission.REPORTS_CREATE, Permission.CASES_CREATE, Permission.CASES_WRITE, Permission.CASES_MERGE, Permission.ESCALATIONS_DRAFT,
    Permission.ESCALATIONS_SEND,
}  # fmt: skip
"""Of /api, v3 and v4; `/l1` is for its own five roles."""
WALKS = frozenset({Permission.WALKS_WALK, Permission.FLOWS_READ})
FLOWS = frozenset({Permission.FLOWS_READ, Permission.FLOWS_PUBLISH})

MATRIX: dict[Role, frozenset[Permission]] = {
    Role.CITIZEN: frozenset({Permission.REPORTS_CREATE, Permission.REPORTS_READ_OWN}),
    Role.L1: WALKS,
    Role.COVERAGE_ENGINEER: WALKS,
    Role.ENGINEER: FLOWS | {Permission.WALKS_TAKE_OVER},
    Role.REVIEWER: READS,
    Role.CASE_OWNER: EVERYTHING,
    Role.DUTY_OFFICER: READS,
    Role.GOVERNANCE: READS | {Permission.CASES_UNARCHIVE},
    Role.DPO: READS,
    Role.ACCOUNT_OWNER: FLOWS | {Permission.WALKS_MANAGE},
    Role.ADMIN: EVERYTHING | FLOWS | {Permission.WALKS_TAKE_OVER, Permission.WALKS_MANAGE},
    Role.SERVICE: frozenset({Permission.REPORTS_CREATE}),
    Role.AUDITOR: READS,
}


class MissingPermission(Forbidden):
    """No role of the caller grants what the door asks for; `facts['permission']` names it."""

    slug = "missing-permission"

    def __init__(self, permission: Permission) -> None:
        """Name the permission."""
        super().__init__(f"this needs the permission {permission}", permission=str(permission))


def permissions_of(roles: frozenset[str]) -> frozenset[Permission]:
    """Return what the roles grant together; an unknown role grants nothing."""
    return frozenset[Permission]().union(*(granted for role, granted in MATRIX.items() if role.value in roles))
