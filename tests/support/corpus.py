"""Requests that nobody should send, made by hand, for every operation of the document: bodies, paths, queries, headers, methods.

`refused` says that the answer must be a 4xx and that nothing may be stored; the others may be answered either way, but never by a 5xx.
"""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from casework.entry.body import BODY_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.support.fuzzing import Ground

Headers = tuple[tuple[str, str], ...]
_PARAMETER = re.compile(r"\{\w+\}")
JSON: Headers = (("content-type", "application/json"),)


class Hostile(NamedTuple):
    """One request, as it goes over the wire (without the caller's credentials)."""

    name: str
    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""
    refused: bool = False


def _bodies(texts: Iterable[bytes | str], headers: Headers = JSON) -> dict[str, tuple[bytes, Headers]]:
    bodies = [text.encode() if isinstance(text, str) else text for text in texts]
    return {f"body {body[:32]!r} of {len(body)} bytes": (body, headers) for body in bodies}


_NOT_JSON = [
    " ",
    "null",
    "true",
    "0",
    '"text"',
    "{",
    "}",
    "{'title': 'x'}",
    '{"title": "x",}',
    '{"title": "x"} {}',
    "// x\n{}",
    "\ufeff{}",
    "\x00",
]
_NOT_UNICODE = [b"\xff", b'{"title": "\xff\xfe"}', b'{"title": "\xed\xa0\x80"}', b'{"title": "a\x00b"}', '{"title": "x"}'.encode("utf-16")]
_NOT_TEXT = [r'{"title": "a\u0000b"}', r'{"a\u0000b": 1}', r'{"title": "\ud800"}', r'{"\udfff": 1}', r'{"title": "\udc00\ud800"}']
_NOT_NUMBERS = [f'{{"title": {number}}}' for number in ("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000, "1e" + "9" * 5000)]
_NOT_SHALLOW = ["[" * 20_000, "[" * 20_000 + "]" * 20_000, '{"a":' * 20_000 + "1" + "}" * 20_000, '{"title": ' + "[" * 65 + "]" * 65 + "}"]
_NOT_SMALL = ['{"title": "' + "x" * BODY_LIMIT + '"}', " " * (BODY_LIMIT + 1)]
UNREADABLE: dict[str, tuple[bytes, Headers]] = {
    **_bodies([*_NOT_JSON, *_NOT_UNICODE, *_NOT_TEXT, *_NOT_NUMBERS, *_NOT_SHALLOW, *_NOT_SMALL]),
    "gzip": (gzip.compress(b'{"title": "x"}'), (*JSON, ("content-encoding", "gzip"))),
    "multipart without a boundary": (b"--x\r\n\r\n--x--", (("content-type", "multipart/form-data"),)),
    "form": (b"title=x&report_seqs=1", (("content-type", "application/x-www-form-urlencoded"),)),
    "xml": (b"<case><title>x</title></case>", (("content-type", "application/xml"),)),
    "utf-16 by its charset": ('{"title": "x"}'.encode("utf-16-le"), (("content-type", "application/json; charset=utf-16"),)),
}

_LIKE_CODE = "'; drop table cases; --<script>alert(1)</script>{{7*7}}%s${x}"
_WRONG_TYPES: dict[str, object] = {
    **{name: {} for name in ("title", "title_en", "language", "status")},
    **{name: [True, "1", None, {}] for name in ("report_seqs", "target_ids", "recipients")},
    **dict.fromkeys(("case_type", "target_case_id", "case_id", "email"), 1),
    **dict.fromkeys(("seq", "n", "source_case_ids", "geometry", "source_type", "action_id"), "1"),
}
_EDGES = {
    "title": "x", "seq": 9999999999999999999, "report_seqs": [2**63], "anchor_report_seq": -(2**59), "n": -1, "radius_km": 1e308,
    "target_ids": [2**31, 2**63], "action_id": 9999999999999999999, "confidence": -1e-320, "latitude": 90, "longitude": -180,
}  # fmt: skip
ODD: dict[str, tuple[bytes, Headers]] = {
    "nothing": (b"", ()),
    "a thousand empty objects": (b"[" + b",".join([b"{}"] * 1000) + b"]", JSON),
    "duplicate keys": (b'{"title": "a", "title": 1, "status": "open", "status": null, "seq": 1, "seq": "x"}', JSON),
    "prototype names": (b'{"__proto__": {}, "constructor": 1, "__class__": "x", "": ""}', JSON),
    "fields of the wrong type": (json.dumps(_WRONG_TYPES).encode(), JSON),
    "numbers at the edges": (json.dumps(_EDGES).encode(), JSON),
    "text that breaks terminals": (json.dumps({"title": "\u202e\u0007\u001b[2J\u2028\ufffe", "summary": "\u0e33\u0301"}).encode(), JSON),
    "text that looks like code": (json.dumps({"title": _LIKE_CODE, "title_en": _LIKE_CODE}).encode(), JSON),
    "no content type": (b'{"title": "x"}', ()),
    "text by its content type": (b'{"title": "x"}', (("content-type", "text/plain"),)),
    "not base64, although it says so": (b"%%%", (*JSON, ("content-transfer-encoding", "base64"))),
    **_bodies([b"{}", b"[]", b'[null, true, 0, "x", [], {}]']),
}

_SEGMENTS = """
%00 case_%00 .. %2e%2e %2f a%2fb %5c %ff %ed%a0%80 %e0%b9%80%e0%b8%81 %F0%9F%92%A5 %25 % %zz %0d%0aset-cookie:x %20 %E2%80%AE
' %22 * - null undefined {case_id} 0 -1 1e3 0x1 CASE-261121-7K3Q case_000000000000 00000000000000000000000000000000
00000000-0000-0000-0000-000000000000 urn:uuid:00000000-0000-0000-0000-000000000000
"""
SEGMENTS = [*_SEGMENTS.split(), "9" * 30, "x" * 4000]
"""Path segments that name nothing."""
NUMBERS = ["1.0", "%2B1", "%201", "1_0", "%EF%BC%91"]
"""Path segments that may name a number, to those who read generously."""
_QUERIES = """
status=%00 %00=1 status=%ed%a0%80 status=%ff status=,,, limit= limit=0 limit=-1 limit=101 limit=1e3 limit=true limit=NaN
limit=1&limit=2 sort= sort=--created_at sort=created_at%3B created_by='%20or%201=1-- cursor= cursor=%00 cursor===== cursor=e30
cursor=W10 cursor=WyJ4Il0 cursor=%E0%B8%81 seq= seq=0 seq=-1 seq=1.0 seq=1&seq=2 seq=%00 seq=%EF%BC%91 seq[]=1 && = % %zz=1 x=1
"""
_LONG_QUERIES = ["status=" + "a," * 3000, "cursor=" + "A" * 1001, "cursor=" + "W" * 999, "a" * 9000]
QUERIES = [*_QUERIES.split(), *_LONG_QUERIES, *(f"{name}={'9' * 5000}" for name in ("severity", "limit", "seq"))]
_VALUES = {
    "idempotency-key": ["", " ", "a" * 256, "\x7f", "\xff", "\xe0\xb8\x81", "a,b"],
    "if-match": ["", "*", '"v-1"', '"v999999999999999"', '"v1", "v2"', 'W/"v1"', "\xff", '"' * 500],
    "prefer": ["wait=0", "wait=-1", "wait=nan", "wait=", "wait=" + "0" * 5000, "wait=\xb2", "respond-async"],
    "accept-encoding": ["", "\xff", "gzip;q=0", "gzip, " * 500],
    "x-tenant": ["", "acme", "\xff", "../bangkok", "x" * 5000],
}
HEADERS: list[Headers] = [
    *(((name, value),) for name, values in _VALUES.items() for value in values),
    (("idempotency-key", "a"), ("idempotency-key", "b")),
    (("x-user-id", "u2"), ("x-user-role", "admin"), ("x-forwarded-for", "127.0.0.1, \xff")),
    (("x-http-method-override", "DELETE"), ("x-original-url", "/api/cases"), ("x-rewrite-url", "/api/cases")),
    (("accept", "text/html;q=\xff"), ("accept-language", "th-\xff"), ("origin", "null"), ("cookie", "a=b; c=\xff"), ("cookie", ";;;=")),
    (("x-huge", "h" * 9000),),
    tuple((f"x-{number}", "h") for number in range(200)),
]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "FOO"]
TOKENS = [
    "",
    "Bearer",
    "Bearer ",
    "bearer x",
    "Basic dTE6dTE=",
    *(f"Bearer {it}" for it in ("a.b.c", "\xff", "a" * 4000, "." * 500, "e30.e30.e30")),
]


def operations(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return method and path template of every operation."""
    return [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]


def real_path(template: str, ground: Ground) -> str:
    """Return the template's path to something that is there; an opt-out token is a secret, so that one is made up."""
    return template.format(case_id=ground.case_ids[0], seq=ground.seqs[0], name="sla_model", token="00000000-0000-0000-0000-000000000000")


def unreadable(method: str, path: str) -> Iterator[Hostile]:
    """Yield bodies that no operation which reads one may take."""
    for name, (body, headers) in UNREADABLE.items():
        yield Hostile(name, method, path, headers=headers, body=body, refused=True)


def odd(method: str, template: str, ground: Ground) -> Iterator[Hostile]:
    """Yield everything else: odd bodies, paths, queries and headers."""
    path = real_path(template, ground)
    if method != "GET":
        yield from (Hostile(name, method, path, headers=headers, body=body) for name, (body, headers) in ODD.items())
    if "{" in template:
        for segment in (*SEGMENTS, *NUMBERS):
            elsewhere = _PARAMETER.sub(lambda _, it=segment: it, template)
            yield Hostile(f"segment {segment[:40]}", method, elsewhere, headers=JSON, body=b"{}", refused=segment in SEGMENTS)
    yield from (Hostile(f"query {query[:40]}", method, path, query=query, headers=JSON, body=b"{}") for query in QUERIES)
    yield from (Hostile(f"headers {str(headers)[:60]}", method, path, headers=(*JSON, *headers), body=b"{}") for headers in HEADERS)


def complaint(hostile: Hostile, status: int, headers: Mapping[str, str], body: bytes) -> str | None:
    """Return what is wrong with an answer, None when it is as it must be."""
    where = f"{hostile.method} {hostile.path[:60]} ({hostile.name}): {status}"
    if status >= 500:
        return f"{where}, a fault of ours"
    if hostile.refused and not 400 <= status < 500:
        return f"{where}, not refused"
    if "json" in headers.get("content-type", "") and hostile.method != "HEAD":
        try:
            json.loads(body if headers.get("content-encoding") != "gzip" else gzip.decompress(body))
        except ValueError:
            return f"{where}, the answer is no JSON"
    return None
