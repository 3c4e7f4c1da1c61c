"""Which flow and which category a problem belongs to: its vector and words against the library's and the account's own flows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from casework.kernel.embedding import DIMENSIONS, EmptyText
from casework.walks.categories import OTHER, exemplars
from casework.walks.classifying import Classifier
from casework.walks.library import flow_of, library
from casework.walks.matching import Candidate, Match, best_match, candidate

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from casework.kernel.embedding import Embedder
    from casework.walks.library import Flow

_STORED = np.dtype("<f4")


class Problem(NamedTuple):
    """A problem made ready for comparing. `vector` is None where nothing of the text can be embedded."""

    text: str
    language: str
    vector: Sequence[float] | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The likeliest flow, None where there is nothing to go by, and the category of the problem."""

    match: Match | None
    category: str


class Matcher:
    """Compares problems with flows. Vectors of library and categories are made on first use and kept."""

    def __init__(self, embedder: Embedder) -> None:
        """Embed nothing yet."""
        self._embedder = embedder

    @property
    def model(self) -> str:
        """The name that is stored beside a flow's vectors; those of another model are never compared."""
        return self._embedder.model

    def problem(self, text: str, language: str) -> Problem:
        """Embed a problem, and what it will be compared with: outside of any transaction. Raises Unavailable."""
        _ = self._library, self._classifier
        try:
            return Problem(text, language, self._embedder.embed([text])[0])
        except EmptyText:
            return Problem(text, language, None)

    def vectors_of(self, flow: Flow) -> bytes:
        """Return the vectors of a flow's exemplars, as they are stored beside it. Raises Unavailable."""
        return np.asarray(self._embedder.embed(flow.exemplars), dtype=_STORED).tobytes()

    def assess(self, problem: Problem, own: Sequence[Mapping[str, Any]], home: Collection[str]) -> Assessment:
        """Return flow and category of a problem; `own` are the account's published flows as rows with their vectors.

        `home`: the categories that such a desk is asked about (see `Classifier.classify`).
        """
        if problem.vector is None:
            return Assessment(None, OTHER)
        candidates = [*self._library, *(_own_candidate(row) for row in own if row["embedding_model"] == self.model)]
        match = best_match(problem.text, problem.vector, problem.language, candidates)
        return Assessment(match, self._classifier.classify(problem.vector, home))

    @cached_property
    def _library(self) -> list[Candidate]:
        return [candidate(flow, self._embedder.embed(flow.exemplars)) for flow in library()]

    @cached_property
    def _classifier(self) -> Classifier:
        texts = exemplars(library())
        return Classifier({code: self._embedder.embed(group) for code, group in texts.items()})


def _own_candidate(row: Mapping[str, Any]) -> Candidate:
    vectors = np.frombuffer(row["vectors"], dtype=_STORED).reshape(-1, DIMENSIONS)
    return candidate(flow_of(row), vectors, own=True)
