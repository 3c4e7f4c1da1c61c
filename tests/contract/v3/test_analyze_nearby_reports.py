"""POST /api/v3|v4/clusters/from-report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.apps import Answered
from tests.support.database import rows
from tests.support.reports import a_report, east_of, north_of, send
from v3.analyze_nearby_reports import handler as nearby

if TYPE_CHECKING:
    from tests.support.apps import World


def ask(world: World, seq: object, **fields: Any) -> Answered:
    return world.call(nearby, "/api/v3/clusters/from-report", {"seq": seq} | fields)


def seqs_of(answer: Answered) -> list[int]:
    return sorted(one["report"]["seq"] for one in answer.json["reports"])


@pytest.mark.parametrize("place", [north_of, east_of])
def test_249_metres_are_in_and_251_are_out(world: World, place: Any) -> None:
    seed, near, _ = send(world, a_report(), place(249), place(251))
    answer = ask(world, seed)
    assert seqs_of(answer) == [seed, near]
    assert (answer.json["scope_type"], answer.json["anchor_report_seq"], answer.json["radius_km"]) == (
        "seed_report",
        seed,
        0.25,
    )
    assert "geometry" not in answer.json


@pytest.mark.parametrize("longitude", [180.0, -180.0, 179.9995, -179.9995])
def test_the_circle_goes_on_across_the_antimeridian(world: World, longitude: float) -> None:
    seqs = send(world, a_report(0.0, longitude), a_report(0.0, 179.999), a_report(0.0, -179.999), a_report(0.0, 179.99))
    assert seqs_of(ask(world, seqs[0])) == seqs[:3]


def test_the_circle_is_as_wide_far_from_the_equator(world: World) -> None:
    seqs = send(world, a_report(60.0, 25.0), a_report(60.0, 25.0044), a_report(60.0, 25.0046))
    assert seqs_of(ask(world, seqs[0])) == seqs[:2]


def test_round_a_pole_every_longitude_is_near(world: World) -> None:
    seqs = send(world, *[a_report(89.9999, longitude) for longitude in (0.0, 90.0, 179.0, -90.0)])
    assert seqs_of(ask(world, seqs[0])) == seqs


@pytest.mark.parametrize(("given", "used"), [(None, 0.25), (0, 0.25), (-1, 0.25), (1, 1), (0.5, 0.5), (5, 5), (5.1, 5), (10**15, 5)])
def test_the_radius_used_is_told(world: World, given: float | None, used: float) -> None:
    seqs = send(world, a_report(), north_of(4_990), north_of(5_010))
    answer = ask(world, seqs[0], radius_km=given)
    assert answer.json["radius_km"] == used
    assert seqs_of(answer) == (seqs[:2] if used == 5 else seqs[:1])


def test_the_seed_is_there_however_old_it_is(world: World) -> None:
    seqs = send(world, a_report(timestamp="2020-01-01T00:00:00Z"), *[a_report() for _ in range(5)])
    answer = ask(world, seqs[0], n=3)
    assert seqs[0] in seqs_of(answer)
    assert (len(answer.json["reports"]), answer.json["total_in_scope"], answer.json["truncated"]) == (3, 6, True)


def test_a_digital_seed_looks_for_digital_reports(world: World) -> None:
    seed, other, _ = send(world, a_report(classification="digital"), a_report(classification="digital"), a_report())
    answer = ask(world, seed)
    assert (answer.json["classification"], seqs_of(answer)) == ("digital", [seed, other])


def test_another_classification_keeps_the_seed(world: World) -> None:
    seed, physical = send(world, a_report(classification="digital"), a_report())
    answer = ask(world, seed, classification="physical")
    assert (seqs_of(answer), answer.json["stats"]["classification_breakdown"]) == (
        [seed, physical],
        {"physical": 1, "digital": 1},
    )


@pytest.mark.parametrize("change", ["update reports set is_public = false", "update report_analyses set is_valid = false"])
def test_a_seed_that_nobody_can_see_is_404(world: World, change: str) -> None:
    seed = send(world, a_report())[0]
    rows(world.owner_url, change)
    answer = ask(world, seed)
    assert (answer.status, answer.json["error"]) == (404, "seed report not found")


def test_an_unknown_seed_or_one_of_another_tenant_is_404(shared_world: World) -> None:
    other = send(shared_world, a_report(), tenant="acme", roles=["admin"])[0]
    assert [ask(shared_world, seq).status for seq in (other, 999, 10**17)] == [404, 404, 404]


@pytest.mark.parametrize("seq", [None, 0, -3])
def test_a_seed_must_be_named(shared_world: World, seq: object) -> None:
    answer = ask(shared_world, seq)
    assert (answer.status, answer.json["error"], answer.json["errors"][0]["pointer"]) == (
        400,
        "seq is required",
        "/seq",
    )


@pytest.mark.parametrize("fields", [{"radius_km": "1"}, {"radius_km": True}, {"n": "many"}, {"n": 2.5}])
def test_a_field_of_the_wrong_type_is_invalid_json(shared_world: World, fields: Any) -> None:
    answer = ask(shared_world, 1, **fields)
    assert (answer.status, answer.json["error"]) == (400, "invalid json")


@pytest.mark.parametrize("seq", ["1", 1.5, True, [1], {}])
def test_a_seed_of_the_wrong_type_is_invalid_json(shared_world: World, seq: object) -> None:
    assert ask(shared_world, seq).json["error"] == "invalid json"


def test_an_unknown_classification_is_422(shared_world: World) -> None:
    assert ask(shared_world, send(shared_world, a_report())[0], classification="virtual").status == 422


def test_a_token_is_needed(shared_world: World) -> None:
    assert shared_world.call(nearby, "/api/v3/clusters/from-report", {"seq": 1}, token=None).status == 401
