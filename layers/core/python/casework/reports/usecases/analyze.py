"""Analysing a scope: which reports lie in it, and which of them tell of one incident. Nothing is stored.

Everything starts from the tokens stored at ingest. Both analyses say what was left out (`truncated`, `total_in_scope`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casework.kernel.errors import InvalidInput, NotFound, Problem
from casework.reports.clustering import ClusterReport, cluster_reports
from casework.reports.disc import Disc
from casework.reports.hypotheses import Hypothesis, Statistics, hypotheses, statistics

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from casework.kernel.clock import Clock
    from casework.reports.geometry import Scope
    from casework.reports.ports import ReportReader
    from casework.reports.views import Selection, StoredReport

__all__ = [
    "Analysis", "Hypothesis", "SeedReportNotFound", "Statistics", "UnknownClassification", "analyze_scope",
    "analyze_surroundings", "cluster_reports_of", "effective_n", "is_cut", "known_classification",
]  # fmt: skip
CLASSIFICATIONS = ("physical", "digital")
_DEFAULT_N, _MOST = 250, 5_000
_DEFAULT_RADIUS_KM, _WIDEST_KM = 0.25, 5.0


class UnknownClassification(InvalidInput):
    """A classification that no report can have; `facts['allowed']` lists those that exist."""

    slug = "unknown-classification"
    title = "Unknown classification"
    status = 422


class SeedReportNotFound(NotFound):
    """The seed is unknown, not visible, or has no valid reading."""

    slug = "seed-report-not-found"
    title = "Seed report not found"


@dataclass(frozen=True, slots=True)
class Analysis:
    """A scope's reports, figures and hypotheses. `radius_km` and `seed` belong to the surroundings of a report."""

    classification: str
    selection: Selection
    stats: Statistics
    hypotheses: list[Hypothesis]
    seed: StoredReport | None = None
    radius_km: float | None = None

    @property
    def seqs(self) -> list[int]:
        """The numbers of the reports, newest first."""
        return [report.seq for report in self.selection.reports]


def analyze_scope(
    scope: Scope, *, tenant_id: UUID, reports: ReportReader, clock: Clock, classification: str | None = None, n: int = 0
) -> Analysis:
    """Analyse the reports strictly inside a drawn scope. Raises UnknownClassification."""
    wanted = known_classification(classification)
    return _analysis(wanted, reports.in_area(tenant_id, scope, wanted, effective_n(n)), clock)


def analyze_surroundings(
    seq: int, *, tenant_id: UUID, reports: ReportReader, clock: Clock, radius_km: float = 0.0, n: int = 0,
    classification: str | None = None,
) -> Analysis:  # fmt: skip
    """Analyse what lies within a radius of a report, which is always among the reports.

    Raises SeedReportNotFound, UnknownClassification.
    """
    seed = reports.find(tenant_id, seq)
    if seed is None:
        raise SeedReportNotFound("seed report not found")
    wanted = known_classification(classification or seed.preferred["classification"])
    reach = min(radius_km, _WIDEST_KM) if radius_km > 0 else _DEFAULT_RADIUS_KM
    place = seed.view["report"]
    disc = Disc(place["latitude"], place["longitude"], reach * 1_000)
    selection = reports.in_area(tenant_id, disc, wanted, effective_n(n), always=seq)
    return _analysis(wanted, selection, clock, seed=seed, radius_km=reach)


def known_classification(given: str | None) -> str:
    """Return the classification to look for: `physical` where none is given. Raises UnknownClassification."""
    wanted = (given or "").strip() or CLASSIFICATIONS[0]
    if wanted not in CLASSIFICATIONS:
        detail = f"classification must be one of {', '.join(CLASSIFICATIONS)}"
        raise UnknownClassification(detail, errors=[Problem("/classification", detail)], allowed=list(CLASSIFICATIONS))
    return wanted


def is_cut(n: int) -> bool:
    """Tell whether more reports were asked for than are ever looked at."""
    return n > _MOST


def effective_n(n: int) -> int:
    """Return how many reports are looked at: 250 where `n` is absent or not positive, never more than 5,000."""
    return min(n, _MOST) if n > 0 else _DEFAULT_N


def cluster_reports_of(reports: Iterable[StoredReport]) -> list[ClusterReport]:
    """Return the clusterer's input, from each report's preferred reading and its stored tokens."""
    return [_cluster_report(report) for report in reports]


def _cluster_report(report: StoredReport) -> ClusterReport:
    seen, read = report.view["report"], report.preferred
    return ClusterReport(
        seq=seen["seq"],
        latitude=seen["latitude"],
        longitude=seen["longitude"],
        observed_at=seen["timestamp"],
        tokens=report.tokens,
        language=read["language"],
        severity=read["severity_level"],
        brand=read["brand_display_name"],
        classification=read["classification"],
        reporter=seen["id"],
        title=read["title"],
        summary=read["summary"],
        description=read["description"],
    )


def _analysis(classification: str, selection: Selection, clock: Clock, **about: Any) -> Analysis:  # noqa: ANN401
    members = cluster_reports_of(selection.reports)
    found = hypotheses(cluster_reports(members), now=clock.now(), classification=classification)
    return Analysis(classification, selection, statistics(members, classification=classification), found, **about)
