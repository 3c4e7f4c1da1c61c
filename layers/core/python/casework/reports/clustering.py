"""Reports of one incident, found among many: explainable groups in near-linear time.

Candidate pairs come from a grid (`candidates`), their graded scores from `linking`. Groups grow from the strongest
link down, and two groups join only where they would still link as wholes: the problems they name, the distance
between their middles and their mean severities are scored like a pair. One report that mentions both the pothole and
the dark street lamp therefore does not chain the two. The result depends on the set of reports, not on the order in
which they are given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from casework.reports.candidates import REACH_M, candidate_pairs
from casework.reports.columns import ClusterReport, columns_of
from casework.reports.linking import (
    COMPONENTS,
    FULL_LOCATION_M,
    LABELS,
    RELATED_PROBLEM,
    SEVERITY_REACH,
    SHARED_PROBLEM,
    WEIGHTS,
    Links,
    score_links,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casework.reports.columns import Columns, Ints

__all__ = ["ClusterReport", "Group", "Link", "cluster_reports"]

JOIN_SCORE = 0.56
"""What two groups must reach as wholes; a little below a link, since middles lie further apart than neighbours."""
_JOIN_TOTAL = JOIN_SCORE * (1.0 - WEIGHTS["organisation"])
SETTLED_M = 100.0
"""How far apart the middles of two groups of many witnesses may lie; of a lone report the whole reach is allowed."""
JOIN_PROBLEM = 0.35
"""Cosine of the problems named in two groups below which they tell of different incidents."""


@dataclass(frozen=True, slots=True)
class Link:
    """One kept link between two reports. `components` are weighted shares that add up to `score`."""

    first_seq: int
    second_seq: int
    score: float
    components: dict[str, float]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Reports of one incident by sequence number; a lone report has no links, cohesion 0 and no labels."""

    reports: tuple[ClusterReport, ...]
    cohesion: float
    """Mean score of the kept links, 0..1."""
    link_components: dict[str, float]
    """Mean weighted share of each component; they add up to `cohesion`."""
    labels: tuple[str, ...]
    """Sorted, distinct rationale labels over the kept links."""
    link_count: int
    _kept: _Kept | None = None

    def links(self) -> Iterator[Link]:
        """The kept links, strongest first."""
        if self._kept is None:
            return
        for place in range(self._kept.start, self._kept.start + self.link_count):
            yield _link(self._kept, place)


class _Kept(NamedTuple):
    """Where a group's links start in the table of all kept links."""

    links: Links
    start: int
    seqs: tuple[int, ...]


def cluster_reports(reports: Sequence[ClusterReport]) -> list[Group]:
    """Every report in exactly one group; groups in order of their lowest sequence number."""
    if not reports:
        return []
    ordered = sorted(reports, key=lambda one: one.seq)
    columns = columns_of(ordered)
    links = score_links(columns, *candidate_pairs(columns))
    regions = _regions(columns.size, links)
    links = links.take(np.lexsort((links.second, links.first, -np.round(links.scores, 9), regions[links.first])))
    return _groups(ordered, links, _join(columns, links))


def _regions(size: int, links: Links) -> Ints:
    """The lowest row that each row reaches by links: regions can be joined one by one, close in memory."""
    lowest = np.arange(size)
    while True:
        mine, theirs = lowest[links.first], lowest[links.second]
        if np.array_equal(mine, theirs):
            return lowest
        least = np.minimum(mine, theirs)
        np.minimum.at(lowest, mine, least)
        np.minimum.at(lowest, theirs, least)
        while not np.array_equal(jumped := lowest[lowest], lowest):
            lowest = jumped


def _groups(reports: list[ClusterReport], links: Links, roots: Ints) -> list[Group]:
    """Groups with the means over their kept links, in order of their lowest rows."""
    inner = np.flatnonzero(roots[links.first] == roots[links.second])
    owners = roots[links.first[inner]]
    by_group = np.argsort(owners, kind="stable")
    kept = links.take(inner[by_group])
    figures = _figures(kept, owners[by_group])
    members: dict[int, list[ClusterReport]] = {}
    for report, root in zip(reports, roots.tolist(), strict=True):
        members.setdefault(root, []).append(report)
    seqs = tuple(one.seq for one in reports)
    return [_group(found, figures.get(root), kept, seqs) for root, found in members.items()]


class _Figures(NamedTuple):
    start: int
    links: int
    shares: list[float]
    labels: int


def _figures(kept: Links, owners: Ints) -> dict[int, _Figures]:
    """By root: where its links lie, their mean shares and all their labels."""
    if not len(kept):
        return {}
    roots, starts, counts = np.unique(owners, return_index=True, return_counts=True)
    shares = np.round(np.add.reduceat(kept.components, starts, axis=0) / counts[:, None], 6).tolist()
    labels = np.bitwise_or.reduceat(kept.labels, starts).tolist()
    rows = zip(starts.tolist(), counts.tolist(), shares, labels, strict=True)
    return {root: _Figures(*row) for root, row in zip(roots.tolist(), rows, strict=True)}


def _group(reports: list[ClusterReport], figures: _Figures | None, kept: Links, seqs: tuple[int, ...]) -> Group:
    if figures is None:
        return Group(tuple(reports), 0.0, dict.fromkeys(COMPONENTS, 0.0), (), 0)
    return Group(
        reports=tuple(reports),
        cohesion=round(math.fsum(figures.shares), 6),
        link_components=dict(zip(COMPONENTS, figures.shares, strict=True)),
        labels=_names(figures.labels),
        link_count=figures.links,
        _kept=_Kept(kept, figures.start, seqs),
    )


