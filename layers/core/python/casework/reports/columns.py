"""Reports as numpy columns, in order of their sequence number: what the clusterer computes with.

Positions are points on the sphere in metres (x, y, z), so nothing special happens at the antimeridian or a pole.
Words are a compressed sparse row table of vocabulary ids; concepts are bits in rows of 64-bit words, however many a
lexicon has.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, count
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from casework.reports.distances import EARTH_RADIUS_M
from casework.reports.lexicon import CONCEPT_PREFIX, lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bits = NDArray[np.uint64]

_SECONDS_PER_DAY = 86_400.0
_BITS = 64
ABSENT = -1
_FIELDS = attrgetter(
    "latitude", "longitude", "observed_at", "severity", "classification", "language", "brand", "tokens"
)


@dataclass(frozen=True, slots=True)
class ClusterReport:
    """What clustering knows of one report. Degrees, an aware instant, severity 0..1, tokens as stored."""

    seq: int
    latitude: float
    longitude: float
    observed_at: datetime
    tokens: Sequence[str]
    language: str = "en"
    severity: float = 0.5
    brand: str = ""
    classification: str = "physical"
    reporter: str = ""
    title: str = ""
    summary: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """One row per report; see the module for shapes."""

    points: Floats
    """(n, 3) metres."""
    days: Floats
    severities: Floats
    classifications: Ints
    languages: Ints
    brands: Ints
    """`ABSENT` where the report names none."""
    word_starts: Ints
    """(n + 1,) offsets into `words`."""
    words: Ints
    """Ascending within a row."""
    vocabulary: int
    concepts: Bits
    """(n, w) bits."""
    related: Bits
    """(n, w) bits of the concepts related to a report's own."""
    concept_codes: tuple[str, ...]
    kin: tuple[tuple[int, ...], ...]
    """For each concept the numbers of those related to it."""

    @property
    def size(self) -> int:
        """Number of reports."""
        return len(self.days)

    @property
    def word_counts(self) -> Ints:
        """Words per report."""
        return np.diff(self.word_starts)


def columns_of(reports: Sequence[ClusterReport]) -> Columns:
    """Columns of reports in their final order; each is looked at once, for they are scattered in memory."""
    rows = [_FIELDS(one) for one in reports]
    latitudes, longitudes, instants, severities, classifications, languages, brands, tokens = zip(*rows, strict=True)
    word_starts, words, vocabulary, carried = _split_tokens(tokens)
    codes, kin = _concepts(carried)
    concepts, related = _concept_bits(carried, codes, kin, len(reports))
    return Columns(
        points=sphere_points(latitudes, longitudes),
        days=np.array([instant.timestamp() for instant in instants], dtype=np.float64) / _SECONDS_PER_DAY,
        severities=np.array(severities, dtype=np.float64),
        classifications=_numbered(classifications),
        languages=_numbered(map(_primary_subtag, languages)),
        brands=_numbered(map(organisation_key, brands), absent=""),
        word_starts=word_starts,
        words=words,
        vocabulary=vocabulary,
        concepts=concepts,
        related=related,
        concept_codes=codes,
        kin=kin,
    )


def sphere_points(latitudes: Sequence[float], longitudes: Sequence[float]) -> Floats:
    """(n, 3) metres from the middle of the earth."""
    phi, turn = (
        np.radians(np.asarray(latitudes, dtype=np.float64)),
        np.radians(np.asarray(longitudes, dtype=np.float64)),
    )
    return EARTH_RADIUS_M * np.column_stack((np.cos(phi) * np.cos(turn), np.cos(phi) * np.sin(turn), np.sin(phi)))


def organisation_key(brand: str) -> str:
    """The same organisation whatever the case and spacing; empty where there is none."""
    return " ".join(brand.casefold().split()) if brand else ""


def _primary_subtag(language: str) -> str:
    return language[:2].lower()


def _numbered(names: Iterable[str], absent: str | None = None) -> Ints:
    numbers: dict[str, int] = {} if absent is None else {absent: ABSENT}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


def _split_tokens(tokens: Sequence[Sequence[str]]) -> tuple[Ints, Ints, int, list[tuple[int, str]]]:
    """Word table, size of the vocabulary, and (row, concept code) pairs. Purely numeric tokens say where, not what."""
    places: defaultdict[str, int] = defaultdict(count().__next__)
    flat = np.fromiter(map(places.__getitem__, chain.from_iterable(tokens)), dtype=np.int64)
    rows = np.repeat(np.arange(len(tokens)), [len(one) for one in tokens])
    names, vocabulary = list(places), max(1, len(places))
    is_concept = np.fromiter((name.startswith(CONCEPT_PREFIX) for name in names), dtype=np.bool_)[flat]
    is_number = np.fromiter((name.isdigit() for name in names), dtype=np.bool_)[flat]
    cells = distinct((rows * vocabulary + flat)[~is_concept & ~is_number])
    starts = np.searchsorted(cells, np.arange(len(tokens) + 1) * vocabulary)
    named = zip(map(int, rows[is_concept]), map(int, flat[is_concept]), strict=True)
    carried: list[tuple[int, str]] = [(row, names[place][len(CONCEPT_PREFIX) :]) for row, place in named]
    return starts.astype(np.int64), cells % vocabulary, vocabulary, carried


def distinct(codes: Ints) -> Ints:
    """Ascending, each once. Sorting beats the hash table of np.unique on nearly sorted codes."""
    ordered = np.sort(codes)
    return ordered[np.diff(ordered, prepend=-1) != 0]


def _concepts(carried: list[tuple[int, str]]) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    """Codes that occur, in order, and for each the places of its relatives among them."""
    codes = tuple(sorted({code for _, code in carried}))
    places = {code: place for place, code in enumerate(codes)}
    return codes, tuple(
        tuple(sorted(places[other] for other in lexicon().related(code) if other in places)) for code in codes
    )


def _concept_bits(
    carried: list[tuple[int, str]], codes: tuple[str, ...], kin: tuple[tuple[int, ...], ...], size: int
) -> tuple[Bits, Bits]:
    places = {code: place for place, code in enumerate(codes)}
    own = [(row, places[code]) for row, code in carried]
    near = [(row, place) for row, concept in own for place in kin[concept]]
    return _bit_rows(own, size, len(codes)), _bit_rows(near, size, len(codes))


def _bit_rows(cells: list[tuple[int, int]], size: int, bits: int) -> Bits:
    table = np.zeros((size, max(1, -(-bits // _BITS))), dtype=np.uint64)
    if cells:
        rows, places = np.array(cells, dtype=np.int64).T
        np.bitwise_or.at(table, (rows, places // _BITS), np.uint64(1) << (places % _BITS).astype(np.uint64))
    return table
