"""What v1's doors share: rendering a case, cutting a page, and the examples of the API document."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from casework.cases.model import CaseNotFound
from casework.cases.paging import Slice
from casework.cases.projection import case_row
from casework.cases.usecases.keep_case import Desk
from casework.entry.body import InvalidParameters
from casework.entry.request import Answer, Reply
from casework.faces.v1.errors import NoSuchCase
from casework.faces.v1.views import Detail, Faults, v1_case
from casework.kernel.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Generator

    from casework.cases.model import Case
    from casework.faces.v1.requests import PageQuery
    from casework.identity.model import Actor
    from casework.wiring import App

DEEPEST = 1_000_000
"""Rows that a numbered page may skip; behind them a cursor goes on."""
CASE: dict[str, Any] = {
    "case_id": "case_5e0c9a1b2d3f", "user_id": "u1", "session_id": "session-7", "title": "Report export times out",
    "description": "Since the update, exports of more than a month end after 30 s.", "status": "investigating", "severity": "high",
    "category": "performance", "metadata": {"release": "4.2"}, "tags": ["export"], "created_at": "2026-11-24T02:04:11.120000Z",
    "updated_at": "2026-11-24T02:10:07.004100Z", "resolved_at": None,
}  # fmt: skip
PAGE: dict[str, Any] = {"cases": [CASE], "total": 1, "page": 1, "page_size": 50, "next_cursor": None}
UNKNOWN_CALLER = Answer("Nobody vouches for the caller.", Detail, {"detail": "User ID header (X-User-ID) is required"})
NOT_FOUND = Answer("No such case of the caller's.", Detail, {"detail": "Case case_5e0c9a1b2d3f not found"})
FAULTY = Answer("Fields or parameters are wrong; every fault is listed.", Faults, {
    "detail": [{"type": "string_too_long", "loc": ["body", "title"], "msg": "String should have at most 200 characters"}],
})  # fmt: skip
BLOCKED = Answer(
    "The body cannot be parsed, or the case is sensitive, under review or merged, so that its owner's word does not decide.",
    Detail, {"detail": "the case is sensitive: its status changes by its reviewers' signatures"},
)  # fmt: skip
STALE = Answer("If-Match names another version.", Detail, {"detail": "the case is at version 3"})


@contextmanager
def naming(case_id: str) -> Generator[None]:
    """Name the id that was asked for where there is no such case."""
    try:
        yield
    except CaseNotFound:
        raise NoSuchCase(case_id) from None


def desk_of(app: App) -> Desk:
    """Return what the use cases work with."""
    return Desk(app.unit_of_work, app.clock, app.detect_language)


def render_own(case_ref: str, actor: Actor, app: App) -> Reply:
    """Return the caller's own case, its version as ETag. Raises NoSuchCase."""
    row = app.own_cases.find(actor.tenant_id, actor.id, case_ref)
    if row is None:
        raise NoSuchCase(case_ref)
    return Reply(body=v1_case(row), headers={"etag": f'"v{row["version"]}"'})


def answer_with(case: Case, status: int = 200) -> Reply:
    """Return what a case has become, as a reading of it would; a replay reads."""
    return Reply(status, v1_case(case_row(case)), {"etag": f'"v{case.version}"'}, resource=case.created.alias)


def slice_of(query: PageQuery, app: App) -> Slice:
    """Return the part of the list that was asked for. Raises InvalidParameters for a page that is too deep."""
    size = query.page_size or app.page_settings.default_page_size
    if query.cursor:
        return Slice(limit=size, cursor=query.cursor)
    if query.page * size > DEEPEST:
        fault = Problem("?page", f"Input should be less than or equal to {DEEPEST // size}", "less_than_equal")
        raise InvalidParameters(f"page is at most {DEEPEST // size}", errors=[fault])
    return Slice(limit=size, offset=(query.page - 1) * size)
