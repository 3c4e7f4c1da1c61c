"""Hypotheses and statistics: the contract's formulas, stable ids, one order."""

from __future__ import annotations

import math
import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.reports.clustering import cluster_reports
from casework.reports.hypotheses import UNTITLED, hypotheses, statistics
from tests.support.cluster_reports import NOON, a_report

LAMP, TREE = "Street lamp is out, so dark", "A tree has fallen across"


def found(reports, now=NOON):
    return hypotheses(cluster_reports(reports), now=now)


def witnesses(count, severity, **fields):
    return [a_report(seq, severity=severity, north_m=seq, **fields) for seq in range(1, count + 1)]


@pytest.mark.parametrize(
    ("count", "severity", "confidence", "urgency"),
    [(1, 0.0, 0.53, 0.18), (1, 1.0, 0.73, 1.0), (1, 0.75, 0.68, 0.93), (2, 0.5, 0.71, 0.76), (4, 1.0, 0.95, 1.0), (9, 0.3, 0.81, 0.7)],
)
def test_confidence_and_urgency_follow_the_contract(count, severity, confidence, urgency):
    (one,) = found(witnesses(count, severity))
    assert one.confidence == pytest.approx(confidence)
    assert one.urgency_score == pytest.approx(urgency)
    assert one.severity_score == severity


@given(st.integers(1, 6), st.floats(0, 3))
def test_confidence_components_add_up_to_the_confidence_under_the_ceiling_too(count, severity):
    (one,) = found(witnesses(count, severity))
    assert tuple(one.confidence_components) == ("base", "witnesses", "severity")
    assert round(math.fsum(one.confidence_components.values()), 6) == one.confidence <= 0.98


@pytest.mark.parametrize(("hours", "recent"), [(168, True), (-168, True), (168.01, False), (-168.01, False)])
def test_recent_means_within_168_hours_either_way(hours, recent):
    (one,) = found(witnesses(1, 0.5), now=NOON + timedelta(hours=hours))
    assert one.urgency_score == pytest.approx(0.68 if recent else 0.58)


def test_the_most_severe_member_represents_the_group():
    (one,) = found([a_report(1, severity=0.4), a_report(2, severity=0.9), a_report(3, severity=0.9)])
    assert one.report_seqs == (2, 3, 1)
    assert (one.representative_report_seq, one.report_count) == (2, 3)
    assert one.title == "Deep pothole in the left lane"


def test_a_group_without_texts_is_titled_by_its_commonest_words():
    blank = {"title": " ", "tokens": ("kerb", "loose", "c:footpath_damage")}
    (one,) = found([a_report(1, **blank), a_report(2, **blank)])
    assert one.title == "Kerb Loose"
    assert found([a_report(1, title="", tokens=())])[0].title == UNTITLED


def test_the_order_is_urgency_severity_size_newest_lowest_seq():
    far = {seq: {"north_m": 1_000.0 * seq} for seq in range(1, 6)}
    reports = [
        a_report(5, severity=0.5, **far[5]),
        a_report(4, severity=0.5, days=-1, **far[4]),
        a_report(3, severity=0.9, **far[3]),
        a_report(2, severity=0.5, **far[2]),
    ]
    random.Random(1).shuffle(reports)
    assert [one.representative_report_seq for one in found(reports)] == [3, 2, 5, 4]


def test_an_id_survives_strangers_and_milder_later_witnesses():
    first = witnesses(2, 0.8)
    (before,) = found(first)
    strangers = [a_report(50, LAMP, north_m=5, days=-3), a_report(51, TREE, north_m=2_000, severity=1.0)]
    later = [a_report(seq, severity=0.6, north_m=seq, days=2) for seq in range(60, 64)]
    after = {one.hypothesis_id: one for one in found([*first, *strangers, *later])}
    assert after[before.hypothesis_id].report_count == 6
    assert before.hypothesis_id.startswith("hyp_")
    assert len(before.hypothesis_id) == len("hyp_") + 12


def test_a_lone_report_has_no_rationale_and_no_cohesion():
    (one,) = found([a_report()])
    assert (one.rationale, one.cohesion, set(one.link_components.values())) == ((), 0.0, {0.0})


def test_every_contributing_component_has_a_line_of_rationale():
    (one,) = found([a_report(1, severity=0.9, brand="Siam"), a_report(2, severity=0.6, brand="Siam")])
    contributing = [name for name, share in one.link_components.items() if share > 0]
    assert len(one.rationale) == len(contributing) == 5
    assert one.cohesion == round(math.fsum(one.link_components.values()), 6)


def test_as_dict_is_ready_for_an_answer():
    (one,) = found(witnesses(2, 0.5))
    answer = one.as_dict()
    assert answer["report_seqs"] == [1, 2]
    assert isinstance(answer["rationale"], list)


def test_statistics_of_a_scope():
    reports = [a_report(1, severity=0.8), a_report(2, severity=0.5, days=-2), a_report(3, severity=0.1, classification="")]
    figures = statistics(reports, classification="physical", returned=4)
    assert (figures.report_count, figures.high_priority_count, figures.medium_priority_count) == (4, 1, 1)
    assert figures.severity_average == pytest.approx(1.4 / 3)
    assert figures.severity_max == 0.8
    assert (figures.first_seen_at, figures.last_seen_at) == (NOON - timedelta(days=2), NOON)
    assert figures.classification_breakdown == {"physical": 3}


def test_statistics_of_nothing():
    figures = statistics([])
    assert (figures.report_count, figures.severity_average, figures.severity_max) == (0, 0.0, 0.0)
    assert figures.first_seen_at is None
