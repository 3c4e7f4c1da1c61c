"""The graded score of two reports, vectorised over candidate pairs.

    score = 0.25 classification + 0.30 location + 0.25 language + 0.10 severity + 0.10 organisation

Each component is 0..1. Location is 1 up to 50 m and falls to 0 at 250 m; severity is 1 - |difference| / 0.4. The
organisation counts only where both reports name one; otherwise the other weights are renormalised (divided by 0.9).
Place and time gate a pair (250 m, 14 days) and the contract's rule on texts does too: two texts that can be compared
(one language, or both with terms of the lexicon) need shared words or a shared problem. Two that cannot be compared
may be linked by place and time, with a lower score because their language component is 0. Nothing here depends on any
third report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from casework.reports.candidates import REACH_DAYS, REACH_M
from casework.reports.columns import ABSENT
from casework.reports.distances import EARTH_RADIUS_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from casework.reports.columns import Bits, Columns, Floats, Ints

COMPONENTS = ("classification", "location", "language", "severity", "organisation")
WEIGHTS = {"classification": 0.25, "location": 0.30, "language": 0.25, "severity": 0.10, "organisation": 0.10}
LABELS = {
    "classification": "same classification",
    "location": "same physical location",
    "language": "shared incident language",
    "severity": "similar severity",
    "organisation": "same organization",
}
LINK_SCORE = 0.60
FULL_LOCATION_M = 50.0
SAME_PLACE_M = 100.0
SEVERITY_REACH = 0.4
SHARED_PROBLEM = 0.5
"""What naming the same problem is worth as language, before any shared word."""
RELATED_PROBLEM = 0.5
"""How much a related problem (flooding, blocked drain) counts of a shared one."""
FEW_WORDS = 0.15
"""Cosine below which texts that share no problem do not count as sharing words."""
SAME_WORDS = 0.5
"""Cosine from which texts that name different problems still tell of one incident."""
STRANGERS_M = 100.0
STRANGERS_DAYS = 7.0
"""Texts that cannot be compared are linked only at close quarters."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Scored links between rows of the report list. `components` holds weighted shares that add up to `scores`."""

    first: Ints
    second: Ints
    components: Floats
    """(links, 5), in the order of COMPONENTS."""
    scores: Floats
    words: Floats
    """Cosine of the words alone, 0..1."""
    labels: NDArray[np.uint8]
    """Bit i: the label of COMPONENTS[i]."""

    def __len__(self) -> int:
        return len(self.first)

    def take(self, places: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Links:
        """Some of the links."""
        return Links(
            self.first[places],
            self.second[places],
            self.components[places],
            self.scores[places],
            self.words[places],
            self.labels[places],
        )


def score_links(columns: Columns, first: Ints, second: Ints) -> Links:
    """The pairs that pass the gates and reach LINK_SCORE, in the order given."""
    first, second, distances = _within_reach(columns, first, second)
    location = location_component(distances)
    severity = severity_component(np.abs(columns.severities[first] - columns.severities[second]))
    classification = (columns.classifications[first] == columns.classifications[second]).astype(np.float64)
    both_named = (columns.brands[first] != ABSENT) & (columns.brands[second] != ABSENT)
    organisation = (both_named & (columns.brands[first] == columns.brands[second])).astype(np.float64)
    language, words, allowed = _language(columns, first, second, distances)
    parts = np.column_stack((classification, location, language, severity, organisation))
    shares = parts * np.array([WEIGHTS[name] for name in COMPONENTS])
    shares[~both_named] /= 1.0 - WEIGHTS["organisation"]
    scores = shares.sum(axis=1)
    labels = _labels(parts, distances)
    kept = allowed & (scores >= LINK_SCORE - _ROUNDING)
    return Links(first, second, shares, scores, words, labels).take(kept)


def location_component(distances: Floats) -> Floats:
    """1 up to 50 m, 0 from 250 m, a straight line between."""
    return np.clip((REACH_M - distances) / (REACH_M - FULL_LOCATION_M), 0.0, 1.0)


def severity_component(differences: Floats) -> Floats:
    """1 for equal severities, 0 from a difference of 0.4; rounded, since 0.9 - 0.5 is not quite 0.4 in binary."""
    return np.clip(1.0 - np.round(differences, 9) / SEVERITY_REACH, 0.0, 1.0)


def language_component(words: Floats, problem: Floats) -> Floats:
    """Shared words and a shared problem are independent evidence; equal texts give 1, nothing in common gives 0."""
    return 1.0 - (1.0 - words) * (1.0 - SHARED_PROBLEM * problem)


def chords_to_metres(chords: Floats) -> Floats:
    """Great-circle distance of points on the sphere from their straight distance."""
    return 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, chords / (2 * EARTH_RADIUS_M)))


