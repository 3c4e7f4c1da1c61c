"""A relay that is killed between publishing and recording publishes again: nothing is lost, nothing overtakes, consumers see it once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from tests.support.apps import BANGKOK
from tests.support.database import ROOT, rows

PROGRAM = Path(__file__).parent / "dying_relay.py"
ENVIRON = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("layers/core/python", "functions", "."))}


def run_relay(owner_url: str, path: Path, dies_at: int) -> int:
    command = [sys.executable, str(PROGRAM), owner_url, str(path), str(dies_at)]
    return subprocess.run(command, env=ENVIRON, check=False, timeout=60).returncode


def fill(world, streams: int, events: int) -> None:
    with world.app("api_writer").unit_of_work(BANGKOK) as work:
        for number in range(events):
            for stream in range(streams):
                work.outbox.put("mail", UUID(int=stream + 1), "counted", {"n": number})
        work.commit()


def first_sights(messages: list[dict]) -> dict[str, list[int]]:
    """What a consumer that forgets what it saw would make of the messages, by stream."""
    seen, kept = set(), {}
    for message in messages:
        if message["event_id"] not in seen:
            seen.add(message["event_id"])
            kept.setdefault(message["aggregate_id"], []).append(message["seq"])
    return kept


@pytest.mark.parametrize("dies_at", [1, 2])
def test_a_killed_relay_loses_nothing_and_reorders_nothing(world, tmp_path, dies_at):
    fill(world, streams=3, events=30)
    path = tmp_path / "published"
    assert run_relay(world.owner_url, path, dies_at) == -9
    owed = rows(world.owner_url, "select sum(head_seq - sent_seq)::int as n from outbox_streams")[0]["n"]
    assert owed == 90 - 60 * (dies_at - 1)
    rows(world.owner_url, "update outbox_streams set lease_until = '2020-01-01'")
    assert run_relay(world.owner_url, path, 0) == 0
    messages = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(messages) == 90 + (60 if dies_at == 1 else 30)
    assert first_sights(messages) == {str(UUID(int=stream)): list(range(1, 31)) for stream in (1, 2, 3)}
    assert rows(world.owner_url, "select bool_and(sent_seq = head_seq) as done from outbox_streams") == [{"done": True}]


def test_a_consumer_makes_one_effect_of_every_event(world, tmp_path):
    fill(world, streams=1, events=5)
    path = tmp_path / "published"
    run_relay(world.owner_url, path, 1)
    rows(world.owner_url, "update outbox_streams set lease_until = '2020-01-01'")
    run_relay(world.owner_url, path, 0)
    effects = []
    for line in path.read_text().splitlines():
        with world.app("api_writer").unit_of_work(BANGKOK) as work:
            if work.outbox.is_new("counter", UUID(json.loads(line)["event_id"])):
                effects.append(json.loads(line)["n"])
            work.commit()
    assert (len(path.read_text().splitlines()), effects) == (10, [0, 1, 2, 3, 4])
