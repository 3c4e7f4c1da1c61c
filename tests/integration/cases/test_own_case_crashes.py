"""A worker that dies between any two statements of v1 leaves all of the operation or nothing; the eraser may do what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.support.api import Api
from tests.support.apps import World, a_token
from tests.support.mortality import die_everywhere

if TYPE_CHECKING:
    from tests.support.apps import Answered

CASES = "/api/v1/cases"
FULL = {"title": "Report export", "description": "slow", "session_id": "s1", "tags": ["t"], "metadata": {"release": "4.2"}}
EVENT = {"case_events": 1, "case_event_payloads": 1}
ERASER = "casework_case_eraser"


@pytest.fixture
def api(world: World) -> Api:
    for capability in ("api_reader", "api_writer", "case_eraser"):
        world.app(capability)
    return Api(world)


def a_case(api: Api, **fields: Any) -> str:
    """Return the path of a new case."""
    made = api.post(CASES, FULL | fields)
    assert made.status == 201, made.json
    return f"{CASES}/{made.json['case_id']}"


def test_create_with_an_automatic_title(api: Api) -> None:
    """A number that a dead worker took is the next one's: no gap, no double."""
    api.post(CASES, {})
    whole = {"cases": 1, "case_title_counters": 0} | EVENT
    assert die_everywhere(api, lambda: api.post(CASES, {}), whole) > 4
    assert sorted(case["title"] for case in api.get(CASES).json["cases"]) == ["Case-1123-1", "Case-1123-2"]


def test_create_with_everything_and_a_key(api: Api) -> None:
    a_case(api)
    headers = {"idempotency-key": "k"}
    whole = {"cases": 1, "case_sessions": 1, "idempotency_keys": 1} | EVENT
    die_everywhere(api, lambda: api.post(CASES, FULL, headers=headers), whole)
    assert api.post(CASES, FULL, headers=headers).headers["idempotent-replayed"] == "true"
    assert api.get(CASES).json["total"] == 2


def test_update(api: Api) -> None:
    path = a_case(api)
    body = {"title": "Export", "metadata": {"release": None}, "tags": [], "status": "resolved"}
    assert die_everywhere(api, lambda: api.put(path, body), {"cases": 0, "case_events": 3, "case_event_payloads": 3}) > 4
    seen = api.get(path).json
    assert (seen["title"], seen["metadata"], seen["status"]) == ("Export", {}, "resolved")


@pytest.mark.parametrize("word", ["investigating", "resolved", "archived", "closed"])
def test_status(api: Api, word: str) -> None:
    """However many steps of the lifecycle a word takes, they come together."""
    path = a_case(api)
    steps = {"investigating": 1, "resolved": 2, "archived": 2, "closed": 1}[word]
    whole = {"cases": 0, "case_events": steps, "case_event_payloads": steps}
    die_everywhere(api, lambda: api.post(f"{path}/status", {"status": word}), whole)
    assert api.get(path).json["status"] == word


def test_delete(api: Api) -> None:
    """Rows and payloads go with the event that says so, or all stay."""
    path = a_case(api)
    api.put(path, {"title": "Other"})
    whole = {"cases": -1, "case_sessions": -1, "case_events": 1, "case_event_payloads": -2}
    assert die_everywhere(api, lambda: api.delete(path), whole) > 6
    assert api.get(path).status == 404


def _delete_without(owner: psycopg.Connection, url: str, path: str, grant: tuple[str, str]) -> Answered:
    """Delete with one of the eraser's grants taken away, which comes back afterwards."""
    owner.execute(f"revoke {grant[1]} on {grant[0]} from {ERASER}".encode())
    world = World(url)
    try:
        return Api(world).delete(path, token=a_token(jti="j1"))
    finally:
        world.close()
        owner.execute(f"grant {grant[1]} on {grant[0]} to {ERASER}".encode())


GRANTS = """
select relname::text, privilege_type || case when attname is null then '' else ' (' || attname || ')' end from (
  select relname, null as attname, privilege_type, grantee from pg_class, aclexplode(relacl)
  union all select relname, attname, privilege_type, grantee from pg_class c join pg_attribute on attrelid = c.oid, aclexplode(attacl)) g
where grantee = to_regrole(%s)"""


def test_the_eraser_can_do_nothing_that_it_does_not_need(api: Api) -> None:
    """Whichever grant is taken away, a case cannot be erased any more, and stays whole."""
    path = a_case(api)
    kept = api.row_counts()
    with psycopg.connect(api.world.owner_url, autocommit=True) as owner:
        grants = owner.execute(GRANTS.encode(), (ERASER,)).fetchall()
        idle = [grant for grant in grants if _delete_without(owner, api.world.owner_url, path, grant).status == 204]
    assert idle == []
    assert len(grants) > 15
    assert api.row_counts() == kept
    assert api.delete(path).status == 204


@pytest.mark.parametrize("table", ["walk_tickets", "walk_sessions", "flow_proposals", "case_email_deliveries", "reports", "outbox_events"])
def test_the_eraser_sees_nothing_beside_cases(api: Api, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), api.world.app("case_eraser").database.transaction(None) as connection:
        connection.execute(f"select from {table}")


@pytest.mark.parametrize("column", ["ciphertext", "key_id", "*"])
def test_the_eraser_deletes_contacts_without_reading_them(api: Api, column: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), api.world.app("case_eraser").database.transaction(None) as connection:
        connection.execute(f"select {column} from contact_vault")
