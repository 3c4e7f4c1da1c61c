"""Distances on the sphere and the boxes that prefilter them.

Degrees in, metres out; the sphere is the contract's (R = 6,371 km), so a distance here equals the one an oracle
computes. Boxes are plain longitude/latitude rectangles for an index: they may hold too much, never too little.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS_M = 6_371_000.0
_BOX_SLACK_DEGREES = 1e-9


class Box(NamedTuple):
    """Degrees, borders included. `east` exceeds 180 where a box crosses the antimeridian and has not been split."""

    west: float
    south: float
    east: float
    north: float

    @property
    def area(self) -> float:
        """Square degrees."""
        return max(0.0, self.east - self.west) * max(0.0, self.north - self.south)

    @property
    def centre(self) -> tuple[float, float]:
        """(longitude in [-180, 180), latitude)."""
        return normalise_longitude((self.west + self.east) / 2), (self.south + self.north) / 2

    def split(self) -> list[Box]:
        """The same box as one or two boxes inside [-180, 180]."""
        if self.east - self.west >= 360:  # noqa: PLR2004 - a full turn
            return [Box(-180.0, self.south, 180.0, self.north)]
        west = self.west if -180 <= self.west <= 180 else normalise_longitude(self.west)  # noqa: PLR2004
        east = west + (self.east - self.west)
        if east <= 180:  # noqa: PLR2004
            return [Box(west, self.south, east, self.north)]
        return [Box(west, self.south, 180.0, self.north), Box(-180.0, self.south, east - 360.0, self.north)]


def normalise_longitude(longitude: float) -> float:
    """The same meridian in [-180, 180)."""
    return (longitude + 180.0) % 360.0 - 180.0


def haversine_m(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance in metres between two positions in degrees."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    half_chord = (
        math.sin((other_phi - phi) / 2) ** 2
        + math.cos(phi) * math.cos(other_phi) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half_chord)))


def haversine_many_m(
    latitudes: ArrayLike, longitudes: ArrayLike, other_latitudes: ArrayLike, other_longitudes: ArrayLike
) -> NDArray[np.float64]:
    """`haversine_m` over arrays that broadcast against each other."""
    phi, other_phi = np.radians(latitudes), np.radians(other_latitudes)
    turn = np.radians(np.subtract(other_longitudes, longitudes))
    half_chord = np.sin((other_phi - phi) / 2) ** 2 + np.cos(phi) * np.cos(other_phi) * np.sin(turn / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(half_chord))), dtype=np.float64)


def radius_boxes(latitude: float, longitude: float, radius_m: float) -> list[Box]:
    """One or two boxes round all within `radius_m` metres; the whole band where the circle reaches a pole."""
    reach = math.degrees(radius_m / EARTH_RADIUS_M) + _BOX_SLACK_DEGREES
    south, north = max(-90.0, latitude - reach), min(90.0, latitude + reach)
    widest = math.sin(math.radians(min(reach, 90.0))) / max(math.cos(math.radians(latitude)), 1e-12)
    if abs(latitude) + reach >= 90 or widest >= 1:  # noqa: PLR2004 - the circle holds a pole
        return [Box(-180.0, south, 180.0, north)]
    sideways = math.degrees(math.asin(widest)) + _BOX_SLACK_DEGREES
    return Box(longitude - sideways, south, longitude + sideways, north).split()


def bounds_of(latitudes: ArrayLike, longitudes: ArrayLike) -> Box | None:
    """The smallest box round positions, across the antimeridian where that is smaller; None without any."""
    lats, lons = np.asarray(latitudes, dtype=np.float64), np.sort(np.asarray(longitudes, dtype=np.float64))
    if lats.size == 0:
        return None
    gaps = np.diff(np.append(lons, lons[0] + 360.0))
    after = int(np.argmax(gaps))
    if after == lons.size - 1:
        west, east = float(lons[0]), float(lons[-1])
    else:
        west, east = float(lons[after + 1]), float(lons[after]) + 360.0
    return Box(west, float(lats.min()), east, float(lats.max()))


def iou(one: Box, other: Box) -> float:
    """Intersection over union in plain degrees (contract §7), 0..1; boxes without area never overlap."""
    return max(_plain_iou(one, Box(other.west + turn, other.south, other.east + turn, other.north)) for turn in (-360.0, 0.0, 360.0))


def _plain_iou(one: Box, other: Box) -> float:
    width = min(one.east, other.east) - max(one.west, other.west)
    height = min(one.north, other.north) - max(one.south, other.south)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (one.area + other.area - shared)
