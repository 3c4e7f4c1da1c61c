"""PATCH categories."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import CATEGORIES
from casework.faces.l1.requests import CategoriesBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.categories import enabled_categories
from casework.walks.usecases.managing import switch_categories
from casework.walks.views import CategoriesView
from casework.wiring import App


@endpoint(
    "PATCH /l1/categories",
    allow=Permission.WALKS_MANAGE,
    answers={200: Answer("Every category.", CategoriesView, CATEGORIES)},
)
def handler(body: CategoriesBody, actor: Actor, app: App) -> Reply:
    """Switch categories of problems on or off for the account.

    Only those that are named change. A problem of a category that is off is out of scope.
    """
    switch_categories(body.categories, actor=actor, unit_of_work=app.unit_of_work)
    return Reply(body={"categories": enabled_categories(*app.walks.categories(actor))})
