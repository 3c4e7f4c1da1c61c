from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local.payload import LARGEST_ANSWER, REFUSED_RESULTS, HttpRequest, answer_of, event_of
from local.routes import Match, Route

MATCH = Match(Route("POST", "/a/{id}", "f"), {"id": "1"})
NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)


def event(headers=(), query="", body=b"", raw_path="/a/1"):
    request = HttpRequest("POST", raw_path, query, headers, body, "127.0.0.1")
    return event_of(request, MATCH, "request-1", NOW)


def test_names_are_lowered_and_duplicates_joined():
    seen = event([("X-A", "1"), ("x-a", "2"), ("Cookie", "a=1; b=2"), ("cookie", "c=3")])
    assert seen["headers"]["x-a"] == "1,2"
    assert seen["cookies"] == ["a=1", "b=2", "c=3"]
    assert "cookie" not in seen["headers"]


def test_the_query_stands_raw_and_decoded():
    seen = event(query="a=1&a=2&b=x+y&c=&d=%E0%B8%81")
    assert seen["rawQueryString"] == "a=1&a=2&b=x+y&c=&d=%E0%B8%81"
    assert seen["queryStringParameters"] == {"a": "1,2", "b": "x y", "c": "", "d": "ก"}


def test_the_path_is_decoded_and_broken_encoding_does_no_harm():
    assert event(raw_path="/a/%E0%B8%81%FF")["rawPath"] == "/a/ก\ufffd"


def test_without_query_body_and_cookies_their_names_are_absent():
    assert not {"queryStringParameters", "body", "cookies"} & set(event())


@pytest.mark.parametrize(
    ("content_type", "body", "text", "encoded"),
    [
        ("application/json", b"{}", "{}", False),
        ("application/problem+json; charset=utf-8", b"{}", "{}", False),
        ("text/plain", b"a", "a", False),
        ("application/json", b"\xff", "/w==", True),
        ("image/png", b"a", "YQ==", True),
        ("application/x-www-form-urlencoded", b"a=1", "YT0x", True),
        ("", b"a", "YQ==", True),
    ],
)
def test_a_body_is_text_only_where_its_type_says_so(content_type, body, text, encoded):
    seen = event([("content-type", content_type)] if content_type else [], body=body)
    assert (seen["body"], seen["isBase64Encoded"]) == (text, encoded)


def test_the_request_context_names_who_what_and_when():
    context = event([("User-Agent", "curl"), ("Host", "127.0.0.1:8003")])["requestContext"]
    assert context["http"] == {
        "method": "POST",
        "path": "/a/1",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "curl",
    }
    assert (context["requestId"], context["routeKey"]) == ("request-1", "POST /a/{id}")
    assert (context["time"], context["timeEpoch"]) == ("24/Nov/2026:07:00:00 +0000", 1795503600000)


def test_an_answer_carries_status_headers_cookies_and_body():
    answer = answer_of({"statusCode": 201, "headers": {"ETag": 3, "X": True}, "cookies": ["a=1", "b=2"], "body": "ก"})
    assert (answer.status, answer.body) == (201, "ก".encode())
    assert answer.headers[:4] == [("etag", "3"), ("x", "true"), ("set-cookie", "a=1"), ("set-cookie", "b=2")]
    assert answer.headers[4:] == [("content-type", "text/plain;charset=UTF-8")]


@pytest.mark.parametrize(("result", "body"), [({"a": 1}, b'{"a": 1}'), ("text", b"text"), (None, b"null")])
def test_without_a_status_the_result_is_the_body(result, body):
    answer = answer_of(result)
    assert (answer.status, answer.body, answer.headers) == (200, body, [("content-type", "application/json")])


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": "three"},
        {"statusCode": 99},
        {"statusCode": 200, "headers": [1]},
        {"statusCode": 200, "isBase64Encoded": True, "body": "%"},
        {"statusCode": 200, "body": "x" * (LARGEST_ANSWER + 1)},
        {"never": object()},
    ],
)
def test_a_result_that_the_service_refuses_is_an_error(result):
    with pytest.raises(REFUSED_RESULTS):
        answer_of(result)
