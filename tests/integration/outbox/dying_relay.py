"""A relay in a process of its own that writes what it publishes to a file and is killed at the n-th publication, before it records it.

Arguments: the owner's database URL, the file, n (0: it lives).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from casework.outbox.usecases import relay_tenant
from tests.support.apps import BANGKOK, World


class FilePublisher:
    """Publishes into a file, as durable as a queue: what is in it is out."""

    def __init__(self, path: Path, dies_at: int) -> None:
        self.path, self.dies_at, self.calls = path, dies_at, 0

    def publish(self, destination, messages):
        with self.path.open("a") as file:
            for message in messages:
                file.write(json.dumps(message) + "\n")
        self.calls += 1
        if self.calls == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return [True] * len(messages)


def main(owner_url: str, path: str, dies_at: str) -> None:
    world = World(owner_url)
    app = world.app("outbox_relay")
    relay_tenant(BANGKOK, unit_of_work=app.unit_of_work, publisher=FilePublisher(Path(path), int(dies_at)), clock=world.clock)


main(*sys.argv[1:])
