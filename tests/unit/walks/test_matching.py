"""The likeliest flow for a problem, its probability, and what always holds whatever the coefficients are."""

from __future__ import annotations

import numpy as np
import pytest

from casework.walks.library import Flow
from casework.walks.matching import (
    EXACT,
    Coefficients,
    Evidence,
    best_match,
    candidate,
    probability,
    shipped_coefficients,
    weigh,
)
from casework.walks.model import MATCH, SUGGEST
from tests.support.fake_embedder import bag_of_words

VPN = ("VPN does not connect", "The VPN client says connecting forever", "no vpn from home", "vpn times out")
PRINTER = ("Printer does not print", "Nothing comes out of the printer", "paper jam", "print queue stuck")


def a_flow(family="vpn", language="en", texts=VPN):
    title, problem, *wordings = texts
    return Flow(f"{family}.{language}", family, title, "infrastructure", language, problem, [{"id": "a"}], tuple(wordings))


def a_candidate(*, own=False, **wanted):
    flow = a_flow(**wanted)
    return candidate(flow, [bag_of_words(text) for text in flow.exemplars], own=own)


LIBRARY = [a_candidate(), a_candidate(family="printer", texts=PRINTER)]


def match(text, candidates=LIBRARY, language="en"):
    return best_match(text, bag_of_words(text), language, candidates)


def test_a_known_wording_is_matched():
    assert match("No VPN, from home!").flow.family == "vpn"
    assert match("No VPN, from home!").similarity >= MATCH


def test_a_problem_of_something_else_is_not_even_suggested():
    assert match("the canteen ran out of coffee").similarity < SUGGEST


def test_without_flows_there_is_no_match():
    assert match("no vpn", []) is None


def test_a_flow_without_exemplars_is_passed_over():
    assert match("no vpn", [candidate(a_flow(texts=(" ", "")), np.empty((0, 1024)))]) is None


def test_a_single_flow_is_judged_too():
    assert 0 <= match("coffee", LIBRARY[:1]).similarity < SUGGEST
    assert match(VPN[0], LIBRARY[:1]).similarity >= MATCH


def test_the_familys_flow_in_the_problems_language_is_returned():
    thai = a_candidate(language="th", texts=("ต่อ VPN ไม่ได้", "วีพีเอ็นหลุด"))
    assert match("no vpn from home", [*LIBRARY, thai], language="th").flow.flow_id == "vpn.th"
    assert match("no vpn from home", [*LIBRARY, thai], language="zh").flow.flow_id == "vpn.en"


@pytest.mark.parametrize("text", ["VPN says connecting: forever in the lobby", "vpn SAYS connecting forever, in the lobby?!"])
def test_an_accounts_own_wording_wins_over_a_near_library_flow(text):
    own = a_candidate(family="ours", texts=("Lobby VPN", "VPN says connecting forever in the lobby"), own=True)
    found = match(text, [*LIBRARY, own])
    assert (found.flow.family, found.similarity >= EXACT) == ("ours", True)


def test_an_accounts_own_flow_wins_over_a_library_flow_with_the_very_same_wording():
    assert match(VPN[0], [*LIBRARY, a_candidate(family="ours", own=True)]).flow.family == "ours"


def test_a_nearly_equal_vector_is_enough_for_an_accounts_own_flow():
    own = a_candidate(family="ours", texts=("Lobby", "the lobby has no vpn today"), own=True)
    nudged = np.array(bag_of_words("the lobby has no vpn today")) + 0.1 * np.array(bag_of_words("zebra"))
    found = best_match("different letters", nudged / np.linalg.norm(nudged), "en", [*LIBRARY, own])
    assert (found.flow.family, found.similarity >= EXACT) == ("ours", True)


@pytest.mark.parametrize("text", ["x" * 20_000, "กำ" * 10_000, "vpn " * 5_000, "0123456789", "😀😀", "?", "\u0000 \ud800"])
def test_odd_texts_have_a_probability(text):
    assert 0 <= match(text).similarity <= 1


def test_emoji_are_no_exact_wording():
    own = a_candidate(family="ours", texts=("😀", "😀😀"), own=True)
    assert match("?!", [*LIBRARY, own]).similarity < EXACT


def test_evidence_compares_a_family_with_the_best_of_the_others():
    found = weigh("vpn times out", bag_of_words("vpn times out"), LIBRARY)
    assert found["vpn"].lead == pytest.approx(-found["printer"].lead)
    assert found["vpn"].lead > 0.5
    assert found["vpn"].words == 1
    assert found["vpn"].word_lead == pytest.approx(1 - found["printer"].words)


def test_more_evidence_never_lowers_the_probability_and_extremes_do_not_overflow():
    assert all(weight >= 0 for weight in shipped_coefficients().weights)
    steep = Coefficients("any", 0.0, (1e6, 0, 0, 0))
    assert probability(Evidence(1, 0, 0, 0), steep) > 0.99
    assert probability(Evidence(-1, 0, 0, 0), steep) < 0.01
