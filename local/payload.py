"""Between HTTP and Lambda: payload format 2.0 events and the answers that functions give to them; pure.

Source: API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs". What is not written there was
taken from what the service does: the path arrives decoded, the query string does not; a body is text only where its
content type says so.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

from local.functions import Json
from local.routes import Match

# Quotas of HTTP APIs: 10 MB payload, 10,240 bytes of request line and headers; of Lambda: 6 MB answer.
LARGEST_BODY = 10 * 1024 * 1024
LARGEST_HEAD = 10_240
LARGEST_ANSWER = 6 * 1024 * 1024
_TEXT = re.compile(r"text/|application/(json|xml|javascript)\b|application/[\w.+-]+\+(json|xml)\b", re.IGNORECASE)


@dataclass(frozen=True)
class HttpRequest:
    """What came over the socket; header names and values as they were, in their order."""

    method: str
    raw_path: str
    query: str
    headers: Iterable[tuple[str, str]]
    body: bytes
    client: str
    scheme: str = "http"
    version: str = "1.1"


@dataclass(frozen=True)
class HttpAnswer:
    """What goes over the socket."""

    status: int
    body: bytes
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def message(status: int, text: str) -> HttpAnswer:
    """An answer of the gateway itself."""
    return HttpAnswer(status, json.dumps({"message": text}).encode(), [("content-type", "application/json")])


INTERNAL_ERROR = message(500, "Internal Server Error")
NOT_FOUND = message(404, "Not Found")
TOO_LARGE = message(413, "Request Entity Too Large")
HEAD_TOO_LARGE = message(431, "Request Header Fields Too Large")
TIMED_OUT = message(503, "Service Unavailable")


def event_of(request: HttpRequest, match: Match, request_id: str, now: datetime) -> dict[str, Any]:
    """The payload 2.0 event of a request."""
    headers = _joined(request.headers)
    cookies = headers.pop("cookie", "")
    path = unquote(request.raw_path, errors="replace")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.route.key,
        "rawPath": path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": _context(request, match, headers, path, request_id, now),
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = [cookie.strip() for cookie in cookies.split(";")]
    if query := _query(request.query):
        event["queryStringParameters"] = query
    if match.parameters:
        event["pathParameters"] = dict(match.parameters)
    if request.body:
        event["body"], event["isBase64Encoded"] = _body(request.body, headers.get("content-type", ""))
    return event


def answer_of(result: Json) -> HttpAnswer:
    """What a function's result means; without a statusCode the whole result is the JSON body of a 200.

    Raises ValueError or TypeError for a result that the real service would refuse.
    """
    if not isinstance(result, dict) or "statusCode" not in result:
        body = result if isinstance(result, str) else json.dumps(result)
        return _within_limit(HttpAnswer(200, body.encode(), [("content-type", "application/json")]))
    answer = cast("dict[str, Any]", result)
    headers = [(str(name).lower(), _text(value)) for name, value in (answer.get("headers") or {}).items()]
    headers += [("set-cookie", cookie) for cookie in answer.get("cookies") or []]
    body = answer.get("body") or ""
    text = body if isinstance(body, str) else json.dumps(body)
    content = base64.b64decode(text, validate=True) if answer.get("isBase64Encoded") else text.encode()
    if not any(name == "content-type" for name, _ in headers) and content:
        headers.append(("content-type", "text/plain;charset=UTF-8"))
    return _within_limit(HttpAnswer(int(answer["statusCode"]), content, headers), len(text))


# What answer_of raises.
REFUSED_RESULTS = (ValueError, TypeError, KeyError, AttributeError, binascii.Error)


def _within_limit(answer: HttpAnswer, size: int | None = None) -> HttpAnswer:
    if (len(answer.body) if size is None else size) > LARGEST_ANSWER:
        raise ValueError("the function's answer is larger than the 6 MB that Lambda carries")
    if not 100 <= answer.status <= 599:
        raise ValueError(f"{answer.status} is no HTTP status")
    return answer


def _joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        separator = "; " if key == "cookie" else ","
        joined[key] = f"{joined[key]}{separator}{value}" if key in joined else value
    return joined


def _query(text: str) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _body(body: bytes, content_type: str) -> tuple[str, bool]:
    """Text of a text body, else (also where the text is no UTF-8) base64, so that no byte is lost on the way."""
    if _TEXT.match(content_type):
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode(), True


def _context(request: HttpRequest, match: Match, headers: dict[str, str], path: str, request_id: str, now: datetime) -> dict[str, Any]:
    host = headers.get("host", "127.0.0.1")
    headers.setdefault("x-forwarded-for", request.client)
    headers.setdefault("x-forwarded-proto", request.scheme)
    headers.setdefault("x-forwarded-port", host.rpartition(":")[2] if ":" in host else "80")
    return {
        "accountId": "123456789012",
        "apiId": "local",
        "domainName": host,
        "domainPrefix": host.partition(".")[0],
        "http": {
            "method": request.method,
            "path": path,
            "protocol": f"HTTP/{request.version}",
            "sourceIp": request.client,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request_id,
        "routeKey": match.route.key,
        "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now.timestamp() * 1000),
    }


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
