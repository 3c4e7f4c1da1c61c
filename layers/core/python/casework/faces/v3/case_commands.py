"""v3's case bodies become commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.cases.usecases.selection import Area, CaseFromSelection, Desk
from casework.escalations.targets import merge_suggestions
from casework.faces.v3.case_requests import stored_status
from casework.faces.v3.create_requests import required_title
from casework.faces.v3.surroundings import suggested_targets
from casework.reports.geometry import parse_scope
from casework.reports.usecases.analyze import known_classification

if TYPE_CHECKING:
    from casework.faces.v3.create_requests import CreateCaseBody
    from casework.identity.model import Actor
    from casework.reports.geometry import Scope
    from casework.wiring import App


def selection_command(body: CreateCaseBody, if_match: int | None, actor: Actor, app: App) -> CaseFromSelection:
    """Return the command of a create or upsert; targets are the given ones, else suggestions. Raises InvalidInput."""
    title = required_title(body.title)
    scope = parse_scope(body.geometry) if body.geometry is not None else None
    given = merge_suggestions((target.suggestion() for target in body.escalation_targets), len(body.escalation_targets))
    seqs = tuple(body.report_seqs) if body.anchor is None else (*body.report_seqs, body.anchor)
    return CaseFromSelection(
        title=title, language=app.detect_language(title), type=body.type or "incident", status=stored_status(body.status or "open"),
        classification=known_classification(body.classification), summary=body.summary.strip(), uncertainty_notes=body.uncertainty_notes,
        area=area_of(scope) if scope else None, anchor_report_seq=body.anchor, report_seqs=tuple(body.report_seqs),
        existing_case_id=body.existing_case_id or None, force_new_case=body.force_new_case, cluster_summary=body.cluster_summary,
        cluster_source_type=body.cluster_source_type or "geometry", cluster_stats=body.cluster_stats,
        cluster_analysis=body.cluster_analysis,
        targets=given or suggested_targets(app, actor, scope, seqs),
        matching=app.case_settings.auto_match, if_match=if_match,
    )  # fmt: skip


def area_of(scope: Scope) -> Area:
    """Return a scope in the case room's words."""
    longitude, latitude = scope.bbox.centre
    return Area(dict(scope.geometry), scope.bbox, (latitude, longitude), tuple(scope.bounding_boxes()))


def desk_of(app: App) -> Desk:
    """Return what the use case works with."""
    return Desk(app.unit_of_work, app.clock, lambda: app.geography, app.location_pepper)
