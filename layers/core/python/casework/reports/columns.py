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
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from casework.reports.distances import EARTH_RADIUS_M
from casework.reports.lexicon import CONCEPT_PREFIX, lexicon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bits = NDArray[np.uint64]

_SECONDS_PER_DAY = 86_400.0
_BITS = 64
ABSENT = -1
_FIELDS = attrgetter("latitude", "longitude", "observed_at", "severity", "classification", "language", "brand", "tokens")


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
    found = _vocabulary(tokens)
    word_starts, words = _word_table(found, len(reports))
    concepts, related, kin = _concepts(found, len(reports))
    return Columns(
        points=sphere_points(latitudes, longitudes),
        days=np.array([instant.timestamp() for instant in instants], dtype=np.float64) / _SECONDS_PER_DAY,
        severities=np.array(severities, dtype=np.float64),
        classifications=_numbered(classifications),
        languages=_numbered(map(_primary_subtag, languages)),
        brands=_numbered(map(organisation_key, brands), absent=""),
        word_starts=word_starts,
        words=words,
        vocabulary=found.size,
        concepts=concepts,
        related=related,
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


class _Vocabulary(NamedTuple):
    """All tokens of all rows, numbered in order of appearance."""

    names: list[str]
    rows: Ints
    places: Ints
    """`places[i]` is the number of a token of row `rows[i]`."""

    @property
    def size(self) -> int:
        return max(1, len(self.names))

    def which(self, test: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Which of the tokens pass."""
        return np.fromiter(map(test, self.names), dtype=np.bool_)[self.places]


def _vocabulary(tokens: Sequence[Sequence[str]]) -> _Vocabulary:
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    places = np.fromiter(map(numbers.__getitem__, chain.from_iterable(tokens)), dtype=np.int64)
    return _Vocabulary(list(numbers), np.repeat(np.arange(len(tokens)), [*map(len, tokens)]), places)


def _is_concept(token: str) -> bool:
    return token.startswith(CONCEPT_PREFIX)


def _is_word(token: str) -> bool:
    """Purely numeric tokens say where, not what."""
    return not token.startswith(CONCEPT_PREFIX) and not token.isdigit()


def _word_table(found: _Vocabulary, size: int) -> tuple[Ints, Ints]:
    """Offsets and words of every row, ascending within it."""
    kept = found.which(_is_word)
    cells = distinct(found.rows[kept] * found.size + found.places[kept])
    return np.searchsorted(cells, np.arange(size + 1) * found.size).astype(np.int64), cells % found.size


def distinct(codes: Ints) -> Ints:
    """Ascending, each once. Sorting beats the hash table of np.unique on nearly sorted codes."""
    ordered = np.sort(codes)
    return ordered[np.diff(ordered, prepend=-1) != 0]


def _concepts(found: _Vocabulary, size: int) -> tuple[Bits, Bits, tuple[tuple[int, ...], ...]]:
    """Bits of each row's concepts, bits of those related to them, and the relatives of each concept by number."""
    codes = sorted(name.removeprefix(CONCEPT_PREFIX) for name in found.names if _is_concept(name))
    numbers = {code: number for number, code in enumerate(codes)}
    kin = tuple(tuple(sorted(numbers[other] for other in lexicon().related(code) if other in numbers)) for code in codes)
    own_mask = _masks([(number,) for number in range(len(codes))])
    kept = found.which(_is_concept)
    number_of = np.array([numbers.get(name.removeprefix(CONCEPT_PREFIX), ABSENT) for name in found.names], dtype=np.int64)
    carried = number_of[found.places[kept]]
    own, related = np.zeros((2, size, own_mask.shape[1]), dtype=np.uint64)
    np.bitwise_or.at(own, found.rows[kept], own_mask[carried])
    np.bitwise_or.at(related, found.rows[kept], _masks(kin)[carried])
    return own, related, kin


def _masks(members: Sequence[Sequence[int]]) -> Bits:
    """One row of bits per list of numbers below `len(members)`; at least one row and one word."""
    table = np.zeros((max(1, len(members)), max(1, -(-len(members) // _BITS))), dtype=np.uint64)
    for row, numbers in enumerate(members):
        for number in numbers:
            table[row, number // _BITS] |= np.uint64(1 << number % _BITS)
    return table
