"""The model is down, slow, or asked by many: the walk goes on, nothing is lost, and a node is thought of once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from casework.walks.ports import BuildAsk, BuilderUnavailable, NodeDraft, NodeType
from tests.support.api import Api
from tests.support.apps import World
from tests.support.fake_embedder import FakeEmbedder
from tests.support.walks import ODD, Desk, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.apps import Answered

CROWD = 50


class FakeBuilder:
    """Keeps what it is asked; `down` makes it fail, `seconds` makes it slow."""

    def __init__(self, *, down: bool = False, seconds: float = 0) -> None:
        self.down, self.seconds = down, seconds
        self.asked: list[BuildAsk] = []
        self._lock = threading.Lock()

    def next_node(self, ask: BuildAsk) -> NodeDraft:
        with self._lock:
            self.asked.append(ask)
            number = len(self.asked)
        time.sleep(self.seconds)
        if self.down:
            raise BuilderUnavailable("made up")
        return NodeDraft(NodeType.QUESTION, f"Question {number}?", ("Yes", "No"), "made-up")


@pytest.fixture
def builder(world: World) -> FakeBuilder:
    world.builder, world.embedder = FakeBuilder(), FakeEmbedder()
    return world.builder


@pytest.fixture
def desk(builder: FakeBuilder, world: World) -> Desk:
    return Desk(Api(world))


def answered(desk: Desk, session_id: str, node: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = desk.on(session_id, "next-node", {"node_id": node["id"], "answer": "No, says she", "note": "since Monday"} | fields)
    assert answer.status == 200, answer.json
    return answer.json


def test_a_first_node_that_does_not_come_is_null_with_a_warning(desk: Desk, builder: FakeBuilder) -> None:
    session_id, builder.down = desk.build(), True
    answer = desk.on(session_id, "next-node", {})
    assert (answer.status, answer.json["node"], answer.json["session_status"]) == (200, None, "active")
    assert answer.json["warning"]
    assert desk.session(session_id)["walked_path"] == []


def test_the_answer_is_kept(desk: Desk, builder: FakeBuilder) -> None:
    session_id = desk.build()
    node, builder.down = desk.next(session_id), True
    told = answered(desk, session_id, node)
    assert (told["node"], bool(told["warning"])) == (None, True)
    (entry,) = desk.session(session_id)["walked_path"]
    assert entry == {"node_id": node["id"], "question": node["text"], "answer": "No, says she", "note": "since Monday"}
    assert desk.session(session_id)["current_node_id"] is None


def test_the_answer_is_not_taken_twice(desk: Desk, builder: FakeBuilder) -> None:
    session_id = desk.build()
    node, builder.down = desk.next(session_id), True
    answered(desk, session_id, node)
    assert refused(desk.on(session_id, "next-node", {"node_id": node["id"], "answer": "Again"}), 409)
    assert len(desk.session(session_id)["walked_path"]) == 1


def test_meanwhile_the_walk_takes_free_steps(desk: Desk, builder: FakeBuilder) -> None:
    session_id = desk.build()
    node, builder.down = desk.next(session_id), True
    answered(desk, session_id, node)
    assert desk.step(session_id, "mine", "Reseated the cable").status == 200
    path = desk.session(session_id)["walked_path"]
    assert [(entry["question"], entry["answer"]) for entry in path[1:]] == [("asked", "Reseated the cable")]
    assert path[1]["node_id"] != "mine"


def test_when_the_model_is_back_it_builds_on_all_of_it(desk: Desk, builder: FakeBuilder) -> None:
    session_id = desk.build()
    node, builder.down = desk.next(session_id), True
    answered(desk, session_id, node)
    desk.step(session_id, "mine", "Reseated the cable")
    builder.down = False
    again = desk.on(session_id, "next-node", {}).json
    assert again["node"]["id"] == desk.session(session_id)["current_node_id"]
    assert "warning" not in again
    assert [step.answer for step in builder.asked[-1].steps] == ["No, says she", "Reseated the cable"]
    assert desk.session(session_id).get("warning") is None


@pytest.mark.parametrize("verb", ["resolve", "escalate"])
def test_a_walk_whose_model_is_down_can_end(desk: Desk, builder: FakeBuilder, verb: str) -> None:
    session_id, builder.down = desk.build(), True
    desk.on(session_id, "next-node", {})
    assert desk.on(session_id, verb, {"helpful": True, "reason_category": "other"}).status == 200


def test_each_new_try_asks_the_model_once(desk: Desk, builder: FakeBuilder) -> None:
    session_id, builder.down = desk.build(), True
    for _ in range(3):
        assert desk.on(session_id, "next-node", {}).json["node"] is None
    assert len(builder.asked) == 3
    assert desk.api.rows("select nodes_served as n from walk_sessions where id = %s", session_id) == [{"n": 0}]


@pytest.mark.parametrize("language", ["th", "zh", "en"])
def test_the_warning_is_said_in_the_callers_language(desk: Desk, builder: FakeBuilder, language: str) -> None:
    problem = {"th": "โปรแกรมบัญชีซอร์แบล็กซ์กลับหัวกลับหาง", "zh": "佐布拉克斯账本上下颠倒了", "en": ODD}[language]
    session_id, builder.down = desk.build(problem), True
    warning = desk.on(session_id, "next-node", {}).json["warning"]
    assert any("\u0e00" <= letter <= "\u0e7f" for letter in warning) == (language == "th")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in warning) == (language == "zh")


def crowd(desk: Desk, body: dict[str, Any], session_id: str) -> list[Answered]:
    """Let many technicians call together, each through a worker of their own; all of them share the one model."""
    with ThreadPoolExecutor(CROWD) as pool:
        call = [lambda there: there.on(session_id, "next-node", body)] * CROWD
        return list(pool.map(lambda one: elsewhere(desk, one), call))


def test_fifty_who_ask_at_once_for_the_first_node_cost_one_model_call(desk: Desk, builder: FakeBuilder) -> None:
    session_id, builder.seconds = desk.build(), 0.5
    answers = crowd(desk, {}, session_id)
    assert Counter(answer.status for answer in answers) == {200: CROWD}
    assert {answer.json["node"]["id"] for answer in answers} == {desk.session(session_id)["current_node_id"]}
    assert len(builder.asked) == 1


def test_fifty_who_answer_at_once_cost_one_model_call(desk: Desk, builder: FakeBuilder) -> None:
    session_id = desk.build()
    node, builder.seconds = desk.next(session_id), 0.5
    answers = crowd(desk, {"node_id": node["id"], "answer": "No"}, session_id)
    assert Counter(answer.status for answer in answers) == {200: 1, 409: CROWD - 1}
    assert len(builder.asked) == 2
    assert len(desk.session(session_id)["walked_path"]) == 1


def test_an_ending_while_the_model_thinks_is_not_lost(desk: Desk, builder: FakeBuilder) -> None:
    """The walk ends at once; the node that comes afterwards finds it ended and is refused."""
    session_id, builder.seconds = desk.build(), 0.6
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(lambda: elsewhere(desk, lambda there: there.on(session_id, "next-node", {})))
        while not builder.asked:
            time.sleep(0.01)
        assert desk.on(session_id, "resolve", {"helpful": False}).status == 200
        assert asking.result().status == 409
    session = desk.session(session_id)
    assert (session["status"], session["current_node_id"]) == ("resolved", None)


def elsewhere(desk: Desk, call: Callable[[Desk], Answered]) -> Answered:
    """Make a call through a worker of its own that shares the model."""
    world = World(desk.api.world.owner_url)
    world.builder, world.embedder = desk.api.world.builder, desk.api.world.embedder
    try:
        return call(Desk(Api(world), desk.account, desk.tenant))
    finally:
        world.close()
