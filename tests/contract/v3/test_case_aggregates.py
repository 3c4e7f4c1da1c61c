"""The figures of a case (§8.7), against an oracle of the test's own, after creating, linking and merging."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.reports import a_square

if TYPE_CHECKING:
    from tests.support.api import Api

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
FIGURES = (
    "severity_score", "criticality_score", "urgency_score", "trend_score", "linked_report_count", "cluster_count",
    "anchor_report_seq", "anchor_lat", "anchor_lng", "first_seen_at", "last_seen_at",
)  # fmt: skip


def stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def some_reports(choice: random.Random, count: int) -> list[dict[str, Any]]:
    """Return reports of few severities, so that ties happen."""
    return [
        {
            "latitude": 13.7 + choice.random() / 10, "longitude": 100.5 + choice.random() / 10,
            "severity_level": choice.choice([0.2, 0.55, 0.9]), "timestamp": stamp(START + timedelta(hours=n * 7 % 50)),
        }
        for n in range(count)
    ]  # fmt: skip


def figures(reports: dict[int, dict[str, Any]], clusters: int) -> dict[str, Any]:
    severities = [report["severity_level"] for report in reports.values()]
    most, mean = max(severities), sum(severities) / len(severities)
    times = sorted(report["timestamp"] for report in reports.values())
    anchor = max(reports, key=lambda seq: (reports[seq]["severity_level"], reports[seq]["timestamp"]))
    return {
        "severity_score": most, "criticality_score": most, "trend_score": min(1, clusters / 5),
        "urgency_score": min(1, max(most, mean + 0.05 * (clusters - 1))), "linked_report_count": len(reports),
        "cluster_count": clusters, "anchor_report_seq": anchor, "anchor_lat": reports[anchor]["latitude"],
        "anchor_lng": reports[anchor]["longitude"], "first_seen_at": times[0], "last_seen_at": times[-1],
    }  # fmt: skip


def measured(case: dict[str, Any]) -> dict[str, Any]:
    return {name: case[name] for name in FIGURES}


@pytest.mark.parametrize("seed", range(4))
def test_a_case_has_the_figures_of_its_reports(shared_api: Api, seed: int) -> None:
    given = some_reports(random.Random(seed), 7)
    seqs = shared_api.reports(*given)
    known = dict(zip(seqs, given, strict=True))
    case = shared_api.open(seqs[:4], cluster_summary="one")["case"]
    assert measured(case) == pytest.approx(figures({seq: known[seq] for seq in seqs[:4]}, 1))
    answer = shared_api.post(f"/api/v3/cases/{case['case_id']}/reports", {"report_seqs": seqs})
    assert measured(answer.json["case"]) == pytest.approx(figures(known, 1))
    assert measured(shared_api.detail(case["case_id"])["case"]) == measured(answer.json["case"])


def test_snapshots_raise_urgency_and_trend_up_to_one(shared_api: Api) -> None:
    given = [{"severity_level": 0.9, "timestamp": stamp(START)}, {"severity_level": 0.88, "timestamp": stamp(START)}]
    seqs = shared_api.reports(*given)
    case = shared_api.open(seqs, cluster_summary="1")["case"]
    usual = {"latitude": 13.75, "longitude": 100.53}
    known = {seq: usual | report for seq, report in zip(seqs, given, strict=True)}
    for clusters in range(2, 8):
        body = {"title": "x", "existing_case_id": case["case_id"], "report_seqs": seqs, "cluster_summary": f"{clusters}"}
        found = shared_api.post("/api/v3/cases", body).json["case"]
        assert measured(found) == pytest.approx(figures(known, clusters))
    assert (found["urgency_score"], found["trend_score"]) == (1, 1)


def test_the_box_is_the_union_of_the_snapshots(shared_api: Api) -> None:
    case_id = shared_api.open(geometry=a_square(100, 13, 101, 14), cluster_summary="a")["case"]["case_id"]
    body = {"title": "x", "existing_case_id": case_id, "geometry": a_square(102, 12, 103, 13.5)}
    case = shared_api.post("/api/v3/cases", body).json["case"]
    assert case["aggregate_bbox_json"].replace(".0", "") == "[100,12,103,14]"
    assert case["aggregate_geometry_json"].count("Polygon") == 2


def test_without_reports_every_figure_is_zero_or_null(shared_api: Api) -> None:
    case = shared_api.open()["case"]
    assert [case[name] for name in FIGURES] == [0, 0, 0, 0, 0, 0, None, None, None, None, None]
