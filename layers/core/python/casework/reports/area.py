"""What a selection of reports needs to know of a part of the globe; a drawn scope and a disc both answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from casework.reports.distances import Box


class Area(Protocol):
    """Boxes in degrees that hold it, for the index, and the exact answer for many positions at once."""

    def bounding_boxes(self) -> list[Box]:
        """Return boxes inside [-180, 180] that together hold the whole area."""
        ...

    def contains(self, longitudes: ArrayLike, latitudes: ArrayLike) -> NDArray[Any]:
        """Return which positions lie inside."""
        ...
