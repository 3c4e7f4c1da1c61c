"""Record a resolution signal of a case."""

from __future__ import annotations

from casework.cases.requests import RecordSignalBody
from casework.cases.usecases.record_signal import record_signal
from casework.cases.views import CaseView
from casework.entry.http import Answer, Reply, endpoint
from casework.faces.canonical import CASE_EXAMPLE, render_case
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App


@endpoint(
    "POST /api/cases/{case_id}/signals",
    allow=Permission.CASES_WRITE,
    answers={201: Answer("The case with the signal.", CaseView, CASE_EXAMPLE)},
    view=render_case,
    location="cases/{}",
)
def handler(case_id: str, body: RecordSignalBody, if_match: int | None, actor: Actor, app: App) -> Reply:
    """Record a hint that the problem is gone, or not.

    The status stays as it is: people decide what follows from a signal.
    """
    alias = record_signal(case_id, body.command(), if_match=if_match, actor=actor, unit_of_work=app.unit_of_work, clock=app.clock)
    return Reply(201, resource=alias)
