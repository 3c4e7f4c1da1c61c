"""`make demo`: the main job and the two other faces, performed over HTTP on a stack of its own that is gone afterwards."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
from http.client import HTTPException
from pathlib import Path

from local.demo.journey import perform
from local.demo.screen import Screen, Surprise
from local.running import StackFailed

INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """Run the demo; returns the exit status: 0, or 1 where something is not as it should be."""
    if arguments:
        print("usage: python -m local demo", file=sys.stderr)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a parent's shell ignores them: what was started must be stopped
        signal.signal(number, signal.default_int_handler)
    screen = Screen()
    folder = Path(tempfile.mkdtemp(prefix="casework-demo-"))
    status = 1
    try:
        with screen:
            perform(screen, folder)
        status = 0
    except KeyboardInterrupt:
        status = INTERRUPTED
        screen.note("interrupted; everything that was started has been stopped")
    except Surprise:
        screen.note(f"The stack's log is kept: {folder / 'stack.log'}")
    except (StackFailed, OSError, HTTPException) as trouble:
        reason = str(trouble).strip().splitlines()[-1:]
        screen.note(f"The demo cannot go on: {''.join(reason)}")
        screen.note(f"The stack's log is kept: {folder / 'stack.log'}")
    if status != 1:
        shutil.rmtree(folder, ignore_errors=True)
    return status
