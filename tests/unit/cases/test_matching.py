"""Candidates against contract §7, scored here a second time."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.cases.matching import LIMIT, ScopeFacts, match_cases
from tests.support.cases import AT

METRE = 1 / (math.radians(1) * 6_371_000)
HERE = (13.75, 100.5)
BOX = (100.0, 13.0, 101.0, 14.0)


class FakeGeography:
    """Plane distances along a meridian, boxes without area overlap nothing, words between blanks."""

    def distance_m(self, latitude, longitude, other_latitude, other_longitude) -> float:
        return abs(latitude - other_latitude) / METRE

    def overlap(self, one, other) -> float:
        west, south, east, north = max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
        common = max(0.0, east - west) * max(0.0, north - south)
        area = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
        return common / (area - common) if common else 0.0

    def tokens(self, text) -> frozenset[str]:
        return frozenset(text.lower().split())


def scope(seqs=(), words="", box=None, centre=None) -> ScopeFacts:
    return ScopeFacts(frozenset(seqs), frozenset(words.split()), box, centre)


def a_row(alias="case_a", **fields):
    plain = {
        "alias": alias, "title": "", "summary": "", "shared": 0, "linked_report_count": 1, "cluster_count": 0, "aggregate_bbox": None,
        "anchor_lat": None, "anchor_lng": None, "updated_at": AT,
    }  # fmt: skip
    return plain | fields


def only(facts, row):
    (match,) = match_cases(facts, [row], FakeGeography())
    return match


def oracle(facts: ScopeFacts, row) -> tuple[float, list[str]]:
    """Contract §7, line by line."""
    earth, score, why = FakeGeography(), 0.12, []
    if row["shared"]:
        score += 0.56 * row["shared"] / max(len(facts.seqs), row["linked_report_count"])
        why.append(f"{row['shared']} shared reports")
    box = row["aggregate_bbox"]
    if facts.bbox and box and (common := earth.overlap(facts.bbox, box)) > 0:
        score += min(0.22, 0.35 * common)
        why.append("overlapping area")
    place = (row["anchor_lat"], row["anchor_lng"]) if row["anchor_lat"] is not None else None
    place = place or ((box[1] + box[3]) / 2, (box[0] + box[2]) / 2) if place or box else None
    if facts.centre and place:
        metres = earth.distance_m(*facts.centre, *place)
        score += 0.18 if metres <= 60 else 0.12 if metres <= 150 else 0.06 if metres <= 300 else 0
        why += ["same location"] if metres <= 60 else ["nearby location"] if metres <= 150 else []
    words = earth.tokens(f"{row['title']} {row['summary']}")
    jaccard = len(words & facts.tokens) / len(words | facts.tokens) if words | facts.tokens else 0
    score += 0.16 * jaccard + (min(0.05, 0.01 * row["cluster_count"]) if row["cluster_count"] > 1 else 0)
    return min(1, score), why + (["shared incident language"] if jaccard >= 0.3 else [])


WORDS = st.lists(st.sampled_from(["water", "road", "drain", "tree", "light"]), max_size=4).map(" ".join)
SIDES = st.tuples(
    st.sampled_from([100.0, 100.2, 100.4]), st.sampled_from([13.0, 13.2]), st.sampled_from([100.5, 101.0]), st.sampled_from([13.6, 14.0])
)
NEAR = st.sampled_from([0, 59, 61, 149, 151, 299, 301, 5000]).map(lambda metres: HERE[0] + metres * METRE)
FACTS = st.builds(scope, st.sets(st.integers(1, 9)), WORDS, st.none() | SIDES, st.none() | st.just(HERE))


@st.composite
def candidate_rows(draw):
    linked = draw(st.integers(1, 12))
    anchor = draw(st.none() | NEAR)
    return a_row(
        title=draw(WORDS), summary=draw(WORDS), shared=draw(st.integers(0, linked)), linked_report_count=linked,
        cluster_count=draw(st.integers(0, 8)), aggregate_bbox=draw(st.none() | SIDES), anchor_lat=anchor,
        anchor_lng=None if anchor is None else HERE[1],
    )  # fmt: skip


@given(FACTS, candidate_rows())
def test_the_score_and_its_reasons_are_the_contract_s(facts, row):
    score, why = oracle(facts, row)
    found = match_cases(facts, [row], FakeGeography())
    if not found:
        assert score < 0.35 + 1e-6
        assert not row["shared"]
        return
    assert found[0].score == pytest.approx(score, abs=1e-6)
    assert list(found[0].reasons) == why
    assert row["shared"] or score >= 0.35 - 1e-6


def test_the_start_alone_names_nobody():
    assert match_cases(scope(), [a_row()], FakeGeography()) == []


def test_a_shared_report_is_named_however_low_the_score():
    match = only(scope(range(100)), a_row(shared=1, linked_report_count=100))
    assert (match.score, match.reasons) == (pytest.approx(0.12 + 0.0056), ("1 shared reports",))


@pytest.mark.parametrize(
    ("metres", "adds"), [(0, 0.18), (59.9, 0.18), (60.1, 0.12), (149.9, 0.12), (150.1, 0.06), (299.9, 0.06), (300.1, 0)]
)
def test_nearness_has_three_steps(metres, adds):
    row = a_row(shared=1, anchor_lat=HERE[0] + metres * METRE, anchor_lng=HERE[1])
    assert only(scope([1], centre=HERE), row).score == pytest.approx(0.12 + 0.56 + adds)


def test_without_an_anchor_the_middle_of_the_box_stands_for_the_case():
    row = a_row(shared=1, aggregate_bbox=(100.4, 13.65, 100.6, 13.85))
    assert "same location" in only(scope([1], centre=HERE), row).reasons


def test_a_score_ends_at_one():
    row = a_row(title="water", shared=1, cluster_count=9, aggregate_bbox=BOX, anchor_lat=HERE[0], anchor_lng=HERE[1])
    assert only(scope([1], "water", BOX, HERE), row).score == 1.0


def test_best_first_then_newest_then_by_name_and_twelve_at_most():
    near = [a_row(f"case_{number:02}", shared=1, updated_at=AT) for number in range(15)]
    best = a_row("case_zz", shared=1, cluster_count=5, updated_at=AT - timedelta(days=9))
    newest = a_row("case_yy", shared=1, updated_at=AT + timedelta(days=1))
    names = [match.row["alias"] for match in match_cases(scope([1]), [*near[::-1], newest, best], FakeGeography())]
    assert names == ["case_zz", "case_yy", *(row["alias"] for row in near[: LIMIT - 2])]
    assert LIMIT == 12
