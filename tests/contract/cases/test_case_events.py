"""GET /api/cases/{id}/events: the chain verifies from the answer alone, by a computation of this test's own."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.api import Api


def settled(value: Any) -> Any:
    """Whole numbers are sealed without a fraction: 2.0 as 2."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, dict):
        return {name: settled(member) for name, member in value.items()}
    return [settled(member) for member in value] if isinstance(value, list) else value


def micros(text: str) -> int:
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def commitment_of(item: dict[str, Any]) -> str:
    text = json.dumps(settled(item["payload"]), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(bytes.fromhex(item["salt"]) + text.encode()).hexdigest()


def hash_of(stream: dict[str, Any], item: dict[str, Any], previous: str) -> str:
    """SHA-256(prev ‖ tenant|case|version|occurred µs|recorded µs|type|length of actor|actor| ‖ commitment)."""
    named = [item["type"], str(len(item["actor"])), item["actor"], ""]
    times = [str(micros(item["occurred_at"])), str(micros(item["recorded_at"]))]
    header = "|".join([stream["tenant_id"], stream["id"], str(item["version"]), *times, *named])
    return hashlib.sha256(bytes.fromhex(previous) + header.encode() + bytes.fromhex(item["commitment"])).hexdigest()


def verify(stream: dict[str, Any]) -> str:
    """Return the head; fails where a link does not hold."""
    previous = "00" * 32
    for number, item in enumerate(stream["items"], start=1):
        assert (item["version"], item["prev_hash"]) == (number, previous)
        if item["payload"] is not None:
            assert item["commitment"] == commitment_of(item)
        assert item["hash"] == hash_of(stream, item, previous)
        previous = item["hash"]
    return previous


def a_long_story(api: Api) -> str:
    seqs = api.reports({}, {"severity_level": 0.9}, {})
    contact = {"channel": "email", "email": "desk@district.go.th"}
    made = api.open(seqs[:2], title="ท่อตัน 💧", cluster_summary="x", escalation_targets=[contact], cluster_stats={"a": 0.1})
    path = f"/api/v3/cases/{made['case']['case_id']}"
    api.world.clock.advance(timedelta(seconds=1, microseconds=7))
    api.post(f"{path}/reports", {"report_seqs": seqs}, user="มะลิ|1")
    api.post(f"{path}/status", {"status": "closed", "payload": {"ß": [1.5, None, True, "é"]}})
    api.post(f"{path}/status", {"status": "investigating"})
    assert api.post(f"{path}/escalations/send", {}).status == 202
    api.post(f"/api/cases/{made['case']['case_id']}/signals", {"source_type": "after_photo", "summary": "x"})
    return made["case"]["case_id"]


def test_the_chain_verifies_from_the_answer_alone(shared_api: Api) -> None:
    stream = shared_api.get(f"/api/cases/{a_long_story(shared_api)}/events").json
    assert len(stream["items"]) > 6
    assert (stream["verified"], stream["broken_at"], stream["head"]) == (True, None, verify(stream))


def test_the_stream_names_actors_and_times(shared_api: Api) -> None:
    """S0-05."""
    items = shared_api.get(f"/api/cases/{a_long_story(shared_api)}/events").json["items"]
    assert {item["actor"] for item in items} == {"u1", "มะลิ|1"}
    assert [item["recorded_at"] for item in items] == sorted(item["recorded_at"] for item in items)


def test_a_status_event_says_from_and_to(shared_api: Api) -> None:
    """S0-05: from, to, actor, time."""
    case_id = shared_api.open()["case"]["case_id"]
    shared_api.patch(f"/api/cases/{case_id}/status", {"status": "in-progress", "reason": "crew"})
    payload = shared_api.get(f"/api/cases/{case_id}/events").json["items"][-1]["payload"]
    assert (payload["from"], payload["to"], payload["reason"]) == ("open", "in-progress", "crew")


def test_a_tampered_payload_is_found(api: Api) -> None:
    case_id = a_long_story(api)
    api.rows("alter table case_event_payloads disable trigger all")
    api.rows("update case_event_payloads set payload = '{}' where version = 2")
    stream = api.get(f"/api/cases/{case_id}/events").json
    assert (stream["verified"], stream["broken_at"]) == (False, 2)


def test_an_erased_payload_leaves_the_chain_whole(api: Api) -> None:
    """Decided "Case": payload and salt are deleted, the commitment stays."""
    case_id = a_long_story(api)
    api.rows("alter table case_event_payloads disable trigger all")
    api.rows("delete from case_event_payloads where version = 3")
    stream = api.get(f"/api/cases/{case_id}/events").json
    assert (stream["verified"], stream["items"][2]["payload"]) == (True, None)
    assert stream["head"] == verify(stream)


def test_s0_24_the_applications_role_cannot_change_events(api: Api) -> None:
    import psycopg

    a_long_story(api)
    for statement in ("update case_events set actor = 'x'", "delete from case_events", "delete from case_audit_events"):
        with api.world.app("api_writer").unit_of_work(api.rows("select id from tenants")[0]["id"]) as work:
            try:
                work.connection.execute(statement.encode())
            except psycopg.Error:
                continue
            message = f"{statement} went through"
            raise AssertionError(message)


def test_an_unknown_case_is_404(shared_api: Api) -> None:
    assert shared_api.get("/api/cases/case_000000000000/events").status == 404


def test_events_hold_no_position_of_a_report(api: Api) -> None:
    """Decided "Case"."""
    seq = api.report(latitude=13.751234567, longitude=100.531234567)
    case_id = api.open([seq])["case"]["case_id"]
    text = json.dumps(api.get(f"/api/cases/{case_id}/events").json)
    assert ("13.751234567" in text, "100.531234567" in text) == (False, False)
