"""The public point of a place: the centre of its H3 cell, moved by a keyed offset.

The same cell always gives the same point, so reports of one place carry no information beyond the cell however many there are. The
offset is at most 50 m less the cell's own largest centre-to-corner distance: the point stays within 50 m of every position in the cell.
"""

# pyright: reportUnknownMemberType=none, reportUnknownVariableType=none, reportUnknownArgumentType=none
# h3 ships no types; what it returns is typed here.

from __future__ import annotations

import hashlib
import hmac
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

RESOLUTION, MAP_RESOLUTION = 11, 9
FARTHEST_M = 50.0
_EARTH_RADIUS_M = 6_371_000.0


def public_point(latitude: float, longitude: float, *, tenant_id: UUID, pepper: bytes) -> tuple[tuple[float, float], str]:
    """Return ((longitude, latitude) of the public point, the res-9 cell for maps). Degrees in, degrees out (7 decimals)."""
    import h3  # noqa: PLC0415 - lies in the geometry layer, which doors that place no case (lists, statuses, signals) do without

    cell: str = h3.latlng_to_cell(latitude, longitude, RESOLUTION)
    centre: tuple[float, float] = h3.cell_to_latlng(cell)
    corners: tuple[tuple[float, float], ...] = h3.cell_to_boundary(cell)
    room = max(0.0, FARTHEST_M - max(_distance_m(centre, corner) for corner in corners))
    digest = hmac.new(pepper, f"{tenant_id}|{cell}".encode(), hashlib.sha256).digest()
    bearing = int.from_bytes(digest[:8]) / 2**64 * math.tau
    reach = math.sqrt(int.from_bytes(digest[8:16]) / 2**64) * room * 0.999
    parent: str = h3.cell_to_parent(cell, MAP_RESOLUTION)
    return _moved(centre, bearing, reach / _EARTH_RADIUS_M), parent


def _moved(start: tuple[float, float], bearing: float, arc: float) -> tuple[float, float]:
    """Return the (longitude, latitude) that lies an arc away (radians) on the great circle; right over a pole and the antimeridian too."""
    latitude = math.radians(start[0])
    sine = math.sin(latitude) * math.cos(arc) + math.cos(latitude) * math.sin(arc) * math.cos(bearing)
    east = math.atan2(math.sin(bearing) * math.sin(arc) * math.cos(latitude), math.cos(arc) - math.sin(latitude) * sine)
    moved = math.degrees(math.asin(max(-1.0, min(1.0, sine))))
    return round((start[1] + math.degrees(east) + 180) % 360 - 180, 7), round(moved, 7)


def _distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    a, b = math.radians(one[0]), math.radians(other[0])
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(other[1] - one[1]) / 2) ** 2
    return 2 * _EARTH_RADIUS_M * math.asin(math.sqrt(half))
