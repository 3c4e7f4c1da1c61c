"""The graded score of a pair: components, weights, gates and labels."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pytest

from casework.reports.columns import columns_of
from casework.reports.linking import COMPONENTS, WEIGHTS, score_links
from tests.support.cluster_reports import NOON, a_report

SAME = {"brand": "Siam Corner"}


def score(one, other):
    """Score and components of a pair by name, or None where it is no link."""
    links = score_links(columns_of([one, other]), np.array([0]), np.array([1]))
    return (float(links.scores[0]), dict(zip(COMPONENTS, links.components[0], strict=True))) if len(links) else None


def test_equal_reports_score_one_with_and_without_a_brand():
    assert score(a_report(1, **SAME), a_report(2, **SAME))[0] == pytest.approx(1.0)
    assert score(a_report(1), a_report(2))[0] == pytest.approx(1.0)


def test_the_weights_add_up_to_one():
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("component", "change"),
    [
        ("classification", {"classification": "digital"}),
        ("severity", {"severity": 0.2}),
        ("location", {"north_m": 249.999}),
    ],
)
def test_toggling_one_component_moves_the_score_by_its_renormalised_weight(component, change):
    found = score(a_report(1, severity=0.7), a_report(2, **({"severity": 0.7} | change)))
    assert 1.0 - found[0] == pytest.approx(WEIGHTS[component] / 0.9, abs=1e-5)
    assert found[1][component] == pytest.approx(0.0, abs=1e-5)


def test_toggling_the_brand_moves_the_score_by_its_plain_weight():
    found = score(a_report(1, **SAME), a_report(2, brand="Krung Market"))
    assert 1.0 - found[0] == pytest.approx(WEIGHTS["organisation"])


def test_toggling_the_language_moves_the_score_by_its_renormalised_weight():
    ours, unreadable = a_report(1, tokens=("c:pothole",)), a_report(2, tokens=(), language="th")
    found = score(ours, unreadable)
    assert 1.0 - found[0] == pytest.approx(WEIGHTS["language"] / 0.9)
    assert found[1]["language"] == 0.0


@pytest.mark.parametrize("brands", [("", "Siam Corner"), ("Siam Corner", ""), ("", "")])
def test_a_missing_brand_is_neutral(brands):
    found = score(a_report(1, brand=brands[0]), a_report(2, brand=brands[1]))
    assert found[0] == pytest.approx(1.0)
    assert found[1]["organisation"] == 0.0


def test_brands_are_compared_without_case_and_spacing():
    assert score(a_report(1, brand="Siam  Corner"), a_report(2, brand="SIAM corner"))[0] == pytest.approx(1.0)


@pytest.mark.parametrize(("metres", "share"), [(0, 1.0), (49.9, 1.0), (50, 1.0), (150, 0.5), (240, 0.05)])
def test_location_is_full_up_to_fifty_metres_and_falls_to_nothing_at_250(metres, share):
    assert score(a_report(1), a_report(2, north_m=metres))[1]["location"] == pytest.approx(share / 3, abs=1e-4)


@pytest.mark.parametrize(("difference", "share"), [(0.1, 0.75), (0.2, 0.5), (0.4, 0.0), (0.6, 0.0)])
def test_severity_falls_in_a_straight_line_to_a_difference_of_04(difference, share):
    found = score(a_report(1, severity=0.9), a_report(2, severity=0.9 - difference))
    assert found[1]["severity"] == pytest.approx(share / 9, abs=1e-6)


def test_place_and_time_gate_a_link_however_alike_the_texts():
    assert score(a_report(1), a_report(2, north_m=249)) is not None
    assert score(a_report(1), a_report(2, north_m=251)) is None
    assert score(a_report(1), a_report(2, observed_at=NOON + timedelta(days=14))) is not None
    assert score(a_report(1), a_report(2, observed_at=NOON + timedelta(days=14, seconds=1))) is None


def test_comparable_texts_without_a_shared_word_or_problem_are_never_linked():
    assert score(a_report(1, "Deep pothole here", **SAME), a_report(2, "Stray dogs bark", **SAME)) is None
    assert score(a_report(1, tokens=("alpha", "beta")), a_report(2, tokens=("gamma", "delta"))) is None


def test_texts_that_cannot_be_compared_are_linked_by_place_and_time_with_a_lower_score():
    thai = a_report(2, tokens=("ก้อนหิน",), language="th")
    found = score(a_report(1, tokens=("boulder",)), thai)
    assert 0.60 <= found[0] < 0.75
    assert score(a_report(1, tokens=("boulder",), north_m=150), thai) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [("ถนนเป็นหลุมใหญ่ รถล้ม", "th"), ("路面有个大坑", "zh"), ("Huge crater in the road", "en")],
)
def test_one_problem_told_in_another_language_is_linked(text, language):
    found = score(a_report(1, "Deep pothole in the left lane"), a_report(2, text, language=language))
    assert found[0] > 0.7
    assert found[1]["language"] > 0.05


def test_thai_text_without_spaces_matches_thai_text():
    one = a_report(1, "สายไฟห้อยลงมาหน้าบ้าน", language="th")
    assert score(one, a_report(2, "มีสายไฟห้อยต่ำมากตรงนี้", language="th"))[0] > 0.8


def test_the_components_add_up_to_the_score():
    found = score(a_report(1, **SAME), a_report(2, "A pothole near us", north_m=90, severity=0.5, **SAME))
    assert math.fsum(found[1].values()) == pytest.approx(found[0], abs=1e-12)


def test_nothing_special_happens_at_the_antimeridian():
    west, east = a_report(1, latitude=0, longitude=179.9999), a_report(2, latitude=0, longitude=-179.9999)
    assert score(west, east)[1]["location"] == pytest.approx(1 / 3)
