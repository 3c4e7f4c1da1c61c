"""POST /api/v3|v4/cases: a selection becomes a case, or joins the one that it belongs to (contract §8.1)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.api import audit
from tests.support.reports import a_square

if TYPE_CHECKING:
    from tests.support.api import Api

SQUARE = a_square(100.52, 13.74, 100.54, 13.76)
CASES = "/api/v3/cases"


@pytest.fixture
def api(shared_api: Api) -> Api:
    """The module's database, at a place of the test's own."""
    return shared_api.elsewhere()


def test_s0_09_a_case_is_created_and_named_in_location(api: Api) -> None:
    answer = api.post(CASES, {"title": "Blocked drain"})
    case = answer.json["case"]
    assert (answer.status, answer.headers["location"]) == (201, f"{CASES}/{case['case_id']}")
    assert re.fullmatch(r"case_[0-9a-f]{12}", case["case_id"])
    assert re.fullmatch(r"blocked-drain-[0-9a-f]{8}", case["slug"])
    assert api.get(answer.headers["location"]).json == answer.json


def test_fields_that_are_not_sent_have_the_contracts_defaults(api: Api) -> None:
    case = api.post(CASES, {"title": "  Blocked drain \n"}).json["case"]
    assert [case[name] for name in ("title", "type", "status", "classification", "summary", "uncertainty_notes")] == [
        "Blocked drain", "incident", "open", "physical", "", "",
    ]  # fmt: skip
    scores = [case[name] for name in case if name.endswith(("_score", "_count"))]
    assert scores == [0] * 8
    assert (case["first_seen_at"], case["last_seen_at"], case["anchor_report_seq"]) == (None, None, None)


def test_s0_01_s0_02_every_field_is_kept_and_three_reports_make_one_case(api: Api) -> None:
    seqs = api.reports({}, {"title": "Drain overflows"}, {"title": "Water on the road"})
    fields: dict[str, Any] = {
        "title": "Flood at Silom", "type": "hazard", "classification": "physical", "summary": "Three witnesses",
        "uncertainty_notes": "depth unknown",
    }  # fmt: skip
    made = api.post(CASES, fields | {"report_seqs": seqs, "geometry": SQUARE}).json
    assert made["case"] | fields == made["case"]
    assert json.loads(made["case"]["geometry_json"]) == SQUARE
    assert [link["seq"] for link in made["linked_reports"]] == seqs
    assert {(link["link_reason"], link["confidence"]) for link in made["linked_reports"]} == {("initial_selection", 1)}


@pytest.mark.parametrize("body", [{}, {"title": ""}, {"title": " \t\n"}])
def test_s0_36_a_missing_title_is_400(shared_api: Api, body: Any) -> None:
    before = shared_api.row_counts()
    for prefix in ("v3", "v4"):
        answer = shared_api.post(f"/api/{prefix}/cases", body)
        assert (answer.status, answer.json["error"]) == (400, "title is required")
    assert shared_api.row_counts() == before


def test_a_title_of_255_characters_is_kept_and_a_longer_one_is_422(shared_api: Api) -> None:
    title = "ท่อ" * 85
    made = shared_api.post(CASES, {"title": title})
    assert (made.status, made.json["case"]["title"]) == (201, title)
    assert len(made.json["case"]["slug"]) <= 128
    assert shared_api.post(CASES, {"title": title + "x"}).status == 422


@pytest.mark.parametrize("classification", ["virtual", "PHYSICAL!"])
def test_an_unknown_classification_is_422(shared_api: Api, classification: str) -> None:
    assert shared_api.post(CASES, {"title": "x", "classification": classification}).status == 422


def test_unknown_reports_are_422_named_and_nothing_is_stored(shared_api: Api) -> None:
    seq = shared_api.report()
    before = shared_api.row_counts()
    answer = shared_api.post(CASES, {"title": "x", "report_seqs": [seq, 99_999, 88_888], "cluster_summary": "y"})
    assert answer.status == 422
    assert "99999" in json.dumps(answer.json)
    assert "88888" in json.dumps(answer.json)
    assert str(seq) not in re.findall(r"\d+", answer.json["error"])
    assert shared_api.row_counts() == before


def test_a_report_of_another_tenant_is_unknown(shared_api: Api) -> None:
    seq = shared_api.reports({}, tenant="acme", roles=["admin"])[0]
    assert shared_api.post(CASES, {"title": "x", "report_seqs": [seq]}).status == 422


def test_an_anchor_must_exist(shared_api: Api) -> None:
    answer = shared_api.post(CASES, {"title": "x", "anchor_report_seq": 99_999})
    assert (answer.status, answer.json["error"]) == (400, "anchor report not found")


def test_an_anchor_alone_is_linked_as_a_report(api: Api) -> None:
    seq = api.report(severity_level=0.6)
    made = api.post(CASES, {"title": "x", "anchor_report_seq": seq}).json
    case = made["case"]
    assert [link["seq"] for link in made["linked_reports"]] == [seq]
    assert (case["anchor_report_seq"], case["anchor_lat"], case["anchor_lng"]) == (seq, api.latitude, api.longitude)
    assert (case["confidence_score"], case["exposure_score"], case["severity_score"]) == (0.8, 0.6, 0.6)


def test_an_unknown_existing_case_is_404_and_stores_nothing(shared_api: Api) -> None:
    before = shared_api.row_counts()
    for case_id in ("case_000000000000", "nonsense", "CASE-261123-0000"):
        answer = shared_api.post(CASES, {"title": "x", "existing_case_id": case_id, "cluster_summary": "y"})
        assert (answer.status, answer.json["error"]) == (404, "case not found")
    assert shared_api.row_counts() == before


def test_another_tenants_existing_case_is_404(shared_api: Api) -> None:
    theirs = shared_api.post(CASES, {"title": "x"}, tenant="acme", roles=["admin"]).json["case"]["case_id"]
    assert shared_api.post(CASES, {"title": "x", "existing_case_id": theirs}).status == 404


def test_attaching_to_a_chosen_case_answers_200_and_keeps_its_words(api: Api) -> None:
    first, second = api.reports({}, {"latitude": 8.7, "title": "Something else", "severity_level": 0.95})
    target = api.open([first], summary="kept")["case"]["case_id"]
    body = {"title": "dropped", "summary": "dropped", "existing_case_id": target, "report_seqs": [second]}
    answer = api.post(CASES, body | {"cluster_summary": "late"})
    case = answer.json["case"]
    assert (answer.status, case["case_id"], case["title"], case["summary"]) == (200, target, "Blocked drain", "kept")
    reasons = {link["seq"]: (link["link_reason"], link["confidence"]) for link in answer.json["linked_reports"]}
    assert reasons == {first: ("initial_selection", 1), second: ("cluster_match", 0.95)}
    assert (case["severity_score"], case["anchor_report_seq"], case["linked_report_count"]) == (0.95, second, 2)
    assert audit(answer.json) == ["case_created", "cluster_attached"]


def test_a_selection_joins_the_open_case_that_it_matches(api: Api) -> None:
    """0.12 + 0.56 for the same reports is above 0.58 before place and words count."""
    seqs = api.reports({}, {"title": "Drain is blocked"})
    target = api.open(seqs)["case"]["case_id"]
    before = api.row_counts()["cases"]
    answer = api.post(CASES, {"title": "Another name", "report_seqs": seqs})
    assert (answer.status, answer.json["case"]["case_id"], answer.json["case"]["title"]) == (
        200, target, "Blocked drain",
    )  # fmt: skip
    assert api.row_counts()["cases"] == before


def test_force_new_case_never_joins(api: Api) -> None:
    seqs = api.reports({}, {})
    first = api.open(seqs)
    second = api.post(CASES, {"title": "Blocked drain", "report_seqs": seqs, "force_new_case": True})
    assert second.status == 201
    assert second.json["case"]["case_id"] != first["case"]["case_id"]


@pytest.mark.parametrize("status", ["resolved", "closed", "escalated"])
def test_only_an_open_or_investigated_case_is_joined(api: Api, status: str) -> None:
    seqs = api.reports({}, {})
    target = api.open(seqs)["case"]["case_id"]
    assert api.post(f"{CASES}/{target}/status", {"status": status}).status == 200
    assert api.post(CASES, {"title": "Blocked drain", "report_seqs": seqs}).status == 201


def test_a_selection_below_the_threshold_opens_a_new_case(api: Api) -> None:
    near, far = api.reports({}, {"latitude": api.latitude + 0.05, "title": "Broken lamp"})
    api.open([near])
    assert api.post(CASES, {"title": "Broken lamp", "report_seqs": [far]}).status == 201


def test_targets_are_kept_and_entries_without_a_contact_skipped(api: Api) -> None:
    given = [
        {"organization": "Roads", "channel": "email", "email": "Roads@District.go.th", "confidence_score": 0.7},
        {"organization": "Nobody", "channel": "email"},
        {"organization": "Call", "channel": "phone", "phone": "+66 2 123 4567"},
    ]
    targets = api.open(escalation_targets=given)["escalation_targets"]
    assert {(target["organization"], target["channel"]) for target in targets} == {
        ("Roads", "email"),
        ("Call", "phone"),
    }


def test_the_audit_event_tells_what_the_case_was_made_of(api: Api) -> None:
    """S0-06: one logical action, one row; the actor is the token's user."""
    seqs = api.reports({}, {"severity_level": 0.9})
    made = api.post(CASES, {"title": "x", "report_seqs": seqs, "cluster_summary": "y"}, user="mali").json
    (event,) = made["audit_events"]
    payload = json.loads(event["payload_json"])
    assert (event["event_type"], event["actor_user_id"]) == ("case_created", "mali")
    assert (payload["report_seqs"], payload["anchor_seq"], payload["existing_case"]) == (seqs, seqs[1], False)
    assert payload["cluster_ids"] == [made["clusters"][0]["cluster_id"]]


