"""Aggregates against contract §8.7, computed here a second way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.cases.aggregates import Snapshot, Witness, aggregate
from casework.cases.events import Aggregates
from tests.support.cases import AT

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
LEVELS = st.sampled_from([0.3, 0.9]) | st.floats(0, 1)
TIMES = st.integers(0, 50).map(lambda hours: AT + timedelta(hours=hours))
A_WITNESS = st.builds(Witness, st.integers(1, 10**9), LEVELS, TIMES, st.floats(-90, 90), st.floats(-180, 180))
WITNESSES = st.lists(A_WITNESS, max_size=12, unique_by=lambda witness: witness.seq)
BOXES = st.none() | st.tuples(st.floats(-180, 0), st.floats(-90, 0), st.floats(0, 180), st.floats(0, 90))


def measured(witnesses, snapshots=(), own=None, last=None) -> Aggregates:
    return aggregate(witnesses, snapshots, own, last_link_at=last, publish=lambda latitude, longitude: ((longitude, latitude), "cell"))


@given(WITNESSES.filter(bool), st.integers(0, 8))
def test_scores_follow_the_contract(witnesses, clusters):
    found = measured(witnesses, [Snapshot(None, None)] * clusters)
    levels = sorted(witness.severity for witness in witnesses)
    mean = sum(levels) / len(levels)
    assert found.severity_score == found.criticality_score == levels[-1]
    assert found.urgency_score == pytest.approx(min(1, max(levels[-1], mean + 0.05 * (clusters - 1))))
    assert found.trend_score == pytest.approx(min(1, clusters / 5))


@given(WITNESSES.filter(bool))
def test_the_anchor_is_the_most_severe_then_newest_then_first_report(witnesses):
    found = measured(witnesses)
    worst = [one for one in witnesses if one.severity == max(other.severity for other in witnesses)]
    newest = [one for one in worst if one.observed_at == max(other.observed_at for other in worst)]
    anchor = min(newest, key=lambda one: one.seq)
    assert (found.anchor_report_seq, found.location) == (anchor.seq, (anchor.longitude, anchor.latitude))


def test_of_two_equals_the_first_report_is_the_anchor():
    assert measured([Witness(seq, 0.5, AT, 13.0, 100.0) for seq in (9, 4, 7)]).anchor_report_seq == 4


@given(WITNESSES, st.randoms())
def test_the_order_of_reports_does_not_matter(witnesses, random):
    shuffled = random.sample(witnesses, len(witnesses))
    one, other = measured(witnesses), measured(shuffled)
    assert one.model_copy(update={"urgency_score": 0}) == other.model_copy(update={"urgency_score": 0})
    assert one.urgency_score == pytest.approx(other.urgency_score)


@given(WITNESSES.filter(bool))
def test_times_span_the_reports(witnesses):
    found = measured(witnesses, last=AT)
    times = [witness.observed_at for witness in witnesses]
    assert (found.first_seen_at, found.last_seen_at, found.last_cluster_at) == (min(times), max(times), AT)


@given(st.lists(BOXES, max_size=5))
def test_the_box_is_the_union_of_the_boxes(boxes):
    found = measured([], [Snapshot(None, box) for box in boxes])
    given_boxes = [box for box in boxes if box]
    ends = [min(box[0] for box in given_boxes), min(box[1] for box in given_boxes)] if given_boxes else []
    ends += [max(box[2] for box in given_boxes), max(box[3] for box in given_boxes)] if given_boxes else []
    assert list(found.aggregate_bbox or []) == ends


def test_without_reports_there_are_no_scores_but_there_is_an_area():
    found = measured([], [Snapshot(SQUARE, (0, 0, 1, 1))], last=AT)
    assert (found.severity_score, found.anchor_report_seq, found.location, found.last_cluster_at) == (0, None, None, None)
    assert found.aggregate_geometry == {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {}, "geometry": SQUARE}],
    }


def test_the_case_s_own_geometry_counts_only_where_no_snapshot_has_one():
    other = {"type": "Point", "coordinates": [5, 5]}
    shapes = [feature["geometry"] for feature in (measured([], [Snapshot(SQUARE, None)], other).aggregate_geometry or {})["features"]]
    assert shapes == [SQUARE]
    assert (measured([], [Snapshot(None, None)], other).aggregate_geometry or {})["features"][0]["geometry"] == other
    assert measured([]).aggregate_geometry is None
