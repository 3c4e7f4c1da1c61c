"""POST sessions/{session_id}/next-node."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.entry.metrics import put_metric
from casework.entry.observability import logger
from casework.faces.l1.doors import NEXT_NODE, session_ref
from casework.faces.l1.requests import NextNodeBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.kernel.errors import Unavailable
from casework.walks.ports import BuilderUnavailable
from casework.walks.usecases.stepping import Workshop, serve_next_node
from casework.walks.views import NextNodeView, next_node_view
from casework.wiring import App


@endpoint(
    "POST /l1/sessions/{session_id}/next-node",
    allow=Permission.WALKS_WALK,
    body_required=False,
    keyed=False,
    answers={200: Answer("The node to walk next; null, with a warning, where the assistant does not answer.", NextNodeView, NEXT_NODE)},
)
def handler(session_id: str, body: NextNodeBody, actor: Actor, app: App) -> Reply:
    """Record the answer to the pending node of a built walk and serve the next.

    Without an answer the pending node comes again, at no cost. After twelve nodes that led nowhere a terminal one follows. Where the
    assistant does not answer, the answer is kept and the walk goes on with free steps.
    """
    workshop = Workshop(app.unit_of_work, app.clock, lambda: app.walk_builder, app.database.exclusive, _alarm)
    walk = serve_next_node(session_ref(session_id), body.heard, actor=actor, workshop=workshop)
    return Reply(body=next_node_view(walk))


def _alarm(unavailable: Unavailable) -> None:
    logger.warning("walk.no_node", extra={"slug": unavailable.detail})
    if isinstance(unavailable, BuilderUnavailable) and unavailable.alarm:
        logger.error("walk.provider_refuses", extra={"slug": unavailable.detail})
        put_metric("ModelProviderRefusals", 1)
