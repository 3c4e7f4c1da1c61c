"""`python -m local up` runs a stack in the foreground; `python -m local demo` performs the main job on one of its own.

`python -m local translate` prints the template as SAM translates it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import NoReturn

from local.intrinsics import TemplateProblem
from local.postgres import PostgresFailure

TEMPLATE = Path(__file__).parents[1] / "template.yaml"
USAGE = "usage: python -m local up | demo [arguments] | translate"


def main(arguments: list[str]) -> int:
    """Dispatch a command; returns the exit status."""
    command = arguments[0] if arguments else "up"
    if command == "up":
        _up()
    if command == "demo":
        return importlib.import_module("local.demo").main(arguments[1:])
    if command == "translate":
        return _translate()
    print(USAGE, file=sys.stderr)
    return 2


def _translate() -> int:
    """Print what SAM makes of the template, for cfn-lint."""
    from local.template import translate

    json.dump(translate(TEMPLATE), sys.stdout, indent=1)
    return 0


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
