"""POST escalate-without-walk."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import DIRECT, render_direct
from casework.faces.l1.leaving import exit_of
from casework.faces.l1.requests import DirectBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.usecases.ending import escalate_directly
from casework.walks.views import DirectView
from casework.wiring import App


@endpoint(
    "POST /l1/escalate-without-walk",
    allow=Permission.WALKS_WALK,
    urgent=True,
    view=render_direct,
    location="sessions/{}",
    answers={201: Answer("Ticket and escalated session.", DirectView, DIRECT)},
)
def handler(body: DirectBody, actor: Actor, app: App) -> Reply:
    """Hand a problem over without a walk.

    Makes a ticket and an escalated session in one commit; the recipients are told as by an escalation.
    """
    walk = escalate_directly(
        body.problem_statement, body.caller, body.hand_off, actor=actor, ways=exit_of(app),
        language=app.detect_language(body.problem_statement), lock=lambda: app.contact_lock,
    )  # fmt: skip
    return Reply(201, resource=str(walk.id))
