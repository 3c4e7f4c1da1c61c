"""What v1 shows: the case with its thirteen names, and a page of them (contract §2, §3)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from typing_extensions import TypedDict

from casework.cases.case_types import Category, Severity
from casework.cases.lifecycle import V1_READS, CaseStatus, V1Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class V1Case(TypedDict):
    """A case; times are UTC."""

    case_id: str
    user_id: str
    session_id: str | None
    title: str
    description: str
    status: V1Status
    severity: Severity
    category: Category
    metadata: dict[str, Any]
    tags: list[str]
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None


class V1Page(TypedDict):
    """One page; `total` counts all that the filter lets through, `next_cursor` is null on the last page."""

    cases: list[V1Case]
    total: int
    page: int
    page_size: int
    next_cursor: str | None


class Detail(TypedDict):
    """An error."""

    detail: str


class Fault(TypedDict):
    """One fault: its kind, its place (`["body", "tags", 0]`), what is wrong."""

    type: str
    loc: list[str | int]
    msg: str


class Faults(TypedDict):
    """Every fault of a request."""

    detail: list[Fault]


def v1_case(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of `cases` as v1 shows it."""
    return {
        "case_id": row["alias"], "user_id": row["created_by"], "session_id": row["session_id"], "title": row["title"],
        "description": row["summary"], "status": V1_READS[CaseStatus(row["status"])], "severity": row["severity"],
        "category": row["category"] or Category.OTHER, "metadata": row["attributes"], "tags": row["tags"],
        "created_at": row["created_at"], "updated_at": row["updated_at"], "resolved_at": row["resolved_at"],
    }  # fmt: skip


def v1_page(rows: Sequence[Mapping[str, Any]], total: int, page: int, page_size: int, next_cursor: str | None) -> dict[str, Any]:
    """Return a page as v1 shows it."""
    return {"cases": [v1_case(row) for row in rows], "total": total, "page": page, "page_size": page_size, "next_cursor": next_cursor}
