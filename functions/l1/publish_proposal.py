"""POST flow-proposals/{proposal_id}/publish."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import FLOW, proposal_ref
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.usecases.publishing import Press, publish_proposal
from casework.walks.views import FlowView, flow_view
from casework.wiring import App


@endpoint(
    "POST /l1/flow-proposals/{proposal_id}/publish",
    allow=Permission.FLOWS_PUBLISH,
    answers={200: Answer("It was published before.", FlowView, FLOW), 201: Answer("The published flow.", FlowView, FLOW)},
)
def handler(proposal_id: str, actor: Actor, app: App) -> Reply:
    """Publish what a helpful walk proposes, once.

    The next caller with that problem is matched to it, within the account.
    """
    press = Press(app.unit_of_work, app.clock, app.detect_language, app.matcher)
    flow, is_new = publish_proposal(proposal_ref(proposal_id), actor=actor, press=press)
    return Reply(201 if is_new else 200, flow_view(flow))
