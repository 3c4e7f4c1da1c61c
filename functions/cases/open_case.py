"""Open a case by form."""

from __future__ import annotations

from casework.cases.opening import OpenCaseBody
from casework.cases.usecases.open_case import FormDesk, open_case
from casework.cases.views import CaseView
from casework.entry.http import Answer, Reply, endpoint
from casework.faces.canonical import CASE_EXAMPLE, render_case
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App


@endpoint(
    "POST /api/cases",
    allow=Permission.CASES_CREATE,
    answers={201: Answer("The case was opened; `Location` names it.", CaseView, CASE_EXAMPLE)},
    view=render_case,
    location="cases/{}",
)
def handler(body: OpenCaseBody, actor: Actor, app: App) -> Reply:
    """Open a case by form.

    All 28 names of a case record are built; severity and alert level default to those of the type. The reporter's contact is kept as
    keyed hashes, its text goes encrypted into the vault; of the location only the public point is kept.
    """
    desk = FormDesk(app.unit_of_work, app.clock, lambda: app.location_pepper, lambda: app.contact_pepper, lambda: app.contact_lock)
    alias = open_case(body.command(), actor=actor, desk=desk)
    return Reply(201, resource=alias)
