"""Requests that nobody should send, made by hand, for every operation of the document: bodies, paths, queries, headers, methods.

`refused` says that the answer must be a 4xx and that nothing may be stored; the others may be answered either way, but never by a 5xx.
"""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.fuzzing import Ground

Headers = tuple[tuple[str, str], ...]
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


def _bytes(*texts: str) -> list[bytes]:
    return [text.encode() for text in texts]


UNREADABLE: dict[str, tuple[bytes, Headers]] = {
    f"body {number}: {body[:24]!r}": (body, JSON)
    for number, body in enumerate(
        [
            *_bytes(" ", "null", "true", "0", '"text"', "{", "}", "{'title': 'x'}", '{"title": "x",}', '{"title": "x"} {}', "// x\n{}", "\ufeff{}"),
            *_bytes('{"title": NaN}', '{"title": Infinity}', '{"title": -Infinity}', '{"title": 1e999}', '{"title": -1e999}'),
            *_bytes('{"title": "a\\u0000b"}', '{"a\\u0000b": 1}', '{"title": "\\ud800"}', '{"\\udfff": 1}', '{"title": "\\udc00\\ud800"}'),
            b'{"title": "a\x00b"}', b'{"title": "\xff\xfe"}', b'{"title": "\xed\xa0\x80"}', b"\x00", b"\xff", '{"title": "x"}'.encode("utf-16"),
            b'{"title": ' + b"9" * 5000 + b"}", b'{"title": 0.' + b"0" * 400 + b"1e" + b"9" * 400 + b"}",
            b"[" * 20_000, b"[" * 20_000 + b"]" * 20_000, b'{"a":' * 20_000 + b"1" + b"}" * 20_000, b'{"title": ' + b"[" * 65 + b"]" * 65 + b"}",
            b'{"title": "' + b"x" * (2 * 1024 * 1024) + b'"}', b" " * (2 * 1024 * 1024 + 1),
        ]
    )
} | {
    "gzip": (gzip.compress(b'{"title": "x"}'), (*JSON, ("content-encoding", "gzip"))),
    "multipart without a boundary": (b"--x\r\n\r\n--x--", (("content-type", "multipart/form-data"),)),
    "form": (b"title=x&report_seqs=1", (("content-type", "application/x-www-form-urlencoded"),)),
    "xml": (b"<case><title>x</title></case>", (("content-type", "application/xml"),)),
    "utf-16 by its charset": ('{"title": "x"}'.encode("utf-16-le"), (("content-type", "application/json; charset=utf-16"),)),
}  # fmt: skip
ODD: dict[str, tuple[bytes, Headers]] = {
    "nothing": (b"", ()),
    "an empty object": (b"{}", JSON),
    "an empty list": (b"[]", JSON),
    "a list of everything": (b'[null, true, 0, "x", [], {}]', JSON),
    "a thousand empty objects": (b"[" + b",".join([b"{}"] * 1000) + b"]", JSON),
    "duplicate keys": (b'{"title": "a", "title": 1, "status": "open", "status": null, "seq": 1, "seq": "x"}', JSON),
    "prototype names": (b'{"__proto__": {}, "constructor": 1, "__class__": "x", "": ""}', JSON),
    "every field of the wrong type": (
        b'{"title": {}, "title_en": [], "case_type": 1, "seq": "1", "report_seqs": {"0": 1}, "status": [], "geometry": "x", "n": "9", "email": 1,'
        b' "target_case_id": 1, "source_case_ids": "x", "target_ids": ["1"], "language": {}, "action_id": true, "case_id": [], "source_type": 0}',
        JSON,
    ),
    "numbers at the edges": (
        b'{"title": "x", "seq": 9999999999999999999, "report_seqs": [9223372036854775808], "anchor_report_seq": -9223372036854775808, "n": -1,'
        b' "radius_km": 1e308, "target_ids": [9999999999999999999], "action_id": 9999999999999999999, "confidence": -1e-320}',
        JSON,
    ),
    "text that breaks terminals": ('{"title": "\u202e\u0007\u001b[2J\u2028\ufffe", "summary": "\u0e33\u0301" }'.replace("\x07", "\\u0007").replace("\x1b", "\\u001b").encode(), JSON),
    "text that looks like SQL and markup": (b"{\"title\": \"'; drop table cases; --<script>alert(1)</script>{{7*7}}%s${x}\"}", JSON),
    "no content type": (b'{"title": "x"}', ()),
    "text by its content type": (b'{"title": "x"}', (("content-type", "text/plain"),)),
    "not base64, although it says so": (b"%%%", (*JSON, ("content-transfer-encoding", "base64"))),
}  # fmt: skip
SEGMENTS = [
    "%00", "case_%00", "..", "%2e%2e", "%2f", "a%2fb", "%5c", "%ff", "%ed%a0%80", "%e0%b9%80%e0%b8%81", "%F0%9F%92%A5", "%25", "%", "%zz", "%0d%0aset-cookie:x", "%20",
    "%E2%80%AE", "'", "%22", "*", "-", "null", "undefined", "{case_id}", "00000000-0000-0000-0000-000000000000", "00000000000000000000000000000000",
    "urn:uuid:00000000-0000-0000-0000-000000000000", "CASE-261121-7K3Q", "case_000000000000", "0", "-1", "1e3", "0x1", "9" * 30, "x" * 4000,
]  # fmt: skip
NUMBERS = ["1.0", "%2B1", "%201", "1_0", "%EF%BC%91"]
QUERIES = [
    "status=%00", "%00=1", "status=%ed%a0%80", "status=%ff", "status=,,,", "status=" + "a," * 3000, "severity=" + "9" * 5000, "limit=", "limit=0", "limit=-1",
    "limit=101", "limit=1e3", "limit=true", "limit=NaN", "limit=" + "9" * 5000, "limit=1&limit=2", "sort=", "sort=--created_at", "sort=created_at%3B", "cursor=",
    "cursor=%00", "cursor=====", "cursor=e30", "cursor=W10", "cursor=WyJ4Il0", "cursor=%E0%B8%81", "cursor=" + "A" * 1001, "cursor=" + "W" * 999, "seq=", "seq=0", "seq=-1",
    "seq=1.0", "seq=1&seq=2", "seq=%00", "seq=%EF%BC%91", "seq=" + "9" * 5000, "seq[]=1", "&&&", "=", "%", "%zz=1", "a" * 9000, "created_by='%20or%201=1--", "x=1",
]  # fmt: skip
HEADERS: list[Headers] = [
    *[(("idempotency-key", key),) for key in ("", " ", "a" * 256, "\x7f", "\xff", "\xe0\xb8\x81", "a,b")],
    (("idempotency-key", "a"), ("idempotency-key", "b")),
    *[(("if-match", value),) for value in ("", "*", '"v-1"', '"v999999999999999"', '"v1", "v2"', 'W/"v1"', "\xff", '"' * 500)],
    *[(("prefer", value),) for value in ("wait=0", "wait=-1", "wait=1e9", "wait=nan", "wait=", "wait=" + "0" * 5000, "wait=\xb2", "respond-async")],
    *[(("accept-encoding", value),) for value in ("", "\xff", "gzip;q=0", "gzip, " * 500)],
    *[(("x-tenant", value),) for value in ("", "acme", "\xff", "../bangkok", "x" * 5000)],
    (("x-user-id", "u2"), ("x-user-role", "admin"), ("x-forwarded-for", "127.0.0.1, \xff")),
    (("x-http-method-override", "DELETE"), ("x-original-url", "/api/cases"), ("x-rewrite-url", "/api/cases")),
    (("accept", "text/html;q=\xff"), ("accept-language", "th-\xff"), ("origin", "null"), ("cookie", "a=b; c=\xff"), ("cookie", ";;;=")),
    (("x-huge", "h" * 9000),),
    tuple((f"x-{number}", "h") for number in range(200)),
]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "FOO"]
TOKENS = ["", "Bearer", "Bearer ", "bearer x", "Basic dTE6dTE=", "Bearer a.b.c", "Bearer \xff", "Bearer " + "a" * 4000, "Bearer " + "." * 500, "Bearer e30.e30.e30"]


def operations(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return method and path template of every operation."""
    return [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]


def real_path(template: str, ground: Ground) -> str:
    """Return the template's path to something that is there; an opt-out token is a secret, so that one is made up."""
    return template.format(case_id=ground.case_ids[0], seq=ground.seqs[0], token="00000000-0000-0000-0000-000000000000")


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
        for segment in SEGMENTS:
            yield Hostile(f"segment {segment[:40]}", method, re.sub(r"\{\w+\}", lambda _, it=segment: it, template), headers=JSON, body=b"{}", refused=True)
        yield from (Hostile(f"segment {one}", method, re.sub(r"\{\w+\}", one, template), headers=JSON, body=b"{}") for one in NUMBERS)
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