def test_unknown_fields_are_ignored_and_no_body_chooses_the_actor(shared_api: Api) -> None:
    body = {"title": "x", "actor_user_id": "boss", "created_by_user_id": "boss", "made_up": 1, "case_id": "case_1"}
    made = shared_api.post(CASES, body, user="mali").json
    assert made["case"]["created_by_user_id"] == "mali"
    assert {event["actor_user_id"] for event in made["audit_events"]} == {"mali"}


def test_text_that_looks_like_sql_or_markup_is_stored_as_it_came(shared_api: Api) -> None:
    text = "'; drop table cases; -- <script>alert(1)</script> 100% \\ \" 💧 ท่อ 排水"
    case = shared_api.post(CASES, {"title": text, "summary": text}).json["case"]
    assert (case["title"], case["summary"]) == (text, text)


@pytest.mark.parametrize("status", ["open", "investigating", "escalated", "resolved", "closed"])
def test_a_case_may_be_created_in_each_of_five_words(shared_api: Api, status: str) -> None:
    answer = shared_api.post(CASES, {"title": "x", "status": status})
    assert (answer.status, answer.json["case"]["status"]) == (201, status)


@pytest.mark.parametrize(("status", "code"), [("merged", 409), ("archived", 422), ("done", 422)])
def test_a_case_is_not_created_in_another_word(shared_api: Api, status: str, code: int) -> None:
    before = shared_api.row_counts()
    assert shared_api.post(CASES, {"title": "x", "status": status}).status == code
    assert shared_api.row_counts() == before


def test_upsert_from_cluster_is_the_same_door(api: Api) -> None:
    seqs = api.reports({}, {})
    first = api.post(f"{CASES}/upsert-from-cluster", {"title": "x", "report_seqs": seqs})
    again = api.post("/api/v4/cases/upsert-from-cluster", {"title": "x", "report_seqs": seqs})
    assert (first.status, again.status) == (201, 200)
    assert first.json["case"]["case_id"] == again.json["case"]["case_id"]


def test_s0_15_a_later_report_changes_no_open_case(api: Api) -> None:
    """S0-70, C-11: ingesting never links by itself."""
    made = api.open([api.report()])
    api.world.clock.advance(timedelta(minutes=5))
    api.report()
    assert api.detail(made["case"]["case_id"]) == made
