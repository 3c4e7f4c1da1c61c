"""The public point of a place: the centre of its H3 cell, moved by a keyed offset.

The same cell always gives the same point, so reports of one place carry no information beyond the cell however many there are. The
offset is at most 50 m less the cell's own largest centre-to-corner distance: the point stays within 50 m of every position in the cell.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from typing import TYPE_CHECKING

import h3

if TYPE_CHECKING:
    from uuid import UUID

RESOLUTION, MAP_RESOLUTION = 11, 9
FARTHEST_M = 50.0
_EARTH_RADIUS_M = 6_371_000.0


def public_point(latitude: float, longitude: float, *, tenant_id: UUID, pepper: bytes) -> tuple[tuple[float, float], str]:
    """Return ((longitude, latitude) of the public point, the res-9 cell for maps). Degrees in, degrees out (7 decimals)."""
    cell = h3.latlng_to_cell(latitude, longitude, RESOLUTION)
    centre = h3.cell_to_latlng(cell)
    room = max(0.0, FARTHEST_M - max(_distance_m(centre, corner) for corner in h3.cell_to_boundary(cell)))
    digest = hmac.new(pepper, f"{tenant_id}|{cell}".encode(), hashlib.sha256).digest()
    bearing = int.from_bytes(digest[:8]) / 2**64 * math.tau
    reach = math.sqrt(int.from_bytes(digest[8:16]) / 2**64) * room * 0.999
    moved_latitude = centre[0] + math.degrees(reach * math.cos(bearing) / _EARTH_RADIUS_M)
    moved_longitude = centre[1] + math.degrees(reach * math.sin(bearing) / (_EARTH_RADIUS_M * math.cos(math.radians(centre[0]))))
    return (round(moved_longitude, 7), round(moved_latitude, 7)), h3.cell_to_parent(cell, MAP_RESOLUTION)


def _distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    a, b = math.radians(one[0]), math.radians(other[0])
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(other[1] - one[1]) / 2) ** 2
    return 2 * _EARTH_RADIUS_M * math.asin(math.sqrt(half))
