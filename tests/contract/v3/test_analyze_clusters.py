"""POST /api/v3|v4/clusters/analyze."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from shapely.geometry import Point, shape

from casework.entry.request import COMPRESS_ABOVE
from tests.support.apps import Answered, request_event
from tests.support.database import rows
from tests.support.reports import LATITUDE, LONGITUDE, a_report, a_square, ring, send
from v3.analyze_clusters import handler as analyze

if TYPE_CHECKING:
    from tests.support.apps import World

CITY = a_square(100.4, 13.6, 100.6, 13.9)
STAR = {
    "type": "Polygon",
    "coordinates": [
        [
            [100.5, 13.7],
            [100.52, 13.76],
            [100.58, 13.77],
            [100.53, 13.79],
            [100.55, 13.85],
            [100.5, 13.81],
            [100.45, 13.85],
            [100.47, 13.78],
            [100.42, 13.76],
            [100.48, 13.76],
            [100.5, 13.7],
        ]
    ],
}
HOLE = {"type": "Polygon", "coordinates": [ring(100.45, 13.65, 100.58, 13.88), ring(100.5, 13.7, 100.55, 13.8)]}
PARTS = {
    "type": "MultiPolygon",
    "coordinates": [[ring(100.42, 13.62, 100.5, 13.7)], [ring(100.52, 13.75, 100.59, 13.88)]],
}
FEATURE = {"type": "Feature", "properties": {}, "geometry": HOLE}


def ask(world: World, geometry: Any = CITY, **fields: Any) -> Answered:
    return world.call(analyze, "/api/v3/clusters/analyze", {"geometry": geometry} | fields)


def seqs_of(answer: Answered) -> list[int]:
    return [one["report"]["seq"] for one in answer.json["reports"]]


@pytest.mark.parametrize("geometry", [CITY, STAR, HOLE, PARTS, FEATURE], ids=["square", "star", "hole", "parts", "feature"])
def test_the_reports_are_those_that_a_brute_force_oracle_finds(world: World, geometry: Any) -> None:
    dice = random.Random(7)
    places = [(dice.uniform(100.4, 100.6), dice.uniform(13.6, 13.9)) for _ in range(400)]
    seqs = send(world, *[a_report(latitude, longitude) for longitude, latitude in places])
    area = shape(geometry.get("geometry", geometry))
    inside = {seq for seq, place in zip(seqs, places, strict=True) if area.contains(Point(place))}
    answer = ask(world, geometry, n=1_000)
    assert set(seqs_of(answer)) == inside
    assert 0 < len(inside) <= 400
    assert answer.json["geometry"] == geometry.get("geometry", geometry)


@pytest.mark.parametrize(
    "geometry",
    [
        a_square(179.9, -0.1, 180.1, 0.1),
        {
            "type": "Polygon",
            "coordinates": [[[179.9, -0.1], [-179.9, -0.1], [-179.9, 0.1], [179.9, 0.1], [179.9, -0.1]]],
        },
        {"type": "MultiPolygon", "coordinates": [[ring(179.9, -0.1, 180, 0.1)], [ring(-180, -0.1, -179.9, 0.1)]]},
    ],
    ids=["beyond 180", "short way round", "split"],
)
def test_a_scope_across_the_antimeridian_is_small(world: World, geometry: Any) -> None:
    seqs = send(world, *[a_report(0.0, longitude) for longitude in (179.95, -179.95, 179.8, -179.8, 0.0)])
    assert set(seqs_of(ask(world, geometry))) == set(seqs[:2])


def test_a_report_on_the_border_is_outside(world: World) -> None:
    send(world, a_report(13.7, 100.4), a_report(13.6, 100.5))
    assert seqs_of(ask(world)) == []


def test_an_empty_scope_has_figures_of_nothing(world: World) -> None:
    nowhere = a_square(99.0, 18.0, 99.1, 18.1)
    assert ask(world, nowhere).json == {
        "scope_type": "geometry",
        "classification": "physical",
        "truncated": False,
        "total_in_scope": 0,
        "reports": [],
        "geometry": nowhere,
        "hypotheses": [],
        "suggested_targets": [],
        "candidate_cases": [],
        "stats": {
            "classification": "physical",
            "report_count": 0,
            "severity_average": 0.0,
            "severity_max": 0.0,
            "high_priority_count": 0,
            "medium_priority_count": 0,
            "classification_breakdown": {},
        },
    }


def test_the_figures_equal_an_oracle(world: World) -> None:
    severities = [0.8, 0.79, 0.5, 0.1]
    send(
        world,
        *[a_report(severity_level=one, timestamp=f"2026-11-2{day}T00:00:00Z") for day, one in enumerate(severities)],
    )
    assert ask(world).json["stats"] == {
        "classification": "physical",
        "report_count": 4,
        "severity_average": pytest.approx(0.5475),
        "severity_max": 0.8,
        "high_priority_count": 1,
        "medium_priority_count": 2,
        "first_seen_at": "2026-11-20T00:00:00Z",
        "last_seen_at": "2026-11-23T00:00:00Z",
        "classification_breakdown": {"physical": 4},
    }


def test_the_newest_come_first_and_the_cut_is_told(world: World) -> None:
    seqs = send(world, *[a_report(timestamp=f"2026-11-{day}T00:00:00Z") for day in (20, 22, 21)])
    answer = ask(world, n=2)
    assert seqs_of(answer) == [seqs[1], seqs[2]]
    assert (answer.json["truncated"], answer.json["total_in_scope"], answer.json["stats"]["report_count"]) == (
        True,
        3,
        2,
    )


@pytest.mark.parametrize("n", [None, 0, -5, 250])
def test_n_is_250_unless_it_is_positive(world: World, n: int | None) -> None:
    send(world, *[a_report() for _ in range(251)])
    answer = ask(world, n=n)
    assert (len(answer.json["reports"]), answer.json["truncated"]) == (250, True)


def test_each_classification_has_its_own_reports(world: World) -> None:
    physical, digital = send(world, a_report(), a_report(classification="digital"))
    assert (seqs_of(ask(world)), seqs_of(ask(world, classification="digital"))) == ([physical], [digital])


def test_an_unknown_classification_is_422(shared_world: World) -> None:
    answer = ask(shared_world, classification="virtual")
    assert (answer.status, answer.json["code"], answer.json["allowed"]) == (
        422,
        "unknown-classification",
        ["physical", "digital"],
    )


@pytest.mark.parametrize("fields", [{"n": "5"}, {"n": 1.5}, {"n": True}, {"n": []}, {"classification": 5}])
def test_a_field_of_the_wrong_type_is_invalid_json(shared_world: World, fields: Any) -> None:
    answer = ask(shared_world, **fields)
    assert (answer.status, answer.json["error"], answer.json["errors"][0]["pointer"]) == (
        400,
        "invalid json",
        f"/{next(iter(fields))}",
    )


OPEN = {"type": "Polygon", "coordinates": [[[100, 13], [101, 13], [101, 14], [100, 14]]]}
BOW = {"type": "Polygon", "coordinates": [[[100, 13], [101, 14], [101, 13], [100, 14], [100, 13]]]}


@pytest.mark.parametrize(
    ("geometry", "text"),
    [
        (None, "geometry is required"),
        (5, "invalid geometry payload"),
        ([], "invalid geometry payload"),
        ({"type": "Feature"}, "feature missing geometry"),
        ({"type": "Point", "coordinates": [1, 2]}, "unsupported geometry type: Point"),
        ({"type": "FeatureCollection"}, "unsupported geometry type: FeatureCollection"),
        ({}, "unsupported geometry type"),
        ({"type": "Polygon"}, "invalid geometry"),
        (OPEN, "not closed"),
        (BOW, "crosses itself"),
        (a_square(0, 0, 500, 1), "beyond"),
        (a_square(0, -91, 1, 1), "beyond"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]] * 4]}, "must be a number"),
    ],
)
def test_a_faulty_geometry_is_400_with_the_reason(shared_world: World, geometry: Any, text: str) -> None:
    answer = ask(shared_world, geometry)
    assert answer.status == 400
    assert text in answer.json["error"]


def test_the_same_question_gets_the_same_answer_and_stores_nothing(world: World) -> None:
    send(
        world,
        *[a_report(LATITUDE + step / 3_000, LONGITUDE, title=title) for step, title in enumerate(["Pothole", "ท่อระบายน้ำอุดตัน"] * 10)],
    )
    counts = "select relname, n_tup_ins + n_tup_upd + n_tup_del as n from pg_stat_xact_user_tables"
    assert ask(world).json == ask(world).json
    assert all(row["n"] == 0 for row in rows(world.owner_url, counts))
    assert world.app("api_reader").keeps_keys is False


def test_a_hypothesis_names_its_reports_and_explains_its_figures(world: World) -> None:
    seqs = send(world, a_report(), a_report(title="ท่อระบายน้ำอุดตัน"), a_report(13.85, 100.45, title="Streetlight broken"))
    first, second = ask(world).json["hypotheses"]
    assert (sorted(first["report_seqs"]), second["report_seqs"]) == (seqs[:2], seqs[2:])
    assert sum(first["confidence_components"].values()) == pytest.approx(first["confidence"])
    assert sum(first["link_components"].values()) == pytest.approx(first["cohesion"])
    assert "same physical location" in first["rationale"]


def test_reports_that_are_hidden_or_of_another_tenant_are_not_analysed(world: World) -> None:
    mine = send(world, a_report(), a_report())
    send(world, a_report(), tenant="acme", roles=["admin"])
    rows(world.owner_url, "update reports set is_active = false where seq = %s", mine[0])
    assert seqs_of(ask(world)) == [mine[1]]


@pytest.mark.parametrize(("role", "status"), [("citizen", 403), ("service", 403), ("auditor", 200), ("reviewer", 200), ("case_owner", 200)])
def test_who_may_analyse(shared_world: World, role: str, status: int) -> None:
    assert shared_world.call(analyze, "/api/v3/clusters/analyze", {"geometry": CITY}, roles=[role]).status == status


def test_a_large_answer_is_compressed_for_a_client_that_takes_it(world: World) -> None:
    send(world, *[a_report(description="water " * 100) for _ in range(250)])
    event = request_event("POST", "/api/v3/clusters/analyze", {"geometry": CITY}, headers={"accept-encoding": "gzip"})
    answer = analyze.answer(event, world.app("api_reader"))
    assert answer["headers"]["content-encoding"] == "gzip"
    assert len(answer["body"]) < COMPRESS_ABOVE / 4
