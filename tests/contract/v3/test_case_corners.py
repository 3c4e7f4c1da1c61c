"""Corners where two rules meet: merges and mails, opposite merges at once, chosen cases that ended, big and odd selections."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.outreach.conftest import Outreach
from tests.contract.v3.test_case_concurrency import at_once
from tests.support.api import Api, audit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.apps import Answered

CASES = "/api/v3/cases"


def merge(api: Api, target: str, *sources: str) -> Answered:
    return api.post(f"{CASES}/merge", {"target_case_id": target, "source_case_ids": list(sources)})


@pytest.fixture
def outreach(owner_url: str) -> Iterator[Outreach]:
    made = Outreach(owner_url)
    yield made
    made.world.close()


def test_a_mail_that_was_ordered_before_a_merge_is_told_on_the_target(outreach: Outreach) -> None:
    target, source = outreach.case("a@b.go.th"), outreach.case("c@d.go.th")
    assert outreach.send(source).status == 202
    assert merge(outreach, target, source).status == 200
    outreach.deliver()
    assert outreach.event(0, "delivered").status == 200
    outreach.deliver()
    (delivery,) = outreach.escalations(target)["deliveries"]
    assert (delivery["recipient_email"], delivery["delivery_status"]) == ("c@d.go.th", "delivered")
    assert outreach.escalations(source)["deliveries"] == []
    for case_id in (target, source):
        assert outreach.get(f"/api/cases/{case_id}/events").json["verified"]


def test_opposite_merges_at_once_make_no_circle(api: Api) -> None:
    first, second = (api.open()["case"]["case_id"] for _ in range(2))
    calls: list[Callable[[Api], Answered]] = [
        lambda one: merge(one, first, second),
        lambda one: merge(one, second, first),
    ]
    assert sorted(answer.status for answer in at_once(api.world.owner_url, calls)) == [200, 409]
    words = sorted(api.detail(case_id)["case"]["status"] for case_id in (first, second))
    assert words == ["merged", "open"]


def test_overlapping_selections_at_once_never_break(api: Api) -> None:
    seqs = api.reports(*[{}] * 6)
    calls: list[Callable[[Api], Answered]] = [
        lambda one, part=part: one.post(CASES, {"title": "Blocked drain", "report_seqs": part})
        for part in (seqs, seqs[::-1], seqs[:5], seqs[1:], seqs[:5][::-1])
    ]
    answers = at_once(api.world.owner_url, calls)
    assert sorted(answer.status for answer in answers) == [200] * 4 + [201]


def test_links_and_status_at_once_keep_one_chain(api: Api) -> None:
    seqs = api.reports(*[{}] * 4)
    case_id = api.open()["case"]["case_id"]
    calls: list[Callable[[Api], Answered]] = [
        lambda one, seq=seq: one.post(f"{CASES}/{case_id}/reports", {"report_seqs": [seq]}) for seq in seqs
    ]
    calls += [
        lambda one, word=word: one.post(f"{CASES}/{case_id}/status", {"status": word}) for word in ("escalated", "closed", "investigating")
    ]
    assert {answer.status for answer in at_once(api.world.owner_url, calls)} == {200}
    stream = api.get(f"/api/cases/{case_id}/events").json
    assert (stream["verified"], [item["version"] for item in stream["items"]]) == (True, [*range(1, len(stream["items"]) + 1)])


def test_a_chosen_case_is_attached_to_even_when_a_new_one_is_forced(shared_api: Api) -> None:
    """§8.1: `existing_case_id` decides."""
    case_id = shared_api.open()["case"]["case_id"]
    body = {"title": "x", "existing_case_id": case_id, "force_new_case": True, "report_seqs": [shared_api.report()]}
    answer = shared_api.post(CASES, body)
    assert (answer.status, answer.json["case"]["case_id"]) == (200, case_id)


def test_a_chosen_case_that_was_merged_is_409(shared_api: Api) -> None:
    target, source = (shared_api.open()["case"]["case_id"] for _ in range(2))
    merge(shared_api, target, source)
    before = shared_api.row_counts()
    body = {"title": "x", "existing_case_id": source, "report_seqs": [1], "cluster_summary": "x"}
    assert shared_api.post(CASES, body | {"report_seqs": []}).status == 409
    assert shared_api.row_counts() == before


@pytest.mark.parametrize("names", ["alias", "id", "number"])
def test_a_body_names_a_case_as_a_path_does(shared_api: Api, names: str) -> None:
    """C-20: all three names resolve."""
    alias, other = (shared_api.open()["case"]["case_id"] for _ in range(2))
    found = shared_api.get(f"/api/cases/{alias}").json
    name = {"alias": alias, "id": found["id"], "number": found["case_number"]}[names]
    answer = shared_api.post(CASES, {"title": "x", "existing_case_id": name, "cluster_summary": "x"})
    assert (answer.status, answer.json["case"]["case_id"]) == (200, alias)
    merged = merge(shared_api, name, other)
    assert (merged.status, merged.json["case"]["case_id"]) == (200, alias)


def test_the_same_source_named_twice_is_merged_once(shared_api: Api) -> None:
    target, source = (shared_api.open()["case"]["case_id"] for _ in range(2))
    uuid = shared_api.get(f"/api/cases/{source}").json["id"]
    answer = merge(shared_api, target, source, source, uuid)
    assert answer.status == 200
    assert audit(answer.json) == ["case_created", "case_merged"]
    assert audit(shared_api.detail(source)) == ["case_created", "case_merged_into"]


@pytest.mark.parametrize("seqs", [[-1], [0], [1, -1], [2**31], [2**63], [10**17]])
def test_numbers_that_no_report_has_are_refused_at_creation(shared_api: Api, seqs: list[int]) -> None:
    before = shared_api.row_counts()
    answer = shared_api.post(CASES, {"title": "x", "report_seqs": seqs})
    assert answer.status in {400, 422}
    assert shared_api.row_counts() == before


def test_a_report_named_twice_is_linked_once(shared_api: Api) -> None:
    seq = shared_api.report()
    made = shared_api.open([seq, seq], anchor_report_seq=seq)
    assert ([row["seq"] for row in made["linked_reports"]], made["case"]["linked_report_count"]) == ([seq], 1)


@pytest.mark.parametrize("confidence", [1.5, 2, 1e300])
def test_a_confidence_beyond_one_is_refused_or_cut(shared_api: Api, confidence: float) -> None:
    seq, case_id = shared_api.report(), shared_api.open()["case"]["case_id"]
    answer = shared_api.post(f"{CASES}/{case_id}/reports", {"report_seqs": [seq], "confidence": confidence})
    if answer.status == 200:
        assert answer.json["linked_reports"][0]["confidence"] == 1
    else:
        assert answer.status in {400, 422}


def test_a_hidden_report_cannot_be_linked(shared_api: Api) -> None:
    """§3: a report is visible to these routes only while it is public."""
    seq = shared_api.report()
    shared_api.rows("update reports set is_public = false where seq = %s", seq)
    assert shared_api.post(CASES, {"title": "x", "report_seqs": [seq]}).status == 422


def test_a_long_payload_of_a_status_comes_back_whole(shared_api: Api) -> None:
    case_id = shared_api.open()["case"]["case_id"]
    payload: dict[str, Any] = {"a" * 200: [1e16, -0.0, 1.5e-7, "ท่อ", None, {"b": []}], "big": "x" * 50_000, "0": 12345678901234567}
    answer = shared_api.post(f"{CASES}/{case_id}/status", {"status": "escalated", "payload": payload})
    assert json.loads(answer.json["audit_events"][-1]["payload_json"])["payload"] == payload
    assert shared_api.get(f"/api/cases/{case_id}/events").json["verified"]


def test_a_replayed_send_shows_the_present_truth(outreach: Outreach) -> None:
    case_id = outreach.case("a@b.go.th")
    headers = {"idempotency-key": "k"}
    first = outreach.send(case_id, headers=headers)
    outreach.deliver()
    outreach.world.clock.advance(timedelta(minutes=2))
    again = outreach.send(case_id, headers=headers)
    assert (again.status, again.headers["idempotent-replayed"]) == (first.status, "true")
    assert [row["delivery_status"] for row in again.json["deliveries"]] in (["sent"], ["queued"])
    outreach.deliver()
    assert len(outreach.mailer.taken) == 1


def test_a_case_numbers_day_is_bangkoks(api: Api) -> None:
    """C-20: 17:00 UTC is the next day in Bangkok."""
    api.world.clock.at = api.world.clock.at.replace(hour=16, minute=59)
    assert api.get(f"/api/cases/{api.open()['case']['case_id']}").json["case_number"].startswith("CASE-261123-")
    api.world.clock.advance(timedelta(minutes=1))
    assert api.get(f"/api/cases/{api.open()['case']['case_id']}").json["case_number"].startswith("CASE-261124-")


def test_null_is_absent_on_v3(api: Api) -> None:
    answer = api.post(
        "/api/v3/cases",
        {"title": "Blocked drain", "report_seqs": None, "summary": None, "escalation_targets": None, "status": None, "geometry": None},
    )
    assert answer.status == 201
    assert (answer.json["case"]["summary"], answer.json["case"]["status"]) == ("", "open")
    assert api.post("/api/v3/cases", {"title": None}).json["error"] == "title is required"
