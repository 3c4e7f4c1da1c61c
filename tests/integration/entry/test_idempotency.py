"""Idempotency keys through a door: one effect however often, however parallel, whatever dies."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from cases.change_status import handler as change_status
from cases.open_case import handler as open_case
from casework.entry.idempotency import claim_of
from casework.identity.model import Actor
from casework.postgres.idempotency import take_turn
from tests.support.apps import BANGKOK, JWT_SECRET
from tests.support.database import ROOT, rows

if TYPE_CHECKING:
    from tests.support.apps import Answered, World

BODY = {"case_type": "flood_drainage", "title_en": "Water"}
KEY = {"idempotency-key": "k1"}
PROGRAM = Path(__file__).parent / "dying_door.py"


def call(world: World, body=BODY, **options) -> Answered:
    return world.call(open_case, "/api/cases", body, **({"headers": KEY} | options))


def count(world: World, table: str = "cases") -> int:
    return int(str(rows(world.owner_url, f"select count(*) as n from {table}")[0]["n"]))


def replayed(answer: Answered) -> bool:
    return answer.headers.get("idempotent-replayed") == "true"


def test_a_repetition_has_no_effect_and_the_same_answer(world):
    first, second = call(world), call(world)
    assert (first.status, replayed(first), second.status, replayed(second)) == (201, False, 201, True)
    assert first.json == second.json
    assert first.headers["location"] == second.headers["location"]
    assert (count(world), count(world, "case_events"), count(world, "idempotency_keys")) == (1, 1, 1)


def test_without_a_key_each_call_counts(world):
    assert [call(world, headers={}).status for _ in range(2)] == [201, 201]
    assert (count(world), count(world, "idempotency_keys")) == (2, 0)


def test_a_replay_shows_the_resource_as_it_is_now(world):
    alias = call(world).json["case_id"]
    world.call(change_status, f"/api/cases/{alias}/status", {"status": "in-progress"}, case_id=alias)
    again = call(world)
    assert (again.status, again.json["status"], again.json["version"], replayed(again)) == (201, "in-progress", 2, True)


@pytest.mark.parametrize("other", [{"title_en": "Fire"}, {"summary": ""}, {"severity": "low"}])
def test_the_same_key_with_another_body_is_422(world, other):
    call(world)
    answer = call(world, BODY | other)
    assert (answer.status, answer.json["type"], count(world)) == (422, "/problems/idempotency-mismatch", 1)


def test_a_body_that_is_only_written_differently_is_the_same(world):
    first = call(world)
    assert call(world, b'{ "title_en":\n"W\\u0061ter", "case_type" : "flood_drainage"}').json == first.json


def test_keys_belong_to_a_person_an_operation_and_a_tenant(world):
    call(world)
    assert not replayed(call(world, user="u2"))
    assert call(world, BODY | {"title_en": "theirs"}, user="u3").status == 201
    assert (
        world.call(open_case, "/api/cases", BODY, headers=KEY, tenant="acme", roles=["admin"]).status == 422
    )  # it has no case types: no replay
    assert count(world) == 3


def test_a_key_in_flight_is_409_and_says_when_to_come_back(world):
    claim = claim_of("k1", Actor("u1", BANGKOK, frozenset(), "main"), "POST /api/cases", BODY, JWT_SECRET)
    with psycopg.connect(world.owner_url) as other:
        take_turn(other.cursor(row_factory=psycopg.rows.dict_row), claim)
        answer = call(world)
        assert (answer.status, answer.json["type"], answer.headers["retry-after"]) == (409, "/problems/idempotency-in-flight", "1")
        assert call(world, headers={"idempotency-key": "k2"}).status == 201
    assert (call(world).status, count(world)) == (201, 2)


def test_eight_at_once_have_one_effect(world):
    def patiently(_: int) -> Answered:
        while (answer := call(world)).status == 409:
            time.sleep(0.005)
        world.app("api_writer").database.close()
        return answer

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(patiently, range(8)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert (sum(not replayed(answer) for answer in answers), count(world), count(world, "case_events")) == (1, 1, 1)


@pytest.mark.parametrize("wrong", [{"case_type": "nonsense"}, {"title_en": ""}, {"unknown": 1}])
def test_a_refusal_is_not_stored_so_the_key_may_be_used_again(world, wrong):
    assert call(world, BODY | wrong).status == 422
    assert count(world, "idempotency_keys") == 0
    assert call(world).status == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "\x00"])
def test_a_key_that_is_none_is_400(world, key):
    answer = call(world, headers={"idempotency-key": key})
    assert (answer.status, answer.json["type"], count(world)) == (400, "/problems/bad-idempotency-key", 0)


@pytest.mark.parametrize(("later", "counts"), [(timedelta(hours=23, minutes=59), 1), (timedelta(days=1), 2), (timedelta(days=3), 2)])
def test_a_key_is_kept_for_a_day(world, later, counts):
    call(world)
    world.clock.advance(later)
    assert (replayed(call(world)), count(world)) == (counts == 1, counts)
    assert count(world, "idempotency_keys") == 1


def test_an_expired_key_takes_another_body(world):
    call(world)
    world.clock.advance(timedelta(days=1, seconds=1))
    assert call(world, BODY | {"title_en": "Fire"}).status == 201
    assert call(world, BODY | {"title_en": "Fire"}).json["title_en"] == "Fire"


def test_the_stored_row_holds_nothing_of_the_person(world):
    call(world, BODY | {"location": {"latitude": 13.7345, "longitude": 100.5253}})
    (row,) = rows(world.owner_url, "select * from idempotency_keys")
    assert (row["body"], row["status"], str(row["resource"])[:5]) == (None, 201, "case_")
    assert not any(text in str(row) for text in ("13.73", "100.5", "Water"))


def test_a_process_killed_before_its_commit_leaves_nothing_and_the_repetition_works(world):
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("layers/core/python", "functions", ".")),
    }
    ended = subprocess.run([sys.executable, str(PROGRAM), world.owner_url], env=environ, check=False, timeout=60)
    assert ended.returncode == -9
    assert (count(world), count(world, "case_events"), count(world, "idempotency_keys")) == (0, 0, 0)
    assert (call(world).status, count(world)) == (201, 1)


def test_a_connection_lost_inside_leaves_nothing_and_is_503(world):
    lost = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'casework_api_writer' and datname = current_database()"
    with psycopg.connect(world.owner_url) as owner, ThreadPoolExecutor(1) as pool:
        owner.execute("lock table case_events")
        answer = pool.submit(call, world)
        for _ in range(200):
            if rows(world.owner_url, "select 1 from pg_locks where not granted"):
                break
            time.sleep(0.01)
        rows(world.owner_url, lost)
        assert answer.result(10).status == 503
    assert (count(world), count(world, "idempotency_keys")) == (0, 0)
    assert call(world).status == 201
