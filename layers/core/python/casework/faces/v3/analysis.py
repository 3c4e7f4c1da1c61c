"""The answer to an analysis. Targets and candidate cases come from other rooms: the door hands them over."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from casework.faces.v3.views import AnalysisBody, HypothesisBody, StatsBody
from casework.reports.usecases.analyze import is_cut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casework.faces.v3.case_rows import CandidateBody, StoredTargetBody
    from casework.reports.usecases.analyze import Analysis, Hypothesis, Statistics


def analysis_body(
    analysis: Analysis,
    *,
    asked: int = 0,
    geometry: Mapping[str, object] | None = None,
    suggested_targets: Sequence[Mapping[str, Any]] = (),
    candidate_cases: Sequence[Mapping[str, Any]] = (),
) -> AnalysisBody:
    """Return the body of contract §4; `geometry` is the bare one of a drawn scope, None round a seed report.

    `asked` is the caller's `n`: more than is ever looked at counts as truncated, whatever there was.
    """
    body = AnalysisBody(
        scope_type="geometry" if geometry is not None else "seed_report",
        classification=analysis.classification,
        truncated=analysis.selection.truncated or is_cut(asked),
        total_in_scope=analysis.selection.total_in_scope,
        reports=[report.view for report in analysis.selection.reports],
        stats=stats_body(analysis.stats),
        hypotheses=[hypothesis_body(found) for found in analysis.hypotheses],
        suggested_targets=[cast("StoredTargetBody", dict(target)) for target in suggested_targets],
        candidate_cases=[cast("CandidateBody", dict(case)) for case in candidate_cases],
    )
    if geometry is not None:
        body["geometry"] = dict(geometry)
    if analysis.seed is not None and analysis.radius_km is not None:
        body["anchor_report_seq"] = analysis.seed.seq
        body["radius_km"] = analysis.radius_km
    return body


def stats_body(stats: Statistics) -> StatsBody:
    """Return the figures; times that do not exist are left out."""
    return cast("StatsBody", {name: found for name, found in asdict(stats).items() if found is not None})


def hypothesis_body(hypothesis: Hypothesis) -> HypothesisBody:
    """Return one hypothesis."""
    return cast("HypothesisBody", hypothesis.as_dict())
