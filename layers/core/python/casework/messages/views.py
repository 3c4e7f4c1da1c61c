"""What the room shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OptOutView:
    """One recipient's wish: the masked address, who writes to it, and whether it is opted out already."""

    address: str
    sender: str
    is_done: bool
