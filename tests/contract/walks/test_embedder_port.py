"""What every `Embedder` keeps to, the stand-in of the tests included."""

from __future__ import annotations

import json
from math import fsum, isclose
from typing import TYPE_CHECKING

import pytest

from casework.kernel.embedding import DIMENSIONS, EmptyText
from casework.vendors.sentence_encoder import SentenceEncoder
from tests.support.fake_embedder import FakeEmbedder

if TYPE_CHECKING:
    from casework.kernel.embedding import Embedder

ODD_TEXTS = ["12345678", "😀😀😀", "?!", "a", "\ud800", "x\x00y", "e\u0301" * 50, "a" * 20_000, "กำ" * 10_000, "打印机" * 7_000]
NEAR = ("the printer does not print", "printer does not print anything")
FAR = "my salary slip shows a wrong amount"


@pytest.fixture(scope="module", params=[SentenceEncoder, FakeEmbedder])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return request.param()


def cosine(one, other):
    return fsum(a * b for a, b in zip(one, other, strict=True))


def assert_unit(vector):
    assert len(vector) == DIMENSIONS
    assert all(type(number) is float for number in vector)
    assert isclose(cosine(vector, vector), 1.0, abs_tol=1e-6)


def test_every_text_becomes_a_unit_vector_in_the_order_of_the_texts(embedder):
    together = embedder.embed([*NEAR, FAR])
    for vector, text in zip(together, [*NEAR, FAR], strict=True):
        assert_unit(vector)
        assert vector == pytest.approx(embedder.embed([text])[0], abs=1e-6)


def test_the_same_text_gives_the_same_vector(embedder):
    assert embedder.embed([FAR]) == embedder.embed([FAR])


def test_texts_with_common_words_are_nearer_than_others(embedder):
    one, other, far = embedder.embed([*NEAR, FAR])
    assert cosine(one, other) > cosine(one, far) + 0.2


@pytest.mark.parametrize("text", ODD_TEXTS, ids=[ascii(text[:4]) for text in ODD_TEXTS])
def test_any_text_with_something_visible_is_embedded(embedder, text):
    assert_unit(embedder.embed([text])[0])


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u00a0\u3000"])
def test_a_blank_text_is_refused_even_among_others(embedder, blank):
    with pytest.raises(EmptyText):
        embedder.embed([FAR, blank])


def test_no_texts_give_no_vectors(embedder):
    assert embedder.embed([]) == []


def test_a_model_is_named_and_its_vectors_can_be_stored(embedder):
    assert embedder.model
    json.dumps(embedder.embed([FAR]), allow_nan=False)
