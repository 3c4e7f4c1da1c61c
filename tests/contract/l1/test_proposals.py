"""From a walk that helped to a flow that the next caller is matched to (S4-51)."""

from __future__ import annotations

import pytest

from tests.support.walks import NOBODYS, ODD, Desk, refused

PROBLEM = "The beehive counter has added every drone twice since the honey season began"


@pytest.mark.parametrize("role", ["engineer", "account_owner", "admin"])
def test_a_proposal_is_published_once(desk: Desk, role: str) -> None:
    proposal_id = desk.proposal()
    first, again = (desk.publish(proposal_id, roles=[role]) for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    assert first.json["flow_id"] == again.json["flow_id"]
    assert [flow_id for flow_id in desk.flows() if flow_id == first.json["flow_id"]] == [first.json["flow_id"]]


def test_publishing_again_stores_nothing(desk: Desk) -> None:
    proposal_id = desk.proposal()
    desk.publish(proposal_id)
    flows = desk.flows()
    assert desk.publish(proposal_id, roles=["admin"], user="somebody-else").status == 200
    assert desk.flows() == flows


def test_the_next_caller_is_matched_to_it(desk: Desk) -> None:
    assert desk.intake(PROBLEM)["outcome"] == "build"
    flow_id = desk.publish(desk.proposal(PROBLEM)).json["flow_id"]
    made = desk.intake(PROBLEM, user="tech-2")
    assert (made["outcome"], made["flow_id"], made["session_kind"]) == ("matched", flow_id, "flow")


def test_before_it_is_published_nobody_is_matched_to_it(desk: Desk) -> None:
    flows = desk.flows()
    desk.proposal(PROBLEM)
    assert desk.intake(PROBLEM)["outcome"] == "build"
    assert desk.flows() == flows


def test_a_caller_of_another_account_is_not_matched_to_it(desk: Desk) -> None:
    flow_id = desk.publish(desk.proposal(PROBLEM)).json["flow_id"]
    other = Desk(desk.api)
    assert flow_id not in other.flows()
    assert other.intake(PROBLEM)["outcome"] == "build"


def test_a_published_flow_asks_what_the_walk_asked(desk: Desk) -> None:
    session_id = desk.built(3)
    asked = [entry["question"] for entry in desk.session(session_id)["walked_path"]]
    proposal_id = desk.on(session_id, "resolve", {"helpful": True}).json["flow_proposal_id"]
    flow_id = desk.publish(proposal_id).json["flow_id"]
    flow = desk.flows()[flow_id]
    assert flow["status"] == "published"
    assert [node["text"] for node in flow["nodes"] if node["text"] in asked] == asked


def test_a_published_flow_can_be_walked(desk: Desk) -> None:
    flow_id = desk.publish(desk.proposal(PROBLEM, 1)).json["flow_id"]
    session_id = desk.intake(PROBLEM, flow_id=flow_id)["session_id"]
    node_id = desk.session(session_id)["current_node_id"]
    assert node_id in {node["id"] for node in desk.flows()[flow_id]["nodes"]}
    assert desk.step(session_id, node_id, "No").status == 200


def test_publishing_leaves_the_session_as_it_is(desk: Desk) -> None:
    session_id = desk.built(2)
    proposal_id = desk.on(session_id, "resolve", {"helpful": True}).json["flow_proposal_id"]
    before = desk.session(session_id)
    desk.publish(proposal_id)
    assert desk.session(session_id) == before


@pytest.mark.parametrize("name", [NOBODYS, "nonsense", "1"])
def test_an_unknown_proposal_is_404(desk: Desk, name: str) -> None:
    assert refused(desk.publish(name), 404)


def test_the_call_that_make_demo_shows(desk: Desk) -> None:
    """Intake, build, three nodes, resolve, proposal, published, matched."""
    session_id = desk.build(ODD)
    node = desk.next(session_id)
    for answer in ("No", "No", "Yes"):
        node = desk.reply(session_id, node, answer)
    proposal_id = desk.on(session_id, "resolve", {"helpful": True, "resolution_notes": "patched"}).json["flow_proposal_id"]
    flow_id = desk.publish(proposal_id).json["flow_id"]
    assert desk.intake(ODD)["flow_id"] == flow_id
