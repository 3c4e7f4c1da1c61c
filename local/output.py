"""What functions print: log lines are passed on, metrics in embedded metric format are dropped, for nobody reads them here."""

from __future__ import annotations

import os
import sys
import threading
from typing import IO

_METRICS = b'{"_aws":'


def pass_on(printed: IO[bytes]) -> None:
    """Copy lines to standard error until the other side closes."""
    with printed:
        for line in printed:
            if not line.startswith(_METRICS):
                sys.stderr.buffer.write(line)
                sys.stderr.buffer.flush()


def take_over_stdout() -> IO[str]:
    """Send what this process prints through `pass_on` from now on; returns the standard output that it had."""
    original = os.fdopen(os.dup(1), "w")
    read_end, write_end = os.pipe()
    os.dup2(write_end, 1)
    os.close(write_end)
    sys.stdout.reconfigure(line_buffering=True)  # pyright: ignore[reportAttributeAccessIssue]
    threading.Thread(target=pass_on, args=(os.fdopen(read_end, "rb"),), name="output", daemon=True).start()
    return original
