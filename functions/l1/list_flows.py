"""GET flows."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import FLOWS
from casework.faces.l1.requests import FlowsQuery
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.library import flow_of, library
from casework.walks.views import FlowList, flow_view
from casework.wiring import App


@endpoint(
    "GET /l1/flows",
    allow=Permission.FLOWS_READ,
    capability="api_reader",
    answers={200: Answer("The flows.", FlowList, FLOWS)},
)
def handler(query: FlowsQuery, actor: Actor, app: App) -> Reply:
    """List the published flows: the account's own, then the built-in library.

    A flow of the library is there once per language, on the first page.
    """
    page = app.walks.flows(actor, query.limit, query.cursor)
    shown = [*map(flow_of, page.items), *(() if query.cursor else library())]
    return Reply(body={"items": [flow_view(flow) for flow in shown], "next_cursor": page.next_cursor})
