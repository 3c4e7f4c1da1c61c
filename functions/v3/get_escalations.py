"""GET cases/{case_id}/escalations: targets, actions, deliveries."""

from __future__ import annotations

from typing import Any

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.v3.case_answers import NOT_FOUND, render_escalations
from casework.faces.v3.case_views import EscalationsBody
from casework.faces.v3.errors import V3
from casework.faces.v3.views import ErrorBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App

_EXAMPLE: dict[str, Any] = {
    "case_id": "case_5e0c9a1b2d3f", "targets": [], "observations": [], "notify_plan": None, "routing_profile": None, "execution_tasks": [],
    "notify_outcomes": [], "actions": [], "deliveries": [], "linked_count": 1,
}  # fmt: skip


@endpoint(
    "GET /api/v3/cases/{case_id}/escalations",
    "GET /api/v4/cases/{case_id}/escalations",
    allow=Permission.ESCALATIONS_READ,
    capability="api_reader",
    face=V3,
    answers={200: Answer("What was sent, to whom.", EscalationsBody, _EXAMPLE), 404: Answer("No such case.", ErrorBody, NOT_FOUND)},
)
def handler(case_id: str, actor: Actor, app: App) -> Reply:
    """Read who may be told about a case, what was sent, and what became of each mail, address by address.

    An action's status follows from its deliveries; provider message ids, times of sending and errors stand on each delivery.
    """
    return render_escalations(case_id, actor, app)
