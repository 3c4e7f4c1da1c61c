"""Quality on labelled sets, smaller than the benchmark's and with floors a little below its targets' figures."""

from __future__ import annotations

import pytest

from benchmarks import baselines
from benchmarks.clustering import clustered, pairwise
from benchmarks.labelled_reports import plaza, shared_places, spread


@pytest.mark.parametrize("wording", ["fresh", "known"])
def test_incidents_that_share_places_are_told_apart(wording):
    labelled = shared_places(2_000, seed=41, wording=wording)
    ours = pairwise(clustered(labelled.reports), labelled.labels)["f1"]
    assert ours >= 0.93
    assert ours > pairwise(baselines.place_and_time(labelled.reports, 100.0), labelled.labels)["f1"] + 0.05
    assert pairwise(baselines.peer_rule(labelled.reports), labelled.labels)["f1"] < 0.05


@pytest.mark.parametrize("wording", ["fresh", "known"])
def test_incidents_spread_over_a_city_are_found_whole(wording):
    labelled = spread(2_000, seed=42, wording=wording)
    assert pairwise(clustered(labelled.reports), labelled.labels)["f1"] >= 0.98


def test_thousands_of_near_identical_reports_on_a_plaza_are_one_incident():
    labelled = plaza(2_000, seed=43)
    assert pairwise(clustered(labelled.reports), labelled.labels)["f1"] >= 0.98
