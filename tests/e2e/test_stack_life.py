"""`make up` and `make demo` as a person uses them: what they say, what they leave behind, and side by side."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.aws import free_port
from local.client import Client, development_token, poll
from local.running import REPOSITORY, running_stack
from tests.support.stacks import Scene, processes_of


def _with_a_sent_mail(scene: Scene) -> str:
    case_id = scene.open_case("Kept", ["kept@works.example.net"])
    assert scene.send(case_id).status == 202
    poll(lambda: scene.statuses(case_id) == {"kept@works.example.net": "sent"}, seconds=10)
    return case_id


def test_a_stack_stops_at_sigterm_and_keeps_its_state(tmp_path):
    port = free_port()
    with running_stack(tmp_path, port=port, throwaway=False, autodrain=True) as stack:
        assert stack.url == f"http://127.0.0.1:{port}"
        desk, case_id = Scene(stack).desk, _with_a_sent_mail(Scene(stack))
        stack.process.send_signal(signal.SIGTERM)
        assert stack.process.wait(30) == 0
    assert processes_of(tmp_path) == []
    with running_stack(tmp_path, port=port, throwaway=False) as again:
        assert desk.get(f"/api/v3/cases/{case_id}").status == 200  # the token of before: the secret is kept
        assert Scene(again).statuses(case_id) == {"kept@works.example.net": "sent"}
        assert len(Scene(again).mails("kept@works.example.net")) == 1


def test_two_stacks_side_by_side_share_nothing(scene, tmp_path):
    with running_stack(tmp_path, autodrain=True) as stack:
        case_id = _with_a_sent_mail(Scene(stack))
        assert scene.desk.get(f"/api/v3/cases/{case_id}").status == 404
        token = development_token(stack.data_dir, tenant="bangkok", user="u1", roles=["case_owner"])
        assert Client(scene.stack.url, token).get("/api/cases").status == 401
        assert scene.mails("kept@works.example.net") == []


def _demo(folder: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "TMPDIR": str(folder)}
    with (folder / "out.txt").open("wb") as output:
        return subprocess.Popen([sys.executable, "-m", "local", "demo"], cwd=REPOSITORY, env=environment, stdout=output)


def test_the_demo_does_the_jobs_of_all_faces_and_leaves_nothing_running(tmp_path):
    assert _demo(tmp_path).wait(120) == 0
    shown = (tmp_path / "out.txt").read_text()
    assert shown.count("✓") == 26
    assert "5 of 5 incidents found" in shown
    assert "9 events in a chain that holds" in shown
    assert "1 caller matched to it, 1 walk handed over" in shown
    assert re.search(r"first case after [\d.]+ s, all 26 steps in [\d.]+ s", shown)
    assert "\x1b" not in shown  # plain lines where it is no terminal
    assert [path.name for path in tmp_path.iterdir()] == ["out.txt"]
    assert processes_of(tmp_path) == []


@pytest.mark.parametrize(("number", "after"), [(signal.SIGINT, "Casework"), (signal.SIGTERM, "Log in")])
def test_an_interrupted_demo_stops_what_it_started(tmp_path, number, after):
    demo = _demo(tmp_path)
    poll(lambda: _shown(tmp_path, after) and len(processes_of(tmp_path)) > 1, seconds=60, every=0.005)
    demo.send_signal(number)
    assert demo.wait(60) == 130, (tmp_path / "out.txt").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["out.txt"]
    poll(lambda: not processes_of(tmp_path), seconds=5)


def _shown(folder: Path, text: str) -> bool:
    """Whether the demo has come so far. Its standard output is a file, so it must not keep lines to itself."""
    return text in (folder / "out.txt").read_text()
