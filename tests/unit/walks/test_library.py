"""Library files as flows, and what every shipped flow keeps to: a technician can follow it to an end."""

from __future__ import annotations

from itertools import pairwise

import pytest

from casework.walks.categories import codes
from casework.walks.library import LANGUAGES, compile_topic, library, library_flow, own_flow
from casework.walks.ports import TERMINAL, NodeType


def said(text):
    return {"en": text, "th": f"th {text}", "zh": f"zh {text}"}


TOPIC = {
    "topic": "vpn", "category": "infrastructure", "title": said("VPN"), "problem_text": said("VPN is down"),
    "wordings": {"en": ["no vpn", " ", "VPN"], "th": ["th"], "zh": ["zh"]},
    "nodes": [
        {"id": "light", "node_type": "question", "text": said("Green?"),
         "answers": [said("Yes") | {"to": "done"}, said("No") | {"to": "up"}]},
        {"id": "done", "node_type": "resolution", "text": said("Good.")},
        {"id": "up", "node_type": "escalate", "text": said("Hand over.")},
    ],
}  # fmt: skip


def test_a_topic_becomes_a_family_of_one_flow_per_language():
    flows = compile_topic(TOPIC)
    assert [(flow.flow_id, flow.language) for flow in flows] == [("vpn.en", "en"), ("vpn.th", "th"), ("vpn.zh", "zh")]
    assert {flow.family for flow in flows} == {"vpn"}
    assert flows[1].title == "th VPN"


def test_a_node_shows_one_language_and_an_ending_has_no_answers():
    thai = compile_topic(TOPIC)[1]
    shown = {"id": "light", "node_type": "question", "text": "th Green?"}
    assert thai.entry == shown | {"options": ["th Yes", "th No"], "next": {"th Yes": "done", "th No": "up"}}
    assert thai.node("done") == {"id": "done", "node_type": "resolution", "text": "th Good."}
    assert thai.node("nowhere") is None


def test_exemplars_are_distinct_and_never_blank():
    assert compile_topic(TOPIC)[0].exemplars == ("VPN", "VPN is down", "no vpn")


def test_an_accounts_own_flow_is_a_family_of_one():
    flow = own_flow(flow_id="0192", title="Lift", category="other", language="en", problem_text="Lift stuck", nodes=[{"id": "a"}])
    assert (flow.family, flow.exemplars, flow.entry) == ("0192", ("Lift", "Lift stuck"), {"id": "a"})


def test_flows_are_found_by_id_and_loaded_once():
    assert library() is library()
    assert all(library_flow(flow.flow_id) is flow for flow in library())
    assert library_flow("vpn.xx") is None


def test_the_library_covers_twelve_topics_in_three_languages():
    families = {flow.family for flow in library()}
    assert len(families) >= 12
    assert {flow.flow_id for flow in library()} == {f"{family}.{language}" for family in families for language in LANGUAGES}


@pytest.fixture(params=library(), ids=lambda flow: flow.flow_id)
def flow(request):
    return request.param


def test_a_shipped_flow_says_something_everywhere(flow):
    assert flow.category in codes("support")
    assert len(flow.wordings) >= 8
    assert all(text.strip() for text in (flow.title, flow.problem_text, *flow.wordings))
    assert all(node["text"].strip() and NodeType(node["node_type"]) for node in flow.nodes)
    assert all(option.strip() for node in flow.nodes for option in node.get("options", []))


def test_every_answer_of_a_shipped_flow_leads_on_and_only_endings_have_none(flow):
    ids = {node["id"] for node in flow.nodes}
    assert len(ids) == len(flow.nodes)
    for node in flow.nodes:
        options = node.get("options", [])
        assert len(options) == len(set(options)) == len(node.get("next", {}))
        assert set(node.get("next", {}).values()) <= ids
        assert (not options) == (node["node_type"] in TERMINAL)
        assert len(options) >= 2 or node["node_type"] != "question"


def paths(flow, node, walked=()):
    assert node["id"] not in walked, f"{flow.flow_id} runs in circles"
    if "next" not in node:
        return [(*walked, node["id"])]
    onwards = [flow.node(target) for target in dict.fromkeys(node["next"].values())]
    return [path for target in onwards for path in paths(flow, target, (*walked, node["id"]))]


def test_every_node_of_a_shipped_flow_lies_on_a_path_that_ends(flow):
    walks = paths(flow, flow.entry)
    assert {node_id for walk in walks for node_id in walk} == {node["id"] for node in flow.nodes}
    assert all(len(walk) > 1 for walk in walks)


def test_the_flows_of_a_topic_are_the_same_tree():
    def skeleton(flow):
        return [(node["id"], node["node_type"], list(node.get("next", {}).values())) for node in flow.nodes]

    for one, other in pairwise(library()):
        assert one.family != other.family or skeleton(one) == skeleton(other)
