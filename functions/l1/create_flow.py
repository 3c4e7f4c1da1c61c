"""POST flows."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import FLOW
from casework.faces.l1.requests import FlowBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.usecases.publishing import NewFlow, Press, create_flow
from casework.walks.views import FlowView, flow_view
from casework.wiring import App


@endpoint(
    "POST /l1/flows",
    allow=Permission.FLOWS_PUBLISH,
    answers={201: Answer("The published flow.", FlowView, FLOW)},
)
def handler(body: FlowBody, actor: Actor, app: App) -> Reply:
    """Publish a flow for the account.

    From now on callers are matched to it.
    """
    press = Press(app.unit_of_work, app.clock, app.detect_language, app.matcher)
    nodes = [node.as_node() for node in body.nodes]
    command = NewFlow(title=body.title, category=body.category, problem_text=body.problem_text, nodes=nodes)
    return Reply(201, flow_view(create_flow(command, actor=actor, press=press)))
