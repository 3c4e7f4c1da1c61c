"""Which pairs of reports are worth scoring: near in space and time, a bounded number per report.

The earth is cut into cubes of 250 m and slices of 14 days, so that a pair within both gates lies in neighbouring
cells. Where a neighbourhood is quiet, all its pairs are candidates. Where it is crowded (thousands of reports of one
plaza), reports are lined up instead: for every problem they name (or, where they name none, for their rarest words)
in the order of a space-filling curve and in the order of time, and each is paired with the next few in line. Lines
keep a crowd connected at a cost linear in its size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from casework.reports.columns import distinct
from casework.reports.distances import EARTH_RADIUS_M

if TYPE_CHECKING:
    from casework.reports.columns import Columns, Ints

REACH_M = 250.0
REACH_DAYS = 14.0
CROWD = 160
"""Reports in a neighbourhood of cells above which its pairs are no longer listed exhaustively."""
_NEXT_ALONG_CURVE = 4
_NEXT_IN_TIME = 2
_RARE_WORDS = 2
_CURVE_CELL_M = 8.0
_SIDE = 1 << 17
_HALF_SPACE = [(dx, dy, dz) for dx in (-1, 0, 1) for dy in (-1, 0, 1) for dz in (-1, 0, 1) if (dx, dy, dz) > (0, 0, 0)]


def candidate_pairs(columns: Columns) -> tuple[Ints, Ints]:
    """Row numbers (first < second), each pair once, ascending. They may still fail the gates."""
    grid = _Grid(columns)
    pairs = np.concatenate([grid.quiet_pairs(), _crowd_pairs(columns, grid.crowd_rows())])
    codes = distinct(pairs)
    return codes // columns.size, codes % columns.size


class _Grid:
    """Cells of space and time, the rows in each, and which cells touch."""

    def __init__(self, columns: Columns) -> None:
        self._size = columns.size
        cubes, cube_of = _cubes(columns)
        slices = np.floor(columns.days / REACH_DAYS).astype(np.int64)
        slices -= slices.min()
        span = int(slices.max()) + 3
        keys = cube_of * span + slices + 1
        self._rows = np.argsort(keys, kind="stable")
        self._cells, self._starts, self._counts = np.unique(keys[self._rows], return_index=True, return_counts=True)
        self._first, self._second = self._touching(cubes, span)
        self._crowded = self._population() > CROWD

    def quiet_pairs(self) -> Ints:
        """All pairs inside and between cells that are not crowded, as first * size + second."""
        quiet = ~self._crowded
        inside = np.flatnonzero(quiet & (self._counts > 1))
        between = quiet[self._first] & quiet[self._second]
        first = np.concatenate([inside, self._first[between]])
        second = np.concatenate([inside, self._second[between]])
        return self._products(first, second)

    def crowd_rows(self) -> Ints:
        """Rows in crowded cells and in the cells that touch them."""
        affected = self._crowded.copy()
        affected[self._first[self._crowded[self._second]]] = True
        affected[self._second[self._crowded[self._first]]] = True
        return np.sort(self._rows[np.repeat(affected, self._counts)])

    def _touching(self, cubes: Ints, span: int) -> tuple[Ints, Ints]:
        """Pairs of different cells that touch in space and time."""
        cube, moment = self._cells // span, self._cells % span
        found = [_present(self._cells, self._cells + 1)]
        for step in _HALF_SPACE:
            mine, theirs = _present(cubes, cubes + (step[0] * _SIDE + step[1]) * _SIDE + step[2])
            beside = np.full(len(cubes), -1, dtype=np.int64)
            beside[mine] = theirs
            here = np.flatnonzero(beside[cube] >= 0)
            for later in (-1, 0, 1):
                one, other = _present(self._cells, beside[cube[here]] * span + moment[here] + later)
                found.append((here[one], other))
        return np.concatenate([one for one, _ in found]), np.concatenate([other for _, other in found])

    def _population(self) -> Ints:
        """Reports in a cell and all that touch it."""
        size = len(self._cells)
        weights = self._counts.astype(np.float64)
        around = np.bincount(self._first, weights[self._second], size) + np.bincount(self._second, weights[self._first], size)
        return self._counts + around.astype(np.int64)

    def _products(self, first: Ints, second: Ints) -> Ints:
        """Every row of one cell with every row of the other; inside one cell each pair once."""
        left, right = self._counts[first], self._counts[second]
        sizes = left * right
        which = np.repeat(np.arange(len(first)), sizes)
        place = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        one = self._rows[self._starts[first][which] + place // right[which]]
        other = self._rows[self._starts[second][which] + place % right[which]]
        low, high = np.minimum(one, other), np.maximum(one, other)
        return (low * self._size + high)[low < high]


def _cubes(columns: Columns) -> tuple[Ints, Ints]:
    """Codes of the occupied cubes in ascending order, and the cube of each row."""
    steps = np.floor((columns.points + EARTH_RADIUS_M) / REACH_M).astype(np.int64) + 1
    codes = (steps[:, 0] * _SIDE + steps[:, 1]) * _SIDE + steps[:, 2]
    cubes, cube_of = np.unique(codes, return_inverse=True)
    return cubes, cube_of.astype(np.int64)


def _present(sorted_codes: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """Places in `wanted` whose code occurs in `sorted_codes`, and where it occurs there."""
    places = np.minimum(np.searchsorted(sorted_codes, wanted), len(sorted_codes) - 1)
    hits = np.flatnonzero(sorted_codes[places] == wanted)
    return hits, places[hits]


def _crowd_pairs(columns: Columns, rows: Ints) -> Ints:
    if len(rows) == 0:
        return rows
    curve = _curve(columns, rows)
    slices = np.floor(columns.days[rows] / REACH_DAYS).astype(np.int64)
    blocks = curve >> np.uint64(3 * 4)
    found = [_in_line(columns, rows, (curve, slices), _NEXT_ALONG_CURVE)]
    for members, subjects in (_by_concept(columns, rows), _by_rare_word(columns, rows)):
        along = (curve[members], slices[members], subjects)
        over_time = (columns.days[rows][members], blocks[members], subjects)
        found.append(_in_line(columns, rows[members], along, _NEXT_ALONG_CURVE))
        found.append(_in_line(columns, rows[members], over_time, _NEXT_IN_TIME))
    return np.concatenate(found)


def _in_line(columns: Columns, rows: Ints, keys: tuple[np.ndarray, ...], reach: int) -> Ints:
    """Each row with the next `reach` rows when sorted by the last key, then the one before it, and so on."""
    line = rows[np.lexsort(keys)]
    steps = range(1, min(reach, len(line) - 1) + 1)
    pairs = [(np.minimum(line[:-step], line[step:]), np.maximum(line[:-step], line[step:])) for step in steps]
    return np.concatenate([np.zeros(0, dtype=np.int64), *((low * columns.size + high)[low < high] for low, high in pairs)])


def _by_concept(columns: Columns, rows: Ints) -> tuple[Ints, Ints]:
    """(place in rows, concept) for every problem a row names."""
    octets = np.ascontiguousarray(columns.concepts[rows]).view(np.uint8)
    members, concepts = np.nonzero(np.unpackbits(octets, axis=1, bitorder="little"))
    return members.astype(np.int64), concepts.astype(np.int64)


def _by_rare_word(columns: Columns, rows: Ints) -> tuple[Ints, Ints]:
    """(place in rows, word) for the rarest shared words of rows that name no problem."""
    silent = np.flatnonzero(~columns.concepts[rows].any(axis=1))
    counts = columns.word_counts[rows[silent]]
    members = np.repeat(silent, counts)
    starts = columns.word_starts[rows[silent]]
    words = columns.words[np.repeat(starts, counts) + np.arange(len(members)) - np.repeat(np.cumsum(counts) - counts, counts)]
    frequencies = np.bincount(words, minlength=columns.vocabulary)[words]
    shared = np.flatnonzero(frequencies > 1)
    order = shared[np.lexsort((words[shared], frequencies[shared], members[shared]))]
    first_of_member = np.searchsorted(members[order], members[order])
    rarest = order[np.arange(len(order)) - first_of_member < _RARE_WORDS]
    return members[rarest], words[rarest]


def _curve(columns: Columns, rows: Ints) -> np.ndarray:
    """Places on a space-filling (Morton) curve through cubes of 8 m: near on the curve is near on the ground."""
    steps = ((columns.points[rows] + EARTH_RADIUS_M) / _CURVE_CELL_M).astype(np.uint64)
    return _spread(steps[:, 0]) | _spread(steps[:, 1]) << np.uint64(1) | _spread(steps[:, 2]) << np.uint64(2)


def _spread(steps: np.ndarray) -> np.ndarray:
    """Two zero bits between the bits of a 21-bit number."""
    for shift, mask in (
        (32, 0x1F00000000FFFF),
        (16, 0x1F0000FF0000FF),
        (8, 0x100F00F00F00F00F),
        (4, 0x10C30C30C30C30C3),
        (2, 0x1249249249249249),
    ):
        steps = (steps | steps << np.uint64(shift)) & np.uint64(mask)
    return steps