@cache
def _names(marked: int) -> tuple[str, ...]:
    return tuple(sorted(LABELS[name] for bit, name in enumerate(COMPONENTS) if marked >> bit & 1))


def _link(kept: _Kept, place: int) -> Link:
    links, seqs = kept.links, kept.seqs
    return Link(
        first_seq=seqs[int(links.first[place])],
        second_seq=seqs[int(links.second[place])],
        score=float(links.scores[place]),
        components=dict(zip(COMPONENTS, map(float, links.components[place]), strict=True)),
        labels=_names(int(links.labels[place])),
    )


def _join(columns: Columns, links: Links) -> Ints:
    """The root row of every row's group, joining along `links` in their order."""
    forest = _Forest(columns)
    parents, root = forest.parents, forest.root
    pairs = zip(links.first.tolist(), links.second.tolist(), links.words.tolist(), strict=True)
    for first, second, words in pairs:
        if parents[first] == parents[second]:
            continue
        one, other = root(first), root(second)
        if one != other and forest.belong_together(one, other, words):
            forest.unite(one, other)
    return np.array([root(row) for row in range(columns.size)], dtype=np.int64)


class _Forest:
    """Disjoint groups with what scores them as wholes: size, sums of position and severity, problem counts."""

    def __init__(self, columns: Columns) -> None:
        self.parents = list(range(columns.size))
        self._sizes = [1] * columns.size
        self._x, self._y, self._z = columns.points.T.tolist()
        self._severities = columns.severities.tolist()
        self._problems = _Problems(columns)
        self._kin = columns.kin

    def root(self, row: int) -> int:
        parents = self.parents
        while parents[row] != row:
            parents[row] = parents[parents[row]]
            row = parents[row]
        return row

    def belong_together(self, one: int, other: int, words: float) -> bool:
        """Whether two groups, joined by a link whose words agree this much, still tell of one incident as wholes."""
        if self._sizes[one] == self._sizes[other] == 1:
            return True
        problem = _cosine(self._problems[one], self._problems[other], self._kin)
        if problem is not None and problem < JOIN_PROBLEM:
            return False
        distance = self._metres_apart(one, other)
        if distance > SETTLED_M + (REACH_M - SETTLED_M) / min(self._sizes[one], self._sizes[other]):
            return False
        location = min(1.0, (REACH_M - distance) / (REACH_M - FULL_LOCATION_M))
        near_alone = WEIGHTS["classification"] + WEIGHTS["location"] * location
        return near_alone >= _JOIN_TOTAL or near_alone + self._alike(one, other, words, problem or 0.0) >= _JOIN_TOTAL

    def _alike(self, one: int, other: int, words: float, problem: float) -> float:
        """Weighted shares of language and severity."""
        difference = self._severities[one] / self._sizes[one] - self._severities[other] / self._sizes[other]
        language = 1.0 - (1.0 - words) * (1.0 - SHARED_PROBLEM * problem)
        return WEIGHTS["language"] * language + WEIGHTS["severity"] * max(0.0, 1.0 - abs(difference) / SEVERITY_REACH)

    def unite(self, one: int, other: int) -> None:
        """Put the smaller group under the larger."""
        if self._sizes[one] < self._sizes[other]:
            one, other = other, one
        self.parents[other] = one
        for sums in (self._sizes, self._x, self._y, self._z, self._severities):
            sums[one] += sums[other]
        counts = self._problems[one]
        for concept, found in self._problems[other].items():
            counts[concept] = counts.get(concept, 0) + found

    def _metres_apart(self, one: int, other: int) -> float:
        """Between the middles; a straight line, which at these distances is the great circle."""
        mine, theirs = self._sizes[one], self._sizes[other]
        return math.hypot(
            self._x[one] / mine - self._x[other] / theirs,
            self._y[one] / mine - self._y[other] / theirs,
            self._z[one] / mine - self._z[other] / theirs,
        )


class _Problems(dict[int, dict[int, int]]):
    """How often each problem is named in a group, by its root; a lone report's counts are made when first asked for."""

    def __init__(self, columns: Columns) -> None:
        super().__init__()
        octets = np.ascontiguousarray(columns.concepts).view(np.uint8)
        rows, concepts = np.nonzero(np.unpackbits(octets, axis=1, bitorder="little"))
        self._starts = np.searchsorted(rows, np.arange(columns.size + 1)).tolist()
        self._concepts = concepts.tolist()

    def __missing__(self, row: int) -> dict[int, int]:
        counts = self[row] = dict.fromkeys(self._concepts[self._starts[row] : self._starts[row + 1]], 1)
        return counts


def _cosine(one: dict[int, int], other: dict[int, int], kin: Sequence[Sequence[int]]) -> float | None:
    """Cosine of two problem profiles, related problems counting half; None where one of them is empty."""
    if not one or not other:
        return None
    if len(one) == 1 and one.keys() == other.keys():
        return 1.0
    dot = 0.0
    for concept, count in one.items():
        dot += count * (other.get(concept, 0) + RELATED_PROBLEM * sum(other.get(near, 0) for near in kin[concept]))
    lengths = sum(count * count for count in one.values()) * sum(count * count for count in other.values())
    return min(1.0, dot / math.sqrt(lengths))
