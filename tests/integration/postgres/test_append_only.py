"""The stream of a case is append-only: by privilege for the application, by trigger for the owner. And what tampering leaves behind."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from tests.support.apps import BANGKOK, World
from tests.support.cases import a_case, changed
from tests.support.catalogue import ROLES
from tests.support.database import rows

CHANGES = ("update case_events set actor = 'x'", "delete from case_events", "truncate case_events cascade")
PAYLOAD_CHANGES = ("update case_event_payloads set payload = '{}'", "delete from case_event_payloads", "truncate case_event_payloads")
AUDIT_CHANGES = (
    "update case_audit_events set event_type = 'x'",
    "delete from case_audit_events",
    "insert into case_audit_events (event_type) values ('x')",
)


@pytest.fixture(scope="module")
def world(shared_world) -> World:
    """One database for the module; nothing here changes what it stores."""
    return shared_world


@pytest.fixture(scope="module")
def stored(world):
    case = a_case()
    case.change_status(changed(case, "in-progress"), by="u1", at=case.created_at)
    with world.app("api_writer").unit_of_work(BANGKOK) as work:
        work.cases.save(case)
        work.commit()
    return case


@pytest.mark.parametrize("role", ROLES)
def test_no_application_role_changes_the_stream(world, stored, role):
    database = world.app(role.removeprefix("casework_")).database
    may_erase = role == "casework_case_eraser"  # payloads, of cases that end
    for statement in (*CHANGES, *(one for one in PAYLOAD_CHANGES if not (may_erase and one.startswith("delete"))), *AUDIT_CHANGES):
        # A view over a join refuses by its nature, before it comes to privileges.
        refusal = errors.ObjectNotInPrerequisiteState if statement in AUDIT_CHANGES else errors.InsufficientPrivilege
        with pytest.raises(refusal), database.transaction(BANGKOK) as connection:
            connection.execute(statement)
    assert rows(world.owner_url, "select count(*) as n from case_events") == [{"n": 2}]


@pytest.mark.parametrize("statement", CHANGES)
def test_the_owner_is_stopped_by_the_trigger(world, stored, statement):
    with psycopg.connect(world.owner_url) as owner, pytest.raises(errors.InsufficientPrivilege, match="append-only table case_events"):
        owner.execute(statement)


def test_nobody_but_the_writer_appends(world, stored):
    for role in ROLES:
        database = world.app(role.removeprefix("casework_")).database
        if role not in {"casework_api_writer", "casework_case_eraser"}:
            with pytest.raises(errors.InsufficientPrivilege), database.transaction(BANGKOK) as connection:
                connection.execute("insert into case_events (tenant_id) select app_tenant()")


def test_an_event_is_not_stored_twice_under_one_version(world, stored):
    columns = "tenant_id, case_id, version, type, actor, occurred_at, recorded_at, commitment, prev_hash, hash"
    with pytest.raises(errors.UniqueViolation), world.app("api_writer").database.transaction(BANGKOK) as connection:
        connection.execute(f"insert into case_events ({columns}) select {columns} from case_events")
