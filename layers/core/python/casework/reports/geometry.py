"""The scope of an analysis: a GeoJSON polygon or multipolygon as a question "is this position inside?".

The 400 texts for the payload are the peer's (contract §4.1); every fault of a ring has its own reason. The border is
outside, holes exclude, parts unite even where they overlap, and a shape across the antimeridian is one shape.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.validation import explain_validity

from casework.kernel.errors import InvalidInput, Problem
from casework.reports.distances import Box, bounds_of
from casework.reports.rings import MAX_POSITIONS, count_positions, read_polygon, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from casework.reports.rings import Ring

MAX_BOXES = 16
"""Prefilter boxes before an archipelago is summed up in one."""
_TURNS = (0.0, 360.0, -360.0)
_DEPTHS = {"Polygon": 2, "MultiPolygon": 3}


class GeometryRequired(InvalidInput):
    """The field is absent or null."""

    slug = "geometry-required"
    title = "geometry is required"


class GeometryPayloadInvalid(InvalidInput):
    """The field is there and is no GeoJSON object that this route can use."""

    slug = "geometry-payload-invalid"
    title = "Invalid geometry payload"


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """An area to look into. `geometry` is the bare geometry exactly as it was given (a Feature is unwrapped)."""

    geometry: Mapping[str, object]
    shape: Polygon | MultiPolygon
    """Valid, prepared, on unrolled longitudes."""
    bbox: Box
    """Smallest box; `east` is above 180 where the shape crosses the antimeridian."""

    def contains(self, longitudes: ArrayLike, latitudes: ArrayLike) -> NDArray[np.bool_]:
        """Which positions (degrees, equal shapes) lie strictly inside."""
        lons = np.atleast_1d(np.asarray(longitudes, dtype=np.float64))
        lats = np.atleast_1d(np.asarray(latitudes, dtype=np.float64))
        west, _, east, _ = self.shape.bounds
        inside = np.zeros(lons.shape, dtype=np.bool_)
        for turn in _TURNS:
            if west <= 180.0 + turn and east >= turn - 180.0:  # some longitude of this turn can fall into the shape
                inside |= shapely.contains_xy(self.shape, lons + turn, lats)
        return inside

    def bounding_boxes(self) -> list[Box]:
        """Boxes inside [-180, 180] that hold the whole shape, for an index; at most `2 * MAX_BOXES`."""
        parts = self.shape.geoms if isinstance(self.shape, MultiPolygon) else [self.shape]
        boxes = [Box(*part.bounds) for part in parts] if len(parts) <= MAX_BOXES else [self.bbox]
        return sorted({piece for box in boxes for piece in box.split()})

    @property
    def centre(self) -> tuple[float, float]:
        """(longitude, latitude) of the middle of the bounding box."""
        return self.bbox.centre


def parse_scope(payload: object) -> Scope:
    """The scope of a request. Raises GeometryRequired, GeometryPayloadInvalid or GeometryInvalid."""
    if payload is None:
        msg = "geometry is required"
        raise GeometryRequired(msg, errors=[Problem("/geometry", msg)])
    geometry, pointer = _unwrap(payload)
    kind = geometry.get("type")
    if not isinstance(kind, str) or kind not in _DEPTHS:
        raise _unusable(f"unsupported geometry type: {_name(kind)}", f"{pointer}/type")
    coordinates, pointer = geometry.get("coordinates"), f"{pointer}/coordinates"
    if count_positions(coordinates, _DEPTHS[kind]) > MAX_POSITIONS:
        msg = f"more than {MAX_POSITIONS} positions"
        raise refuse(msg, pointer)
    parts = _read_parts(coordinates, kind, pointer)
    return _scope(geometry, parts)


def _unwrap(payload: object) -> tuple[Mapping[str, object], str]:
    """The bare geometry and its JSON pointer."""
    if not isinstance(payload, dict):
        msg = f"invalid geometry payload: expected a GeoJSON object, got {_json_name(payload)}"
        raise _unusable(msg, "/geometry")
    found = cast("dict[str, object]", payload)
    if found.get("type") != "Feature":
        return found, "/geometry"
    inner = found.get("geometry")
    if inner is None:
        msg = "feature missing geometry"
        raise _unusable(msg, "/geometry/geometry")
    if not isinstance(inner, dict):
        msg = f"invalid geometry payload: expected a GeoJSON object, got {_json_name(inner)}"
        raise _unusable(msg, "/geometry/geometry")
    return cast("dict[str, object]", inner), "/geometry/geometry"


def _unusable(detail: str, pointer: str) -> GeometryPayloadInvalid:
    return GeometryPayloadInvalid(detail, errors=[Problem(pointer, detail)])


def _name(kind: object) -> str:
    if kind is None:
        return "(missing)"
    return kind[:40] if isinstance(kind, str) else f"({_json_name(kind)})"


def _json_name(found: object) -> str:
    names: dict[type[object], str] = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        str: "a string",
        list: "an array",
        dict: "an object",
    }
    return names.get(type(found), "null")


def _read_parts(coordinates: object, kind: str, pointer: str) -> list[Polygon]:
    if kind == "Polygon":
        return [_polygon(read_polygon(coordinates, pointer), pointer)]
    if not isinstance(coordinates, list) or not coordinates:
        msg = "a multipolygon needs a list of at least one polygon"
        raise refuse(msg, pointer)
    places = enumerate(cast("list[object]", coordinates))
    return [_polygon(read_polygon(part, f"{pointer}/{place}"), f"{pointer}/{place}") for place, part in places]


def _polygon(rings: list[Ring], pointer: str) -> Polygon:
    for place, ring in enumerate(rings):
        flat = Polygon(ring)
        if not shapely.is_valid(flat):
            raise refuse(_reason(flat), f"{pointer}/{place}")
        if flat.area == 0:
            msg = "the ring encloses no area"
            raise refuse(msg, f"{pointer}/{place}")
    polygon = Polygon(rings[0], rings[1:])
    if not shapely.is_valid(polygon):
        raise refuse(_reason(polygon), pointer)
    return polygon


def _reason(shape: Polygon) -> str:
    """GEOS says "Ring Self-intersection[100.5 13.7]"; a client reads it in our words, with the place."""
    fault, _, place = explain_validity(shape).partition("[")
    words = {
        "self-intersection": "the ring crosses itself",
        "ring self-intersection": "the ring touches or crosses itself",
        "hole lies outside shell": "a hole lies outside its shell",
        "holes are nested": "a hole lies inside another hole",
        "interior is disconnected": "the holes cut the polygon into pieces",
        "duplicate rings": "two rings of the polygon are the same",
        "too few points in geometry component": "a ring needs at least three different positions",
    }
    numbers = re.findall(r"-?\d+(?:\.\d+)?", place)
    where = f" at longitude {numbers[0]}, latitude {numbers[1]}" if len(numbers) > 1 else ""
    reason = words.get(fault.strip().lower(), fault.strip().lower())
    if reason == "the ring crosses itself" and shape.interiors:
        reason = "its rings cross each other"
    return reason + where


def _scope(geometry: Mapping[str, object], parts: list[Polygon]) -> Scope:
    joined = shapely.union_all(parts) if len(parts) > 1 else parts[0]
    shape = joined if isinstance(joined, Polygon | MultiPolygon) else MultiPolygon(parts)
    shapely.prepare(shape)
    return Scope(geometry=geometry, shape=shape, bbox=_bbox(parts))


def _bbox(parts: list[Polygon]) -> Box:
    """Parts drawn on either side of the antimeridian belong together: the smallest box round all of them."""
    boxes = [Box(*part.bounds) for part in parts]
    west, south = min(box.west for box in boxes), min(box.south for box in boxes)
    plain = Box(west, south, max(box.east for box in boxes), max(box.north for box in boxes))
    pieces = [piece for box in boxes for piece in box.split()]
    ends = [longitude for piece in pieces for longitude in (piece.west, (piece.west + piece.east) / 2, piece.east)]
    around = bounds_of([plain.south, plain.north] * len(ends), [end for end in ends for _ in range(2)])
    widest = max(box.east - box.west for box in boxes)
    if around is None or around.area >= plain.area or around.east - around.west < widest:
        return plain
    return around
