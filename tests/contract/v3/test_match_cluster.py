"""Candidate cases (§7): the figures against an oracle, and the flag off | suggest | auto (C-11, S0-73)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cases import match_reports
from outbox import sweep_outbox
from tests.support.api import Api
from tests.support.apps import World
from tests.support.reports import METRES_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELDS = {
    "case_id", "slug", "title", "status", "classification", "summary", "geometry_json", "aggregate_geometry_json",
    "aggregate_bbox_json", "anchor_report_seq", "anchor_lat", "anchor_lng", "cluster_count", "linked_report_count",
    "shared_report_count", "match_score", "match_reasons", "updated_at",
}  # fmt: skip
STOP = frozenset({"the", "and", "for", "with", "near"})
LATITUDE, LONGITUDE = 13.75, 100.53


def tokens(*texts: str) -> set[str]:
    """The contract's tokens, which for plain English words are ours too."""
    words = re.split(r"[^a-z0-9]+", " ".join(texts).lower())
    return {word for word in words if len(word) >= 3} - STOP


def match(api: Api, **body: Any) -> list[dict[str, Any]]:
    answer = api.post("/api/v3/cases/match-cluster", body)
    assert answer.status == 200, answer.json
    return answer.json["candidate_cases"]


def north(api: Api, metres: float) -> float:
    return api.latitude + metres / METRES_PER_DEGREE


@pytest.fixture
def api(shared_api: Api) -> Api:
    """The module's database, at a place of the test's own."""
    return shared_api.elsewhere()


@pytest.mark.parametrize(("shared", "scope", "case"), [(1, 1, 1), (2, 2, 4), (2, 4, 2), (1, 3, 2)])
def test_shared_reports_score_by_the_larger_side(api: Api, shared: int, scope: int, case: int) -> None:
    """All reports lie at one point: no box has an area, the anchor is at the centre, the words are told."""
    seqs = api.reports(*[{"title": "Lamp broken"} for _ in range(scope + case - shared)])
    api.open(seqs[:case], title="Zebra crossing")
    (found,) = match(api, report_seqs=seqs[case - shared :])
    assert found["match_score"] == pytest.approx(0.12 + 0.56 * shared / max(scope, case) + 0.18, abs=0.001)
    assert found["shared_report_count"] == shared
    assert any(f"{shared} shared report" in reason for reason in found["match_reasons"])
    assert "same location" in found["match_reasons"]


@pytest.mark.parametrize(
    ("metres", "bonus", "label"),
    [(0, 0.18, "same location"), (55, 0.18, "same location"), (65, 0.12, "nearby location"),
     (145, 0.12, "nearby location"), (160, 0.06, None)],
)  # fmt: skip
def test_the_distance_to_the_anchor_counts_in_three_steps(api: Api, metres: float, bonus: float, label: str) -> None:
    anchor = api.report(title="underpass lantern guitar")
    api.open([anchor], title="underpass lantern guitar")
    away = api.report(latitude=north(api, metres), title="underpass lantern guitar")
    body = {"report_seqs": [away], "title": "underpass lantern guitar"}
    found = match(api, **body)
    score = 0.12 + bonus + 0.16
    if score < 0.35:
        assert found == []
        return
    assert found[0]["match_score"] == pytest.approx(score, abs=0.001)
    assert [reason for reason in found[0]["match_reasons"] if "location" in reason] == ([label] if label else [])
    assert "shared incident language" in found[0]["match_reasons"]


def test_words_count_by_jaccard(api: Api) -> None:
    """Nouns without an inflection: what the contract's tokens and ours agree on."""
    seq = api.report(title="piano lantern copper")
    api.open([api.report(title="Something")], title="piano lantern", summary="violin guitar")
    (found,) = match(api, report_seqs=[seq], title="piano lantern", summary="guitar")
    scope, case = tokens("piano lantern guitar copper"), tokens("piano lantern violin guitar")
    jaccard = len(scope & case) / len(scope | case)
    assert found["match_score"] == pytest.approx(0.12 + 0.18 + 0.16 * jaccard, abs=0.001)
    assert ("shared incident language" in found["match_reasons"]) == (jaccard >= 0.3)


def test_overlapping_boxes_count_by_their_union(api: Api) -> None:
    """0.35 × IoU, at most 0.22; the anchor's place and the cluster bonus are told apart."""
    seqs = api.reports({"title": "aaa bbb"})
    api.open(seqs, title="zzz", geometry=api.square())
    half = api.square(east=0.01)
    (found,) = match(api, geometry=half, report_seqs=seqs, title="yyy")
    centre_away = 0.01 * 105_000
    assert centre_away > 300
    assert found["match_score"] == pytest.approx(0.12 + 0.56 + 0.35 / 3, abs=0.002)
    assert "overlapping area" in found["match_reasons"]
    (same,) = match(api, geometry=api.square(), report_seqs=seqs, title="yyy")
    assert same["match_score"] == 1


def test_a_weak_candidate_without_a_shared_report_is_dropped(api: Api) -> None:
    api.open([api.report(title="zebra")], title="zebra")
    assert match(api, report_seqs=[api.report(title="lamp")], title="lamp") == []


def test_a_candidate_has_the_contracts_fields(api: Api) -> None:
    seqs = api.reports({}, {})
    made = api.open(seqs, summary="s", geometry=api.square())["case"]
    (found,) = match(api, report_seqs=seqs)
    assert found.keys() == FIELDS
    for name in FIELDS - {"shared_report_count", "match_score", "match_reasons"}:
        assert found[name] == made[name]
    assert isinstance(json.loads(found["aggregate_bbox_json"]), list)


