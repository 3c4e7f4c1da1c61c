"""`python -m local up` runs a stack in the foreground; `python -m local demo` performs the main job on one of its own."""

from __future__ import annotations

import importlib
import os
import sys
from typing import NoReturn

from local.intrinsics import TemplateProblem
from local.postgres import PostgresFailure

USAGE = "usage: python -m local up | demo [arguments]"


def main(arguments: list[str]) -> int:
    """Dispatch a command; returns the exit status."""
    command = arguments[0] if arguments else "up"
    if command == "up":
        _up()
    if command == "demo":
        return importlib.import_module("local.demo").main(arguments[1:])
    print(USAGE, file=sys.stderr)
    return 2


def _up() -> NoReturn:
    from local.stack import Options, run
    from local.workers import WorkersFailed

    try:
        status = run(Options.from_environment(os.environ))
    except (TemplateProblem, PostgresFailure, WorkersFailed, OSError) as problem:
        print(f"the stack cannot start: {problem}", file=sys.stderr)
        status = 1
    sys.stderr.flush()
    os._exit(status)  # a handler that still blocks a thread must not keep the process


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
