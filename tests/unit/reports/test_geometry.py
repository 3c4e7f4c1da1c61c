"""Scopes: which positions lie inside, and why a shape is refused."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.reports.geometry import GeometryPayloadInvalid, GeometryRequired, parse_scope
from casework.reports.rings import MAX_POSITIONS, GeometryInvalid


def box(west, south, east, north):
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def inside(payload, *positions):
    longitudes, latitudes = zip(*positions, strict=True)
    return parse_scope(payload).contains(longitudes, latitudes).tolist()


def crosses(ring, longitude, latitude):
    """Even-odd rule by hand, for positions off the border."""
    edges = pairwise(ring)
    hits = [
        (one[1] > latitude) != (two[1] > latitude) and longitude < (two[0] - one[0]) * (latitude - one[1]) / (two[1] - one[1]) + one[0]
        for one, two in edges
    ]
    return sum(hits) % 2 == 1


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 9), st.integers(0, 10_000))
def test_inside_agrees_with_a_brute_force_rule(corners, seed):
    chance = np.random.default_rng(seed)
    turns = np.sort(chance.uniform(0, 2 * np.pi, corners))
    radii = chance.uniform(0.2, 1.0, corners)
    ring = [[100 + float(r * np.cos(t)), 13 + float(r * np.sin(t))] for r, t in zip(radii, turns, strict=True)]
    ring.append(ring[0])
    lons, lats = chance.uniform(99, 101, 60), chance.uniform(12, 14, 60)
    try:
        scope = parse_scope(polygon(ring))
    except GeometryInvalid:
        return
    expected = [crosses(ring, lon, lat) for lon, lat in zip(lons, lats, strict=True)]
    assert scope.contains(lons, lats).tolist() == expected


def test_the_border_is_outside():
    assert inside(polygon(box(100, 13, 101, 14)), (100, 13.5), (100, 13), (100.5, 13.5)) == [False, False, True]


def test_holes_exclude_and_parts_unite_even_where_they_overlap():
    ring_with_hole = polygon(box(100, 13, 101, 14), box(100.4, 13.4, 100.6, 13.6))
    assert inside(ring_with_hole, (100.5, 13.5), (100.2, 13.5)) == [False, True]
    parts = {"type": "MultiPolygon", "coordinates": [[box(100, 13, 101, 14)], [box(100.5, 13, 102, 14)]]}
    assert inside(parts, (100.2, 13.5), (100.7, 13.5), (101.5, 13.5), (102.5, 13.5)) == [True, True, True, False]


@pytest.mark.parametrize("east", [-179.9, 180.1])
def test_a_ring_across_the_antimeridian_is_the_short_way_round(east):
    payload = polygon(box(179.9, -1, east, 1))
    assert inside(payload, (179.95, 0), (-179.95, 0), (180, 0), (-180, 0), (179.8, 0), (0, 0)) == [True] * 4 + [False] * 2
    boxes = [tuple(round(edge, 6) for edge in found) for found in parse_scope(payload).bounding_boxes()]
    assert boxes == [(-180, -1, -179.9, 1), (179.9, -1, 180, 1)]


def test_parts_split_at_the_antimeridian_share_one_small_box():
    scope = parse_scope({"type": "MultiPolygon", "coordinates": [[box(179.9, -1, 180, 1)], [box(-180, -1, -179.9, 1)]]})
    assert [round(edge, 6) for edge in scope.bbox] == [179.9, -1, 180.1, 1]


def test_a_hole_written_on_the_other_side_of_the_antimeridian_still_excludes():
    payload = polygon(box(179.8, -1, 180.2, 1), box(-179.95, -0.5, -179.85, 0.5))
    assert inside(payload, (-179.9, 0), (179.9, 0)) == [False, True]


def test_a_box_round_the_whole_world_is_taken_as_drawn():
    assert inside(polygon(box(-180, -90, 180, 90)), (0, 0), (100.5, 13.7)) == [True, True]


def test_a_feature_is_unwrapped_and_the_bare_geometry_kept():
    bare = polygon(box(100, 13, 101, 14))
    assert parse_scope({"type": "Feature", "properties": {}, "geometry": bare}).geometry == bare


def test_every_inside_position_lies_in_a_prefilter_box():
    scope = parse_scope({"type": "MultiPolygon", "coordinates": [[box(170, 0, -170, 5)], [box(10, 0, 12, 5)]]})
    chance = np.random.default_rng(7)
    lons, lats = chance.uniform(-180, 180, 2_000), chance.uniform(-10, 10, 2_000)
    held = np.zeros(2_000, dtype=bool)
    for west, south, east, north in scope.bounding_boxes():
        held |= (lons >= west) & (lons <= east) & (lats >= south) & (lats <= north)
    assert not (scope.contains(lons, lats) & ~held).any()


@pytest.mark.parametrize(
    ("payload", "detail"),
    [
        ([], "invalid geometry payload: expected a GeoJSON object, got an array"),
        ("x", "invalid geometry payload: expected a GeoJSON object, got a string"),
        ({"type": "Feature"}, "feature missing geometry"),
        ({"type": "Feature", "geometry": None}, "feature missing geometry"),
        ({"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}}, "unsupported geometry type: Point"),
        ({"type": "FeatureCollection", "features": []}, "unsupported geometry type: FeatureCollection"),
        ({"coordinates": []}, "unsupported geometry type: (missing)"),
    ],
)
def test_a_payload_that_is_no_polygon_is_refused_in_the_contracts_words(payload, detail):
    with pytest.raises(GeometryPayloadInvalid) as refused:
        parse_scope(payload)
    assert refused.value.detail == detail
    assert refused.value.errors[0].pointer.startswith("/geometry")


def test_no_geometry_at_all_is_its_own_refusal():
    with pytest.raises(GeometryRequired, match="geometry is required"):
        parse_scope(None)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (polygon(), "at least one ring"),
        ({"type": "Polygon"}, "at least one ring"),
        ({"type": "MultiPolygon", "coordinates": []}, "at least one polygon"),
        (polygon(box(0, 0, 1, 1)[:-1]), "not closed"),
        (polygon([[0, 0], [1, 1], [0, 0]]), "at least 4 positions"),
        (polygon([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]), "crosses itself"),
        (polygon([[0, 0], [1, 1], [2, 2], [0, 0]]), "crosses itself"),
        (polygon([[0, 0]] * 4), "at least three different positions"),
        (polygon(box(0, 0, 1, 1), box(5, 5, 6, 6)), "outside its shell"),
        (polygon(box(0, 0, 1, 1), box(0.5, 0.5, 1.5, 0.8)), "cross each other"),
        (polygon(box(0, 0, 9, 9), box(1, 1, 5, 5), box(2, 2, 3, 3)), "inside another hole"),
        (polygon([[0, 0], [True, 1], [2, 2], [0, 0]]), "must be a number"),
        (polygon([["0", 0]] * 4), "must be a number"),
        (polygon([[0, 0], [float("nan"), 1], [2, 2], [0, 0]]), "must be finite"),
        (polygon([[0, 0], [10**400, 1], [2, 2], [0, 0]]), "must be finite"),
        (polygon([[0, 0], [1], [2, 2], [0, 0]]), "longitude and latitude"),
        (polygon(box(0, 0, 1, 91)), "latitude 91 is beyond"),
        (polygon(box(0, 0, 181, 1)), "longitude 181 is beyond"),
        (polygon(box(180.1, 0, 180.2, 1)), "beyond ±180"),
        (polygon([[0, 80], [120, 80], [-120, 80], [0, 80]]), "round a pole"),
        (polygon([[0, 0]] * (MAX_POSITIONS + 1)), "more than"),
    ],
)
def test_a_bad_ring_is_refused_with_its_reason(payload, reason):
    with pytest.raises(GeometryInvalid, match=reason) as refused:
        parse_scope(payload)
    assert refused.value.errors[0].pointer.startswith("/geometry/coordinates")


def test_the_pointer_names_the_faulty_coordinate():
    with pytest.raises(GeometryInvalid) as refused:
        parse_scope({"type": "Feature", "geometry": polygon([[0, 0], [1, "x"], [1, 1], [0, 0]])})
    assert refused.value.errors[0].pointer == "/geometry/geometry/coordinates/0/1/1"