def _within_reach(columns: Columns, first: Ints, second: Ints) -> tuple[Ints, Ints, Floats]:
    timely = np.abs(columns.days[first] - columns.days[second]) <= REACH_DAYS
    first, second = first[timely], second[timely]
    gaps = columns.points[first] - columns.points[second]
    distances = chords_to_metres(np.sqrt(np.einsum("ij,ij->i", gaps, gaps)))
    near = distances <= REACH_M
    return first[near], second[near], distances[near]


def _language(columns: Columns, first: Ints, second: Ints, distances: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Language component, cosine of the words, and whether the texts allow a link at all."""
    words, problem = _word_cosines(columns, first, second), _problem_cosines(columns, first, second)
    named = np.bitwise_or.reduce(columns.concepts, axis=1) != 0
    both_named = named[first] & named[second]
    spoken = columns.word_counts > 0
    same_language = (columns.languages[first] == columns.languages[second]) & spoken[first] & spoken[second]
    comparable = same_language | both_named
    alike = (problem > 0) | (words >= np.where(both_named, SAME_WORDS, FEW_WORDS))
    days = np.abs(columns.days[first] - columns.days[second])
    close = (distances <= STRANGERS_M) & (days <= STRANGERS_DAYS)
    return language_component(words, problem), words, np.where(comparable, alike, close)


def _problem_cosines(columns: Columns, first: Ints, second: Ints) -> Floats:
    """Cosine of the concept sets; a related one counts half where none is shared."""
    mine, theirs = columns.concepts[first], columns.concepts[second]
    shared = _ones(mine & theirs)
    sizes = np.sqrt(np.maximum(1.0, _ones(mine) * _ones(theirs)))
    kin = np.bitwise_or.reduce(columns.related[first] & theirs, axis=1) != 0
    return np.where(shared > 0, shared, RELATED_PROBLEM * kin) / sizes


def _ones(bits: Bits) -> Floats:
    return np.bitwise_count(bits).sum(axis=1).astype(np.float64)


def _word_cosines(columns: Columns, first: Ints, second: Ints) -> Floats:
    """Shared words over the geometric mean of both counts; the shorter text is looked up in the other."""
    counts = columns.word_counts
    swap = counts[first] > counts[second]
    short, long = np.where(swap, second, first), np.where(swap, first, second)
    lengths = counts[short]
    pair = np.repeat(np.arange(len(first)), lengths)
    place = np.arange(len(pair)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    wanted = long[pair] * columns.vocabulary + columns.words[columns.word_starts[short][pair] + place]
    held = np.repeat(np.arange(columns.size), counts) * columns.vocabulary + columns.words
    places = np.minimum(np.searchsorted(held, wanted), max(0, len(held) - 1))
    hits = held[places] == wanted if len(held) else np.zeros(0, dtype=np.bool_)
    shared = np.bincount(pair[hits], minlength=len(first))
    return shared / np.sqrt(np.maximum(1.0, counts[first] * counts[second]))


def _labels(parts: Floats, distances: Floats) -> NDArray[np.uint8]:
    """A component that contributes is named; the place only below 100 m."""
    contributes = parts > 0
    contributes[:, COMPONENTS.index("location")] = distances < SAME_PLACE_M
    return np.packbits(contributes, axis=1, bitorder="little")[:, 0]
