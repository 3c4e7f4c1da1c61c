"""Template variables are settings fields: each function has those that its kind needs, and no secret's name beyond."""

from __future__ import annotations

from collections import defaultdict

from casework import settings
from casework.entry.auth import CALLER, INTERNAL, PUBLIC, AnyOf, Signed
from casework.entry.consumer import Subscription
from casework.entry.http import Route
from casework.identity.permissions import Permission

WITHOUT_DATABASE = frozenset({"ops.answer_unknown"})
PUBLISHERS = frozenset({"messages.sweep_mail"})
"""Doors that publish although relaying is not their capability."""

MEASURERS = frozenset({"cases.match_reports"})
"""Consumers that measure a case anew, its public point included."""

WALKS = {
    "l1.take_intake": [settings.VaultSettings], "l1.escalate_without_walk": [settings.VaultSettings],
    "l1.serve_next_node": [settings.BuilderSettings],
}  # fmt: skip
"""What writing doors of the technicians need; they know no places, and few of them a contact."""


def fields(*models: type[settings.Settings]) -> set[str]:
    return {name.upper() for model in models for name in model.model_fields}


def needed(door) -> set[str]:
    """Return the variables that a door's capability and trigger call for."""
    if door.module in WITHOUT_DATABASE:
        return set()
    if door.module == "ops.migrate":
        return fields(settings.DatabaseSettings, settings.MigrationSettings)
    models: list[type[settings.Settings]] = [settings.DatabaseSettings]
    if door.route.capability == "outbox_relay" or door.module in PUBLISHERS:
        models.append(settings.RelaySettings)
    if isinstance(door.route, Subscription) and door.route.capability == "mail_sender":
        models.append(settings.MailSettings)
    if door.module in MEASURERS:
        models.append(settings.PlaceSettings)
    if isinstance(door.route, Route):
        models += for_caller(door.route) + for_work(door)
    return fields(*models)


def for_caller(route: Route) -> list[type[settings.Settings]]:
    """Return what an HTTP door needs to know who calls."""
    if isinstance(route.allow, Permission | AnyOf):
        return [settings.IdentitySettings]
    if isinstance(route.allow, Signed):
        return [settings.WebhookSettings]
    known = {CALLER: [settings.IdentitySettings, settings.GatewaySettings], INTERNAL: [settings.InternalSettings], PUBLIC: []}
    return known[route.allow]


def for_work(door) -> list[type[settings.Settings]]:
    """Return what an HTTP door needs for what it does. A case of the caller's own has neither a place nor a contact."""
    models: list[type[settings.Settings]] = [settings.UrgencySettings] if door.route.urgent else []
    if door.module.startswith("l1."):
        return models + WALKS.get(door.module, [])
    if door.route.capability == "api_writer" and door.route.allow not in {PUBLIC, CALLER}:
        models += [settings.PlaceSettings, settings.ContactSettings, settings.VaultSettings, settings.CaseSettings, settings.MailLimits]
    if door.module.startswith("v1."):
        models += [settings.PageSettings, settings.ServiceSettings]
    return models


def test_every_variable_is_a_field_of_a_settings_model(deployment):
    known = fields(*settings.Settings.__subclasses__())
    used = {name for function in deployment.functions.values() for name in function.variables}
    assert {name for name in used - known if not name.startswith("POWERTOOLS_")} == set()


def test_every_field_of_a_settings_model_is_set_somewhere(deployment):
    used = {name for function in deployment.functions.values() for name in function.variables}
    assert fields(*settings.Settings.__subclasses__()) - used == set()


def test_a_function_has_every_variable_that_its_door_needs(deployment, doors):
    missing = {key: needed(door) - set(deployment.functions[key].variables) for key, door in doors.items()}
    assert {key: names for key, names in missing.items() if names} == {}


def test_a_function_has_no_variable_of_its_own_that_its_door_does_not_need(deployment, doors):
    shared = deployment.shared_variables
    idle = {key: set(deployment.functions[key].variables) - shared - needed(door) for key, door in doors.items()}
    assert {key: names for key, names in idle.items() if names} == {}


def test_what_every_function_has_names_no_secret_and_no_queue(deployment):
    assert [name for name in deployment.shared_variables if name.endswith(("_ARN", "_QUEUE_URL", "_KEY_ID"))] == []


def test_a_variable_never_differs_between_functions(deployment):
    values: defaultdict[str, set[str]] = defaultdict(set)
    for function in deployment.functions.values():
        for name, value in function.variables.items():
            values[name].add(str(value))
    assert {name: found for name, found in values.items() if len(found) > 1} == {}


def test_nothing_that_is_traced_or_logged_holds_events_or_answers(deployment):
    quiet = {"POWERTOOLS_LOGGER_LOG_EVENT", "POWERTOOLS_TRACER_CAPTURE_RESPONSE", "POWERTOOLS_TRACER_CAPTURE_ERROR"}
    assert {function.variables[name] for function in deployment.functions.values() for name in quiet} == {"false"}
