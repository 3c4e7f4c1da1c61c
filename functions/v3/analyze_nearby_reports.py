"""POST clusters/from-report: what the reports round a report tell of."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.v3 import answers
from casework.faces.v3.analysis import analysis_body
from casework.faces.v3.errors import V3
from casework.faces.v3.requests import AnalyzeFromReport
from casework.faces.v3.surroundings import joined_rooms
from casework.faces.v3.views import AnalysisBody, ErrorBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.kernel.errors import InvalidInput, Problem
from casework.reports.usecases.analyze import analyze_surroundings
from casework.wiring import App


class SeqRequired(InvalidInput):
    """The body names no seed."""

    slug = "seq-required"


@endpoint(
    "POST /api/v3/clusters/from-report",
    "POST /api/v4/clusters/from-report",
    allow=Permission.CLUSTERS_ANALYZE,
    capability="api_reader",
    face=V3,
    answers={
        200: Answer("The reports nearby and the incidents that they tell of.", AnalysisBody, answers.SURROUNDINGS),
        400: Answer("No seq, or a field of the wrong type.", ErrorBody, answers.SEQ_REQUIRED),
        404: Answer("No such report.", ErrorBody, answers.NO_SEED),
        422: Answer("An unknown classification.", ErrorBody, answers.UNKNOWN_CLASSIFICATION),
    },
)
def handler(body: AnalyzeFromReport, actor: Actor, app: App) -> Reply:
    """Analyse the reports within a true distance of a report, which is always among them. Nothing is stored.

    `radius_km` in the answer is the one used: 0.25 by default, at most 5. The default classification is the seed's.
    """
    if body.seq is None or body.seq <= 0:
        raise SeqRequired("seq is required", errors=[Problem("/seq", "a positive report number is required")])
    analysis = analyze_surroundings(
        body.seq,
        tenant_id=actor.tenant_id,
        reports=app.reports,
        clock=app.clock,
        radius_km=body.radius_km or 0.0,
        n=body.n or 0,
        classification=body.classification,
    )
    return Reply(body=analysis_body(analysis, asked=body.n or 0, **joined_rooms(analysis, None, actor, app)))
