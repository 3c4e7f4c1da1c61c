"""POST reports: one, or a list."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.v3 import answers
from casework.faces.v3.errors import V3
from casework.faces.v3.ingest import Reports, ingest_body, split_body
from casework.faces.v3.views import ErrorBody, IngestBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.reports.usecases.ingest import ingest_reports
from casework.wiring import App

_CREATED = {"seq": 41, "public_id": "r1f0c9a77be02", "status": "created"}
_INVALID = {
    "seq": None, "public_id": None, "status": "invalid",
    "errors": [{"pointer": "/1/latitude", "detail": "Input should be less than or equal to 90"}],
}  # fmt: skip


@endpoint(
    "POST /api/v3/reports",
    "POST /api/v4/reports",
    allow=Permission.REPORTS_CREATE,
    face=V3,
    answers={
        201: Answer("All are stored, or were known already by their external id.", IngestBody, {"results": [_CREATED]}),
        207: Answer("Some are stored, some invalid.", IngestBody, {"results": [_CREATED, _INVALID]}),
        400: Answer("Not JSON, or neither an object nor a list.", ErrorBody, answers.INVALID_JSON),
        413: Answer("More than 2 MiB, or more than 1,000 reports.", ErrorBody, answers.TOO_LARGE),
        422: Answer("An empty list, or no valid report in it; nothing is stored.", ErrorBody, {
            "error": "no valid report", "code": "no-valid-report", "results": [_INVALID],
        }),
    },
)  # fmt: skip
def handler(body: Reports, actor: Actor, app: App) -> Reply:
    """Take in one report or up to 1,000.

    Each item is judged on its own and answered in the order of the input. A report with a known `external_id` is a
    duplicate: it answers with the first one's `seq` and changes nothing. What is stored is visible to analysis at once.
    """
    items, pointer = split_body(body)
    announce = app.case_settings.auto_match == "auto"
    results = ingest_reports(items, actor=actor, unit_of_work=app.unit_of_work, clock=app.clock, pointer=pointer, announce=announce)
    return Reply(*ingest_body(results))
