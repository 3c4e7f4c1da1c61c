"""Template and doors name the same triggers; a door's declaration is the truth."""

from __future__ import annotations

from itertools import chain

from casework.entry.consumer import Subscription
from casework.entry.http import Route
from casework.entry.schedule import Timer
from casework.messages.model import LEASE as SENDING_LEASE
from casework.outbox.usecases import LEASE as RELAY_LEASE
from tests.contract.template.deployment import logical_id


def test_every_door_is_deployed_under_its_own_name(deployment, doors):
    deployed = {function.id: function.module for function in deployment.functions.values()}
    assert {key: door.module for key, door in doors.items()}.items() <= deployed.items()


def test_every_function_has_a_door(deployment, doors):
    assert set(deployment.functions) - set(doors) == set()


def test_routes_are_the_declared_ones(deployment, doors):
    declared = {key: set(door.route.routes) for key, door in doors.items() if isinstance(door.route, Route)}
    assert {key: deployment.routes(key) for key in declared} == declared


def test_no_route_is_declared_twice(doors):
    routes = list(chain.from_iterable(door.route.routes for door in doors.values() if isinstance(door.route, Route)))
    assert len(routes) == len(set(routes))


def test_only_http_doors_have_routes(deployment, doors):
    others = [key for key, door in doors.items() if not isinstance(door.route, Route)]
    assert {key: deployment.routes(key) for key in others} == {key: set() for key in others}


def test_consumers_have_their_queue_and_nothing_else(deployment, doors):
    declared = {key: [door.route.queue] if isinstance(door.route, Subscription) else [] for key, door in doors.items()}
    deployed = {key: [logical_id(one["EventSourceArn"]) for one in deployment.mappings(key)] for key in doors}
    assert deployed == declared


def test_timers_have_their_schedule_and_nothing_else(deployment, doors):
    timers = {key: door.route for key, door in doors.items() if isinstance(door.route, Timer)}
    declared = {key: [(timers[key].name, timers[key].expression)] if key in timers else [] for key in doors}
    deployed = {key: [(one["Name"], one["ScheduleExpression"]) for one in deployment.schedules(key)] for key in doors}
    assert deployed == declared


def test_calendar_schedules_name_their_time_zone(deployment):
    schedules = deployment.every("AWS::Scheduler::Schedule")
    calendar = [one for one in schedules if one["ScheduleExpression"].startswith("cron")]
    assert {one["ScheduleExpressionTimezone"] for one in calendar} == {"Asia/Bangkok"}


def test_routes_of_v3_are_served_under_v4_too(deployment):
    for key in deployment.functions:
        routes = deployment.routes(key)
        v3 = {route.replace("/api/v3/", "/api/v4/") for route in routes if "/api/v3/" in route}
        assert v3 == {route for route in routes if "/api/v4/" in route}


def test_a_door_answers_before_the_api_gives_up(deployment):
    limits = {key: one.properties["Timeout"] for key, one in deployment.functions.items() if deployment.routes(key)}
    assert max(limits.values()) <= 29


def test_leases_outlive_the_functions_that_hold_them(deployment):
    limits = {key: one.properties["Timeout"] for key, one in deployment.functions.items()}
    assert limits["SendMailFunction"] < SENDING_LEASE.total_seconds()
    assert max(limits["RelayHintFunction"], limits["SweepOutboxFunction"]) < RELAY_LEASE.total_seconds()
