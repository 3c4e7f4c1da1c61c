"""List cases."""

from __future__ import annotations

from casework.cases.listing import ListQuery
from casework.cases.queries import FILTERS
from casework.cases.views import CasePage, case_summary
from casework.entry.http import Answer, Reply, endpoint
from casework.faces.canonical import PAGE_EXAMPLE
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App


@endpoint(
    "GET /api/cases",
    allow=Permission.CASES_READ,
    capability="api_reader",
    answers={200: Answer("A page of cases.", CasePage, PAGE_EXAMPLE)},
)
def handler(query: ListQuery, actor: Actor, app: App) -> Reply:
    """List cases, filtered, sorted, by cursor.

    Filters take comma lists. `next_cursor` belongs to the same filters and order; it is null on the last page.
    """
    filters = {name: values.split(",") for name in FILTERS if (values := getattr(query, name))}
    page = app.cases.page(actor.tenant_id, filters, query.sort, query.limit, query.cursor)
    return Reply(body={"items": [case_summary(row) for row in page.items], "next_cursor": page.next_cursor})
