"""GET settings."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import SETTINGS
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.views import SettingsView, settings_view
from casework.wiring import App


@endpoint(
    "GET /l1/settings",
    allow=Permission.WALKS_MANAGE,
    capability="api_reader",
    answers={200: Answer("The settings.", SettingsView, SETTINGS)},
)
def handler(actor: Actor, app: App) -> Reply:
    """Return what the account has set.

    Recipients of its own only; an account without any uses its tenant's.
    """
    return Reply(body=settings_view(*app.walks.settings(actor)))
