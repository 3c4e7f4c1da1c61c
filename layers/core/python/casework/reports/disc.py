"""The area within a radius of a position: a spherical cap, right at the antimeridian and at the poles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.reports.distances import haversine_many_m, radius_boxes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from casework.reports.distances import Box


@dataclass(frozen=True, slots=True)
class Disc:
    """Degrees and metres; the rim belongs to it."""

    latitude: float
    longitude: float
    radius_m: float

    def bounding_boxes(self) -> list[Box]:
        """Return boxes inside [-180, 180] that together hold the disc."""
        return radius_boxes(self.latitude, self.longitude, self.radius_m)

    def contains(self, longitudes: ArrayLike, latitudes: ArrayLike) -> NDArray[np.bool_]:
        """Return which positions are at most the radius away, as the crow flies."""
        return haversine_many_m(self.latitude, self.longitude, latitudes, longitudes) <= self.radius_m
