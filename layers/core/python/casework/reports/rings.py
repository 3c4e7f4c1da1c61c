"""Coordinates of a GeoJSON polygon, checked one by one and unrolled across the antimeridian.

A ring is read as its author drew it: where two neighbouring longitudes lie more than half a turn apart, the short way
round is meant (179.9 then -179.9). Unrolled longitudes are continuous and may leave [-180, 180];
`casework.reports.geometry` folds questions about real positions onto them. Every fault names the ring and, where
there is one, the position.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias, cast

from casework.kernel.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_POSITIONS = 20_000
"""More than any district border needs; a bound on the work that one request can ask for."""
BEYOND_ANTIMERIDIAN_DEGREES = 0.5
"""How far past ±180 a ring that crosses may be written without folding (180.1 is common in drawn shapes)."""
_MIN_POSITIONS = 4
_MIN_MEMBERS, _MAX_MEMBERS = 2, 4
"""Longitude and latitude, and what a client adds (height, time), which is ignored."""
_HALF_TURN = 180.0
_FULL_TURN = 360.0

Ring: TypeAlias = list[tuple[float, float]]


class GeometryInvalid(InvalidInput):
    """The shape itself is faulty: the detail gives the reason, the pointer the place."""

    slug = "geometry-invalid"
    title = "Invalid geometry"


def refuse(reason: str, pointer: str) -> GeometryInvalid:
    """The error for one fault of a shape."""
    return GeometryInvalid(f"invalid geometry: {reason}", errors=[Problem(pointer, reason)])


def read_polygon(coordinates: object, pointer: str) -> list[Ring]:
    """Shell and holes of one polygon, unrolled; holes are moved to the turn of their shell. Raises GeometryInvalid."""
    if not isinstance(coordinates, list) or not coordinates:
        msg = "a polygon needs a list of at least one ring"
        raise refuse(msg, pointer)
    rings = [_read_ring(ring, f"{pointer}/{place}") for place, ring in enumerate(cast("list[object]", coordinates))]
    return [rings[0], *(_beside(hole, rings[0]) for hole in rings[1:])]


def count_positions(coordinates: object, depth: int) -> int:
    """Positions in nested lists, without looking at them; `depth` is 2 for a polygon and 3 for a multipolygon."""
    if not isinstance(coordinates, list):
        return 0
    members = cast("list[object]", coordinates)
    return len(members) if depth == 1 else sum(count_positions(member, depth - 1) for member in members)


def _read_ring(ring: object, pointer: str) -> Ring:
    if not isinstance(ring, list):
        msg = "a ring must be a list of positions"
        raise refuse(msg, pointer)
    positions = [_read_position(one, f"{pointer}/{place}") for place, one in enumerate(cast("list[object]", ring))]
    if len(positions) < _MIN_POSITIONS:
        msg = f"a ring needs at least {_MIN_POSITIONS} positions, this one has {len(positions)}"
        raise refuse(msg, pointer)
    if not _same_place(positions[0], positions[-1]):
        msg = "the ring is not closed: its last position differs from its first"
        raise refuse(msg, pointer)
    _require_on_the_globe(positions, pointer)
    return _unroll(positions, pointer)


def _read_position(position: object, pointer: str) -> tuple[float, float]:
    members = cast("list[object]", position) if isinstance(position, list) else []
    if not _MIN_MEMBERS <= len(members) <= _MAX_MEMBERS:
        msg = "a position must be a list of longitude and latitude"
        raise refuse(msg, pointer)
    longitude, latitude = (_read_number(member, f"{pointer}/{place}") for place, member in enumerate(members[:2]))
    if abs(latitude) > 90:  # noqa: PLR2004 - degrees
        msg = f"latitude {latitude:g} is beyond ±90"
        raise refuse(msg, f"{pointer}/1")
    if abs(longitude) > _HALF_TURN + BEYOND_ANTIMERIDIAN_DEGREES:
        msg = f"longitude {longitude:g} is beyond ±180"
        raise refuse(msg, f"{pointer}/0")
    return longitude, latitude


def _read_number(member: object, pointer: str) -> float:
    if isinstance(member, bool) or not isinstance(member, int | float):
        msg = "a coordinate must be a number"
        raise refuse(msg, pointer)
    try:
        number = float(member)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        msg = "a coordinate must be finite"
        raise refuse(msg, pointer)
    return number


def _same_place(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[1] == other[1] and (one[0] - other[0]) % _FULL_TURN == 0


def _require_on_the_globe(positions: Ring, pointer: str) -> None:
    """A ring that lies wholly past ±180 does not cross anything: its longitudes are simply wrong."""
    if all(abs(longitude) > _HALF_TURN for longitude, _ in positions):
        msg = f"longitude {positions[0][0]:g} is beyond ±180"
        raise refuse(msg, pointer)


def _unroll(positions: Ring, pointer: str) -> Ring:
    """Continuous longitudes. A step of exactly one turn is an edge of the flat map and stays."""
    turns, unrolled = 0, [positions[0]]
    for (before, _), (longitude, latitude) in pairwise(positions):
        step = longitude - before
        if _HALF_TURN < abs(step) < _FULL_TURN:
            turns -= 1 if step > 0 else -1
        unrolled.append((longitude + turns * _FULL_TURN, latitude))
    if unrolled[0] != unrolled[-1]:
        msg = "the ring goes round a pole or the whole globe"
        raise refuse(msg, pointer)
    return unrolled


def _beside(hole: Ring, shell: Ring) -> Ring:
    """The hole on the shell's turn: a hole at -179.95 in a shell from 179.9 to 180.1 belongs at 180.05."""
    west, east = _reach(shell)
    hole_west, hole_east = _reach(hole)
    for shift in (0.0, _FULL_TURN, -_FULL_TURN):
        if west <= hole_west + shift and hole_east + shift <= east:
            return [(longitude + shift, latitude) for longitude, latitude in hole]
    return hole


def _reach(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    longitudes = [longitude for longitude, _ in ring]
    return min(longitudes), max(longitudes)
