"""What this room knows of places and words, for rooms that may not look inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.reports.distances import Box, haversine_m, iou
from casework.reports.geometry import Scope, parse_scope
from casework.reports.tokens import tokenise
from casework.reports.words import contract_words, has_thai_or_han

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Bounds = tuple[float, float, float, float]


class Geography:
    """Distances, boxes, shapes, and the words of a text."""

    def distance_m(self, latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
        """Return metres between two positions in degrees."""
        return haversine_m(latitude, longitude, other_latitude, other_longitude)

    def overlap(self, one: Bounds, other: Bounds) -> float:
        """Return intersection over union of two boxes (west, south, east, north) in plain degrees."""
        return iou(Box(*one), Box(*other))

    def tokens(self, text: str) -> frozenset[str]:
        """Return the words that a text and a case are compared by: the contract's own, and ours where it cannot part a script."""
        return frozenset(tokenise(text)) if has_thai_or_han(text) else contract_words(text)

    def touching(self, scope: Scope) -> Callable[[Mapping[str, Any]], bool]:
        """Return the question whether a GeoJSON area meets a scope."""
        return lambda geometry: bool(scope.shape.intersects(parse_scope(geometry).shape))
