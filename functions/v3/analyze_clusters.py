"""POST clusters/analyze: what the reports in a drawn scope tell of."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.v3 import answers
from casework.faces.v3.analysis import analysis_body
from casework.faces.v3.errors import V3
from casework.faces.v3.requests import AnalyzeClusters
from casework.faces.v3.surroundings import joined_rooms
from casework.faces.v3.views import AnalysisBody, ErrorBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.reports.geometry import parse_scope
from casework.reports.usecases.analyze import analyze_scope
from casework.wiring import App


@endpoint(
    "POST /api/v3/clusters/analyze",
    "POST /api/v4/clusters/analyze",
    allow=Permission.CLUSTERS_ANALYZE,
    capability="api_reader",
    face=V3,
    answers={
        200: Answer("The reports in scope and the incidents that they tell of.", AnalysisBody, answers.ANALYSIS),
        400: Answer("No geometry, or one that is no area: the reason is given.", ErrorBody, answers.NO_GEOMETRY),
        422: Answer("An unknown classification.", ErrorBody, answers.UNKNOWN_CLASSIFICATION),
    },
)
def handler(body: AnalyzeClusters, actor: Actor, app: App) -> Reply:
    """Analyse the reports strictly inside a polygon or multipolygon. Nothing is stored.

    Holes exclude, parts unite, and a ring across the antimeridian is read the short way round. The newest `n` reports
    are taken; `truncated` and `total_in_scope` say what was left out. The same reports always get the same answer.
    """
    scope = parse_scope(body.geometry)
    analysis = analyze_scope(
        scope,
        tenant_id=actor.tenant_id,
        reports=app.reports,
        clock=app.clock,
        classification=body.classification,
        n=body.n or 0,
    )
    return Reply(body=analysis_body(analysis, asked=body.n or 0, geometry=scope.geometry, **joined_rooms(analysis, scope, actor, app)))
