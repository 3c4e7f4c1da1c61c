"""What the functions may take together fits what the database, CloudFormation and an account give."""

from __future__ import annotations

MAX_CONNECTIONS = {1: 189, 4: 823, 8: 1669, 16: 3360, 32: 5000}
"""What Aurora PostgreSQL derives from a cluster's highest capacity in ACUs (Aurora user guide, "Maximum connections for
Aurora Serverless v2"); with a lowest capacity of 0 or 0.5 it stops at 2,000."""

ACCOUNT_CONCURRENCY, KEPT_UNRESERVED = 1000, 100
"""An account's default limit, and what Lambda refuses to reserve of it."""


def reserved(deployment, *, database_only: bool) -> int:
    """Return the sum of reserved concurrency; each execution environment holds at most one connection."""
    chosen = [one for one in deployment.functions.values() if not database_only or has_login(deployment, one.role)]
    return sum(one.properties["ReservedConcurrentExecutions"] for one in chosen)


def has_login(deployment, role: str) -> bool:
    """Tell whether a role can read a password of the database."""
    return any("Database" in secret for secret in deployment.allowed(role, "secretsmanager:GetSecretValue"))


def test_every_function_is_bounded(deployment):
    limits = {key: one.properties.get("ReservedConcurrentExecutions", 0) for key, one in deployment.functions.items()}
    assert min(limits.values()) >= 1


def test_the_functions_leave_a_third_of_the_connections_free(deployment):
    for stage in deployment.source["Mappings"]["Database"].values():
        assert reserved(deployment, database_only=True) <= stage["ConnectionBudget"] <= 0.7 * stage["MaxConnections"]


def test_the_connection_limit_is_the_one_that_the_capacity_gives(deployment):
    for stage in deployment.source["Mappings"]["Database"].values():
        limit = MAX_CONNECTIONS[stage["MaxCapacity"]]
        assert stage["MaxConnections"] == (min(limit, 2000) if stage["MinCapacity"] <= 0.5 else limit)


def test_reservations_fit_an_account(deployment):
    assert reserved(deployment, database_only=False) <= ACCOUNT_CONCURRENCY - KEPT_UNRESERVED


def test_a_queue_never_starts_more_than_its_function_may_run(deployment):
    for function in deployment.functions.values():
        for mapping in deployment.mappings(function.id):
            assert mapping["ScalingConfig"]["MaximumConcurrency"] <= function.properties["ReservedConcurrentExecutions"]


def test_the_stack_stays_far_below_cloudformations_limit(deployment):
    assert len(deployment.resources) < 430


def test_a_function_has_at_most_five_layers(deployment):
    assert [one.id for one in deployment.functions.values() if len(one.properties["Layers"]) > 5] == []
