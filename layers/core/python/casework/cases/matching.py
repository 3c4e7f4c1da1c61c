"""Which open case a scope may belong to (contract §7): a score with its reasons. Pure; an analysis only names, it never links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from casework.cases.ports import Geography

START, DROPPED_BELOW, JOINED_FROM = 0.12, 0.35, 0.58
LIMIT = 12
_LANGUAGE = 0.16
_NEAR = ((60.0, 0.18, "same location"), (150.0, 0.12, "nearby location"), (300.0, 0.06, ""))


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    """What a candidate is compared with. `bbox` is (west, south, east, north) in degrees, `centre` (latitude, longitude)."""

    seqs: frozenset[int]
    tokens: frozenset[str]
    bbox: tuple[float, float, float, float] | None
    centre: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate: its row, score 0..1 and the reasons."""

    row: Mapping[str, Any]
    score: float
    reasons: tuple[str, ...]


def match_cases(scope: ScopeFacts, rows: Sequence[Mapping[str, Any]], geography: Geography) -> list[Match]:
    """Return the candidates worth naming, best first, then newest update; at most LIMIT."""
    scored = (_match(scope, row, geography) for row in rows)
    kept = [match for match in scored if match.score >= DROPPED_BELOW or match.row["shared"]]
    kept.sort(key=lambda match: str(match.row["alias"]))
    kept.sort(key=lambda match: (match.score, match.row["updated_at"]), reverse=True)
    return kept[:LIMIT]


def _match(scope: ScopeFacts, row: Mapping[str, Any], geography: Geography) -> Match:
    """Words are the dear part: they are read only where they can still lift the case to DROPPED_BELOW, or must be told."""
    parts = [_shared(scope, row), _overlap(scope, row, geography), _nearness(scope, row, geography)]
    clusters = min(0.05, 0.01 * row["cluster_count"]) if row["cluster_count"] > 1 else 0.0
    score = START + sum(score for score, _ in parts) + clusters
    if row["shared"] or score + _LANGUAGE >= DROPPED_BELOW:
        parts.append(_language(scope, row, geography))
        score += parts[-1][0]
    return Match(row, round(min(1.0, score), 6), tuple(reason for _, reason in parts if reason))


def _shared(scope: ScopeFacts, row: Mapping[str, Any]) -> tuple[float, str]:
    shared = row["shared"]
    if not shared:
        return 0.0, ""
    return 0.56 * shared / max(len(scope.seqs), row["linked_report_count"]), f"{shared} shared reports"


def _overlap(scope: ScopeFacts, row: Mapping[str, Any], geography: Geography) -> tuple[float, str]:
    box = case_box(row)
    common = geography.overlap(scope.bbox, box) if scope.bbox and box else 0.0
    return (min(0.22, 0.35 * common), "overlapping area") if common > 0 else (0.0, "")


def _nearness(scope: ScopeFacts, row: Mapping[str, Any], geography: Geography) -> tuple[float, str]:
    place = _place(row)
    if scope.centre is None or place is None:
        return 0.0, ""
    metres = geography.distance_m(*scope.centre, *place)
    return next(((score, reason) for limit, score, reason in _NEAR if metres <= limit), (0.0, ""))


def _language(scope: ScopeFacts, row: Mapping[str, Any], geography: Geography) -> tuple[float, str]:
    tokens = geography.tokens(f"{row['title']} {row['summary']}")
    union = scope.tokens | tokens
    jaccard = len(scope.tokens & tokens) / len(union) if union else 0.0
    return _LANGUAGE * jaccard, "shared incident language" if jaccard >= 0.3 else ""  # noqa: PLR2004 - contract §7


def case_box(row: Mapping[str, Any]) -> tuple[float, float, float, float] | None:
    """Return the stored aggregate box of a case."""
    box = row["aggregate_bbox"]
    return (box[0], box[1], box[2], box[3]) if box else None


def _place(row: Mapping[str, Any]) -> tuple[float, float] | None:
    if row["anchor_lat"] is not None:
        return row["anchor_lat"], row["anchor_lng"]
    box = case_box(row)
    return ((box[1] + box[3]) / 2, (box[0] + box[2]) / 2) if box else None