def test_candidates_come_best_first(api: Api) -> None:
    seqs = api.reports({}, {}, {})
    some, every = api.open(seqs[:1]), api.open(seqs)
    found = match(api, report_seqs=seqs)
    assert [case["case_id"] for case in found] == [every["case"]["case_id"], some["case"]["case_id"]]


@pytest.mark.parametrize("change", ["resolved", "closed", "escalated"])
def test_only_open_and_investigated_cases_are_candidates(api: Api, change: str) -> None:
    seqs = api.reports({}, {})
    case_id = api.open(seqs)["case"]["case_id"]
    api.post(f"/api/v3/cases/{case_id}/status", {"status": "investigating"})
    assert [case["case_id"] for case in match(api, report_seqs=seqs)] == [case_id]
    api.post(f"/api/v3/cases/{case_id}/status", {"status": change})
    assert match(api, report_seqs=seqs) == []


def test_another_classification_or_tenant_is_no_candidate(api: Api) -> None:
    seqs = api.reports({}, {})
    api.open(seqs)
    assert match(api, report_seqs=seqs, classification="digital") == []
    answer = api.post("/api/v3/cases/match-cluster", {"report_seqs": seqs}, tenant="acme", roles=["admin"])
    assert (answer.status, answer.json) == (200, {"classification": "physical", "candidate_cases": []})


def test_nothing_given_matches_nothing(api: Api) -> None:
    api.open(api.reports({}))
    assert match(api) == []


def test_a_big_case_matches_by_all_its_reports(api: Api) -> None:
    """Weakness 13: no cut of the linked reports."""
    seqs = [seq for _ in range(3) for seq in api.reports(*[{}] * 100)]
    case_id = api.open(seqs[:280])["case"]["case_id"]
    (found,) = match(api, report_seqs=seqs[:280])
    assert (found["case_id"], found["shared_report_count"]) == (case_id, 280)


def test_s0_73_an_analysis_suggests_and_never_links(api: Api) -> None:
    """S0-69: an analysis makes no case and links nothing, whatever it finds."""
    seqs = api.reports({}, {})
    made = api.open(seqs)
    before = api.row_counts()
    answer = api.post("/api/v3/clusters/analyze", {"geometry": api.square()})
    (found,) = answer.json["candidate_cases"]
    assert (found["case_id"], found["match_score"] > 0.58) == (made["case"]["case_id"], True)
    assert found["match_reasons"]
    assert (api.row_counts(), api.detail(made["case"]["case_id"])) == (before, made)


@pytest.fixture(params=["off", "suggest", "auto"])
def flagged(owner_url: str, request: pytest.FixtureRequest) -> Iterator[Api]:
    world = World(owner_url)
    world.environ["AUTO_MATCH"] = request.param
    yield Api(world)
    world.close()


def hear(api: Api) -> None:
    """Let the relay publish, and the case room hear that reports came in."""
    sweep_outbox.handler.function(api.world.app("outbox_relay"))
    for message in api.world.publisher.take("match"):
        record = {"messageId": "m", "body": json.dumps(message, default=str)}
        assert match_reports.handler.accept(record, api.world.app("api_writer"))


def test_c11_the_flag_has_three_modes(flagged: Api) -> None:
    """`off` names nothing, `suggest` names and links nothing, `auto` links what came in; an analysis links in none of them."""
    mode = flagged.world.environ["AUTO_MATCH"]
    seqs = flagged.reports({}, {}, {})
    made = flagged.open(seqs)
    case_id = made["case"]["case_id"]
    (new,) = flagged.reports({})
    answer = flagged.post("/api/v3/clusters/analyze", {"geometry": flagged.square()})
    assert [case["case_id"] for case in answer.json["candidate_cases"]] == ([] if mode == "off" else [case_id])
    assert flagged.detail(case_id) == made
    hear(flagged)
    linked = [row["seq"] for row in flagged.detail(case_id)["linked_reports"]]
    assert linked == ([*seqs, new] if mode == "auto" else seqs)


@pytest.mark.parametrize(
    ("query", "text"),
    [("", "seq is required"), ("?seq=", "seq is required"), ("?seq=0", "seq must be a positive integer"),
     ("?seq=-1", "seq must be a positive integer"), ("?seq=x", "seq must be a positive integer"),
     ("?seq=1.5", "seq must be a positive integer")],
)  # fmt: skip
def test_the_cases_of_a_report_want_its_number(shared_api: Api, query: str, text: str) -> None:
    answer = shared_api.get(f"/api/v3/reports/cases{query}")
    assert (answer.status, answer.json["error"]) == (400, text)


def test_the_cases_of_a_report_come_newest_update_first(shared_api: Api) -> None:
    seq = shared_api.report()
    ids = []
    for _ in range(3):
        shared_api.world.clock.advance(timedelta(minutes=1))
        ids.append(shared_api.open([seq])["case"]["case_id"])
    found = shared_api.get(f"/api/v4/reports/cases?seq={seq}").json
    assert [case["case_id"] for case in found["cases"]] == ids[::-1]
    assert found["cases"][0].keys() == {
        "case_id", "slug", "title", "status", "classification", "summary", "severity_score", "urgency_score",
        "updated_at", "escalation_target_count", "delivery_count",
    }  # fmt: skip
