"""Requests and answers of payload 2.0."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from casework.entry.request import COMPRESS_ABOVE, Reply, Request, to_event, to_json
from tests.support.apps import request_event

LARGE = Reply(body={"items": ["น้ำ" * COMPRESS_ABOVE]})


class Colour(StrEnum):
    RED = "red"


class Seen(BaseModel):
    at: datetime


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 11, 23, 3, 0, tzinfo=UTC), '"2026-11-23T03:00:00Z"'),
        (datetime(2026, 11, 23, 3, 0, 0, 5, tzinfo=ZoneInfo("UTC")), '"2026-11-23T03:00:00.000005Z"'),
        (date(2026, 11, 23), '"2026-11-23"'), (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'), (Colour.RED, '"red"'),
        (float("nan"), "null"), ({"a": [float("inf")]}, '{"a":[null]}'), ({"ก": ["水", None, True]}, '{"ก":["水",null,true]}'),
        (Seen(at=datetime(2026, 11, 23, tzinfo=UTC)), '{"at":"2026-11-23T00:00:00Z"}'),
    ],
)  # fmt: skip
def test_values_have_one_json_form(value, text):
    assert to_json(value) == text


def test_what_has_no_json_form_is_our_own_mistake():
    with pytest.raises(ValueError, match="serialize"):
        to_json(object())


def test_an_answer_is_json_that_nobody_stores():
    event = to_event(Reply(201, {"a": 1}, {"location": "/x"}))
    assert (event["statusCode"], event["body"], event["isBase64Encoded"]) == (201, '{"a":1}', False)
    assert event["headers"] == {"content-type": "application/json", "cache-control": "no-store", "location": "/x"}


def test_text_goes_as_it_is_and_only_where_it_is_text():
    assert to_event(Reply(body="<p>", content_type="text/html"))["body"] == "<p>"
    assert to_event(Reply(body="<p>"))["body"] == '"<p>"'


def test_a_large_answer_is_compressed_for_a_client_that_takes_it():
    event = to_event(LARGE, "br, gzip;q=0.8")
    assert (event["isBase64Encoded"], event["headers"]["content-encoding"], event["headers"]["vary"]) == (True, "gzip", "accept-encoding")
    assert json.loads(gzip.decompress(base64.b64decode(event["body"]))) == LARGE.body


@pytest.mark.parametrize(("reply", "accepts"), [(LARGE, ""), (LARGE, "br"), (Reply(body="small"), "gzip")])
def test_other_answers_are_not_compressed(reply, accepts):
    event = to_event(reply, accepts)
    assert (event["isBase64Encoded"], "content-encoding" in event["headers"]) == (False, False)
    assert json.loads(event["body"]) == reply.body


def test_a_request_gives_the_very_bytes_that_were_sent():
    raw = b'\x00\xff{"a": 1}'
    event = request_event("POST", "/x", "") | {"body": base64.b64encode(raw).decode(), "isBase64Encoded": True}
    assert Request(event).body == raw
    assert Request(event | {"body": "ไทย\ud800", "isBase64Encoded": False}).body == "ไทย".encode() + b"\xed\xa0\x80"


@pytest.mark.parametrize("absent", [{"body": None}, {"headers": None}, {"queryStringParameters": None}, {"pathParameters": None}])
def test_what_a_request_lacks_is_empty(absent):
    request = Request(request_event("GET", "/x", token=None) | absent)
    assert (request.body, dict(request.headers), dict(request.query), dict(request.path_parameters)) == (b"", {}, {}, {})
    assert request.header("authorization") is None
