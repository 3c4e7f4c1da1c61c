"""The box round a selection of reports, where no geometry was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.cases.ports import Bounds, Work


NOWHERE = (0.0, 0.0)
"""What a device without a position sends: it bounds nothing (contract §7)."""


def bounds_of_reports(work: Work, seqs: Sequence[int]) -> tuple[Bounds | None, tuple[float, float] | None]:
    """Return (west, south, east, north) and the centre (latitude, longitude) of the visible reports, both None where there is none."""
    places = [(witness.longitude, witness.latitude) for witness in work.cases.witnesses(seqs)]
    places = [place for place in places if place != NOWHERE]
    if not places:
        return None, None
    west, east = min(x for x, _ in places), max(x for x, _ in places)
    south, north = min(y for _, y in places), max(y for _, y in places)
    return (west, south, east, north), ((south + north) / 2, (west + east) / 2)
