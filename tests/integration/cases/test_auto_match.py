"""A.7 C-11: off, suggest and auto."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases import match_reports
from outbox import sweep_outbox
from tests.support.apps import BANGKOK, World
from v3 import analyze_nearby_reports, create_case, get_case, ingest_reports

PLACE = {"latitude": 13.7345, "longitude": 100.5253}


def a_flood(world: World, minutes: int) -> dict[str, object]:
    at = world.clock.now() - timedelta(minutes=minutes)
    return {**PLACE, "title": "Street flooded, the drain is blocked", "severity_level": 0.7, "timestamp": at.isoformat()}


def ingest(world: World, *reports: dict[str, object]) -> list[int]:
    answer = world.call(ingest_reports.handler, "/api/v3/reports", list(reports))
    assert answer.status == 201
    return [result["seq"] for result in answer.json["results"]]


def a_case(world: World) -> str:
    seqs = ingest(world, a_flood(world, 90), a_flood(world, 60))
    answer = world.call(create_case.handler, "/api/v3/cases", {"title": "Street flooded", "report_seqs": seqs})
    assert answer.status == 201
    return answer.json["case"]["case_id"]


def deliver(world: World) -> None:
    sweep_outbox.handler.function(world.app("outbox_relay"))
    for message in world.publisher.take("match"):
        match_reports.handler.function(message, world.app("api_writer"))


def linked(world: World, case_id: str) -> list[tuple[int, str]]:
    detail = world.call(get_case.handler, f"/api/v3/cases/{case_id}", case_id=case_id).json
    return [(link["seq"], link["link_reason"]) for link in detail["linked_reports"]]


@pytest.mark.parametrize("mode", ["off", "suggest"])
def test_an_ingested_report_changes_no_case_unless_the_mode_is_auto(world, mode):
    world.environ["AUTO_MATCH"] = mode
    case_id = a_case(world)
    ingest(world, a_flood(world, 5))
    deliver(world)
    assert len(linked(world, case_id)) == 2


def test_auto_links_a_report_of_the_cases_incident_once(world):
    world.environ["AUTO_MATCH"] = "auto"
    case_id = a_case(world)
    deliver(world)
    [seq] = ingest(world, a_flood(world, 5))
    sweep_outbox.handler.function(world.app("outbox_relay"))
    [message] = world.publisher.take("match")
    for _ in range(3):
        match_reports.handler.function(message, world.app("api_writer"))
    assert (seq, "auto_match") in linked(world, case_id)
    _, events = world.app("api_reader").cases.stream(BANGKOK, case_id)
    assert [event["type"] for event in events] == ["case_created", "reports_added"]


def test_auto_leaves_another_problem_at_the_same_place_alone(world):
    world.environ["AUTO_MATCH"] = "auto"
    case_id = a_case(world)
    ingest(world, {**PLACE, "title": "Stray dogs bark all night", "severity_level": 0.2, "timestamp": world.clock.now().isoformat()})
    deliver(world)
    assert len(linked(world, case_id)) == 2


def test_off_names_no_candidates_and_suggest_does(world):
    case_id = a_case(world)
    [seq] = ingest(world, a_flood(world, 5))
    named = world.call(analyze_nearby_reports.handler, "/api/v3/clusters/from-report", {"seq": seq}).json["candidate_cases"]
    assert [candidate["case_id"] for candidate in named] == [case_id]
    assert named[0]["match_reasons"]
    world.app("api_reader").environ["AUTO_MATCH"] = "off"  # pyright: ignore[reportIndexIssue]
    world.app("api_reader").__dict__.pop("case_settings", None)
    assert world.call(analyze_nearby_reports.handler, "/api/v3/clusters/from-report", {"seq": seq}).json["candidate_cases"] == []
