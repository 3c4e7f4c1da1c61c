"""`case-cli verify`: chains that hold, and each way in which one does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.stories import Story, tell_every_event

if TYPE_CHECKING:
    from tests.support.api import Api

UNGUARDED = (
    "alter table case_events disable trigger case_events_append_only; {}; alter table case_events enable trigger case_events_append_only"
)
ONE = "case_id = (select id from cases where alias = '{}')"


@pytest.fixture
def story(api: Api) -> Story:
    return tell_every_event(api)


def tamper(api: Api, statement: str) -> None:
    api.rows(UNGUARDED.format(statement))


def test_untouched_chains_hold(owner, story):
    ended = owner("verify")
    assert (ended.status, ended.out) == (0, "3 chains verified: 3 hold, 0 do not\n")


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ('update case_event_payloads set payload = payload || \'{{"summary": "other"}}\' where version = 2 and ', "breaks at version 2"),
        ("update case_events set actor = 'somebody' where version = 3 and ", "breaks at version 3"),
        ("update case_events set occurred_at = occurred_at + interval '1 microsecond' where version = 4 and ", "breaks at version 4"),
        (
            "delete from case_event_payloads where version = 2 and {one}; delete from case_events where version = 2 and ",
            "breaks at version 2",
        ),
        ("update case_events set type = 'reports_added' where version = 1 and ", "breaks at version 1"),
    ],
)
def test_a_changed_stream_is_found_at_its_place(api, owner, story, statement, fault):
    one = ONE.format(story.kept)
    tamper(api, statement.format(one=one).replace("{{", "{").replace("}}", "}") + one)
    ended = owner("verify", "--tenant", "bangkok")
    assert ended.status == 1
    assert f"the chain {fault}" in ended.out
    assert ended.out.endswith("3 chains verified: 2 hold, 1 do not\n")


def test_a_missing_tail_is_found_by_the_case_s_version(api, owner, story):
    one = ONE.format(story.kept)
    last = f"version = (select max(version) from case_events where {one}) and {one}"
    tamper(
        api,
        f"delete from case_event_payloads where {last.replace('case_events', 'case_event_payloads')}; delete from case_events where {last}",
    )
    ended = owner("verify", "--tenant", "bangkok", "--case", story.kept)
    assert ended.status == 1
    assert "the chain ends at" in ended.out


def test_an_erased_payload_leaves_the_chain_whole(api, owner, story):
    api.rows(f"delete from case_event_payloads where version = 1 and {ONE.format(story.kept)}")
    assert owner("verify").status == 0


def test_a_deleted_case_leaves_a_chain_that_holds(api, owner, story):
    one = api.post("/api/v1/cases", {"title": "Gone"}).json["case_id"]
    api.post(f"/api/v1/cases/{one}/status", {"status": "closed"})
    assert api.delete(f"/api/v1/cases/{one}").status == 204
    assert owner("verify").out == "4 chains verified: 4 hold, 0 do not\n"
    assert owner("replay", "--check").out.endswith(", 1 erased and left alone\n")


def test_a_deleted_case_whose_stream_was_changed_is_found(api, owner, story):
    one = api.post("/api/v1/cases", {"title": "Gone"}).json["case_id"]
    api.delete(f"/api/v1/cases/{one}")
    tamper(api, "update case_events set actor = 'somebody' where type = 'case_deleted'")
    ended = owner("verify")
    assert (ended.status, "the chain breaks at version 2" in ended.out) == (1, True)
