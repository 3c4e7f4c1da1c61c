"""S0-03: the saved cluster of a case is what it was when the case was made, and holds no position of a report."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.reports import a_square

if TYPE_CHECKING:
    from tests.support.api import Api

SQUARE = a_square(100.52, 13.74, 100.54, 13.76)
STATS = {"report_count": 2, "severity_average": 0.5, "classification_breakdown": {"physical": 2}}


def an_analysis(api: Api) -> dict[str, Any]:
    return api.post("/api/v3/clusters/analyze", {"geometry": SQUARE}).json


def test_the_snapshot_keeps_scope_statistics_and_analysis(api: Api) -> None:
    seqs = api.reports({}, {})
    analysis = {"hypotheses": [{"hypothesis_id": "hyp_1", "rationale": ["same classification"]}]}
    made = api.open(seqs, geometry=SQUARE, cluster_summary="Two drains", cluster_stats=STATS, cluster_analysis=analysis)
    (cluster,) = made["clusters"]
    assert json.loads(cluster["stats_json"]) == STATS
    assert json.loads(cluster["analysis_json"]) == analysis
    assert json.loads(cluster["geometry_json"]) == SQUARE
    assert json.loads(cluster["bbox_json"]) == [100.52, 13.74, 100.54, 13.76]
    assert (cluster["summary"], cluster["source_type"], cluster["report_count"]) == ("Two drains", "geometry", 2)
    assert (cluster["centroid_lat"], cluster["centroid_lng"]) == pytest.approx((13.75, 100.53))
    assert len(cluster["cluster_fingerprint"]) == 40


def test_nothing_given_is_no_snapshot(api: Api) -> None:
    assert api.open()["clusters"] == []


@pytest.mark.parametrize("fields", [{"cluster_stats": STATS}, {"cluster_analysis": []}, {"cluster_summary": "x"}, {"geometry": SQUARE}])
def test_any_of_four_fields_makes_a_snapshot(shared_api: Api, fields: Any) -> None:
    made = shared_api.open(**fields, cluster_source_type="seed_report")
    assert [cluster["source_type"] for cluster in made["clusters"]] == ["seed_report"]


def test_c14_positions_of_reports_are_not_in_any_table_but_reports(api: Api) -> None:
    """C-14, decided "Case": a whole analysis is stored without the latitude and longitude of its reports."""
    seqs = api.reports({"latitude": 13.751234567, "longitude": 100.531234567})
    analysis = an_analysis(api)
    made = api.open(seqs, geometry=SQUARE, cluster_stats=analysis["stats"], cluster_analysis=analysis)
    stored = json.loads(made["clusters"][0]["analysis_json"])
    assert [report["report"]["seq"] for report in stored["reports"]] == seqs
    for table in api.row_counts().keys() - {"reports", "report_analyses"}:
        dump = json.dumps(api.rows(f"select * from {table}"), default=str)
        assert ("13.751234567" in dump, "100.531234567" in dump) == (False, False), table


def test_the_snapshot_never_changes(api: Api) -> None:
    seqs = api.reports({}, {})
    made = api.open(seqs, geometry=SQUARE, cluster_stats=STATS, cluster_analysis=an_analysis(api))
    case_id = made["case"]["case_id"]
    api.rows("update report_analyses set severity_level = 0.1, title = 'edited'")
    api.reports({}, {})
    api.post(f"/api/v3/cases/{case_id}/reports", {"report_seqs": [3]})
    api.post(f"/api/v3/cases/{case_id}/status", {"status": "closed"})
    assert api.detail(case_id)["clusters"] == made["clusters"]


def test_an_attached_selection_adds_a_snapshot_with_its_match(api: Api) -> None:
    seqs = api.reports({}, {})
    first = api.open(seqs, geometry=SQUARE, cluster_summary="first")
    api.world.clock.advance(timedelta(minutes=1))
    body = {"title": "x", "report_seqs": seqs, "geometry": SQUARE, "cluster_summary": "second"}
    joined = api.post("/api/v3/cases", body).json
    assert joined["case"]["case_id"] == first["case"]["case_id"]
    assert [cluster["summary"] for cluster in joined["clusters"]] == ["first", "second"]
    assert (joined["case"]["cluster_count"], joined["case"]["linked_report_count"]) == (2, 2)


@pytest.mark.parametrize(
    ("geometry", "text"),
    [
        (5, "invalid geometry payload"),
        ([], "invalid geometry payload"),
        ({"type": "Feature"}, "feature missing geometry"),
        ({"type": "Point", "coordinates": [1, 2]}, "unsupported geometry type: Point"),
        ({"type": "Polygon", "coordinates": [[[100, 13], [101, 13], [101, 14], [100, 14]]]}, "not closed"),
        ({"type": "Polygon", "coordinates": [[[100, 13], [101, 14], [101, 13], [100, 14], [100, 13]]]}, "itself"),
    ],
)
def test_a_bad_geometry_is_400_and_nothing_is_stored(shared_api: Api, geometry: Any, text: str) -> None:
    before = shared_api.row_counts()
    answer = shared_api.post("/api/v3/cases", {"title": "x", "geometry": geometry})
    assert answer.status == 400
    assert text in answer.json["error"]
    assert shared_api.row_counts() == before
