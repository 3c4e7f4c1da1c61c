"""A report as v3 and v4 show it (contract §3): the JSON names are interface facts. Times are aware instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, NotRequired

from typing_extensions import TypedDict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.kernel.errors import Problem


class ReportView(TypedDict):
    """The observation. `id` is the reporter; `x` and `y` are places in an image, which we never have."""

    seq: int
    public_id: str
    timestamp: datetime
    id: str
    team: int
    latitude: float
    longitude: float
    x: float
    y: float
    last_email_sent_at: datetime | None
    description: NotRequired[str]
    source_url: NotRequired[str]


class AnalysisView(TypedDict):
    """One machine reading, one per language. `inferred_contact_emails` is a comma list as text."""

    seq: int
    source: str
    analysis_text: str
    title: str
    description: str
    brand_name: str
    brand_display_name: str
    litter_probability: float
    hazard_probability: float
    digital_bug_probability: float
    severity_level: float
    summary: str
    language: str
    classification: str
    inferred_contact_emails: str
    is_valid: bool
    created_at: datetime
    updated_at: datetime


class ReportWithAnalysis(TypedDict):
    """A report and its valid readings, in order of their language codes."""

    report: ReportView
    analysis: list[AnalysisView]


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A visible report as loaded. `preferred` is its English reading, else the first by language; `tokens` are its."""

    view: ReportWithAnalysis
    preferred: AnalysisView
    tokens: Sequence[str]

    @property
    def seq(self) -> int:
        """The report's number."""
        return self.view["report"]["seq"]


@dataclass(frozen=True, slots=True)
class Selection:
    """The newest reports of a scope, cut to what was asked for; `total_in_scope` counts those left out too."""

    reports: list[StoredReport]
    total_in_scope: int

    @property
    def truncated(self) -> bool:
        """Tell whether the cut left something out."""
        return len(self.reports) < self.total_in_scope


class IngestResult(NamedTuple):
    """What became of one item. `seq` and `public_id` are None for an invalid one, `errors` empty for the others."""

    status: Literal["created", "duplicate", "invalid"]
    seq: int | None = None
    public_id: str | None = None
    errors: tuple[Problem, ...] = ()
