"""What anybody may send: every POST and PATCH answers 4xx in its face's words and stores nothing ("Bad input")."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.api import Api, find
from tests.support.apps import INTERNAL_TOKEN, World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.apps import Answered
    from tests.support.database import Server

EMAIL = {"channel": "email", "email": "a@b.go.th"}
RING = [[100, 13], [101, 13], [101, 14], [100, 14], [100, 13]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}
GOOD: dict[str, dict[str, Any]] = {
    "POST /api/v3/reports": {
        "latitude": 13.7, "longitude": 100.5, "title": "x", "summary": "x", "description": "x", "brand_name": "x",
        "classification": "physical", "severity_level": 0.5, "timestamp": "2026-11-01T00:00:00Z", "language": "en",
        "external_id": "x", "inferred_contact_emails": ["a@b.go.th"],
    },
    "POST /api/v3/clusters/analyze": {"geometry": SQUARE, "classification": "physical", "n": 5},
    "POST /api/v3/clusters/from-report": {"seq": 1, "radius_km": 1, "n": 5, "classification": "physical"},
    "POST /api/v3/cases/match-cluster": {
        "geometry": SQUARE, "classification": "physical", "report_seqs": [1], "title": "x", "summary": "x", "n": 5,
    },
    "POST /api/v3/cases": {
        "title": "x", "type": "incident", "status": "open", "classification": "physical", "summary": "x",
        "uncertainty_notes": "x", "anchor_report_seq": 1, "report_seqs": [1], "existing_case_id": "case_000000000000",
        "force_new_case": True, "cluster_summary": "x", "cluster_source_type": "geometry", "escalation_targets": [EMAIL],
    },
    "POST /api/v3/cases/{case_id}/reports": {"report_seqs": [1], "link_reason": "x", "confidence": 0.5},
    "POST /api/v3/cases/{case_id}/status": {"status": "closed", "summary": "x"},
    "POST /api/v3/cases/merge": {"target_case_id": "case_000000000000", "source_case_ids": ["case_000000000001"]},
    "POST /api/v3/cases/{case_id}/escalations/draft": {
        "target_ids": [1], "cc_emails": ["a@b.go.th"], "subject": "x", "body": "x", "language": "en",
    },
    "POST /api/v3/cases/{case_id}/escalations/send": {
        "target_ids": [1], "cc_emails": ["a@b.go.th"], "subject": "x", "body": "x", "language": "en", "resend": False,
    },
    "POST /internal/case-escalations/send": {
        "case_id": "case_000000000000", "action_id": 1, "subject": "x", "body": "x", "html_body": "x", "recipients": [EMAIL],
    },
    "POST /api/cases": {
        "case_type": "road_footpath", "title_en": "x", "title_th": "x", "severity": "high", "status": "open",
        "alert_level": "L1", "datetime": "2026-11-01T00:00:00Z", "attributes": {}, "follow_up": [], "owner": {},
        "location": {"latitude": 13, "longitude": 100}, "sensitive_surface_flag": True, "reporter": {"name": "x"},
        "related_actors": [{"target_type": "x", "target_id": "x"}],
    },
    "PATCH /api/cases/{case_id}/status": {"status": "in-progress", "reason": "x", "closure_reason": "fixed"},
    "POST /api/cases/{case_id}/signals": {
        "source_type": "after_photo", "summary": "x", "linked_report_seq": 1, "metadata": {},
    },
    "POST /api/cases/{case_id}/sessions": {"session_id": "x"},
}  # fmt: skip
DEEP = b"[" * 100_000 + b"]" * 100_000
BROKEN: dict[str, bytes] = {
    "empty": b"", "blank": b"  \n", "text": b"hello", "cut": b'{"title": "x"', "two": b"{} {}", "array": b"[]",
    "string": b'"x"', "number": b"5", "null": b"null", "true": b"true", "bad utf-8": b'{"title": "\xff\xfe"}',
    "utf-16": '{"title": "x"}'.encode("utf-16"), "byte order mark": b'\xef\xbb\xbf{"title": "x"}',
    "deep": b'{"title": ' + DEEP + b"}", "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "form": b"title=x&report_seqs=1", "multipart": b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--",
    "digits": b'{"title": 1' + b"0" * 5_000 + b"}", "nan": b'{"title": NaN}', "infinity": b'{"title": -Infinity}',
    "1e999": b'{"title": 1e999}',
}  # fmt: skip
VALUES = ("NaN", "Infinity", "1e999", "-1e999", "9" * 5_000, '"a\\u0000b"', '"\\ud800"', '"\\udc00x"', "{}", "[[]]", "true",
          "[null]", '"' + "x" * 300_000 + '"', "99999999999999999999", "-1", "1.5", '["\\u0000"]', '{"a": "\\ud800"}')  # fmt: skip
WRONG = {"text": ("5", "true", "[]", "{}"), "list": ("5", '"x"', "{}"), "number": ('"x"', "[]", "true"), "object": ("5", "[]")}


@pytest.fixture(scope="module")
def api(server: Server) -> Iterator[Api]:
    """One database for the walk, with a case that has a report and a contact."""
    clones = server.clone()
    found = Api(World(next(clones)))
    found.case_id = found.open(found.reports({}), escalation_targets=[EMAIL])["case"]["case_id"]
    yield found
    found.world.close()
    next(clones, None)


def send(api: Api, route: str, body: bytes) -> Answered:
    method, path = route.split()
    return api.call(method, path.replace("{case_id}", api.case_id), body, headers={"x-internal-admin-token": INTERNAL_TOKEN})


def check(answer: Answered, route: str, what: str) -> None:
    assert 400 <= answer.status < 500, (what[:80], answer.status, str(answer.json)[:200])
    if "/api/v3" in route or "/internal" in route:
        assert answer.json.keys() >= {"error", "code"}
    if "/api/v3" in route:
        assert answer.headers["content-type"] == "application/json"
    else:
        assert answer.json["status"] == answer.status
        assert answer.headers["content-type"] == "application/problem+json"
    assert len(json.dumps(answer.json)) < 20_000, "an answer does not echo what it got"


def kind_of(value: Any) -> str:
    names = {str: "text", list: "list", dict: "object"}
    return names.get(type(value), "number" if not isinstance(value, bool) else "flag")


def is_bad_anywhere(text: str) -> bool:
    """Tell whether a value must be refused in any field; another may be a fine value, or an unknown name's."""
    return text in {"NaN", "Infinity", "1e999", "-1e999", "9" * 5_000} or "\\u0000" in text or "\\ud" in text


