"""Distances on the sphere, prefilter boxes and the overlap of boxes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.reports.distances import Box, bounds_of, haversine_m, haversine_many_m, iou, radius_boxes

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)


def test_a_degree_of_a_great_circle_is_a_360th_of_the_circumference():
    assert haversine_m(0, 0, 0, 1) == pytest.approx(math.tau * 6_371_000 / 360)
    assert haversine_m(10, 179.5, 10, -179.5) == pytest.approx(haversine_m(10, 0, 10, 1))


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_the_vectorised_distance_equals_the_scalar_one(lat, lon, other_lat, other_lon):
    many = haversine_many_m([lat], [lon], [other_lat], [other_lon])
    assert many[0] == pytest.approx(haversine_m(lat, lon, other_lat, other_lon), rel=1e-12, abs=1e-6)


@given(LATITUDES, LONGITUDES, st.floats(1, 50_000), st.integers(0, 10_000))
def test_every_position_within_the_radius_lies_in_a_box(latitude, longitude, radius_m, seed):
    chance = np.random.default_rng(seed)
    turn, reach = chance.uniform(0, math.tau, 50), radius_m * np.sqrt(chance.uniform(0, 1, 50)) / 6_371_000
    phi = math.radians(latitude)
    lats = np.degrees(np.arcsin(np.sin(phi) * np.cos(reach) + np.cos(phi) * np.sin(reach) * np.cos(turn)))
    east = np.sin(turn) * np.sin(reach) * np.cos(phi)
    shift = np.degrees(np.arctan2(east, np.cos(reach) - np.sin(phi) * np.sin(np.radians(lats))))
    lons = (longitude + shift + 180) % 360 - 180
    boxes = radius_boxes(latitude, longitude, radius_m)
    near = haversine_many_m(latitude, longitude, lats, lons) <= radius_m
    held = [any(w <= x <= e and s <= y <= n for w, s, e, n in boxes) for x, y in zip(lons, lats, strict=True)]
    assert all(held[place] for place in np.flatnonzero(near))


def test_boxes_are_split_at_the_antimeridian_and_open_round_a_pole():
    assert radius_boxes(0, 179.999, 250)[0].east == 180
    assert len(radius_boxes(0, 179.999, 250)) == 2
    assert radius_boxes(89.9999, 0, 250)[0][::2] == (-180, 180)


def test_the_box_is_as_wide_as_the_latitude_asks():
    at_sixty, at_equator = radius_boxes(60, 10, 250)[0], radius_boxes(0, 10, 250)[0]
    assert at_sixty.east - at_sixty.west == pytest.approx(2 * (at_equator.east - at_equator.west), rel=1e-3)


def test_overlap_is_intersection_over_union_in_plain_degrees():
    assert iou(Box(0, 0, 2, 2), Box(1, 1, 3, 3)) == pytest.approx(1 / 7)
    assert iou(Box(0, 0, 1, 1), Box(1, 0, 2, 1)) == 0
    assert iou(Box(0, 0, 0, 1), Box(0, 0, 1, 1)) == 0


def test_overlap_sees_across_the_antimeridian():
    assert iou(Box(179, 0, 181, 1), Box(-181, 0, -179, 1)) == pytest.approx(1.0)


def test_the_box_round_positions_takes_the_short_way():
    assert bounds_of([0, 1], [179.5, -179.5]) == Box(179.5, 0, 180.5, 1)
    assert bounds_of([0, 1], [-20, 20]) == Box(-20, 0, 20, 1)
    assert bounds_of([], []) is None
