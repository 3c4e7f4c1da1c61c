"""GET /api/v3|v4/cases/{case_id}: the shape of §8.2 and §8.6, the order of its lists, and the three names of a case."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.api import routes
from tests.support.reports import a_square

if TYPE_CHECKING:
    from tests.support.api import Api

LISTS = {
    "linked_reports", "clusters", "escalation_targets", "contact_observations", "execution_tasks", "notify_outcomes",
    "escalation_actions", "email_deliveries", "resolution_signals", "audit_events",
}  # fmt: skip
CASE = {
    "case_id", "slug", "title", "type", "status", "classification", "summary", "uncertainty_notes", "geometry_json",
    "aggregate_geometry_json", "aggregate_bbox_json", "anchor_report_seq", "anchor_lat", "anchor_lng", "building_id",
    "parcel_id", "severity_score", "urgency_score", "confidence_score", "exposure_score", "criticality_score",
    "trend_score", "cluster_count", "linked_report_count", "first_seen_at", "last_seen_at", "last_cluster_at",
    "merged_into_case_id", "created_by_user_id", "created_at", "updated_at",
}  # fmt: skip
LINKED = {
    "case_id", "seq", "public_id", "link_reason", "confidence", "attached_at", "title", "summary", "classification",
    "severity_level", "latitude", "longitude", "report_timestamp", "last_email_sent_at", "recipient_count",
}  # fmt: skip
CLUSTER = {
    "cluster_id", "source_type", "classification", "geometry_json", "bbox_json", "centroid_lat", "centroid_lng",
    "cluster_fingerprint", "seed_report_seq", "report_count", "summary", "stats_json", "analysis_json",
    "created_by_user_id", "created_at", "updated_at",
}  # fmt: skip
TARGET = {
    "id", "case_id", "role_type", "decision_scope", "endpoint_key", "organization_key", "organization", "display_name",
    "channel", "email", "phone", "website", "contact_url", "social_platform", "social_handle", "source_url",
    "evidence_text", "verification_level", "attribution_class", "target_source", "confidence_score", "site_match_score",
    "source_quality_score", "role_fit_score", "channel_quality_score", "outcome_memory_score", "actionability_score",
    "notify_tier", "send_eligibility", "execution_mode", "reason_selected", "rationale", "created_at",
}  # fmt: skip
AUDIT = {"id", "case_id", "event_type", "actor_user_id", "payload_json", "created_at"}
SIGNAL = {"id", "case_id", "source_type", "summary", "linked_report_seq", "metadata_json", "created_at"}


def a_full_case(api: Api) -> dict[str, Any]:
    seqs = api.reports({"inferred_contact_emails": ["a@district.go.th"]}, {"severity_level": 0.9})
    geometry = a_square(100.52, 13.74, 100.54, 13.76)
    made = api.open(seqs, geometry=geometry, cluster_summary="x", cluster_stats={"n": 1})
    case_id = made["case"]["case_id"]
    signal = {"source_type": "after_photo", "summary": "runs free", "linked_report_seq": seqs[0]}
    assert api.post(f"/api/cases/{case_id}/signals", signal).status == 201
    return api.detail(case_id)


def test_a_detail_has_the_contracts_fields_and_no_list_is_null(shared_api: Api) -> None:
    """S0-37, S0-52…S0-54: the parts of §8.2."""
    detail = a_full_case(shared_api)
    assert detail.keys() == LISTS | {"case", "notify_plan", "routing_profile"}
    assert {name: type(detail[name]) for name in LISTS} == dict.fromkeys(LISTS, list)
    assert detail["case"].keys() >= CASE
    parts = {"linked_reports": LINKED, "clusters": CLUSTER, "escalation_targets": TARGET, "audit_events": AUDIT}
    for part, fields in (parts | {"resolution_signals": SIGNAL}).items():
        assert detail[part], part
        assert all(fields <= row.keys() for row in detail[part]), part


def test_a_bare_case_has_empty_lists(shared_api: Api) -> None:
    detail = shared_api.open()
    assert {name: detail[name] for name in LISTS - {"audit_events"}} == {name: [] for name in LISTS - {"audit_events"}}


def test_names_that_end_in_json_hold_text_with_json(shared_api: Api) -> None:
    detail = a_full_case(shared_api)
    rows = [detail["case"], *(row for name in LISTS for row in detail[name])]
    texts = [value for row in rows for name, value in row.items() if name.endswith("_json")]
    assert {type(text) for text in texts} == {str}
    assert [text for text in texts if text and not isinstance(json.loads(text), dict | list)] == []


def test_s0_56_times_are_rfc_3339_in_utc(shared_api: Api) -> None:
    detail = a_full_case(shared_api)
    rows = [detail["case"], *(row for name in LISTS for row in detail[name])]
    times = [value for row in rows for name, value in row.items() if name.endswith(("_at", "_timestamp")) and value]
    assert len(times) > 10
    assert all(time.endswith("Z") and datetime.fromisoformat(time).utcoffset() == timedelta() for time in times)


def test_s0_23_a_resolution_signal_is_listed(shared_api: Api) -> None:
    (signal,) = a_full_case(shared_api)["resolution_signals"]
    assert (signal["source_type"], signal["summary"]) == ("after_photo", "runs free")
    assert isinstance(signal["linked_report_seq"], int)


def test_linked_reports_come_by_time_of_linking_then_seq(shared_api: Api) -> None:
    seqs = shared_api.reports({}, {}, {}, {})
    case_id = shared_api.open([seqs[3], seqs[1]])["case"]["case_id"]
    shared_api.world.clock.advance(timedelta(minutes=1))
    shared_api.post(f"/api/v3/cases/{case_id}/reports", {"report_seqs": [seqs[2], seqs[0]]})
    listed = [link["seq"] for link in shared_api.detail(case_id)["linked_reports"]]
    assert listed == [seqs[1], seqs[3], seqs[0], seqs[2]]


def test_audit_events_come_oldest_first(shared_api: Api) -> None:
    case_id = shared_api.open()["case"]["case_id"]
    for word in ("investigating", "resolved", "closed"):
        shared_api.world.clock.advance(timedelta(minutes=1))
        shared_api.post(f"/api/v3/cases/{case_id}/status", {"status": word})
    events = shared_api.detail(case_id)["audit_events"]
    assert [event["id"] for event in events] == sorted(event["id"] for event in events)
    assert [event["created_at"] for event in events] == sorted(event["created_at"] for event in events)


def test_targets_come_by_confidence_then_oldest(shared_api: Api) -> None:
    given = [{"channel": "email", "email": f"d{n}@x.go.th", "confidence_score": n / 10} for n in (3, 9, 5)]
    targets = shared_api.open(escalation_targets=given)["escalation_targets"]
    assert [target["confidence_score"] for target in targets] == [0.9, 0.5, 0.3]


def test_c20_alias_uuid_and_number_name_one_case_in_every_face(shared_api: Api) -> None:
    alias = shared_api.open()["case"]["case_id"]
    found = shared_api.get(f"/api/cases/{alias}").json
    names = (alias, found["id"], found["case_number"])
    details = [shared_api.detail(name) for name in names]
    assert details == [details[0]] * 3
    assert [shared_api.get(f"/api/cases/{name}").json for name in names] == [found] * 3


@pytest.mark.parametrize(
    "name",
    ["case_000000000000", "nope", "01a20dae-d053-7abd-b5a1-000000000000", "CASE-261123-0000", "x" * 5_000, "'"],
)
def test_an_unknown_name_is_404(shared_api: Api, name: str) -> None:
    for prefix in ("v3", "v4"):
        for path in ("", "/escalations"):
            answer = shared_api.get(f"/api/{prefix}/cases/{name}{path}")
            assert (answer.status, answer.json["error"]) == (404, "case not found")


def test_s0_43_v3_and_v4_have_the_same_routes_and_the_same_answers(shared_api: Api) -> None:
    declared = [(method, "/".join(path)) for method, path in routes()]
    v3 = {(method, path.replace("/api/v3/", "")) for method, path in declared if path.startswith("/api/v3/")}
    v4 = {(method, path.replace("/api/v4/", "")) for method, path in declared if path.startswith("/api/v4/")}
    assert v3 == v4
    case_id = a_full_case(shared_api)["case"]["case_id"]
    for path in (f"cases/{case_id}", f"cases/{case_id}/escalations", "reports/cases?seq=1", "cases/none"):
        assert shared_api.get(f"/api/v3/{path}").json == shared_api.get(f"/api/v4/{path}").json


def test_s0_43_the_seven_case_routes_and_two_cluster_routes_exist() -> None:
    case = "/api/v3/cases"
    wanted = {
        ("POST", "/api/v3/clusters/analyze"), ("POST", "/api/v3/clusters/from-report"), ("POST", case),
        ("GET", f"{case}/{{case_id}}"), ("POST", f"{case}/{{case_id}}/reports"), ("POST", f"{case}/{{case_id}}/status"),
        ("GET", f"{case}/{{case_id}}/escalations"), ("POST", f"{case}/{{case_id}}/escalations/draft"),
        ("POST", f"{case}/{{case_id}}/escalations/send"), ("POST", f"{case}/merge"),
        ("POST", f"{case}/upsert-from-cluster"), ("POST", f"{case}/match-cluster"), ("GET", "/api/v3/reports/cases"),
    }  # fmt: skip
    assert wanted <= {(method, "/".join(path)) for method, path in routes()}


def test_s0_06_a_read_writes_nothing(shared_api: Api) -> None:
    case_id = a_full_case(shared_api)["case"]["case_id"]
    before = shared_api.row_counts()
    for path in ("", "?refresh_targets=1", "/escalations", "/escalations?refresh_targets=1"):
        assert shared_api.get(f"/api/v3/cases/{case_id}{path}").status == 200
    assert shared_api.row_counts() == before


def test_an_unknown_route_and_a_wrong_method_are_404_in_plain_text(shared_api: Api) -> None:
    calls = [("GET", "/api/v3/nothing"), ("PATCH", "/api/v3/cases"), ("GET", "/api/v4/cases")]
    for method, path in calls:
        answer = shared_api.call(method, path)
        assert (answer.status, answer.headers["content-type"].split(";")[0]) == (404, "text/plain")
