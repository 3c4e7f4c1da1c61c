"""What lies between a browser and a door: CORS, sizes, compression, unknown paths."""

from __future__ import annotations

import gzip
import json

import pytest

ORIGIN = "http://localhost:3000"
SEA = {"type": "Polygon", "coordinates": [[[101.0, 8.0], [101.4, 8.0], [101.4, 8.4], [101.0, 8.4], [101.0, 8.0]]]}
MIB = 1024 * 1024


def _preflight(scene, origin: str):
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    return scene.control.call("OPTIONS", "/api/v3/reports", headers=asked)


def test_a_known_origin_may_call(scene):
    answer = _preflight(scene, ORIGIN)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "authorization" in answer.headers["access-control-allow-headers"]
    assert scene.desk.get("/api/cases", {"Origin": ORIGIN}).headers["access-control-allow-origin"] == ORIGIN


def test_a_strange_origin_gets_no_permission(scene):
    assert "access-control-allow-origin" not in _preflight(scene, "https://strange.example.org").headers
    assert "access-control-allow-origin" not in scene.desk.get("/api/cases", {"Origin": "https://strange.example.org"}).headers


@pytest.mark.parametrize("size", [2 * MIB + 1, 10 * MIB + 1])
def test_a_body_that_is_too_large_is_a_413(scene, size):
    assert scene.desk.post("/api/v3/reports", b" " * size).status == 413


def test_a_body_just_below_the_limit_is_read(scene):
    report = json.dumps({"latitude": 1, "longitude": 1, "title": "Small"}).encode()
    assert scene.desk.post("/api/v3/reports", report + b" " * (2 * MIB - len(report))).status == 201


def test_too_large_without_a_token_is_still_a_401(scene):
    assert scene.control.post("/api/v3/reports", b" " * (2 * MIB + 1)).status == 401


def test_a_large_analysis_is_compressed_for_those_who_take_it(scene):
    clerk = scene.caller(tenant="acme")
    told = {"longitude": 101.2, "title": "Oil film", "description": "ฟิล์มน้ำมัน " * 60}
    items = [{**told, "latitude": 8.1 + number / 2000, "external_id": f"oil-{number}"} for number in range(300)]
    scene.ingest(items, clerk)
    plain = clerk.post("/api/v3/clusters/analyze", {"geometry": SEA, "n": 1000})
    packed = clerk.post("/api/v3/clusters/analyze", {"geometry": SEA, "n": 1000}, {"Accept-Encoding": "gzip"})
    assert len(plain.content) > 256 * 1024
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.content)) == plain.json
    assert len(packed.content) < len(plain.content) / 4


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/v3/nothing"), ("DELETE", "/api/v3/reports"), ("GET", "/")])
def test_unknown_paths_and_methods_are_a_404(scene, method, path):
    assert scene.desk.call(method, path).status == 404


def test_each_face_says_in_its_own_words_that_there_is_nothing(scene):
    elder, canonical = scene.desk.get("/api/v4/nothing"), scene.desk.call("PUT", "/api/cases")
    assert elder.headers["content-type"].startswith("text/plain")
    assert canonical.headers["content-type"] == "application/problem+json"
    assert canonical.json["status"] == 404


BROKEN = [b"", b"{", b"[1", b"\xff\xfe", b'{"title": "\\ud800"}', b'{"title": "a\\u0000b"}', b"[" * 100_000, b'{"latitude": NaN}']


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_body_is_a_4xx_with_a_reason(scene, content):
    for path in ("/api/v3/reports", "/api/v3/clusters/analyze", "/api/v3/cases", "/api/cases"):
        answer = scene.desk.post(path, content)
        assert 400 <= answer.status < 500
        assert answer.json.get("error") or answer.json.get("title")
