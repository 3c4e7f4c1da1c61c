"""`case-cli replay`: rows are what the events make of them, and making them again changes nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casework.cases.events import EVENT_TYPES
from casework.cases.store import PROJECTIONS
from tests.support.stories import Story, tell_every_event

if TYPE_CHECKING:
    from tests.support.api import Api

DIGEST = "select md5(coalesce(string_agg(t::text, '\n' order by t::text), '')) as digest from {} t"
SPOILED = {
    "cases": "update cases set title = 'spoiled', status = 'closed', linked_report_count = 99",
    "case_reports": "delete from case_reports",
    "case_clusters": "update case_clusters set match_reason = 'spoiled'",
    "case_resolution_signals": "update case_resolution_signals set summary = 'spoiled'",
    "case_follow_ups": "update case_follow_ups set owner = 'nobody'",
    "case_links": "delete from case_links",
    "case_sessions": "update case_sessions set linked_at = linked_at - interval '1 day'",
}


@pytest.fixture
def story(api: Api) -> Story:
    return tell_every_event(api)


def digests(api: Api, *tables: str) -> dict[str, object]:
    return {table: api.rows(DIGEST.format(table))[0]["digest"] for table in tables}


def everything(api: Api) -> dict[str, object]:
    return digests(api, *api.row_counts())


def test_the_story_holds_every_type_of_event(api, story):
    assert {row["type"] for row in api.rows("select distinct type from case_events")} == set(EVENT_TYPES) - {"case_deleted"}


def test_a_replay_gives_equal_row_hashes(api, owner, story):
    before = everything(api)
    ended = owner("replay")
    assert (ended.status, ended.out) == (0, "3 cases replayed: 3 with equal row hashes, 0 different\n")
    assert everything(api) == before


@pytest.mark.parametrize("table", PROJECTIONS)
def test_a_replay_mends_a_spoiled_projection_and_touches_nothing_else(api, owner, story, table):
    before = everything(api)
    api.rows(SPOILED[table])
    assert digests(api, table) != {table: before[table]}
    ended = owner("replay", "--tenant", "bangkok")
    assert ended.status == 0
    assert table in ended.out
    assert everything(api) == before


@pytest.mark.parametrize("table", PROJECTIONS)
def test_a_check_tells_of_the_difference_and_leaves_it(api, owner, story, table):
    api.rows(SPOILED[table])
    spoiled = everything(api)
    ended = owner("replay", "--check")
    assert ended.status == 1
    assert f"{table} differ" in ended.out
    assert everything(api) == spoiled


def test_rows_that_are_lost_altogether_come_back(api, owner, story):
    before = digests(api, *PROJECTIONS)
    api.rows("truncate cases cascade")
    assert owner("replay").status == 0
    assert digests(api, *PROJECTIONS) == before


def test_one_case_is_named_by_alias_number_or_id(api, owner, story):
    row = api.rows("select id, case_number from cases where alias = %s", story.kept)[0]
    api.rows("delete from case_links")
    for ref in (story.kept, row["case_number"], str(row["id"])):
        assert owner("replay", "--check", "--tenant", "bangkok", "--case", ref).out.startswith("1 cases replayed: 1 with")


def test_a_case_whose_payloads_were_erased_is_left_alone(api, owner, story):
    api.rows("delete from case_event_payloads p using cases c where c.id = p.case_id and c.alias = %s and p.version = 1", story.form)
    before = everything(api)
    ended = owner("replay")
    assert ended.out == "2 cases replayed: 2 with equal row hashes, 0 different, 1 erased and left alone\n"
    assert everything(api) == before


def test_an_unknown_case_is_told(owner):
    ended = owner("replay", "--tenant", "bangkok", "--case", "case_000000000000")
    assert (ended.status, ended.err) == (2, "case-cli: case not found\n")
