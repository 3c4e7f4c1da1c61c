"""From civic reports to delivered mails, over HTTP, with the demo's reports and their hidden labels."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from types import SimpleNamespace

import pytest

from local.demo import chain
from local.demo.reports import agreement, load_reports, load_scope

ANALYSE = "/api/v3/clusters/analyze"


@pytest.fixture(scope="module")
def told(scene):
    """All demo reports ingested, and the analysis of the demo's scope."""
    now = datetime.fromisoformat(scene.control.get("/_local/clock").json["now"])
    reports = load_reports(now)
    answers = [scene.desk.post("/api/v3/reports", batch) for batch in reports.batches(100)]
    results = [result for answer in answers for result in answer.json["results"]]
    seqs = {item["external_id"]: result["seq"] for item, result in zip(reports.items, results, strict=True)}
    analysis = scene.desk.post(ANALYSE, {"geometry": load_scope(), "n": 1000}).json
    return SimpleNamespace(reports=reports, answers=answers, results=results, seqs=seqs, analysis=analysis)


@pytest.fixture(scope="module")
def case(scene, told):
    """A case from the best hypothesis, all witnesses but two."""
    best = told.analysis["hypotheses"][0]
    body = {"title": best["title"], "report_seqs": best["report_seqs"][:-2], "geometry": load_scope(), "cluster_analysis": best}
    return scene.desk.post("/api/v3/cases", body | {"anchor_report_seq": best["representative_report_seq"]}).json


def test_every_report_is_stored_once(told):
    assert {answer.status for answer in told.answers} == {201}
    assert Counter(result["status"] for result in told.results) == {"created": 260, "duplicate": 6}
    assert len(set(told.seqs.values())) == 260


def test_each_incident_in_scope_is_found(told):
    incident_of = {told.seqs[external_id]: name for external_id, name in told.reports.incidents.items()}
    found = agreement((one["report_seqs"] for one in told.analysis["hypotheses"]), incident_of)
    assert found.found == found.incidents == 5
    assert found.precision >= 0.95
    assert found.recall >= 0.95


def test_figures_of_a_hypothesis_add_up_and_come_in_order(told):
    urgencies = [one["urgency_score"] for one in told.analysis["hypotheses"]]
    assert urgencies == sorted(urgencies, reverse=True)
    for one in told.analysis["hypotheses"]:
        assert sum(one["confidence_components"].values()) == pytest.approx(one["confidence"])
        assert sum(one["link_components"].values()) == pytest.approx(one["cohesion"], abs=1e-5)
        assert bool(one["rationale"]) == (one["report_count"] > 1)


def test_the_same_question_gets_the_same_hypotheses(scene, told):
    again = scene.desk.post(ANALYSE, {"geometry": load_scope(), "n": 1000}).json
    ids = [one["hypothesis_id"] for one in again["hypotheses"]]
    assert ids == [one["hypothesis_id"] for one in told.analysis["hypotheses"]]
    assert len(set(ids)) == len(ids)


def test_from_report_finds_the_same_incident(scene, told):
    best = told.analysis["hypotheses"][0]
    near = scene.desk.post("/api/v3/clusters/from-report", {"seq": best["representative_report_seq"]}).json
    assert near["anchor_report_seq"] == best["representative_report_seq"]
    assert any(set(best["report_seqs"]) == set(one["report_seqs"]) for one in near["hypotheses"])


def test_linking_measures_the_case_anew_and_a_second_analysis_names_it(scene, told, case):
    best, case_id = told.analysis["hypotheses"][0], case["case"]["case_id"]
    linked = scene.desk.post(f"/api/v3/cases/{case_id}/reports", {"report_seqs": best["report_seqs"][-2:]}).json
    assert case["case"]["linked_report_count"] == len(best["report_seqs"]) - 2
    assert linked["case"]["linked_report_count"] == len(best["report_seqs"])
    assert linked["case"]["severity_score"] == best["severity_score"]
    candidates = scene.desk.post(ANALYSE, {"geometry": load_scope(), "n": 1000}).json["candidate_cases"]
    assert candidates[0]["case_id"] == case_id
    assert f"{len(best['report_seqs'])} shared reports" in candidates[0]["match_reasons"]


def test_a_report_knows_its_cases_in_both_prefixes(scene, told, case):
    seq = told.analysis["hypotheses"][0]["representative_report_seq"]
    for prefix in ("v3", "v4"):
        found = scene.desk.get(f"/api/{prefix}/reports/cases?seq={seq}").json["cases"]
        assert [one["case_id"] for one in found] == [case["case"]["case_id"]]


def test_mails_reach_the_district_and_each_recipient_has_the_truth(scene, case):
    case_id = case["case"]["case_id"]
    scene.desk.post(f"/api/v3/cases/{case_id}/status", {"status": "investigating"})
    assert scene.send(case_id, language="th").status == 202
    assert set(scene.statuses(case_id).values()) == {"queued"}
    scene.drain()
    mails = [mail for mail in scene.mails() if mail["to"][0] in scene.statuses(case_id)]
    assert len(mails) == len(scene.statuses(case_id)) == 4
    bounced, *others = mails
    assert scene.tell(bounced, "bounce") == [200]
    for mail in others:
        assert scene.tell(mail, "deferred") + scene.tell(mail, "delivered", times=2) == [200, 200, 200]
    scene.drain()
    assert Counter(scene.statuses(case_id).values()) == {"delivered": 3, "bounced": 1}
    assert scene.statuses(case_id)[bounced["to"][0]] == "bounced"


def test_the_chain_of_a_case_verifies_outside_and_a_changed_row_breaks_it(scene):
    case_id = scene.open_case("A case to forge")
    scene.desk.post(f"/api/v3/cases/{case_id}/status", {"status": "resolved"})
    stream = scene.desk.get(f"/api/cases/{case_id}/events").json
    assert stream["verified"]
    assert chain.broken_at(stream) is None
    scene.rows("update case_event_payloads set payload = jsonb_set(payload, '{summary}', '\"forged\"') where case_id = %s", stream["id"])
    forged = scene.desk.get(f"/api/cases/{case_id}/events").json
    assert (forged["verified"], forged["broken_at"], chain.broken_at(forged)) == (False, 1, 1)


def test_a_stranger_finds_nothing(scene, case, told):
    stranger = scene.caller(tenant="acme")
    case_id, seq = case["case"]["case_id"], told.results[0]["seq"]
    paths = (f"/api/cases/{case_id}", f"/api/v3/cases/{case_id}", f"/api/v3/cases/{case_id}/escalations", f"/api/v3/reports/{seq}")
    assert {stranger.get(path).status for path in paths} == {404}
    assert stranger.post(ANALYSE, {"geometry": load_scope()}).json["reports"] == []
