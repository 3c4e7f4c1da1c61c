"""The sender dies at its three points: never two mails within the window, and the truth in the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from casework.messages.model import LEASE, RECONCILIATION_WINDOW
from tests.support.apps import BANGKOK
from tests.support.database import ROOT
from tests.support.sendgrid_server import SendgridServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

PROGRAM = Path(__file__).parent / "dying_sender.py"
PATH = os.pathsep.join(str(ROOT / part) for part in ("layers/core/python", "functions", "."))
KILLED = 137


@pytest.fixture
def provider() -> Iterator[SendgridServer]:
    with SendgridServer() as server:
        yield server


def run_sender(room, provider: SendgridServer, delivery: UUID, failpoint: str) -> int:
    message = json.dumps({"tenant_id": str(BANGKOK), "delivery_id": str(delivery)})
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": PATH, "CASEWORK_FAILPOINT": failpoint, "LANG": "C.UTF-8"}
    command = [sys.executable, str(PROGRAM), room.world.owner_url, provider.url, message]
    return subprocess.run(command, env=environ, check=False, timeout=60).returncode


def test_a_sender_killed_between_accept_and_commit_sends_no_second_mail_and_the_webhook_tells(room, provider, mailer):
    delivery = room.queue_one()
    assert run_sender(room, provider, delivery, "mail.accepted") == KILLED
    assert (room.status(delivery), len(provider.taken)) == ("sending", 1)
    assert room.send(delivery)
    room.sweep(LEASE)
    assert room.status(delivery) == "unknown"
    room.sweep(RECONCILIATION_WINDOW - timedelta(seconds=1))
    room.send(delivery)
    room.hear(room.event(delivery, "delivered"))
    room.sweep(RECONCILIATION_WINDOW)
    room.send(delivery)
    assert (room.status(delivery), len(provider.taken), mailer.calls) == ("delivered", 1, [])
    assert room.told(delivery) == 1


def test_without_a_webhook_the_same_death_leaves_it_unknown_for_the_window(room, provider, mailer):
    delivery = room.queue_one()
    run_sender(room, provider, delivery, "mail.accepted")
    room.sweep(LEASE)
    for _ in range(29):
        room.sweep(timedelta(minutes=1))
        room.send(delivery)
    assert (room.status(delivery), mailer.calls) == ("unknown", [])


def test_a_sender_killed_before_the_call_sends_after_the_window(room, provider, mailer):
    delivery = room.queue_one()
    assert run_sender(room, provider, delivery, "mail.claimed") == KILLED
    assert provider.taken == []
    room.sweep(LEASE)
    room.sweep(RECONCILIATION_WINDOW)
    room.send(delivery)
    assert (room.status(delivery), len(mailer.taken)) == ("sent", 1)


def test_a_sender_killed_after_its_commit_has_sent(room, provider, mailer):
    delivery = room.queue_one()
    assert run_sender(room, provider, delivery, "mail.recorded") == KILLED
    assert room.send(delivery)
    assert (room.status(delivery), len(provider.taken), mailer.calls) == ("sent", 1, [])
    assert room.told(delivery) == 1


def test_a_sender_without_a_failpoint_lives(room, provider):
    delivery = room.queue_one()
    assert run_sender(room, provider, delivery, "") == 0
    assert room.status(delivery) == "sent"
