"""GET categories."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import CATEGORIES
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.categories import enabled_categories
from casework.walks.views import CategoriesView
from casework.wiring import App


@endpoint(
    "GET /l1/categories",
    allow=Permission.WALKS_MANAGE,
    capability="api_reader",
    answers={200: Answer("Every category.", CategoriesView, CATEGORIES)},
)
def handler(actor: Actor, app: App) -> Reply:
    """Tell which categories of problems the account takes.

    In a support tenant the help desk's six are on from the start, in a city all eighteen.
    """
    return Reply(body={"categories": enabled_categories(*app.walks.categories(actor))})
