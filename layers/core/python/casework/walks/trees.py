"""What makes nodes a flow that can be walked: every answer leads on, every walk ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.walks.ports import TERMINAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Node = Mapping[str, Any]


def fault_of(nodes: Sequence[Node]) -> str:
    """Return the first reason why these nodes (the first is the entry) cannot be walked; empty where they can.

    A last node without answers may be of any type: the walk stands there until it is resolved or escalated.
    """
    by_id = {node["id"]: node for node in nodes}
    if len(by_id) < len(nodes):
        return "node ids must be unique"
    return next((fault for node in nodes for fault in _faults(node, by_id)), "") or _fault_of_ways(nodes, by_id)


def _faults(node: Node, by_id: Mapping[str, Node]) -> Iterator[str]:
    ways: Mapping[str, str] = node.get("next") or {}
    options: Sequence[str] = node.get("options") or ()
    words = [word.strip().casefold() for word in ways]
    if node["node_type"] in TERMINAL and (ways or options):
        yield f"node {node['id']} ends the walk, so nothing follows it"
    if not set(ways.values()) <= by_id.keys():
        yield f"node {node['id']} leads to a node that is not there"
    if not set(options) <= ways.keys():
        yield f"node {node['id']} has an option that leads nowhere"
    if "" in words or len(set(words)) < len(words) or len(set(options)) < len(options):
        yield f"node {node['id']} has answers that are blank or alike"


def _fault_of_ways(nodes: Sequence[Node], by_id: Mapping[str, Node]) -> str:
    """Look for a node that no answer leads to, and for a walk in a circle."""
    done: set[str] = set()
    walking: list[tuple[str, Iterator[str]]] = [(nodes[0]["id"], iter(_targets(nodes[0])))]
    on_the_way = {nodes[0]["id"]}
    while walking:
        here, ways = walking[-1]
        target = next(ways, None)
        if target is None:
            walking.pop()
            on_the_way.discard(here)
            done.add(here)
        elif target in on_the_way:
            return f"node {target} leads back to itself"
        elif target not in done:
            on_the_way.add(target)
            walking.append((target, iter(_targets(by_id[target]))))
    lost = [node["id"] for node in nodes if node["id"] not in done]
    return f"no answer leads to node {lost[0]}" if lost else ""


def _targets(node: Node) -> list[str]:
    ways: Mapping[str, str] = node.get("next") or {}
    return list(dict.fromkeys(ways.values()))
