"""One clock for every process of a stack: the machine's time plus an offset that all of them share.

The offset lies in a small mapped file in DATA_DIR, so it also outlives a restart. Whoever moves it moves everybody.
"""

from __future__ import annotations

import mmap
import os
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casework import wiring

FILE_NAME = "clock-offset"
_OFFSET = struct.Struct("<q")  # microseconds; eight aligned bytes, so a reader never sees half of a new value


class SharedClock:
    """A `casework.kernel.clock.Clock` whose offset is shared through a file."""

    def __init__(self, path: Path) -> None:
        """Map the file, making it with an offset of zero where there is none."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(descriptor).st_size < _OFFSET.size:
                os.ftruncate(descriptor, _OFFSET.size)
            self._memory = mmap.mmap(descriptor, _OFFSET.size)
        finally:
            os.close(descriptor)

    def now(self) -> datetime:
        """The stack's time, aware, in UTC."""
        return datetime.now(UTC) + self.offset

    def set(self, instant: datetime) -> None:
        """Make `instant` the present of every process; time runs on from there."""
        self.offset = instant - datetime.now(UTC)

    @property
    def offset(self) -> timedelta:
        """How far the stack's time is ahead of the machine's."""
        return timedelta(microseconds=_OFFSET.unpack_from(self._memory)[0])

    @offset.setter
    def offset(self, ahead: timedelta) -> None:
        _OFFSET.pack_into(self._memory, 0, round(ahead / timedelta(microseconds=1)))


def install(data_dir: Path) -> SharedClock:
    """Give this process the stack's clock."""
    clock = SharedClock(data_dir / FILE_NAME)
    wiring.install_clock(clock)
    return clock
