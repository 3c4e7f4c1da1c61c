"""The real encoder with a memory: worlds of tests embed the library once per process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from casework.vendors.sentence_encoder import SentenceEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence


class MemoEmbedder:
    """An Embedder."""

    def __init__(self) -> None:
        self._encoder = SentenceEncoder()
        self._known: dict[str, list[float]] = {}

    @property
    def model(self) -> str:
        return self._encoder.model

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if missing:
            self._known.update(zip(missing, self._encoder.embed(missing), strict=True))
        return [self._known[text] for text in texts]


@cache
def memo_embedder() -> MemoEmbedder:
    """Return this process's."""
    return MemoEmbedder()
