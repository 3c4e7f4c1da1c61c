"""PATCH settings."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import SETTINGS
from casework.faces.l1.requests import SettingsBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.usecases.managing import ChangeSettings, change_settings
from casework.walks.views import SettingsView, settings_view
from casework.wiring import App


@endpoint(
    "PATCH /l1/settings",
    allow=Permission.WALKS_MANAGE,
    answers={200: Answer("The settings.", SettingsView, SETTINGS)},
)
def handler(body: SettingsBody, actor: Actor, app: App) -> Reply:
    """Change what the account has set.

    A list of recipients replaces the one before; whoever is not in it any more gets nothing.
    """
    recipients = None if body.escalation_recipients is None else {one.email: one.name for one in body.escalation_recipients}
    command = ChangeSettings(recipients=recipients, sessions_creator_only=body.sessions_creator_only)
    change_settings(command, actor=actor, unit_of_work=app.unit_of_work, clock=app.clock)
    return Reply(body=settings_view(*app.walks.settings(actor)))
