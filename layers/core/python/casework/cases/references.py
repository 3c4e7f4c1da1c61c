"""The names of a case: alias, case number and UUID find it, the slug makes its links readable."""

from __future__ import annotations

import secrets
from typing import Any
from unicodedata import category
from uuid import UUID

_SLUG_LENGTH = 80


def reference(text: str) -> dict[str, Any]:
    """Return the parameters of a look-up by alias, case number or UUID."""
    try:
        return {"ref": text, "uuid": UUID(text)}
    except ValueError:
        return {"ref": text, "uuid": None}


def slug_of(title: str) -> str:
    """Return the title as a slug: runs of what is neither letter nor digit become `-`, cut, with 8 hex digits behind.

    Marks stay with their letters: they are the vowels and tones of Thai.
    """
    spaced = "".join(char if char.isalnum() or category(char).startswith("M") else " " for char in title.lower())
    words = "-".join(spaced.split())[:_SLUG_LENGTH].rstrip("-")
    return f"{words}-{secrets.token_hex(4)}" if words else secrets.token_hex(4)
