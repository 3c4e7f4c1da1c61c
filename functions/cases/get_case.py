"""Read a case."""

from __future__ import annotations

from casework.cases.views import CaseView
from casework.entry.http import Answer, Reply, endpoint
from casework.faces.canonical import CASE_EXAMPLE, render_case
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App


@endpoint(
    "GET /api/cases/{case_id}",
    allow=Permission.CASES_READ,
    capability="api_reader",
    answers={200: Answer("The case.", CaseView, CASE_EXAMPLE)},
)
def handler(case_id: str, actor: Actor, app: App) -> Reply:
    """Read a case.

    `case_id` is its UUID, its case number (`CASE-YYMMDD-XXXX`) or its alias (`case_` and 12 hex digits). `ETag` carries the version.
    """
    return render_case(case_id, actor, app)
