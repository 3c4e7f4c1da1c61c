"""A whole stack as a child process, for tests: started on a folder, killed or stopped at will."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import IO, cast

REPOSITORY = Path(__file__).resolve().parents[1]


class StackFailed(RuntimeError):
    """The stack ended before it was ready; the text is the end of its log."""


class RunningStack:
    """A started stack. `url` is its gateway's; `log` holds everything that it printed to standard error."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, data_dir: Path, log: Path) -> None:
        """Use `start_stack`."""
        self.process = process
        self.url = url
        self.data_dir = data_dir
        self.log = log

    def kill(self) -> None:
        """SIGKILL the main process; whatever it started goes by itself."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, and the exit status; a second call does nothing."""
        self.process.terminate()
        return self.process.wait(60)


def start_stack(
    data_dir: Path,
    *,
    port: int = 0,
    autodrain: bool = False,
    throwaway: bool = True,
    env: Mapping[str, str] | None = None,
) -> RunningStack:
    """Start a stack and wait until it is ready. `port` 0 takes a free one; `env` is added to the environment.

    Raises StackFailed with the end of the log when it does not become ready.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / "stack.log"
    switches = {"AUTODRAIN": str(int(autodrain)), "THROWAWAY": str(int(throwaway)), "PORT": str(port)}
    command = [sys.executable, "-m", "local", "up"]
    environment = {**os.environ, **switches, "DATA_DIR": str(data_dir), **(env or {})}
    process: subprocess.Popen[bytes] | None = None
    try:
        with log.open("ab") as output, _signals_held_back():
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=output, cwd=REPOSITORY, env=environment)
        with cast("IO[bytes]", process.stdout) as announced:
            line = announced.readline().decode()
    except BaseException:  # an interrupted caller leaves no stack behind
        if process is not None:
            process.terminate()
            process.wait(60)
        raise
    if not line.startswith("READY "):
        process.wait(60)
        raise StackFailed(log.read_text(errors="replace")[-4000:])
    return RunningStack(process, line.removeprefix("READY ").strip(), data_dir, log)


@contextlib.contextmanager
def _signals_held_back() -> Generator[None]:
    """Let Ctrl-C and SIGTERM wait for the end of the block, where this thread is the one that they reach."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in came:
            signal.raise_signal(number)


@contextlib.contextmanager
def running_stack(
    data_dir: Path,
    port: int = 0,
    *,
    autodrain: bool = False,
    throwaway: bool = True,
    env: Mapping[str, str] | None = None,
) -> Generator[RunningStack]:
    """A stack that is stopped at the end of the block, unless the block has killed it."""
    stack = start_stack(data_dir, port=port, autodrain=autodrain, throwaway=throwaway, env=env)
    try:
        yield stack
    finally:
        if stack.process.poll() is None:
            stack.stop()
