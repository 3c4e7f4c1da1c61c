"""POST intake: a problem comes in."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import INTAKE, SUGGESTED
from casework.faces.l1.requests import IntakeBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.usecases.intake import FrontDesk, TakeIn, take_in
from casework.walks.views import IntakeView
from casework.wiring import App


@endpoint(
    "POST /l1/intake",
    allow=Permission.WALKS_WALK,
    answers={
        200: Answer("Nothing was created: a flow is suggested, or the problem is out of scope.", IntakeView, SUGGESTED),
        201: Answer("Ticket and session are there.", IntakeView, INTAKE),
    },
)
def handler(body: IntakeBody, actor: Actor, app: App) -> Reply:
    """Take a problem in.

    A given flow is started, a free walk is begun, or the problem is matched against the published flows: started from a similarity of .82,
    suggested from .65, else a walk is built node by node where the category is taken, and nothing is created where it is not.
    """
    desk = FrontDesk(app.unit_of_work, app.clock, app.detect_language, lambda: app.matcher, lambda: app.contact_lock)
    command = TakeIn(
        problem=body.problem_statement, caller=body.caller, flow_id=body.flow_id, adhoc=body.adhoc, force_build=body.force_build
    )
    told = take_in(command, actor=actor, desk=desk)
    return Reply(200 if told.session_id is None else 201, told.model_dump(exclude_none=True))
