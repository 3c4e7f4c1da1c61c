"""POST /api/cases: the 28 names of a case, strict, in problem+json where they are wrong (C-01, S1-28…S1-55)."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.vault import SealedVault

if TYPE_CHECKING:
    from tests.support.api import Api

NAMES = {
    "id", "title_th", "title_en", "title_zh", "case_type", "severity", "alert_level", "status", "datetime", "reporter",
    "location", "issue_definition_th", "issue_definition_en", "issue_definition_zh", "attributes", "pattern",
    "related_actors", "related_services", "related_signals", "related_dashboards", "related_source_provenance",
    "owner", "follow_up", "ai_analysis_ref", "sensitive_surface_flag", "attachments", "language_detected", "export_log",
}  # fmt: skip
LEAST: dict[str, Any] = {"case_type": "road_footpath", "title_en": "Pothole on Silom road"}
TYPES = {
    "flood_drainage": ("L1", "high"), "public_safety": ("L1", "high"), "power_lighting": ("L2", "medium"),
    "road_footpath": ("L2", "medium"), "traffic_transit": ("L2", "medium"), "waste_sanitation": ("L3", "low"),
    "air_noise": ("L2", "medium"), "health_animals": ("L2", "medium"), "green_space": ("L3", "low"),
    "obstruction_signage": ("L3", "low"), "social_welfare": ("L2", "medium"), "governance_service": ("L3", "low"),
}  # fmt: skip


def post(api: Api, **fields: Any):
    return api.post("/api/cases", LEAST | fields)


def test_c01_a_case_has_all_28_names(shared_api: Api) -> None:
    made = post(shared_api)
    assert (made.status, len(NAMES)) == (201, 28)
    assert made.json.keys() >= NAMES
    assert re.fullmatch(r"CASE-\d{6}-[0-9A-HJKMNP-TV-Z]{4}", made.json["case_number"])
    assert shared_api.get(made.headers["location"]).json == made.json


@pytest.mark.parametrize("name", ["export_log", "made_up", "tenant_id", "created_by", "actor_user_id"])
def test_c01_what_is_no_clients_to_write_is_422_with_a_pointer(shared_api: Api, name: str) -> None:
    before = shared_api.row_counts()
    answer = post(shared_api, **{name: []})
    assert (answer.status, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [problem["pointer"] for problem in answer.json["errors"]] == [f"/{name}"]
    assert shared_api.row_counts() == before


def test_every_writable_field_comes_back(shared_api: Api) -> None:
    fields: dict[str, Any] = {
        "title_th": "หลุมบนถนน", "title_en": "Pothole", "title_zh": "路面坑洞", "severity": "high", "alert_level": "L1",
        "issue_definition_th": "ลึก", "issue_definition_en": "Deep", "issue_definition_zh": "很深",
        "attributes": {"lane": 2}, "owner": {"user_id": "somchai", "role": "case_owner"},
        "sensitive_surface_flag": True,
    }  # fmt: skip
    made = post(shared_api, **fields)
    assert (made.status, made.json | fields) == (201, made.json)


@pytest.mark.parametrize("kind", ["actors", "services", "signals", "dashboards", "source_provenance"])
def test_c02_one_edge_of_each_kind_round_trips(shared_api: Api, kind: str) -> None:
    edge = {"target_type": "department", "target_id": "drainage"}
    made = post(shared_api, **{f"related_{kind}": [edge]})
    assert made.status == 201
    assert made.json[f"related_{kind}"][0] | edge == made.json[f"related_{kind}"][0]


def test_s1_50_follow_ups_have_action_owner_and_due(shared_api: Api) -> None:
    due = {"action": "inspect", "owner": "somchai", "due_at": "2026-11-25T09:00:00+07:00"}
    (kept,) = post(shared_api, follow_up=[due]).json["follow_up"]
    assert (kept["action"], kept["owner"], kept["due_at"]) == ("inspect", "somchai", "2026-11-25T02:00:00Z")
    assert post(shared_api, follow_up=[{"action": "inspect"}]).status == 422


@pytest.mark.parametrize("case_type", TYPES)
def test_s1_32_twelve_types_give_alert_level_and_severity(shared_api: Api, case_type: str) -> None:
    """B-1."""
    made = post(shared_api, case_type=case_type).json
    assert (made["alert_level"], made["severity"]) == TYPES[case_type]
    assert made["sensitive_surface_flag"] == (case_type == "social_welfare")


@pytest.mark.parametrize(
    ("case_type", "severity", "level"),
    [
        ("flood_drainage", "critical", "L0"), ("public_safety", "critical", "L0"), ("power_lighting", "critical", "L0"),
        ("road_footpath", "critical", "L1"), ("green_space", "critical", "L1"), ("flood_drainage", "high", "L1"),
        ("road_footpath", "high", "L2"), ("green_space", "high", "L2"), ("flood_drainage", "medium", "L1"),
        ("green_space", "medium", "L3"), ("flood_drainage", "low", "L2"), ("road_footpath", "low", "L3"),
        ("green_space", "low", "L3"),
    ],
)  # fmt: skip
def test_b3_a_chosen_severity_moves_the_alert_level(shared_api: Api, case_type: str, severity: str, level: str) -> None:
    assert post(shared_api, case_type=case_type, severity=severity).json["alert_level"] == level


@pytest.mark.parametrize(
    ("name", "value"),
    [("case_type", "roads"), ("severity", "huge"), ("alert_level", "L4"), ("status", "new"), ("datetime", "yesterday"),
     ("title_en", 5), ("attributes", []), ("owner", {"user_id": "x"}), ("location", {"latitude": 91, "longitude": 0}),
     ("location", {"latitude": True, "longitude": 0}), ("location", "here"), ("follow_up", {}), ("reporter", {"x": 1})],
)  # fmt: skip
def test_a_wrong_field_is_422_with_a_pointer_and_nothing_is_stored(shared_api: Api, name: str, value: Any) -> None:
    before = shared_api.row_counts()
    answer = post(shared_api, **{name: value})
    assert answer.status == 422
    assert all(problem["pointer"].startswith(f"/{name}") for problem in answer.json["errors"])
    assert shared_api.row_counts() == before


def test_case_type_and_one_title_are_required(shared_api: Api) -> None:
    for body in ({}, {"case_type": "road_footpath"}, {"title_en": "x"}, {"case_type": "road_footpath", "title_en": " "}):
        assert shared_api.post("/api/cases", body).status == 422
    for name in ("title_th", "title_en", "title_zh"):
        assert shared_api.post("/api/cases", {"case_type": "road_footpath", name: "x"}).status == 201


@pytest.mark.parametrize(("language", "title"), [("th", "น้ำท่วมถนนสีลม"), ("en", "Flood on Silom road"), ("zh", "是隆路积水")])
def test_c40_a_single_title_is_written_to_its_language_and_read_back(shared_api: Api, language: str, title: str) -> None:
    made = shared_api.open(title=title)
    found = shared_api.get(f"/api/cases/{made['case']['case_id']}").json
    assert (found["language_detected"], found[f"title_{language}"], found["title"]) == (language, title, title)
    assert shared_api.detail(found["case_id"])["case"]["title"] == title


def test_s1_36_datetime_is_normalised_and_apart_from_created_at(shared_api: Api) -> None:
    made = post(shared_api, datetime="2026-11-20T08:00:00+07:00").json
    assert (made["datetime"], made["created_at"]) == ("2026-11-20T01:00:00Z", "2026-11-23T03:00:00Z")


def test_c14_one_place_has_one_public_point_at_most_50_m_away(shared_api: Api) -> None:
    exact = {"latitude": 13.7456789, "longitude": 100.5345678}
    points = [post(shared_api, location=exact).json["location"] for _ in range(3)]
    assert points == [points[0]] * 3
    found = (points[0]["latitude"], points[0]["longitude"])
    north = math.radians(found[0] - exact["latitude"]) * 6_371_000
    east = math.radians(found[1] - exact["longitude"]) * 6_371_000 * math.cos(math.radians(13.7))
    assert 0 < math.hypot(north, east) <= 50
    for table in shared_api.row_counts():
        dump = json.dumps(shared_api.rows(f"select * from {table}"), default=str)
        assert ("13.7456789" in dump, "100.5345678" in dump) == (False, False), table


def test_c17_s1_37_contacts_of_a_reporter_are_hashed_and_in_no_table(shared_api: Api) -> None:
    vars(shared_api.world.app("api_writer"))["contact_lock"] = SealedVault()
    reporter = {"name": "Somchai Jaidee", "email": "somchai.jaidee@example.co.th", "phone": "+66812345678"}
    first, second = (post(shared_api, reporter=reporter).json["reporter"] for _ in range(2))
    hashes = re.findall(r'"([0-9a-f]{64})"', json.dumps(first))
    assert len(hashes) >= 2
    assert first == second
    for table in shared_api.row_counts():
        dump = json.dumps(shared_api.rows(f"select * from {table}"), default=str)
        assert ("somchai.jaidee" in dump, "812345678" in dump, "Jaidee" in dump) == (False, False, False), table


def test_a_problem_says_type_title_status_detail_and_instance(shared_api: Api) -> None:
    answers = [
        shared_api.get("/api/cases/case_000000000000"), shared_api.post("/api/cases", {}), shared_api.post("/api/cases", "{"),
        shared_api.get("/api/cases", token=None), shared_api.get("/api/cases", roles=["citizen"]),
        shared_api.get("/api/none"), shared_api.patch("/api/cases", {}),
    ]  # fmt: skip
    assert [answer.status for answer in answers] == [404, 422, 400, 401, 403, 404, 404]
    for answer in answers:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json.keys() >= {"type", "title", "status", "detail", "instance"}
        assert (answer.json["status"], answer.json["type"][:10]) == (answer.status, "/problems/")
    assert answers[4].json["permission"] == "cases:read"
