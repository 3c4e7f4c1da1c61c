"""One HTTP API request (payload 2.0) and the answer to it."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Mapping

COMPRESS_ABOVE = 256 * 1024
ANSWER_LIMIT = 5_900_000
"""Lambda cuts an answer at 6 MB, its envelope included."""


class Request:
    """What a door may know of a request. Header names are lower case; repeated ones come joined by commas, as API Gateway does."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        """Wrap a payload-2.0 event."""
        http = event["requestContext"]["http"]
        self.event = event
        self.method: str = http["method"]
        self.path: str = event["rawPath"]
        self.route_key: str = event.get("routeKey", "")
        self.headers: Mapping[str, str] = event.get("headers") or {}
        self.query: Mapping[str, str] = event.get("queryStringParameters") or {}
        self.path_parameters: Mapping[str, str] = event.get("pathParameters") or {}
        self.id: str = event["requestContext"].get("requestId", "")

    @cached_property
    def body(self) -> bytes:
        """The body's bytes as they were sent."""
        text: str = self.event.get("body") or ""
        if self.event.get("isBase64Encoded"):
            return base64.b64decode(text)
        return text.encode("utf-8", "surrogatepass")

    def header(self, name: str) -> str | None:
        """Return a header's value; `name` in lower case."""
        return self.headers.get(name)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a JSON value, or text where `content_type` says so.

    `resource` names what a command changed; where the door declares a view, the body is rendered from it, on a replay too.
    """

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    content_type: str = "application/json"
    resource: str | None = None


def to_json(value: object) -> str:
    """Return JSON with RFC 3339 UTC times (`Z`), ids as text and models dumped."""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def to_event(reply: Reply, accepts: str = "") -> dict[str, Any]:
    """Return the payload-2.0 answer; compressed when it is large and the client takes gzip."""
    text = reply.body if isinstance(reply.body, str) and reply.content_type.startswith("text/") else to_json(reply.body)
    headers = {"content-type": reply.content_type, "cache-control": "no-store", **reply.headers}
    if len(text) > COMPRESS_ABOVE and "gzip" in accepts:
        packed = base64.b64encode(gzip.compress(text.encode(), 5)).decode()
        headers |= {"content-encoding": "gzip", "vary": "accept-encoding"}
        return {"statusCode": reply.status, "headers": headers, "body": packed, "isBase64Encoded": True}
    return {"statusCode": reply.status, "headers": headers, "body": text, "isBase64Encoded": False}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, UUID | date):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | set):
        return sorted(value)  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
    message = f"no JSON form for {type(value).__name__}"
    raise TypeError(message)
