"""Reports for tests: as a client sends them, and answers with them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tests.support.database import rows
from v3.ingest_reports import handler as ingest

if TYPE_CHECKING:
    from tests.support.apps import World

LATITUDE, LONGITUDE = 13.75, 100.53
METRES_PER_DEGREE = math.radians(1) * 6_371_000


def a_report(latitude: float = LATITUDE, longitude: float = LONGITUDE, **fields: Any) -> dict[str, Any]:
    return {"latitude": latitude, "longitude": longitude, "title": "Blocked drain"} | fields


def north_of(metres: float, **fields: Any) -> dict[str, Any]:
    """Return a report so many metres north of the usual place, on the sphere."""
    return a_report(LATITUDE + metres / METRES_PER_DEGREE, **fields)


def east_of(metres: float, **fields: Any) -> dict[str, Any]:
    """Return a report so many metres east, along a great circle's chord of the parallel."""
    half = math.asin(math.sin(metres / 6_371_000 / 2) / math.cos(math.radians(LATITUDE)))
    return a_report(LATITUDE, LONGITUDE + math.degrees(2 * half), **fields)


def send(world: World, *reports: Any, **options: Any) -> list[int]:
    """Ingest reports through the door; return their seqs."""
    answer = world.call(ingest, "/api/v3/reports", list(reports), **options)
    return [result["seq"] for result in answer.json["results"]]


def stored(world: World) -> int:
    """Return how many reports there are, in every tenant."""
    return int(str(rows(world.owner_url, "select count(*) as n from reports")[0]["n"]))


def a_square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring(west, south, east, north)]}


def ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]
