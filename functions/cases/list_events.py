"""Read a case's stream of events."""

from __future__ import annotations

from casework.cases.model import CaseNotFound
from casework.cases.queries import first_broken_link
from casework.cases.views import StreamView, stream_view
from casework.entry.http import Answer, Reply, endpoint
from casework.faces.canonical import STREAM_EXAMPLE
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App


@endpoint(
    "GET /api/cases/{case_id}/events",
    allow=Permission.CASES_READ,
    capability="api_reader",
    answers={200: Answer("The stream, oldest first.", StreamView, STREAM_EXAMPLE)},
)
def handler(case_id: str, actor: Actor, app: App) -> Reply:
    """Read a case's events and whether their hash chain holds.

    Each event carries what it takes to verify the chain without us: `hash = SHA-256(prev_hash ‖ header ‖ commitment)` and
    `commitment = SHA-256(salt ‖ canonical JSON of the payload)`; `docs/audit.md` spells the header out.
    """
    found = app.cases.stream(actor.tenant_id, case_id)
    if found is None:
        raise CaseNotFound
    row, events = found
    return Reply(body=stream_view(row, events, first_broken_link(events, row["version"])))
