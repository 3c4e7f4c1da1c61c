"""Flows: the built-in library, and the shape that an account's own flows share with it.

A file of `library/` holds one topic in three languages. Each language becomes a flow of its own (`vpn-no-connection.en`); the flows of a
topic are one family, so that a caller may describe a problem in one language and the technician still walks it in that language.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Node = dict[str, Any]
"""`{id, node_type, text}` and, unless it ends the walk, `options` (the answers) and `next` (answer → node id)."""

LANGUAGES = ("en", "th", "zh")
_FOLDER = Path(__file__).with_name("library")


@dataclass(frozen=True, slots=True)
class Flow:
    """A tree to walk in one language; the first node is its entry. Flows are shared: nobody changes their nodes."""

    flow_id: str
    family: str
    title: str
    category: str
    language: str
    problem_text: str
    nodes: Sequence[Node]
    wordings: tuple[str, ...] = ()

    @property
    def entry(self) -> Node:
        return self.nodes[0]

    @property
    def exemplars(self) -> tuple[str, ...]:
        """The distinct texts that a problem is compared with: title, problem and wordings, without blank ones."""
        texts = (self.title, self.problem_text, *self.wordings)
        return tuple(dict.fromkeys(text for text in texts if text.strip()))

    def node(self, node_id: str) -> Node | None:
        return next((node for node in self.nodes if node["id"] == node_id), None)


def own_flow(*, flow_id: str, title: str, category: str, language: str, problem_text: str, nodes: Iterable[Mapping[str, Any]]) -> Flow:
    """Return an account's published flow: a family of one."""
    return Flow(flow_id, flow_id, title, category, language, problem_text, [dict(node) for node in nodes])


def flow_of(row: Mapping[str, Any]) -> Flow:
    """Return the flow of a row of `walk_flows`; one that was read to be matched has no nodes."""
    names = ("title", "category", "language", "problem_text")
    return own_flow(flow_id=str(row["id"]), nodes=row.get("nodes", ()), **{name: row[name] for name in names})


@cache
def library() -> tuple[Flow, ...]:
    """Every built-in flow, by topic and language."""
    topics = (json.loads(file.read_text(encoding="utf-8")) for file in sorted(_FOLDER.glob("*.json")))
    return tuple(flow for topic in topics for flow in compile_topic(topic))


def library_flow(flow_id: str) -> Flow | None:
    """Return a built-in flow; None for an id that is none of theirs."""
    return next((flow for flow in library() if flow.flow_id == flow_id), None)


def compile_topic(topic: Mapping[str, Any]) -> list[Flow]:
    """Return the flows of one library file, a flow per language."""
    return [
        Flow(
            flow_id=f"{topic['topic']}.{language}",
            family=topic["topic"],
            title=topic["title"][language],
            category=topic["category"],
            language=language,
            problem_text=topic["problem_text"][language],
            nodes=[_node(node, language) for node in topic["nodes"]],
            wordings=tuple(topic["wordings"][language]),
        )
        for language in LANGUAGES
    ]


def _node(node: Mapping[str, Any], language: str) -> Node:
    shown: Node = {"id": node["id"], "node_type": node["node_type"], "text": node["text"][language]}
    if answers := node.get("answers"):
        shown["options"] = [answer[language] for answer in answers]
        shown["next"] = {answer[language]: answer["to"] for answer in answers}
    return shown
