"""What the linked reports make of a case (contract §8.7): pure arithmetic over their severities, times and positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casework.cases.events import Aggregates

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

PublicPoint = tuple[tuple[float, float], str]
"""The keyed point (longitude, latitude) and the H3 cell for maps."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A linked report: severity 0..1, when, and exactly where (degrees)."""

    seq: int
    severity: float
    observed_at: datetime
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The area of a saved cluster: its geometry and `[west, south, east, north]`."""

    geometry: dict[str, Any] | None
    bbox: tuple[float, float, float, float] | None


def aggregate(
    witnesses: Sequence[Witness], snapshots: Sequence[Snapshot], own_geometry: dict[str, Any] | None, *, last_link_at: datetime | None,
    publish: Callable[[float, float], PublicPoint],
) -> Aggregates:  # fmt: skip
    """Return the aggregates. `publish(latitude, longitude)` gives the public point; exact positions go no further than here."""
    geometry, bbox = _area(snapshots, own_geometry)
    if not witnesses:
        return Aggregates(aggregate_geometry=geometry, aggregate_bbox=bbox)
    worst = max(witness.severity for witness in witnesses)
    mean = sum(witness.severity for witness in witnesses) / len(witnesses)
    anchor = max(witnesses, key=lambda witness: (witness.severity, witness.observed_at, -witness.seq))
    location, cell = publish(anchor.latitude, anchor.longitude)
    clusters = len(snapshots)
    return Aggregates(
        severity_score=worst,
        criticality_score=worst,
        urgency_score=min(1.0, max(worst, mean + 0.05 * (clusters - 1))),
        trend_score=min(1.0, clusters / 5),
        anchor_report_seq=anchor.seq,
        location=location,
        h3_cell=cell,
        first_seen_at=min(witness.observed_at for witness in witnesses),
        last_seen_at=max(witness.observed_at for witness in witnesses),
        last_cluster_at=last_link_at,
        aggregate_geometry=geometry,
        aggregate_bbox=bbox,
    )


def _area(
    snapshots: Sequence[Snapshot], own_geometry: dict[str, Any] | None
) -> tuple[dict[str, Any] | None, tuple[float, float, float, float] | None]:
    shapes = [snapshot.geometry for snapshot in snapshots if snapshot.geometry] or ([own_geometry] if own_geometry else [])
    boxes = [snapshot.bbox for snapshot in snapshots if snapshot.bbox]
    features = [{"type": "Feature", "properties": {}, "geometry": shape} for shape in shapes]
    collection = {"type": "FeatureCollection", "features": features} if features else None
    if not boxes:
        return collection, None
    west, south, east, north = zip(*boxes, strict=True)
    return collection, (min(west), min(south), max(east), max(north))