def bodies(route: str, *, bad: bool) -> Iterator[tuple[str, bytes]]:
    """Yield each field of a route with each value."""
    for name in (*GOOD[route], "unknown_field"):
        for text in (text for text in VALUES if is_bad_anywhere(text) == bad):
            fields = {key: value for key, value in GOOD[route].items() if key != name}
            body = f"{json.dumps(fields)[:-1]}{', ' if fields else ''}{json.dumps(name)}: {text}}}"
            yield f"{name}: {text[:60]}", body.encode()


@pytest.mark.parametrize("route", GOOD)
def test_a_broken_body_is_4xx_and_stores_nothing(api: Api, route: str) -> None:
    before = api.row_counts()
    for name, body in BROKEN.items():
        if name == "empty" and route.endswith("draft"):
            continue
        answer = send(api, route, body)
        check(answer, route, name)
        if "/api/v3" in route and name in {"text", "cut", "bad utf-8", "deep", "nan", "digits"}:
            assert (answer.status, answer.json["error"]) == (400, "invalid json"), name
    assert api.row_counts() == before


@pytest.mark.parametrize("route", GOOD)
def test_more_than_two_mebibytes_are_413(api: Api, route: str) -> None:
    body = json.dumps(GOOD[route] | {"filler": "x" * (2 * 1024 * 1024)}).encode()
    answer = send(api, route, body)
    check(answer, route, "413")
    assert answer.status == 413


@pytest.mark.parametrize("route", GOOD)
def test_nul_half_pairs_and_endless_numbers_are_refused_in_every_field(api: Api, route: str) -> None:
    before = api.row_counts()
    for what, body in bodies(route, bad=True):
        check(send(api, route, body), route, what)
    assert api.row_counts() == before


@pytest.mark.parametrize("route", GOOD)
def test_no_value_in_no_field_is_5xx(api: Api, route: str) -> None:
    for what, body in bodies(route, bad=False):
        answer = send(api, route, body)
        assert answer.status < 500, (what, answer.json)


@pytest.mark.parametrize("route", GOOD)
def test_a_field_of_the_wrong_type_is_refused_and_stores_nothing(api: Api, route: str) -> None:
    before = api.row_counts()
    for name, good in GOOD[route].items():
        for text in WRONG.get(kind_of(good), ('"x"', "5", "[]")):
            if name == "inferred_contact_emails" and text == '"x"':
                continue  # a comma list is taken as well
            fields = GOOD[route] | {name: json.loads(text)}
            check(send(api, route, json.dumps(fields).encode()), route, f"{name}: {text}")
    assert api.row_counts() == before


def test_the_walk_knows_every_route_that_takes_a_body(api: Api) -> None:
    from tests.support.api import routes

    taking = {f"{method} {'/'.join(path)}" for (method, path), door in routes().items() if door.route.body is not None}
    known = {route.replace("/v3/", f"/{prefix}/") for route in GOOD for prefix in ("v3", "v4")}
    elsewhere = ("/api/v1/", "/l1/")  # their own suites send them hostile bodies
    assert {route for route in taking if "upsert" not in route and not route.split()[1].startswith(elsewhere)} == known & taking
    assert find("POST", "/api/v3/cases")[0] is find("POST", "/api/v4/cases")[0]


def test_nothing_of_the_walk_broke_the_case(api: Api) -> None:
    for case in api.get("/api/cases?limit=100").json["items"]:
        assert api.get(f"/api/cases/{case['id']}/events").json["verified"]
