"""Keyset pages. A cursor is opaque, names the last row's sort key, and belongs to the filter it was made for."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from casework.kernel.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Row = TypeVar("Row")


class BadCursor(InvalidInput):
    """The cursor was not made by us for this very query."""

    slug = "bad-cursor"
    title = "Bad cursor"

    def __init__(self) -> None:
        """Say nothing of what a cursor holds."""
        super().__init__("the cursor does not belong to this query", errors=[Problem("?cursor", "not a cursor of this query")])


def _mark(query: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(query, sort_keys=True, default=str).encode()).hexdigest()[:12]


def encode_cursor(key: Sequence[object], query: Mapping[str, object]) -> str:
    """Return the cursor behind a row with this sort key (JSON values, or what `str` makes of them)."""
    text = json.dumps([_mark(query), *key], default=str, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, query: Mapping[str, object], readers: Sequence[Callable[[Any], object]]) -> list[object]:
    """Return the sort key in a cursor, one value per reader, each made by its reader (`UUID`, say). Raises BadCursor for anything else."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or values[0] != _mark(query):
            raise BadCursor
        return [read(value) for read, value in zip(readers, cast("list[Any]", values[1:]), strict=True)]
    except (ValueError, TypeError, AttributeError, IndexError, RecursionError):
        raise BadCursor from None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page and the cursor of the next, None on the last."""

    items: list[Row]
    next_cursor: str | None
