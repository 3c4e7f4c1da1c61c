"""The three names of a case: alias, case number, UUID."""

from __future__ import annotations

from typing import Any
from uuid import UUID


def reference(text: str) -> dict[str, Any]:
    """Return the parameters of a look-up by alias, case number or UUID."""
    try:
        return {"ref": text, "uuid": UUID(text)}
    except ValueError:
        return {"ref": text, "uuid": None}
