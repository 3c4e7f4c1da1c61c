"""Real Thai complaints (Traffy Fondue, Bangkok): every one is taken in and analysis reads them."""

from __future__ import annotations

import csv
import random
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

SAMPLE = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "traffy_dev.csv"
CITY = {"type": "Polygon", "coordinates": [[[100.3, 13.5], [100.8, 13.5], [100.8, 14.0], [100.3, 14.0], [100.3, 13.5]]]}
THAI = re.compile(r"[\u0e01-\u0e5b]{2,}")

pytestmark = pytest.mark.skipif(not SAMPLE.exists(), reason="the sample ../shared/data/traffy_dev.csv is not on this machine")


@pytest.fixture(scope="module")
def complaints(scene):
    """The texts, placed and dated by a seeded generator: the sample has neither position nor time."""
    chance, now = random.Random(7), datetime.fromisoformat(scene.control.get("/_local/clock").json["now"])
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        return [
            {
                "external_id": f"traffy-{row['id']}", "description": row["text"],
                "latitude": chance.uniform(13.65, 13.85), "longitude": chance.uniform(100.45, 100.65),
                "timestamp": (now - timedelta(hours=chance.uniform(1, 500))).isoformat(),
            }
            for row in csv.DictReader(file)
        ]  # fmt: skip


@pytest.fixture(scope="module")
def clerk(scene):
    """A tenant that has no other reports."""
    return scene.caller(tenant="oncall")


def test_every_report_is_ingested_once(scene, clerk, complaints):
    first, second = scene.ingest(complaints, clerk), scene.ingest(complaints, clerk)
    assert len(complaints) > 300
    assert first == second
    assert len(set(first)) == len(complaints)


def test_analysis_answers_over_all_of_them(scene, clerk, complaints):
    scene.ingest(complaints, clerk)
    answer = clerk.post("/api/v3/clusters/analyze", {"geometry": CITY, "n": 5000})
    assert answer.status == 200
    assert answer.json["total_in_scope"] == len(complaints)
    assert sum(one["report_count"] for one in answer.json["hypotheses"]) == len(complaints)


def test_thai_words_are_found_whole(scene, clerk, complaints):
    seqs = scene.ingest(complaints, clerk)
    rows = scene.rows("select tokens from report_analyses where report_seq = any(%s)", seqs)
    thai = [token for row in rows for token in row["tokens"] if THAI.fullmatch(token)]
    assert sum(any(THAI.fullmatch(token) for token in row["tokens"]) for row in rows) >= 0.98 * len(rows)
    assert {"ถนน", "น้ำ"} & set(thai)
    assert sum(map(len, thai)) / len(thai) < 8
