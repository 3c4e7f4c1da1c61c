"""GET and POST /l1/flows: the library that all share, and the flows that an account wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.walks import NODE_TYPES, SIX, TERMINAL, TREE, Desk, refused

if TYPE_CHECKING:
    from tests.support.api import Api

NAMES = {"flow_id", "title", "category", "language", "status", "nodes"}


def changed(node: int, **fields: Any) -> dict[str, Any]:
    """Return the flow with one node changed."""
    nodes = [dict(one) for one in TREE["nodes"]]
    nodes[node] |= fields
    return {"nodes": nodes}


@pytest.mark.parametrize("tenant", ["acme", "oncall", "bangkok"])
def test_a_new_account_sees_the_library(shared_api: Api, tenant: str) -> None:
    flows = Desk(shared_api, f"reader-{tenant}", tenant).flows()
    assert len(flows) >= 12
    assert {flow["status"] for flow in flows.values()} == {"published"}
    assert {flow["category"] for flow in flows.values()} <= SIX


def test_a_flow_is_listed_with_its_nodes(desk: Desk) -> None:
    for flow in desk.flows().values():
        assert flow.keys() >= NAMES
        assert all(node.keys() >= {"id", "node_type", "text"} for node in flow["nodes"])
        assert {node["node_type"] for node in flow["nodes"]} <= NODE_TYPES
        assert any(node["node_type"] in TERMINAL for node in flow["nodes"])


def test_the_library_speaks_three_languages(desk: Desk) -> None:
    assert {flow["language"] for flow in desk.flows().values()} == {"en", "th", "zh"}


def test_all_accounts_see_the_same_library(desk: Desk) -> None:
    assert desk.flows() == Desk(desk.api).flows()


@pytest.mark.parametrize("role", ["engineer", "account_owner", "admin"])
def test_a_posted_flow_is_published_in_the_account(desk: Desk, role: str) -> None:
    answer = desk.post("/flows", TREE, roles=[role])
    assert answer.status == 201
    flow = desk.flows()[answer.json["flow_id"]]
    assert (flow["title"], flow["category"], flow["status"]) == (TREE["title"], TREE["category"], "published")
    shown = [(node["node_type"], node["text"]) for node in flow["nodes"]]
    assert shown == [(node["node_type"], node["text"]) for node in TREE["nodes"]]


def test_posting_twice_makes_two_flows(desk: Desk) -> None:
    assert desk.flow() != desk.flow()


def test_a_posted_flow_is_nobody_elses(desk: Desk) -> None:
    assert desk.flow() not in Desk(desk.api).flows()


def test_a_posted_flow_can_be_started_by_its_id(desk: Desk) -> None:
    flow_id = desk.flow()
    made = desk.intake("anything at all", flow_id=flow_id)
    assert (made["outcome"], made["flow_id"], made["category"]) == ("matched", flow_id, TREE["category"])


def test_text_is_stored_as_it_came(desk: Desk) -> None:
    title = "Robert'); DROP TABLE flows;-- ไทย 中文 %_"
    flow_id = desk.flow(title=title)
    assert desk.flows()[flow_id]["title"] == title


@pytest.mark.parametrize("fields", [
    {"title": ""}, {"title": None}, {"title": 5}, {"category": "plumbing"}, {"category": None}, {"problem_text": ""},
    {"nodes": []}, {"nodes": "x"}, {"nodes": [5]}, changed(0, node_type="riddle"), changed(0, text=""),
    changed(0, next={"Yes": "nowhere"}), changed(1, id="lamp"),
], ids=["empty title", "no title", "numeric title", "unknown category", "no category", "empty problem", "no nodes", "text for nodes",
        "a number for a node", "unknown node type", "empty text", "an edge to nowhere", "two nodes of one id"])  # fmt: skip
def test_an_invalid_flow_is_422_and_stores_nothing(desk: Desk, fields: dict[str, object]) -> None:
    before = desk.api.row_counts()
    assert refused(desk.post("/flows", TREE | fields, roles=["engineer"]), 422)
    assert desk.api.row_counts() == before


@pytest.mark.parametrize("name", TREE)
def test_a_missing_field_is_422(desk: Desk, name: str) -> None:
    body = {key: value for key, value in TREE.items() if key != name}
    assert refused(desk.post("/flows", body, roles=["engineer"]), 422)
