"""The stored chain: it verifies, every tampered column breaks it, an erased payload does not."""

from __future__ import annotations

import pytest

from casework.cases.queries import event_rows, first_broken_link
from casework.kernel.events import canonical_json
from tests.support.apps import BANGKOK, World
from tests.support.cases import LATER, a_case, a_signal, changed
from tests.support.database import rows

# Numbers and texts that Postgres writes in another way than Python does.
ODD = {
    "big": 1e22,
    "huge": 1e300,
    "zero": -0.0,
    "whole": 3.0,
    "tiny": 1e-7,
    "third": 1 / 3,
    "int": 10**17,
    "text": 'น้ำ\u2028"\\ 😀',
    "": [[], {}, None, True],
}
TAMPERED = {
    "actor": "actor = 'someone else'", "type": "type = 'case_closed'",
    "occurred_at": "occurred_at = occurred_at + interval '1 microsecond'",
    "recorded_at": "recorded_at = recorded_at - interval '1 microsecond'", "commitment": "commitment = decode(repeat('00', 32), 'hex')",
    "prev_hash": "prev_hash = decode(repeat('00', 31) || '01', 'hex')", "hash": "hash = decode(repeat('00', 32), 'hex')",
    "version": "version = 9", "tenant_id": "tenant_id = (select id from tenants where slug = 'acme')",
    "case_id": "case_id = gen_random_uuid()",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(shared_world) -> World:
    """One database for the module; each test tampers with a case of its own."""
    return shared_world


@pytest.fixture
def case(world):
    made = a_case(attributes=ODD)
    made.change_status(changed(made, "in-progress", reason="crew"), by="u2", at=LATER)
    made.record_signal(a_signal(1), by="u3", at=LATER)
    with world.app("api_writer").unit_of_work(BANGKOK) as work:
        work.cases.save(made)
        work.commit()
    return made


def verified(world, case) -> int | None:
    with world.app("api_reader").database.transaction(BANGKOK) as connection:
        return first_broken_link(event_rows(connection, BANGKOK, case.id))


def tamper(world, case, statement: str) -> None:
    """As an owner would who switches triggers and foreign keys off; rows are the case's own, as `a`."""
    own = statement.replace(" where ", f" where a.case_id = '{case.id}' and ")
    rows(world.owner_url, f"set session_replication_role = replica; {own}")


def test_an_untouched_chain_verifies_whatever_the_payload_holds(world, case):
    assert verified(world, case) is None
    (kept,) = rows(
        world.owner_url, "select payload->'attributes' as a from case_event_payloads where version = 1 and case_id = %s", case.id
    )
    assert canonical_json(kept["a"]) == canonical_json(ODD)


@pytest.mark.parametrize("change", [change for name, change in TAMPERED.items() if name not in {"tenant_id", "case_id"}])
@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_tampered_column_breaks_the_chain_where_it_was_touched(world, case, change, version):
    tamper(world, case, f"update case_events a set {change} where version = {version}")
    broken = verified(world, case)
    assert broken == version


@pytest.mark.parametrize("change", [TAMPERED["tenant_id"], TAMPERED["case_id"]])
def test_an_event_that_was_moved_away_is_missed(world, case, change):
    tamper(world, case, f"update case_events a set {change} where version = 2")
    assert verified(world, case) == 2


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("update case_event_payloads a set payload = jsonb_set(payload, '{reason}', '\"other\"') where version = 2", 2),
        ("update case_event_payloads a set salt = 'x' where version = 3", 3), ("delete from case_events a where version = 2", 2),
        ("delete from case_events a where version = 1", 1),
        ("update case_event_payloads a set payload = payload || '{\"more\": 1}' where version = 1", 1),
        ("update case_events a set commitment = b.commitment from case_events b where a.version = 2 and b.hash = a.prev_hash", 2),
    ],
)  # fmt: skip
def test_a_tampered_or_missing_event_breaks_the_chain(world, case, statement, broken):
    tamper(world, case, statement)
    assert verified(world, case) == broken


def test_every_column_of_an_event_is_covered_but_the_number_that_the_database_gives(world):
    found = rows(world.owner_url, "select column_name::text as c from information_schema.columns where table_name = 'case_events'")
    assert {row["c"] for row in found} - {"id"} == set(TAMPERED)


@pytest.mark.parametrize("versions", ["version = 2", "version = 1", "true"])
def test_an_erased_payload_still_verifies(world, case, versions):
    tamper(world, case, f"delete from case_event_payloads a where {versions}")
    assert verified(world, case) is None


def test_links_into_the_chain_go_on_from_what_is_stored(world, case):
    with world.app("api_writer").unit_of_work(BANGKOK) as work:
        again = work.cases.get_for_update(case.created.case_number)
        again.record_signal(a_signal(2), by="u1", at=LATER)
        work.cases.save(again)
        work.commit()
    assert (verified(world, case), again.version) == (None, 4)


def test_a_missing_tail_shows_against_the_case_s_version_and_an_event_in_between_does_not(world, case):
    with world.app("api_reader").database.transaction(BANGKOK) as connection:
        stream = event_rows(connection, BANGKOK, case.id)
    assert first_broken_link(stream[:-1]) is None
    assert first_broken_link(stream[:-1], version=3) == 3
    assert first_broken_link(stream, version=2) is None
