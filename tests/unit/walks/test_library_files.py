"""Every built-in flow is a tree that a technician can follow to an end, in three languages."""

from __future__ import annotations

import json
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

LIBRARY = Path(__file__).resolve().parents[3] / "layers/core/python/casework/walks/library"
FILES = sorted(LIBRARY.glob("*.json"))
LANGUAGES = {"en", "th", "zh"}
CATEGORIES = {"performance", "error", "configuration", "infrastructure", "security", "other"}
STEPS, ENDS = {"question", "instruction", "check"}, {"resolution", "escalate"}


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request) -> Path:
    return request.param


@pytest.fixture
def flow(path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def _targets(node: dict[str, Any]) -> list[str]:
    return [answer["to"] for answer in node.get("answers", [])]


def _graph(flow: dict[str, Any]) -> dict[str, list[str]]:
    return {node["id"]: _targets(node) for node in flow["nodes"]}


def _reached(graph: dict[str, list[str]], start: str) -> set[str]:
    seen, ahead = set(), [start]
    while ahead:
        if (here := ahead.pop()) not in seen:
            seen.add(here)
            ahead.extend(graph[here])
    return seen


def _spoken_in_all(text: dict[str, str]) -> bool:
    return set(text) == LANGUAGES and all(words.strip() for words in text.values())


def test_the_library_holds_at_least_twelve_flows():
    assert len(FILES) >= 12


def test_a_file_is_named_for_its_topic(path, flow):
    assert flow["topic"] == path.stem


def test_a_flow_has_exactly_the_known_fields(flow):
    assert set(flow) == {"topic", "category", "title", "problem_text", "wordings", "nodes"}


def test_the_category_is_known(flow):
    assert flow["category"] in CATEGORIES


def test_a_flow_has_nine_to_sixteen_nodes_with_ids_of_their_own(flow):
    ids = [node["id"] for node in flow["nodes"]]
    assert 9 <= len(ids) <= 16
    assert len(set(ids)) == len(ids)


def test_node_types_are_known(flow):
    assert {node["node_type"] for node in flow["nodes"]} <= STEPS | ENDS


def test_every_answer_leads_to_a_node_of_the_flow(flow):
    graph = _graph(flow)
    assert {to for targets in graph.values() for to in targets} <= set(graph)


def test_every_node_is_reached_from_the_first(flow):
    graph = _graph(flow)
    assert _reached(graph, flow["nodes"][0]["id"]) == set(graph)


def test_no_path_comes_back_to_itself(flow):
    TopologicalSorter(_graph(flow)).prepare()


def test_a_path_ends_in_a_terminal_node_and_nowhere_else(flow):
    ending = {node["id"] for node in flow["nodes"] if not _targets(node)}
    assert ending == {node["id"] for node in flow["nodes"] if node["node_type"] in ENDS}


def test_a_flow_can_both_succeed_and_hand_over(flow):
    assert {node["node_type"] for node in flow["nodes"]} >= ENDS


def test_a_question_leaves_a_choice(flow):
    assert all(len(node["answers"]) >= 2 for node in flow["nodes"] if node["node_type"] == "question")


def test_title_problem_and_nodes_are_told_in_three_languages(flow):
    texts = [flow["title"], flow["problem_text"], *(node["text"] for node in flow["nodes"])]
    assert [text for text in texts if not _spoken_in_all(text)] == []


def test_answers_are_told_in_three_languages(flow):
    answers = [{k: v for k, v in answer.items() if k != "to"} for node in flow["nodes"] for answer in node.get("answers", [])]
    assert [answer for answer in answers if not _spoken_in_all(answer)] == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_answers_of_a_node_can_be_told_apart(flow, language):
    for node in flow["nodes"]:
        labels = [answer[language].strip().casefold() for answer in node.get("answers", [])]
        assert len(set(labels)) == len(labels), node["id"]


def test_wordings_are_eight_different_ones_per_language(flow):
    assert set(flow["wordings"]) == LANGUAGES
    for words in flow["wordings"].values():
        assert len(words) == len({w.strip().casefold() for w in words if w.strip()}) == 8
