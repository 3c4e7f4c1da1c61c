"""A database with something in it, and the calls that a client makes: payload-2.0 events with a real token.

Tokens carry a `jti`, as those that `case-cli token` mints, so every call pays for the look-up of revoked ones.
"""

from __future__ import annotations

import itertools
import json
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import jwt

from benchmarks.labelled_reports import SIDE_DEGREES, SOUTH, WEST, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from casework.reports.clustering import ClusterReport

CASES = 2_000
FAR_DEGREES = 2.0
"""How far north of the city the small set of reports lies, so that each set has a scope of its own."""
TITLE = "Street flooded at the mouth of the lane"
CASE_BODY = {"case_type": "flood_drainage", "title_en": TITLE, "location": {"latitude": 13.7345, "longitude": 100.5253}}
_numbers = itertools.count(1)


def a_token(secret: str, user: str = "u1") -> str:
    """Return a bearer token of the demo city's case owner."""
    claims = {
        "user_id": user, "tenant": "bangkok", "type": "access", "exp": int(time.time()) + 36_000, "jti": str(uuid4()),
        "roles": ["case_owner"],
    }  # fmt: skip
    return jwt.encode(claims, secret, algorithm="HS256")


def event(token: str, method: str, path: str, body: object = None, query: str = "", **parameters: str) -> dict[str, Any]:
    """Return a payload-2.0 event as API Gateway makes it."""
    pairs = dict(pair.split("=") for pair in query.split("&") if pair)
    text = None if body is None else json.dumps(body, ensure_ascii=False)
    return {
        "version": "2.0", "routeKey": f"{method} {path}", "rawPath": path, "rawQueryString": query,
        "headers": {
            "authorization": f"Bearer {token}", "content-type": "application/json", "host": "api.example.org", "accept": "*/*",
            "user-agent": "bench", "x-forwarded-for": "203.0.113.9",
        },
        "queryStringParameters": pairs or None, "pathParameters": parameters or None, "body": text, "isBase64Encoded": False,
        "requestContext": {
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9", "userAgent": "bench"},
            "requestId": f"request-{next(_numbers)}", "stage": "$default",
        },
    }  # fmt: skip


def report_items(reports: Sequence[ClusterReport], north: float = 0.0) -> list[dict[str, Any]]:
    """Return reports as a client sends them, moved north by so many degrees."""
    return [
        {
            "latitude": one.latitude + north, "longitude": one.longitude, "timestamp": one.observed_at.isoformat(), "title": one.title,
            "summary": one.summary, "description": one.description, "language": one.language, "severity_level": one.severity,
        }
        for one in reports
    ]  # fmt: skip


def city(size: int) -> list[ClusterReport]:
    """Return so many reports spread over the city."""
    return spread(size).reports[:size]


def scope(north: float = 0.0) -> dict[str, Any]:
    """Return the city's outline, moved north by so many degrees."""
    south, west = SOUTH - 0.05 + north, WEST - 0.05
    top, east = south + SIDE_DEGREES + 0.1, west + SIDE_DEGREES + 0.1
    return {"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, top], [west, top], [west, south]]]}


def fill(call: Callable[[str, str, object], Any]) -> str:
    """Store 5,000 reports in the city, 250 far north of it and 2,000 cases; return the alias of the last case.

    `call(method, path, body)` performs a call and returns the JSON of its answer.
    """
    for north, size in ((0.0, 5_000), (FAR_DEGREES, 250)):
        items = report_items(city(size), north)
        for start in range(0, len(items), 1_000):
            call("POST", "/api/v3/reports", items[start : start + 1_000])
    answers = [call("POST", "/api/cases", CASE_BODY | {"title_en": f"{TITLE} {number}"}) for number in range(CASES)]
    return answers[-1]["case_id"]
