"""Texts as vectors: the port that the L1 workspace and the pipeline share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from casework.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

DIMENSIONS = 1024
"""Of every vector, whichever model made it: a model with fewer fills up with zeros, which changes no cosine."""


class EmptyText(InvalidInput):
    """Nothing is left of a text that could be embedded."""

    slug = "empty-text"
    title = "Empty text"


class Embedder(Protocol):
    """Turns texts into vectors whose cosines tell how near their meanings are. Vectors of two models are never compared."""

    @property
    def model(self) -> str:
        """The name that is stored beside every vector."""
        ...

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a unit vector of DIMENSIONS numbers for each text. Raises EmptyText, Unavailable."""
        ...
