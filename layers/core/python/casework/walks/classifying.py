"""Which category a problem belongs to, by the vectors of texts that stand for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from casework.walks.categories import OTHER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import ArrayLike, NDArray

FLOOR = 0.31
"""The least mean cosine with the three nearest texts of any category. Small talk mostly lies below it; of the trial
problems (split fit) all with a flow reached .39, all of the city .40. Higher floors cost more of the categories' own examples."""
RIDGE = 3.0
"""Of the regression, on unit vectors. Without a floor, examples left out in turn: .71 right at 3, .69 at 0.3 (nearest three alone: .60)."""
STRANGE_FLOOR = 0.4
"""The same for a category that the desk is not asked about."""
LEAD = 0.15
"""Of a category that the desk is not asked about: of the trial problems (both splits) 29 of 30 of a city lead by more, 1 of 232 others."""
_NEAREST = 3


class Classifier:
    """Tells categories apart by ridge regression on the vectors of `exemplars`, a matrix per code; building one takes some 50 ms."""

    def __init__(self, exemplar_vectors: Mapping[str, ArrayLike]) -> None:
        groups = {code: np.asarray(rows, dtype=np.float64) for code, rows in exemplar_vectors.items()}
        self._codes = tuple(groups)
        self._rows = np.concatenate(list(groups.values()))
        self._middle = self._rows.mean(axis=0)
        belongs = np.repeat(np.eye(len(groups)), [len(rows) for rows in groups.values()], axis=0)
        centred = self._rows - self._middle
        # as many equations as examples, not as numbers in a vector: the dual form
        kernel: NDArray[np.float64] = centred @ centred.T + RIDGE * np.eye(len(centred))
        self._weights: NDArray[np.float64] = centred.T @ np.linalg.solve(kernel, belongs - 1 / len(groups))

    def classify(self, vector: ArrayLike, home: Collection[str] | None = None) -> str:
        """Return the likeliest code; OTHER when nothing is near.

        `home`: what such a desk is asked about (None: anything). Another code must lead the best of these by LEAD: short odd problems
        stray anywhere, and at a help desk they are rather of no category than of a city's.
        """
        problem = np.asarray(vector, dtype=np.float64)
        scores = dict(zip(self._codes, map(float, (problem - self._middle) @ self._weights), strict=True))
        near = float(np.sort(self._rows @ problem)[-_NEAREST:].mean())
        if near < FLOOR:
            return OTHER
        best = max(scores, key=lambda code: scores[code])
        if home is None or best in home:
            return best
        lead = scores[best] - max((score for code, score in scores.items() if code in home), default=0.0)
        return best if lead >= LEAD and near >= STRANGE_FLOOR else OTHER


def classify(vector: ArrayLike, exemplar_vectors: Mapping[str, ArrayLike], home: Collection[str] | None = None) -> str:
    """Classify one problem; whoever has several keeps a Classifier."""
    return Classifier(exemplar_vectors).classify(vector, home)
