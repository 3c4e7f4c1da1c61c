"""The lifecycle against the table of enumerations B-5, and the paths of C-07 against a search of our own."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from casework.cases.lifecycle import (
    EDGES,
    ENDED,
    MATCHABLE,
    REVIEW,
    V3_WRITES,
    CaseStatus,
    ClosureReason,
    IllegalTransition,
    V3Status,
    path,
    require_edge,
    statuses_of,
    v3_word,
)
from tests.support.lifecycle import LEGAL, ORDER, REVIEWS, all_ways

WORKING = [status for status in ORDER if status not in REVIEWS]
V1 = {"active": "open", "investigating": "in-progress", "resolved": "resolved", "closed": "closed", "archived": "archived"}
WORDS = {
    "proposed": "open", "under-review": "open", "governance-reviewing": "open", "open": "open", "assigned": "open",
    "in-progress": "investigating", "awaiting-external": "investigating", "escalated": "escalated", "resolved": "resolved",
    "closed": "closed", "archived": "closed",
}  # fmt: skip


def taste(way: list[str]) -> list[int]:
    return [{"in-progress": 0, "resolved": 1}.get(step, 2) for step in way]


def test_there_are_eleven_statuses_and_38_edges():
    assert [status.value for status in CaseStatus] == ORDER
    assert len(LEGAL) == 38
    assert {(origin.value, step.value) for origin, steps in EDGES.items() for step in steps} == LEGAL
    assert all(len(set(steps)) == len(steps) for steps in EDGES.values())


@pytest.mark.parametrize(("origin", "target"), list(permutations(ORDER, 2)))
def test_each_of_the_110_pairs_is_an_edge_or_is_refused_with_the_legal_ones(origin, target):
    if (origin, target) in LEGAL:
        require_edge(CaseStatus(origin), CaseStatus(target))
        return
    with pytest.raises(IllegalTransition) as caught:
        require_edge(CaseStatus(origin), CaseStatus(target))
    facts = caught.value.facts
    assert (facts["from"], facts["to"], set(facts["allowed"])) == (origin, target, {step for start, step in LEGAL if start == origin})


@pytest.mark.parametrize("status", ORDER)
def test_no_status_leads_to_itself(status):
    with pytest.raises(IllegalTransition):
        require_edge(CaseStatus(status), CaseStatus(status))


@pytest.mark.parametrize(("origin", "target"), list(permutations(WORKING, 2)))
def test_a_path_is_a_shortest_one_past_reviews_and_escalation(origin, target):
    walked = [status.value for status in path(CaseStatus(origin), CaseStatus(target))]
    ways = all_ways(origin, target)
    assert walked in ways
    assert len(walked) == len(ways[0])


@pytest.mark.parametrize(("origin", "target"), list(permutations(WORKING, 2)))
def test_among_shortest_paths_in_progress_is_preferred_then_resolved(origin, target):
    walked = [status.value for status in path(CaseStatus(origin), CaseStatus(target))]
    ways = all_ways(origin, target)
    assert taste(walked) == min(taste(way) for way in ways if len(way) == len(ways[0]))


@pytest.mark.parametrize(("origin", "target"), list(permutations(V1, 2)))
def test_every_two_statuses_of_v1_are_joined(origin, target):
    walked = path(CaseStatus(V1[origin]), CaseStatus(V1[target]))
    assert walked[-1] == V1[target]
    assert not REVIEWS & set(walked)


@pytest.mark.parametrize(
    ("origin", "target", "way"),
    [
        ("open", "resolved", ["in-progress", "resolved"]), ("escalated", "closed", ["in-progress", "closed"]), ("resolved",
        "in-progress", ["open", "in-progress"]),
        ("awaiting-external", "closed", ["in-progress", "closed"]), ("archived", "resolved", ["open", "in-progress", "resolved"]),
        ("awaiting-external", "open", ["in-progress", "open"]), ("resolved", "escalated", ["open", "escalated"]), ("open",
        "archived", ["closed", "archived"]),
    ],
)  # fmt: skip
def test_paths_worth_reading(origin, target, way):
    assert path(CaseStatus(origin), CaseStatus(target)) == way


@pytest.mark.parametrize(("origin", "target"), list(product(sorted(REVIEWS), WORKING)))
def test_no_path_leaves_a_review_without_its_gate(origin, target):
    with pytest.raises(IllegalTransition):
        path(CaseStatus(origin), CaseStatus(target))


def test_the_words_of_v3_both_ways():
    assert {status.value: v3_word(status, merged=False).value for status in CaseStatus} == WORDS
    assert {v3_word(status, merged=True) for status in CaseStatus} == {V3Status.MERGED}
    assert {word.value: {status.value for status in statuses_of(word)} for word in V3Status} == {
        word.value: {status for status, shown in WORDS.items() if shown == word.value} for word in V3Status
    }


def test_a_word_that_v3_writes_is_the_word_that_it_reads_and_merged_is_not_written():
    assert {word: v3_word(status, merged=False) for word, status in V3_WRITES.items()} == {
        word: word for word in V3Status if word != "merged"
    }


def test_sets_that_rules_hang_on():
    assert set(REVIEW) == REVIEWS
    assert set(ENDED) == {"closed", "archived"}
    assert set(MATCHABLE) == {"open", "assigned", "in-progress", "awaiting-external"}
    assert [reason.value for reason in ClosureReason] == (
        [
            "fixed",
            "no_further_action",
            "not_responsible",
            "duplicate",
            "invalid",
            "withdrawn",
            "rejected_proposal",
            "ai_declined",
            "expired",
        ]
    )
