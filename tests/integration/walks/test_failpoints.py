"""Every failpoint of the help desk: a kill there keeps nothing, and the same call made again does it all."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.api import Api
from tests.support.crossings import digests, grown
from tests.support.database import ROOT
from tests.support.fake_embedder import FakeEmbedder
from tests.support.walks import ODD, PHONE, Desk, recipients

if TYPE_CHECKING:
    from tests.support.apps import World

PROGRAM = Path(__file__).parent / "dying_desk.py"
PATH = os.pathsep.join(str(ROOT / part) for part in ("layers/core/python", "functions", "."))
KILLED = 137
INTAKE = {"problem_statement": ODD, "adhoc": True, "customer_contact": PHONE}
ESCALATION = {"reason_category": "safety", "open_case": True}
POINTS: dict[str, tuple[str, dict[str, Any]]] = {
    "walks.session_added": ("/intake", INTAKE), "walks.node_built": ("/sessions/{}/next-node", {}),
    "walks.proposal_added": ("/sessions/{}/resolve", {"helpful": True}), "walks.escalated": ("/sessions/{}/escalate", ESCALATION),
    "walks.case_opened": ("/sessions/{}/escalate", ESCALATION), "walks.mails_ordered": ("/sessions/{}/escalate", ESCALATION),
}  # fmt: skip
DIRECTLY = ["walks.case_opened", "walks.mails_ordered"]


@pytest.fixture
def desk(world: World) -> Desk:
    world.embedder = FakeEmbedder()
    desk = Desk(Api(world))
    desk.patch("/settings", recipients("anna@acme.example.com"))
    return desk


def run(desk: Desk, point: str, path: str, body: dict[str, Any]) -> int:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": PATH, "CASEWORK_FAILPOINT": point, "LANG": "C.UTF-8"}
    command = [sys.executable, str(PROGRAM), desk.api.world.owner_url, desk.account, path, json.dumps(body)]
    return subprocess.run(command, env=environ, check=False, timeout=60).returncode


def test_every_point_of_the_room_has_a_row() -> None:
    room = ROOT / "layers/core/python/casework/walks"
    assert {name for path in room.rglob("*.py") for name in re.findall(r'reach\("([^"]+)"\)', path.read_text())} == POINTS.keys()


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_keeps_nothing_and_a_repetition_does_it_all(desk: Desk, point: str) -> None:
    session_id = desk.built(1)
    if point == "walks.node_built":
        session_id = desk.build()
    path, body = POINTS[point]
    before = digests(desk.api)
    assert run(desk, point, path.format(session_id), body) == KILLED
    assert digests(desk.api) == before
    assert run(desk, "", path.format(session_id), body) == 0
    assert "walk_sessions" in grown(before, digests(desk.api))


@pytest.mark.parametrize("point", DIRECTLY)
def test_a_kill_while_handing_over_without_a_walk_keeps_nothing(desk: Desk, point: str) -> None:
    body = ESCALATION | {"problem_statement": "Smoke", "customer_contact": PHONE}
    before = digests(desk.api)
    assert run(desk, point, "/escalate-without-walk", body) == KILLED
    assert digests(desk.api) == before
    assert run(desk, "", "/escalate-without-walk", body) == 0
    assert grown(before, digests(desk.api))["contact_vault"] == 1
