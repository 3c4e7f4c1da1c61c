"""Which of the eighteen categories a problem belongs to."""

from __future__ import annotations

import numpy as np
import pytest

from casework.walks.categories import OTHER, categories, codes, exemplars, general_checklist
from casework.walks.classifying import FLOOR, classify
from casework.walks.library import LANGUAGES, own_flow
from casework.walks.ports import NodeType

ACROSS, ALONG, AWAY = np.eye(3)
VECTORS = {"performance": [ACROSS] * 4, "security": [ALONG] * 4}


def test_there_are_six_of_the_help_desk_and_twelve_of_the_city():
    assert codes("support") == ("performance", "error", "configuration", "infrastructure", "security", "other")
    assert len(codes("city")) == 12
    assert codes() == codes("support") + codes("city")


@pytest.mark.parametrize("code", codes())
def test_a_category_speaks_three_languages(code):
    one = categories()[code]
    assert all(one.title[language].strip() and len(one.examples[language]) >= 3 for language in LANGUAGES)
    assert len(set(one.exemplars)) == len(one.exemplars)
    assert all(one.exemplars)


def checklists():
    return [(code, one.checklist) for code, one in categories().items()] + [(kind, general_checklist(kind)) for kind in ("support", "city")]


@pytest.mark.parametrize(("name", "items"), checklists())
def test_a_checklist_asks_in_three_languages(name, items):
    assert items
    assert all(NodeType(item["node_type"]) and all(item["text"][language].strip() for language in LANGUAGES) for item in items)


def test_the_nearest_examples_decide():
    assert classify(ALONG, VECTORS) == "security"
    assert classify(ACROSS, VECTORS) == "performance"


def test_what_all_examples_share_does_not_count():
    shared = {"performance": [ACROSS * 0.6 + AWAY * 0.8] * 4, "security": [ALONG * 0.6 + AWAY * 0.8] * 4}
    assert classify(AWAY * 0.95 + ALONG * 0.3, shared) == "security"


def test_flows_stand_for_their_category_too():
    flow = own_flow(flow_id="1", title="Lift", category="security", language="en", problem_text="Lift is stuck", nodes=[])
    assert exemplars([flow])["security"] == (*categories()["security"].exemplars, "Lift", "Lift is stuck")
    assert exemplars([flow])["error"] == categories()["error"].exemplars


def test_a_category_from_elsewhere_must_lead_clearly():
    between = ALONG * 0.72 + ACROSS * 0.69
    assert classify(between, VECTORS) == "security"
    assert classify(between, VECTORS, home=["performance"]) == OTHER
    assert classify(ALONG, VECTORS, home=["performance"]) == "security"
    assert classify(between, VECTORS, home=["security"]) == "security"


def test_what_is_near_nothing_is_other():
    assert classify(AWAY, VECTORS) == OTHER
    assert classify(ACROSS * (FLOOR - 0.01) + AWAY, VECTORS) == OTHER
