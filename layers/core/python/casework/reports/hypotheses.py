"""A group of reports as an incident hypothesis, and the figures of a scope.

Confidence, severity and urgency follow the contract (§5) to the digit; each returns its terms. Shares are whole
millionths, so that written as decimals they add up exactly, under the ceiling too.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING

from casework.reports.lexicon import CONCEPT_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from casework.reports.clustering import Group
    from casework.reports.columns import ClusterReport

_MILLION = 1_000_000
_BASE = 450_000
_PER_WITNESS = 80_000
_WITNESSES_AT_MOST = 300_000
_SEVERITY_SHARE = 0.20
_CONFIDENCE_CEILING = 980_000
_RECENT = timedelta(hours=168)
_RECENT_SHARE = 100_000
_HIGH, _MEDIUM = 0.8, 0.5
_TITLE_TOKENS = 3
_DEFAULT_CLASSIFICATION = "physical"
UNTITLED = "Unlabelled incident"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One incident as the analysis sees it. Scores are 0..1; `report_seqs` is most severe first."""

    hypothesis_id: str
    title: str
    classification: str
    representative_report_seq: int
    report_seqs: tuple[int, ...]
    report_count: int
    confidence: float
    confidence_components: dict[str, float]
    """base, witnesses, severity: add up to `confidence`."""
    severity_score: float
    urgency_score: float
    rationale: tuple[str, ...]
    cohesion: float
    link_components: dict[str, float]
    """classification, location, language, severity, organisation: add up to `cohesion`; all 0 for a lone report."""
    first_seen_at: datetime
    last_seen_at: datetime

    def as_dict(self) -> dict[str, object]:
        """Every field, tuples as lists; instants stay datetimes."""
        plain: dict[str, object] = {field.name: getattr(self, field.name) for field in fields(self)}  # asdict copies deeply: 0.2 ms each
        return plain | {"report_seqs": list(self.report_seqs), "rationale": list(self.rationale)}


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures of a scope (contract §4.3)."""

    classification: str
    report_count: int
    severity_average: float
    severity_max: float
    high_priority_count: int
    medium_priority_count: int
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    classification_breakdown: dict[str, int]


def hypotheses(groups: Iterable[Group], *, now: datetime, classification: str = _DEFAULT_CLASSIFICATION) -> list[Hypothesis]:
    """All hypotheses: most urgent first, then most severe, largest, newest, lowest sequence number."""
    found = [hypothesis_of(group, now=now, classification=classification) for group in groups]
    return sorted(found, key=_order)


def _order(one: Hypothesis) -> tuple[float, float, int, float, int]:
    return (
        -one.urgency_score,
        -one.severity_score,
        -one.report_count,
        -one.last_seen_at.timestamp(),
        min(one.report_seqs),
    )


def hypothesis_of(group: Group, *, now: datetime, classification: str = _DEFAULT_CLASSIFICATION) -> Hypothesis:
    """The hypothesis of one group; `now` decides whether its newest report is recent."""
    members = sorted(group.reports, key=lambda one: (-one.severity, one.seq))
    representative = members[0]
    instants = [one.observed_at for one in members]
    confidence, terms = _confidence(len(members), representative.severity)
    return Hypothesis(
        hypothesis_id=_identity(members),
        title=_text(representative) or _frequent_words(members) or UNTITLED,
        classification=representative.classification or classification or _DEFAULT_CLASSIFICATION,
        representative_report_seq=representative.seq,
        report_seqs=tuple(one.seq for one in members),
        report_count=len(members),
        confidence=confidence,
        confidence_components=terms,
        severity_score=representative.severity,
        urgency_score=_urgency(len(members), representative.severity, is_recent=abs(now - max(instants)) <= _RECENT),
        rationale=group.labels,
        cohesion=group.cohesion,
        link_components=dict(group.link_components),
        first_seen_at=min(instants),
        last_seen_at=max(instants),
    )


def _identity(members: Sequence[ClusterReport]) -> str:
    """Stable while strangers enter the scope and later witnesses join: the group's earliest report names it."""
    earliest = min(members, key=lambda one: (one.observed_at, one.seq))
    return "hyp_" + hashlib.sha256(f"hypothesis:{earliest.seq}".encode()).hexdigest()[:12]


def _confidence(count: int, severity: float) -> tuple[float, dict[str, float]]:
    """min(0.98, 0.45 + min(0.08 k, 0.30) + 0.20 M); what the ceiling takes, it takes from the severity's share."""
    witnesses = _witnesses(count)
    ours = min(round(_SEVERITY_SHARE * severity * _MILLION), _CONFIDENCE_CEILING - _BASE - witnesses)
    shares = {"base": _BASE, "witnesses": witnesses, "severity": ours}
    return sum(shares.values()) / _MILLION, {name: share / _MILLION for name, share in shares.items()}


def _urgency(count: int, severity: float, *, is_recent: bool) -> float:
    """min(1, M + min(0.08 k, 0.30) + 0.10 when the newest report is at most 168 h away)."""
    total = round(severity * _MILLION) + _witnesses(count) + (_RECENT_SHARE if is_recent else 0)
    return min(_MILLION, total) / _MILLION


def _witnesses(count: int) -> int:
    return min(_PER_WITNESS * count, _WITNESSES_AT_MOST)


def _text(report: ClusterReport) -> str:
    """First of title, summary, description that is not blank."""
    return next((text.strip() for text in (report.title, report.summary, report.description) if text.strip()), "")


def _frequent_words(members: Sequence[ClusterReport]) -> str:
    counts = Counter(token for one in members for token in one.tokens if not token.startswith(CONCEPT_PREFIX))
    ranked = sorted(counts.items(), key=lambda found: (-found[1], found[0]))
    return " ".join(token.capitalize() for token, _ in ranked[:_TITLE_TOKENS])


def statistics(
    reports: Sequence[ClusterReport], *, classification: str = _DEFAULT_CLASSIFICATION, returned: int | None = None
) -> Statistics:
    """Figures over analysed reports; `returned` is the number of reports in the answer where it is not theirs."""
    severities = [one.severity for one in reports]
    instants = [one.observed_at for one in reports]
    return Statistics(
        classification=classification,
        report_count=len(reports) if returned is None else returned,
        severity_average=sum(severities) / len(severities) if severities else 0.0,
        severity_max=max(severities, default=0.0),
        high_priority_count=sum(severity >= _HIGH for severity in severities),
        medium_priority_count=sum(_MEDIUM <= severity < _HIGH for severity in severities),
        first_seen_at=min(instants, default=None),
        last_seen_at=max(instants, default=None),
        classification_breakdown=dict(Counter(one.classification or classification for one in reports)),
    )
