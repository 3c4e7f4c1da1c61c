"""Groups: what belongs together, whatever the order and however crowded the place."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.reports.candidates import REACH_DAYS, REACH_M, candidate_pairs
from casework.reports.clustering import cluster_reports
from casework.reports.columns import columns_of
from casework.reports.distances import haversine_m
from casework.reports.linking import COMPONENTS
from tests.support.cluster_reports import LATITUDE, LONGITUDE, a_report

POTHOLE, LAMP, TREE = "Deep pothole in the lane", "Street lamp is out, so dark", "A tree has fallen"


def members(reports):
    return sorted(tuple(one.seq for one in group.reports) for group in cluster_reports(reports))


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 60), st.integers(0, 10_000), st.sampled_from([0.002, 0.01, 0.05]))
def test_no_pair_within_both_gates_is_missed_in_a_quiet_scope(size, seed, span):
    chance = random.Random(seed)
    reports = [
        a_report(
            seq,
            latitude=LATITUDE + chance.uniform(0, span),
            longitude=LONGITUDE + chance.uniform(0, span),
            days=chance.uniform(0, 60),
        )
        for seq in range(size)
    ]
    found = set(zip(*(rows.tolist() for rows in candidate_pairs(columns_of(reports))), strict=True))
    for low, one in enumerate(reports):
        for high, other in enumerate(reports[low + 1 :], low + 1):
            metres = haversine_m(one.latitude, one.longitude, other.latitude, other.longitude)
            days = abs((one.observed_at - other.observed_at).total_seconds()) / 86_400
            assert metres > REACH_M or days > REACH_DAYS or (low, high) in found


def test_the_contracts_reference_scenario():
    masonry = [
        a_report(1, "Loose masonry bricks falling from the facade", severity=0.92, brand="Acme School"),
        a_report(2, "Falling bricks, loose masonry above the gate", severity=0.88, brand="ACME school", north_m=13),
    ]
    assert members([*masonry, a_report(3, "Fence torn down by the road", severity=0.5, north_m=1_600)]) == [(1, 2), (3,)]


def test_two_problems_on_one_spot_stay_two_though_one_report_names_both():
    potholes = [a_report(seq, POTHOLE, north_m=seq) for seq in range(1, 5)]
    lamps = [a_report(seq, LAMP, north_m=seq) for seq in range(11, 15)]
    both = a_report(20, "Pothole under a street lamp that is out")
    found = members([*potholes, *lamps, both])
    assert len(found) == 2
    assert {1, 2, 3, 4} <= set(found[0])
    assert {11, 12, 13, 14} <= set(found[1])


def test_the_same_problem_months_later_or_two_streets_on_is_another_incident():
    here = [a_report(seq, POTHOLE, north_m=seq) for seq in range(1, 4)]
    later = [a_report(seq, POTHOLE, north_m=seq, days=90) for seq in range(11, 14)]
    beyond = [a_report(seq, POTHOLE, north_m=300 + seq) for seq in range(21, 24)]
    assert members([*here, *later, *beyond]) == [(1, 2, 3), (11, 12, 13), (21, 22, 23)]


def test_a_chain_of_witnesses_does_not_join_two_settled_incidents():
    here = [a_report(seq, POTHOLE, north_m=seq) for seq in range(1, 9)]
    there = [a_report(seq, POTHOLE, north_m=220 + seq) for seq in range(11, 19)]
    assert len([group for group in members([*here, *there, a_report(30, POTHOLE, north_m=110)]) if len(group) > 1]) == 2


def test_three_languages_meet_in_one_group():
    texts = [("ถนนเป็นหลุมใหญ่", "th"), ("路面有个大坑", "zh"), (POTHOLE, "en")]
    reports = [a_report(seq, text, language=language, north_m=seq) for seq, (text, language) in enumerate(texts)]
    assert members(reports) == [(0, 1, 2)]


def test_the_order_of_the_reports_does_not_matter():
    chance = random.Random(4)
    reports = [a_report(seq, chance.choice([POTHOLE, LAMP, TREE]), north_m=chance.uniform(0, 900)) for seq in range(120)]
    expected = members(reports)
    chance.shuffle(reports)
    assert members(reports) == expected


def test_link_components_add_up_to_the_cohesion_which_is_the_mean_of_the_kept_links():
    reports = [a_report(seq, POTHOLE, north_m=30 * seq, severity=0.5 + seq / 20) for seq in range(5)]
    (group,) = cluster_reports(reports)
    links = list(group.links())
    assert len(links) == group.link_count
    assert group.cohesion == pytest.approx(sum(link.score for link in links) / len(links), abs=1e-5)
    assert round(math.fsum(group.link_components.values()), 6) == group.cohesion
    assert tuple(group.link_components) == COMPONENTS
    assert all(link.score >= 0.6 - 1e-9 and link.labels for link in links)


def test_a_lone_report_has_no_cohesion_and_no_labels():
    (group,) = cluster_reports([a_report()])
    assert (group.cohesion, set(group.link_components.values()), group.labels, list(group.links())) == (0, {0}, (), [])


def test_labels_name_what_the_links_share_and_the_place_only_below_a_hundred_metres():
    (near,) = cluster_reports([a_report(1, brand="Siam"), a_report(2, brand="siam", north_m=99)])
    assert near.labels == (
        "same classification",
        "same organization",
        "same physical location",
        "shared incident language",
        "similar severity",
    )
    (far,) = cluster_reports([a_report(1), a_report(2, north_m=101)])
    assert "same physical location" not in far.labels


def test_no_reports_give_no_groups():
    assert cluster_reports([]) == []


def test_a_crowd_stays_connected_and_its_candidates_linear():
    chance = random.Random(5)
    texts = [POTHOLE, "Pothole again, deep one", "Huge hole in the road surface", "A crater, my tyre burst"]
    crowd = [a_report(seq, chance.choice(texts), north_m=chance.uniform(0, 60), days=chance.uniform(0, 6)) for seq in range(1_500)]
    first, _ = candidate_pairs(columns_of(crowd))
    assert len(first) < 40 * len(crowd)
    assert members(crowd) == [tuple(range(1_500))]


def test_tokens_that_no_lexicon_knows_any_more_do_no_harm():
    tokens = ("kerb", *(f"c:retired_{number}" for number in range(150)))
    assert members([a_report(1, tokens=tokens), a_report(2, tokens=tokens)]) == [(1, 2)]


@pytest.mark.parametrize("latitude", [90.0, -90.0, 89.9999])
def test_a_pole_is_a_place_like_any_other(latitude):
    longitudes = np.linspace(-180, 180, 5)
    reports = [a_report(seq, latitude=latitude, longitude=float(lon)) for seq, lon in enumerate(longitudes)]
    assert members(reports) == [(0, 1, 2, 3, 4)]
