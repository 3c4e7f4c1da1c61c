"""What an analysis, a match and a new case ask of the other rooms: who might be told, and which open case it might be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from casework.cases.matching import ScopeFacts, match_cases
from casework.cases.usecases.bounds import NOWHERE
from casework.faces.v3.case_views import candidate_body, suggestion_body
from casework.reports.distances import bounds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.cases.matching import Match
    from casework.escalations.targets import SuggestedTarget
    from casework.identity.model import Actor
    from casework.reports.distances import Box
    from casework.reports.geometry import Scope
    from casework.reports.usecases.analyze import Analysis
    from casework.reports.views import StoredReport
    from casework.wiring import App


def suggested_targets(app: App, actor: Actor, scope: Scope | None, seqs: Sequence[int]) -> list[SuggestedTarget]:
    """Suggest targets for reports and, where there is one, a drawn scope."""
    boxes = scope.bounding_boxes() if scope else ()
    touches = app.geography.touching(scope) if scope else None
    return app.escalations.suggest(actor.tenant_id, boxes=boxes, touches=touches, seqs=seqs)


def candidate_cases(
    app: App,
    actor: Actor,
    scope: Scope | None,
    reports: Sequence[StoredReport],
    classification: str,
    texts: Sequence[str],
) -> list[Match]:
    """Name the open cases that a scope might belong to (contract §7); none where matching is off."""
    if app.case_settings.auto_match == "off":
        return []
    box = scope.bbox if scope else _bounds(reports)
    boxes = scope.bounding_boxes() if scope else box.split() if box else []
    seqs = [report.seq for report in reports]
    rows = app.cases.candidates(actor.tenant_id, classification, seqs, boxes)
    if not rows:
        return []
    words = frozenset[str]().union(*(app.geography.tokens(text) for text in dict.fromkeys([*texts, *map(title_of, reports[:200])]) if text))
    centre = (box.centre[1], box.centre[0]) if box else None
    return match_cases(ScopeFacts(frozenset(seqs), words, box, centre), rows, app.geography)


class Surroundings(TypedDict):
    """What other rooms say of an analysed scope."""

    suggested_targets: list[dict[str, Any]]
    candidate_cases: list[dict[str, Any]]


def joined_rooms(analysis: Analysis, scope: Scope | None, actor: Actor, app: App) -> Surroundings:
    """Ask who might be told of an analysed scope and which open case it might be."""
    texts = [found.title for found in analysis.hypotheses]
    reports = analysis.selection.reports
    targets = suggested_targets(app, actor, scope, analysis.seqs)
    matches = candidate_cases(app, actor, scope, reports, analysis.classification, texts)
    at = app.clock.now()
    return {
        "suggested_targets": [suggestion_body(target, at) for target in targets],
        "candidate_cases": [candidate_body(match) for match in matches],
    }


def title_of(report: StoredReport) -> str:
    """Return the first non-blank of title, summary and description of a report's preferred reading."""
    reading = report.preferred
    return next((text for text in (reading["title"], reading["summary"], reading["description"]) if text.strip()), "")


def _bounds(reports: Sequence[StoredReport]) -> Box | None:
    places = [place for report in reports if ((place := report.view["report"])["longitude"], place["latitude"]) != NOWHERE]
    return bounds_of([place["latitude"] for place in places], [place["longitude"] for place in places])
