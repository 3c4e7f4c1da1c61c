"""What a schema cannot make up: rings that are almost polygons, and batches of events that the provider really signed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from local.payload import HttpAnswer, HttpRequest
from tests.support.fuzzing import CREDENTIALS, SEED, examples
from tests.support.wsgi import DOORS

if TYPE_CHECKING:
    from tests.support.fuzzing import Ground
    from tests.support.webhook_signer import WebhookSigner

BOUNDED = settings(max_examples=examples(40), derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
NAMES = st.text(max_size=8)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12)

EDGES = [-180, -180.0000001, -90, -0.0, 0, 13.75, 90, 100.53, 179.9999999, 180, 180.5, 360, 1e-320, 1e300, -1e300, 10**17]
NUMBERS = st.sampled_from(EDGES) | st.floats(-180, 180) | st.floats(100.5, 100.6) | st.floats(13.7, 13.8)
POSITIONS = st.lists(NUMBERS, min_size=2, max_size=2) | st.lists(NUMBERS | SCALARS, max_size=4)
OPEN_RINGS = st.lists(st.lists(NUMBERS, min_size=2, max_size=2), min_size=1, max_size=8) | st.lists(POSITIONS, max_size=8)
RINGS = OPEN_RINGS.map(lambda ring: [*ring, *ring[:1]]) | OPEN_RINGS
BOXES = st.builds(
    lambda x, y, width, height: [[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]],
    st.sampled_from([-180, -179.99, 0, 100.5, 179.99, 180]), st.sampled_from([-90, -89.99, 0, 13.7, 89.9]),
    st.sampled_from([1e-12, 0.1, 90, 179.99, 180, 360]), st.sampled_from([1e-12, 0.1, 0.3, 90, 180]),
)  # fmt: skip
POLYGONS = st.lists(BOXES, min_size=1, max_size=3) | st.lists(RINGS, min_size=1, max_size=3) | st.lists(RINGS | JSON, max_size=3)
SHAPES = st.one_of(
    st.builds(lambda it: {"type": "Polygon", "coordinates": it}, POLYGONS),
    st.builds(lambda it: {"type": "MultiPolygon", "coordinates": it}, st.lists(POLYGONS, max_size=3)),
    st.builds(lambda kind, it: {"type": kind, "coordinates": it}, JSON, POLYGONS),
)
AREAS = st.builds(lambda it: {"type": "Polygon", "coordinates": [it]}, BOXES)
GEOMETRIES = AREAS | SHAPES | SHAPES.map(lambda it: {"type": "Feature", "geometry": it}) | JSON

FIELDS = ["event", "sg_event_id", "sg_message_id", "email", "timestamp", "delivery_id", "reason", "response", "type", "status"]
VALUES = ["delivered", "bounce", "dropped", "spamreport", "00000000-0000-0000-0000-000000000000", 1795413600, 10**17]
EVENTS = st.dictionaries(st.sampled_from(FIELDS), JSON | st.sampled_from(VALUES))


def _post(path: str, body: bytes, headers: dict[str, str]) -> HttpAnswer:
    return DOORS.answer(HttpRequest("POST", path, "", [*headers.items(), ("content-type", "application/json")], body, "127.0.0.1"))


@pytest.mark.parametrize("path", ["/api/v3/clusters/analyze", "/api/v3/cases/match-cluster", "/api/v3/cases"])
def test_no_geometry_is_a_fault(ground: Ground, path: str) -> None:
    @seed(SEED)
    @BOUNDED
    @given(GEOMETRIES)
    def analyse(geometry: Any) -> None:
        answer = _post(path, json.dumps({"title": "Area", "geometry": geometry}).encode(), CREDENTIALS)
        assert answer.status in {200, 201, 400}, answer.body

    analyse()


def test_no_signed_batch_is_a_fault(ground: Ground, signer: WebhookSigner) -> None:
    @seed(SEED)
    @BOUNDED
    @given(st.lists(EVENTS | JSON, max_size=5), st.sampled_from([b"", b"[", b"]", b'"\\u0000"', b"\x00", b"\xff"]))
    def hear(batch: Any, rest: bytes) -> None:
        body = json.dumps(batch).encode() + rest
        answer = _post("/webhooks/sendgrid", body, signer.headers(body, DOORS.world.clock.now()))
        assert answer.status in {200, 400}, answer.body

    hear()


@pytest.mark.parametrize("path", ["/api/cases", "/api/cases/{case_id}/signals"])
def test_the_record_holds_any_json_and_its_chain_still_verifies(ground: Ground, path: str) -> None:
    @seed(SEED)
    @BOUNDED
    @given(st.dictionaries(st.text(max_size=8), JSON, max_size=4))
    def record(value: dict[str, Any]) -> None:
        case = {"case_type": "flood_drainage", "title_en": "Flooded lane", "attributes": value, "pattern": value}
        body = case if path == "/api/cases" else {"source_type": "after_photo", "summary": "Dry", "metadata": value}
        answer = _post(path.format(case_id=ground.case_ids[0]), json.dumps(body).encode(), CREDENTIALS)
        assert answer.status in {201, 400}, answer.body
        if answer.status == 201:
            assert _chain(json.loads(answer.body)["id"])["verified"]

    record()


def _chain(case_id: str) -> dict[str, Any]:
    return json.loads(DOORS.answer(HttpRequest("GET", f"/api/cases/{case_id}/events", "", [*CREDENTIALS.items()], b"", "127.0.0.1")).body)
