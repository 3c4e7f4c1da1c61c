"""The gateway's worker processes: started together, started again when one dies, stopped with the stack."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Self, cast

from local.gateway import STOP, WorkerPlan
from local.output import pass_on

REPOSITORY = Path(__file__).resolve().parents[1]


class WorkersFailed(RuntimeError):
    """A worker could not start; it has said why on standard error."""


class Workers:
    """A set of workers on one listening socket."""

    def __init__(self, listener: socket.socket, plan: WorkerPlan, environment: Mapping[str, str], count: int) -> None:
        """Nothing is started yet; `environment` is the workers' whole environment."""
        self._listener = listener
        self._plan = plan
        self._environment = dict(environment)
        self._count = count
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start all; they import their doors while the caller goes on."""
        for number in range(self._count):
            self._processes[number] = self._spawn()

    def wait_until_ready(self) -> None:
        """Wait until each has imported its doors, then keep them alive. Raises WorkersFailed when one cannot."""
        for number, process in self._processes.items():
            if not _is_ready(process):
                raise WorkersFailed(f"worker {number} ended with status {process.wait()} before it could serve")
        for number in range(self._count):
            threading.Thread(target=self._keep, args=(number,), name=f"worker-{number}", daemon=True).start()

    def stop(self) -> None:
        """Let every worker finish what is under way, for a few seconds, and end it."""
        self._stopping.set()
        for process in self._processes.values():
            with contextlib.suppress(OSError), cast("IO[bytes]", process.stdin) as told:
                told.write(STOP)
        for process in self._processes.values():
            try:
                process.wait(8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _spawn(self) -> subprocess.Popen[bytes]:
        descriptor = self._listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "local.gateway", str(descriptor)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self._environment,
            cwd=REPOSITORY,
            pass_fds=[descriptor],
            start_new_session=True,  # Ctrl-C at the terminal stops the main process, which stops the workers
        )
        told = cast("IO[bytes]", process.stdin)
        told.write(self._plan.to_json().encode() + b"\n")
        told.flush()
        return process

    def _keep(self, number: int) -> None:
        """Replace a worker that dies; the others serve meanwhile."""
        while True:
            status = self._processes[number].wait()
            if self._stopping.is_set():
                return
            print(f"gateway worker {number} ended with status {status}; starting another", file=sys.stderr, flush=True)
            self._processes[number] = self._spawn()
            if self._stopping.is_set():  # the stop did not see this one
                self._processes[number].kill()
            elif not _is_ready(self._processes[number]):
                time.sleep(1.0)


def _is_ready(process: subprocess.Popen[bytes]) -> bool:
    printed = cast("IO[bytes]", process.stdout)
    ready = printed.readline() == b"ready\n"
    threading.Thread(target=pass_on, args=(printed,), daemon=True).start()
    return ready
