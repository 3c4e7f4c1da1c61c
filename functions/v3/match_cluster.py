"""POST cases/match-cluster: which open case a scope might belong to."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.v3.case_requests import MatchBody
from casework.faces.v3.case_views import MatchedBody, candidate_body
from casework.faces.v3.errors import V3
from casework.faces.v3.surroundings import candidate_cases
from casework.faces.v3.views import ErrorBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.reports.geometry import parse_scope
from casework.reports.usecases.analyze import effective_n, known_classification
from casework.wiring import App


@endpoint(
    "POST /api/v3/cases/match-cluster",
    "POST /api/v4/cases/match-cluster",
    allow=Permission.CLUSTERS_ANALYZE,
    capability="api_reader",
    face=V3,
    answers={
        200: Answer("The candidates, best first.", MatchedBody, {"classification": "physical", "candidate_cases": []}),
        400: Answer("A bad geometry.", ErrorBody, {"error": "unsupported geometry type: Point", "code": "geometry-payload-invalid"}),
        422: Answer("An unknown classification.", ErrorBody, {
            "error": "classification must be one of physical, digital", "code": "unknown-classification", "allowed": ["physical",
            "digital"],
        }),
    },
)  # fmt: skip
def handler(body: MatchBody, actor: Actor, app: App) -> Reply:
    """Name the open cases that a scope might belong to, with scores and reasons. Nothing is linked.

    The scope is the reports where some are named, else those inside the geometry.
    """
    classification = known_classification((body.classification or "").strip() or None)
    scope = parse_scope(body.geometry) if body.geometry is not None else None
    if body.report_seqs:
        reports = app.reports.load(actor.tenant_id, body.report_seqs)
    else:
        reports = app.reports.in_area(actor.tenant_id, scope, classification, effective_n(body.n or 0)).reports if scope else []
    matches = candidate_cases(app, actor, scope, reports, classification, [body.title, body.summary])
    return Reply(body={"classification": classification, "candidate_cases": [candidate_body(match) for match in matches]})
