"""A flow can be walked: every answer leads on, every walk ends."""

from __future__ import annotations

import pytest

from casework.walks.library import library
from casework.walks.trees import fault_of


def node(name: str, node_type: str = "question", options: list[str] | None = None, **ways: str) -> dict[str, object]:
    return {"id": name, "node_type": node_type, "text": "?"} | ({"options": options or list(ways), "next": ways} if ways or options else {})


GOOD = [node("a", Yes="b", No="c"), node("b", "instruction", Done="c"), node("c", "resolution")]


def test_a_tree_has_no_fault():
    assert fault_of(GOOD) == ""


@pytest.mark.parametrize("flow", library(), ids=lambda flow: flow.flow_id)
def test_every_flow_of_the_library_can_be_walked(flow):
    assert fault_of(flow.nodes) == ""


@pytest.mark.parametrize(
    ("nodes", "fault"),
    [
        ([node("a", Yes="a")], "back to itself"),
        ([node("a", Yes="b"), node("b", No="a")], "back to itself"),
        ([node("a", Yes="b"), node("b", "resolution"), node("c", "escalate")], "no answer leads to node c"),
        ([node("a", Yes="z")], "a node that is not there"),
        ([node("a", "resolution", Yes="b"), node("b", "resolution")], "nothing follows it"),
        ([node("a", options=["Yes", "No"], Yes="b"), node("b", "resolution")], "leads nowhere"),
        ([node("a", Yes="b", yes="b"), node("b", "resolution")], "blank or alike"),
        ([node("a", **{" ": "b"}), node("b", "resolution")], "blank or alike"),
        ([node("a"), node("a")], "unique"),
    ],
)
def test_what_cannot_be_walked_is_named(nodes, fault):
    assert fault in fault_of(nodes)
