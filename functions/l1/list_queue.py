"""GET queue: the account's tickets."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import TICKETS
from casework.faces.l1.requests import QueueQuery
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.views import TicketPage, ticket_view
from casework.wiring import App


@endpoint(
    "GET /l1/queue",
    allow=Permission.WALKS_WALK,
    capability="api_reader",
    answers={200: Answer("A page of tickets.", TicketPage, TICKETS)},
)
def handler(query: QueueQuery, actor: Actor, app: App) -> Reply:
    """List the account's tickets, newest first.

    Contacts are masked.
    """
    page = app.walks.tickets(actor, query.status_filter, query.limit, query.cursor)
    return Reply(body={"items": [ticket_view(row) for row in page.items], "next_cursor": page.next_cursor})
