"""Change a case's status."""

from __future__ import annotations

from casework.cases.requests import ChangeStatusBody
from casework.cases.usecases.change_status import change_status
from casework.cases.views import CaseView
from casework.entry.http import ANY_OF, Answer, Reply, endpoint
from casework.faces.canonical import CASE_EXAMPLE, render_case
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App


@endpoint(
    "PATCH /api/cases/{case_id}/status",
    allow=ANY_OF(Permission.CASES_WRITE, Permission.CASES_UNARCHIVE),
    answers={200: Answer("The case in its new status.", CaseView, CASE_EXAMPLE)},
    view=render_case,
)
def handler(case_id: str, body: ChangeStatusBody, if_match: int | None, actor: Actor, app: App) -> Reply:
    """Change a case's status by one edge of the lifecycle.

    An edge that the lifecycle lacks is a 409 whose `allowed` lists the legal ones. `If-Match` is honoured where sent (412). Closing
    wants a reason; only governance brings a case back from the archive.
    """
    alias = change_status(case_id, body.command(), if_match=if_match, actor=actor, unit_of_work=app.unit_of_work, clock=app.clock)
    return Reply(resource=alias)
