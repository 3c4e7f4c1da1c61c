"""HTTP in, payload 2.0 at the door, and back."""

from __future__ import annotations

import http.client
import threading
import time

import pytest

from tests.integration.local.conftest import call

pytestmark = pytest.mark.filterwarnings("ignore")


def test_a_door_sees_the_payload_of_an_http_api(sample):
    reply = call(sample, "PUT", "/echo/a%20b?x=1&x=2&y=%C3%A9", b'{"k": "\xe0\xb8\x81"}', {"X-Two": "a", "Cookie": "s=1; t=2"})
    event = reply.json["event"]
    assert event["version"] == "2.0"
    assert event["routeKey"] == "ANY /echo/{name}"
    assert event["rawPath"] == "/echo/a b"
    assert event["rawQueryString"] == "x=1&x=2&y=%C3%A9"
    assert event["queryStringParameters"] == {"x": "1,2", "y": "é"}
    assert event["pathParameters"] == {"name": "a b"}
    assert event["cookies"] == ["s=1", "t=2"]
    assert event["body"] == '{"k": "ก"}'
    assert event["headers"]["x-two"] == "a"
    assert event["requestContext"]["http"]["method"] == "PUT"
    assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"


def test_a_binary_body_arrives_in_base64(sample):
    event = call(sample, "POST", "/echo/x", b"\x00\xff", {"content-type": "application/octet-stream"}).json["event"]
    assert (event["body"], event["isBase64Encoded"]) == ("AP8=", True)


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("POST", "/echo/literal", "POST /echo/literal"),
        ("GET", "/echo/literal", "ANY /echo/{name}"),
        ("GET", "/echo/a/b/c", "GET /echo/{proxy+}"),
    ],
)
def test_the_most_specific_route_answers(sample, method, path, key):
    assert call(sample, method, path).json["event"]["routeKey"] == key


def test_the_default_route_takes_the_rest(sample):
    reply = call(sample, "DELETE", "/nowhere")
    assert (reply.status, reply.json) == (404, {"detail": "no /nowhere"})


@pytest.mark.parametrize("kind", ["raise", "huge", "malformed"])
def test_what_lambda_would_refuse_is_an_opaque_500(sample, kind):
    reply = call(sample, "GET", f"/quirk/{kind}")
    assert (reply.status, reply.json) == (500, {"message": "Internal Server Error"})


def test_an_answer_without_status_is_the_body_of_a_200(sample):
    reply = call(sample, "GET", "/quirk/plain")
    assert (reply.status, reply.json, reply.headers["content-type"]) == (200, {"hello": "world"}, "application/json")


def test_a_binary_answer_is_decoded(sample):
    reply = call(sample, "GET", "/quirk/binary")
    assert (reply.body, reply.headers["content-type"]) == (b"\x00\x01\xff", "image/png")


def test_a_body_above_ten_megabytes_is_refused(sample):
    assert call(sample, "POST", "/echo/x", b"x" * (10 * 1024 * 1024 + 1)).status == 413


def test_an_allowed_origin_gets_cors_headers_and_another_none(sample):
    asked = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}
    preflight = call(sample, "OPTIONS", "/ping", headers=asked)
    assert (preflight.status, preflight.headers["access-control-allow-methods"]) == (204, "GET,POST")
    allowed = call(sample, "GET", "/ping", headers={"Origin": "http://localhost:3000"})
    assert allowed.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert "access-control-allow-origin" not in call(sample, "GET", "/ping", headers={"Origin": "https://evil.example"}).headers


def test_waiting_requests_do_not_starve_others(sample):
    waiting = [threading.Thread(target=call, args=(sample, "GET", "/quirk/slow?seconds=2")) for _ in range(12)]
    for thread in waiting:
        thread.start()
    began = time.monotonic()
    assert call(sample, "GET", "/ping").status == 200
    assert time.monotonic() - began < 1.5
    for thread in waiting:
        thread.join()


def test_a_worker_that_dies_is_replaced(sample):
    pids = {call(sample, "GET", "/echo/x").json["context"]["pid"] for _ in range(40)}
    with pytest.raises(http.client.HTTPException):
        call(sample, "GET", "/quirk/exit")
    deadline = time.monotonic() + 15
    while {call(sample, "GET", "/echo/x").json["context"]["pid"] for _ in range(40)} <= pids and time.monotonic() < deadline:
        time.sleep(0.2)
    assert call(sample, "GET", "/ping").status == 200
