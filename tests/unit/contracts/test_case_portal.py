"""The shipped case portal: complete, equal to what the code has, and refused once it is spoilt."""

from __future__ import annotations

import copy
import json
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

import casework.contracts.case_portal as room
from casework.cases.lifecycle import V1_READS, CaseStatus, V1Status
from casework.contracts.case_portal import CasePortal
from casework.contracts.case_schema import CaseSchema
from casework.identity.permissions import Permission, Role, permissions_of

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(room.__file__).parent
CONTENT: dict[str, Any] = json.loads((FOLDER / "case_portal.json").read_bytes())
PORTAL = CasePortal.model_validate_json(json.dumps(CONTENT))
DAILY = PORTAL.queues[0]
MODES = {
    "manual_form": "open", "ai_daily_queue": "proposed", "ai_immediate_alert": "open", "ai_hypothesis_promotion": "under-review",
    "ai_conversation": "under-review", "ai_document": "proposed",
}  # fmt: skip


def spoilt(spoil: Callable[[dict[str, Any]], object]) -> str:
    content = copy.deepcopy(CONTENT)
    spoil(content)
    return json.dumps(content)


def test_cases_come_to_be_in_six_ways_five_of_them_by_ai():
    assert {mode.code: mode.default_status for mode in PORTAL.creation_modes} == MODES
    assert [mode.code for mode in PORTAL.creation_modes if mode.made_by == "person"] == ["manual_form"]


def test_every_mode_starts_a_case_where_one_may_start():
    schema = CaseSchema.model_validate_json((FOLDER / "case_schema.json").read_bytes())
    assert {mode.default_status for mode in PORTAL.creation_modes} == set(schema.lifecycle.initial_statuses)


def test_what_a_form_opens_is_active_in_v1():
    assert V1_READS[CaseStatus(MODES["manual_form"])] is V1Status.ACTIVE


def test_there_are_seven_views_and_four_exports():
    assert [view.code for view in PORTAL.views] == ["overview", "search", "map", "table", "dashboard", "report", "detail"]
    assert [export.code for export in PORTAL.exports] == ["csv", "json", "pdf", "png"]


def test_the_daily_queue_starts_at_seven_in_bangkok():
    assert [queue.code for queue in PORTAL.queues] == ["daily-07"]
    assert (DAILY.local_start, DAILY.time_zone) == (time(7), "Asia/Bangkok")
    assert (DAILY.mode, DAILY.default_status) == ("ai_daily_queue", "proposed")


def test_the_daily_queue_takes_twenty_of_them_ten_proactive():
    assert (DAILY.max_items_per_day, DAILY.max_proactive_items_per_day, DAILY.max_inbox_items_per_run) == (20, 10, 500)
    assert (DAILY.overflow, DAILY.overflow_told_to) == ("next_day", ("governance",))


def test_the_daily_queue_is_reviewed_by_people_within_four_hours():
    assert (DAILY.review_sla_hours, DAILY.requires_human_review, DAILY.reviewed_by) == (4, True, ("reviewer",))
    assert DAILY.run_by_hand_by == ("admin",)
    assert all(Permission.CASES_READ in permissions_of(frozenset({role})) for role in (*DAILY.reviewed_by, *DAILY.overflow_told_to))


def test_roles_are_the_thirteen_of_the_permission_matrix():
    assert [role.code for role in PORTAL.roles] == list(Role)
    assert len(PORTAL.roles) == 13


def test_a_second_queue_may_be_registered():
    second = CONTENT["queues"][0] | {"code": "daily-13", "starts_at": "13:30", "max_items_per_day": 5, "max_proactive_items_per_day": 0}
    portal = CasePortal.model_validate_json(spoilt(lambda content: content["queues"].append(second)))
    assert [(queue.code, queue.local_start) for queue in portal.queues] == [("daily-07", time(7)), ("daily-13", time(13, 30))]


@pytest.mark.parametrize("name", ["creation_modes", "views", "exports", "queues", "roles"])
def test_a_code_given_twice_is_refused(name):
    with pytest.raises(ValidationError, match="named twice"):
        CasePortal.model_validate_json(spoilt(lambda content: content[name].append(content[name][0])))


@pytest.mark.parametrize("name", ["creation_modes", "views", "exports", "queues", "roles"])
def test_an_empty_list_is_refused(name):
    with pytest.raises(ValidationError):
        CasePortal.model_validate_json(spoilt(lambda content: content.update({name: []})))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"mode": "by_pigeon"}, "creation mode of a queue unknown"), ({"reviewed_by": ["king"]}, "role of a queue unknown: king"),
        ({"run_by_hand_by": ["king"]}, "role of a queue unknown: king"), ({"overflow_told_to": ["king"]}, "role of a queue unknown: king"),
        ({"reviewed_by": []}, "at least 1 item"), ({"default_status": "open"}, "in another status than its mode"),
        ({"max_proactive_items_per_day": 21}, "more proactive items than items"), ({"max_items_per_day": 0}, "greater than 0"),
        ({"max_items_per_day": "20"}, "valid integer"), ({"starts_at": "24:00"}, "match pattern"), ({"starts_at": "7:00"}, "match pattern"),
        ({"time_zone": "Asia/Atlantis"}, "no such time zone"), ({"time_zone": "../etc/passwd"}, "no such time zone"),
        ({"overflow": "drop"}, "next_day"), ({"review_sla_hours": 0}, "greater than 0"), ({"surprise": 1}, "Extra inputs"),
    ],
    ids=str,
)  # fmt: skip
def test_a_queue_that_cannot_work_is_refused(change, fault):
    with pytest.raises(ValidationError, match=fault):
        CasePortal.model_validate_json(spoilt(lambda content: content["queues"][0].update(change)))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content["views"][0]["label"].update(th=" "),
        lambda content: content["creation_modes"][0]["entry"].update(zh=""),
        lambda content: content["title"].pop("en"),
        lambda content: content.update(surprise=1),
        lambda content: content.update(contract="case_schema"),
        lambda content: content.update(schema_version="v1"),
    ],
    ids=["blank", "empty", "untranslated", "extra key", "another contract", "no semver"],
)
def test_a_file_of_another_shape_is_refused(spoil):
    with pytest.raises(ValidationError):
        CasePortal.model_validate_json(spoilt(spoil))
