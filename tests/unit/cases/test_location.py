"""The public point: near every position of its cell, the same for all of them, another for each tenant."""

from __future__ import annotations

import math
from random import Random

import h3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casework.cases.location import public_point
from tests.support.apps import ACME, BANGKOK

PEPPER = b"pepper"
PLACES = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
# Uniform degrees rarely meet what is odd about a globe.
ODD = st.tuples(
    st.sampled_from([-90.0, 90.0, 0.0]).flatmap(lambda middle: st.floats(max(-90, middle - 1e-3), min(90, middle + 1e-3))),
    st.sampled_from([-180.0, 180.0, 0.0]).flatmap(lambda middle: st.floats(max(-180, middle - 1e-3), min(180, middle + 1e-3))),
)


def published(place, tenant=BANGKOK, pepper=PEPPER):
    (longitude, latitude), cell = public_point(*place, tenant_id=tenant, pepper=pepper)
    return (latitude, longitude), cell


def metres(one, other) -> float:
    """The angle between two unit vectors times R: no trouble at poles, none at the antimeridian."""
    a, b = (
        (math.cos(p) * math.cos(q), math.cos(p) * math.sin(q), math.sin(p)) for p, q in (map(math.radians, place) for place in (one, other))
    )
    chord = math.dist(a, b)
    return 2 * math.asin(min(1.0, chord / 2)) * 6_371_000


def corners(place) -> list[tuple[float, float]]:
    return list(h3.cell_to_boundary(h3.latlng_to_cell(*place, 11)))


@given(PLACES | ODD)
@example((90.0, 0.0))
@example((-90.0, 180.0))
@example((89.99999, -180.0))
@example((0.0, 180.0))
@example((13.7563, 100.5018))
def test_the_point_is_within_50_m_of_every_position_of_its_cell(place):
    point, _ = published(place)
    assert max(metres(point, position) for position in [place, *corners(place)]) <= 50.0


@given(PLACES | ODD)
def test_the_point_lies_on_the_globe(place):
    (latitude, longitude), _ = published(place)
    assert -90 <= latitude <= 90
    assert -180 <= longitude <= 180


@given(PLACES | ODD)
def test_the_offset_is_at_most_50_m_less_the_cell_s_own_reach(place):
    centre = h3.cell_to_latlng(h3.latlng_to_cell(*place, 11))
    room = 50 - max(metres(centre, corner) for corner in corners(place))
    assert metres(centre, published(place)[0]) <= room
    assert room > 5


@given(PLACES)
def test_every_position_of_a_cell_has_the_same_point(place):
    centre = h3.cell_to_latlng(h3.latlng_to_cell(*place, 11))
    between = [tuple((0.6 * a + 0.4 * b) for a, b in zip(centre, corner, strict=True)) for corner in corners(place)]
    inside = [spot for spot in between if h3.latlng_to_cell(*spot, 11) == h3.latlng_to_cell(*place, 11)]
    assert {published(spot) for spot in [*inside, centre, place]} == {published(place)}


def test_two_hundred_reports_of_one_place_say_no_more_than_one():
    random, place = Random(7), (13.7563, 100.5018)
    around = [(place[0] + random.uniform(-2, 2) * 1e-6, place[1] + random.uniform(-2, 2) * 1e-6) for _ in range(200)]
    assert {published(spot) for spot in around} == {published(place)}


@given(PLACES)
def test_another_tenant_and_another_pepper_have_other_points(place):
    points = {published(place)[0], published(place, ACME)[0], published(place, pepper=b"other")[0]}
    assert len(points) == 3


def test_points_do_not_give_the_centres_away():
    random = Random(1)
    spots = [(13.5 + random.random() / 2, 100.3 + random.random() / 2) for _ in range(300)]
    offsets = [metres(h3.cell_to_latlng(h3.latlng_to_cell(*spot, 11)), published(spot)[0]) for spot in spots]
    assert sum(offset < 2 for offset in offsets) < 30
    assert max(offsets) > 0.9 * min(
        50 - max(metres(h3.cell_to_latlng(h3.latlng_to_cell(*spot, 11)), corner) for corner in corners(spot)) for spot in spots
    )


def test_the_map_s_cell_is_the_parent_of_the_point_s():
    place = (13.7563, 100.5018)
    assert published(place)[1] == h3.latlng_to_cell(*place, 9) == h3.cell_to_parent(h3.latlng_to_cell(*place, 11), 9)


@pytest.mark.parametrize("place", [(13.7563, 100.5018), (90.0, 0.0), (-89.9999, 179.9999)])
def test_degrees_have_seven_decimals(place):
    (latitude, longitude), _ = published(place)
    assert (round(latitude, 7), round(longitude, 7)) == (latitude, longitude)
