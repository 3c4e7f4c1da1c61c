"""Simpler ways to group reports, for comparison: all pairs, numpy blocks, small sets only.

The peer's rule is written from its description (contract §5), with its own tokeniser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from casework.reports.columns import sphere_points
from casework.reports.lexicon import CONCEPT_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.reports.clustering import ClusterReport

_PEER_STOP_WORDS = frozenset(
    {
        *("the", "and", "for", "with", "from", "that", "this", "into", "onto", "over", "near", "under", "on", "at"),
        *("school", "campus", "building", "facility", "report", "issue", "incident", "hazard", "physical", "digital"),
        *("brick", "wall", "facade"),
    }
)
DAYS = 14.0
RADII_M = (50.0, 100.0, 150.0, 250.0)


def peer_rule(reports: Sequence[ClusterReport]) -> list[int]:
    """Linked when the wording agrees, or severity, place (100 m) and brand all do; nothing else limits a link."""
    wording = _jaccard([_peer_tokens(one) for one in reports]) > 0.15
    severities = np.array([one.severity for one in reports])
    similar = np.abs(severities[:, None] - severities) <= 0.2
    brands = np.array([one.brand.casefold() for one in reports])
    same_brand = (brands[:, None] == brands) & (brands != "")
    return _components(wording | (similar & (_distances(reports) < 100.0) & same_brand))


def place_and_time(reports: Sequence[ClusterReport], radius_m: float) -> list[int]:
    """Linked within a radius and a fortnight."""
    return _components(_near(reports, radius_m))


def same_language_wording(reports: Sequence[ClusterReport], radius_m: float) -> list[int]:
    """Place and time, and in one language a word Jaccard above the peer's 0.15."""
    languages = np.array([one.language for one in reports])
    words = [frozenset(token for token in one.tokens if not token.startswith(CONCEPT_PREFIX)) for one in reports]
    return _components(_near(reports, radius_m) & (languages[:, None] == languages) & (_jaccard(words) > 0.15))


def _peer_tokens(report: ClusterReport) -> frozenset[str]:
    text = f"{report.title} {report.summary} {report.description}".lower()
    pieces = "".join(sign if sign.isalpha() or sign.isnumeric() else " " for sign in text).split()
    return frozenset(piece for piece in pieces if len(piece.encode()) >= 3 and piece not in _PEER_STOP_WORDS)


def _jaccard(sets: Sequence[frozenset[str]]) -> np.ndarray:
    places = {token: place for place, token in enumerate(sorted(frozenset().union(*sets)))}
    table = np.zeros((len(sets), max(1, len(places))), dtype=np.float32)
    for row, found in enumerate(sets):
        table[row, [places[token] for token in found]] = 1
    shared, sizes = table @ table.T, table.sum(axis=1)
    return shared / np.maximum(1.0, sizes[:, None] + sizes - shared)


def _distances(reports: Sequence[ClusterReport]) -> np.ndarray:
    points = sphere_points([one.latitude for one in reports], [one.longitude for one in reports])
    squares = (points**2).sum(axis=1)
    return np.sqrt(np.maximum(0.0, squares[:, None] + squares - 2 * points @ points.T))


def _near(reports: Sequence[ClusterReport], radius_m: float) -> np.ndarray:
    days = np.array([one.observed_at.timestamp() for one in reports]) / 86_400
    return (_distances(reports) <= radius_m) & (np.abs(days[:, None] - days) <= DAYS)


def _components(linked: np.ndarray) -> list[int]:
    labels = np.full(len(linked), -1)
    for start in range(len(linked)):
        if labels[start] >= 0:
            continue
        labels[start], frontier = start, np.array([start])
        while frontier.size:
            frontier = np.flatnonzero(linked[frontier].any(axis=0) & (labels < 0))
            labels[frontier] = start
    return labels.tolist()
