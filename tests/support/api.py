"""An HTTP client without HTTP: METHOD, path and query find the door that declares the route, so tests read like calls."""

from __future__ import annotations

import base64
import importlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from casework.entry.http import Door
from tests.support.apps import Answered, request_event
from tests.support.database import rows

if TYPE_CHECKING:
    from tests.support.apps import World

FUNCTIONS = Path(__file__).parents[2] / "functions"


@cache
def routes() -> dict[tuple[str, tuple[str, ...]], Door]:
    """Return every declared route with its door, literal segments before parameters."""
    modules = (".".join(path.relative_to(FUNCTIONS).with_suffix("").parts) for path in sorted(FUNCTIONS.rglob("*.py")))
    doors = [door for name in modules if isinstance(door := importlib.import_module(name).handler, Door)]
    keys = [(*route.split(), door) for door in doors for route in door.route.routes if route != "$default"]
    found = {(method, tuple(path.split("/"))): door for method, path, door in keys}
    return dict(sorted(found.items(), key=lambda item: [segment.startswith("{") for segment in item[0][1]]))


def find(method: str, path: str) -> tuple[Door, str, dict[str, str]]:
    """Return the door of a call, its route key and the path parameters; an unknown route is the `$default` door's."""
    segments = path.split("/")
    for (verb, pattern), door in routes().items():
        pairs = list(zip(pattern, segments, strict=False))
        if verb == method and len(pattern) == len(segments) and all(a == b or (a[:1] == "{" and b) for a, b in pairs):
            parameters = {a[1:-1]: unquote(b) for a, b in pairs if a[:1] == "{"}
            return door, f"{method} {'/'.join(pattern)}", parameters
    return importlib.import_module("ops.answer_unknown").handler, "$default", {}


class Api:
    """Calls to the doors of one world. `user`, `tenant`, `roles`, `token`, `headers` as keywords; bytes go as they are."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.latitude, self.longitude = 13.75, 100.53

    def elsewhere(self) -> Api:
        """Move the usual place eleven kilometres north, out of reach of what lies at the old one; return these calls."""
        self.latitude = round(self.latitude + 0.1, 6)
        return self

    def square(self, half: float = 0.01, *, east: float = 0.0) -> dict[str, Any]:
        """Return a square of `half` degrees to each side of the usual place, or of a place so many degrees east of it."""
        south, north = round(self.latitude - half, 6), round(self.latitude + half, 6)
        west, east = round(self.longitude + east - half, 6), round(self.longitude + east + half, 6)
        return {
            "type": "Polygon",
            "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
        }

    def get(self, path: str, **options: Any) -> Answered:
        return self.call("GET", path, None, **options)

    def post(self, path: str, body: object = None, **options: Any) -> Answered:
        return self.call("POST", path, body, **options)

    def patch(self, path: str, body: object = None, **options: Any) -> Answered:
        return self.call("PATCH", path, body, **options)

    def put(self, path: str, body: object = None, **options: Any) -> Answered:
        return self.call("PUT", path, body, **options)

    def delete(self, path: str, **options: Any) -> Answered:
        return self.call("DELETE", path, None, **options)

    def call(self, method: str, path: str, body: object = None, **options: Any) -> Answered:
        parts = urlsplit(path)
        door, route_key, parameters = find(method, parts.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        event = request_event(method, parts.path, b"" if isinstance(body, bytes) else body, query=query, **options)
        event |= {"routeKey": route_key, "rawQueryString": parts.query, "pathParameters": parameters or None}
        if isinstance(body, bytes):
            event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
        return Answered.of(door.answer(event, self.world.app(door.route.capability)))

    def report(self, **fields: Any) -> int:
        """Ingest one report and return its seq."""
        return self.reports(fields)[0]

    def reports(self, *items: dict[str, Any], **options: Any) -> list[int]:
        """Ingest reports that lie at the usual place unless they say otherwise; return their seqs."""
        usual = {"latitude": self.latitude, "longitude": self.longitude, "title": "Blocked drain"}
        answer = self.post("/api/v3/reports", [usual | item for item in items], **options)
        assert answer.status == 201, answer.json
        return [result["seq"] for result in answer.json["results"]]

    def open(self, seqs: list[int] | None = None, **fields: Any) -> dict[str, Any]:
        """Create a new case through v3 and return its detail."""
        usual = {"title": "Blocked drain", "report_seqs": seqs or [], "force_new_case": True}
        answer = self.post("/api/v3/cases", usual | fields)
        assert answer.status == 201, answer.json
        return answer.json

    def detail(self, case_id: str, **options: Any) -> dict[str, Any]:
        answer = self.get(f"/api/v3/cases/{case_id}", **options)
        assert answer.status == 200, answer.json
        return answer.json

    def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """Run a statement as the owner, who sees every tenant."""
        return rows(self.world.owner_url, statement, *values)

    def row_counts(self) -> dict[str, int]:
        """Return how many rows each table holds."""
        tables = self.rows("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
        union = " union all ".join(f"select '{row['relname']}' as name, count(*) as n from {row['relname']}" for row in tables)
        return {row["name"]: row["n"] for row in self.rows(union)}


def audit(detail: dict[str, Any]) -> list[str]:
    """Return the event types of a case's audit trail, oldest first."""
    return [event["event_type"] for event in detail["audit_events"]]
