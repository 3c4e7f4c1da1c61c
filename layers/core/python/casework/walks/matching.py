"""Which published flow fits a problem, and how surely: a probability, not a cosine.

Raw cosines of short texts in three languages are no measure of that: callers say the same thing in other words, and other things in the
same words. So the similarity of a family (the flows of one topic) is a logistic function of four figures of evidence:

* `near`: the mean of the two best cosines between the problem and the texts of one flow (title, problem text, wordings), of whichever
  flow of the family that is highest: two, because one near text is often an accident, of one flow, because its translations repeat that;
* `lead`: the best single cosine minus the best of all other families;
* `words`: the weighted share of the problem's words that the family uses (`casework.walks.keywords`), rare words counting more;
* `word_lead`: `words` minus the best of all other families.

The coefficients in matching.json are fitted by `python -m benchmarks.l1_matching --fit` on labelled phrasings, for the model they name.

An account that has published a flow for exactly this problem wants that flow: the same text, or a cosine of EXACT_COSINE and more, comes
before everything.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from functools import cache
from itertools import groupby
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from casework.walks.keywords import covered, keywords, letters_of, rarities

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from casework.walks.library import Flow

EXACT_COSINE = 0.98
EXACT = 0.97
"""The least similarity of a flow with exactly this problem."""
_TEXTS = 2
_STEEPEST = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A published flow made ready for comparing: unit vectors of its exemplars (a row each), their words, their bare letters."""

    flow: Flow
    vectors: NDArray[np.float64]
    words: frozenset[str]
    letters: frozenset[str]
    own: bool


def candidate(flow: Flow, vectors: ArrayLike, *, own: bool = False) -> Candidate:
    """Return a candidate, worth keeping between calls. `vectors` are those of `flow.exemplars`; `own`: the account published it itself."""
    texts = flow.exemplars
    words = frozenset[str]().union(*map(keywords, texts))
    return Candidate(flow, np.asarray(vectors, dtype=np.float64), words, frozenset(map(letters_of, texts)) - {""}, own)


class Match(NamedTuple):
    """The best flow, however unlikely; `similarity` from 0 to 1 is the probability that it is the right one."""

    flow: Flow
    similarity: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a family; see the module for the four figures."""

    near: float
    lead: float
    words: float
    word_lead: float


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Of the logistic function: weights in the order of Evidence. `model` is the embedder that they were fitted for."""

    model: str
    intercept: float
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Family:
    candidates: list[Candidate]
    cosines: list[NDArray[np.float64]]
    words: float

    @property
    def nearest(self) -> float:
        return max(float(one.max()) for one in self.cosines)

    @property
    def near(self) -> float:
        return max(float(np.sort(one)[-_TEXTS:].mean()) for one in self.cosines)


def best_match(text: str, vector: ArrayLike, language: str, candidates: Sequence[Candidate]) -> Match | None:
    """Return the likeliest flow, in the problem's language where its family has that; None without candidates."""
    families = _families(text, vector, candidates)
    if not families:
        return None
    found = _evidence(families)
    ranks = {name: (_exactness(text, family), probability(found[name])) for name, family in families.items()}
    name = max(ranks, key=lambda name: ranks[name])
    exactness, similarity = ranks[name]
    return Match(_spoken(families[name], language).flow, max(similarity, EXACT) if exactness else similarity)


def weigh(text: str, vector: ArrayLike, candidates: Sequence[Candidate]) -> dict[str, Evidence]:
    """Return the evidence for each family: what the coefficients are fitted on."""
    return _evidence(_families(text, vector, candidates))


def probability(evidence: Evidence, coefficients: Coefficients | None = None) -> float:
    """Return the similarity that a family's evidence amounts to."""
    chosen = coefficients or shipped_coefficients()
    strength = chosen.intercept + sum(weight * figure for weight, figure in zip(chosen.weights, astuple(evidence), strict=True))
    return 1 / (1 + exp(-max(-_STEEPEST, min(_STEEPEST, strength))))


@cache
def shipped_coefficients() -> Coefficients:
    """Return what matching.json holds."""
    stored = json.loads(Path(__file__).with_name("matching.json").read_text(encoding="utf-8"))
    return Coefficients(stored["model"], stored["intercept"], tuple(stored["weights"][name] for name in Evidence.__slots__))


def _families(text: str, vector: ArrayLike, candidates: Sequence[Candidate]) -> dict[str, _Family]:
    problem, asked = np.asarray(vector, dtype=np.float64), keywords(text)
    in_order = sorted((one for one in candidates if len(one.vectors)), key=_family_name)
    groups = {name: list(members) for name, members in groupby(in_order, key=_family_name)}
    bags = {name: frozenset[str]().union(*(member.words for member in members)) for name, members in groups.items()}
    weights = rarities(bags.values())
    return {
        name: _Family(members, [member.vectors @ problem for member in members], covered(asked, bags[name], weights))
        for name, members in groups.items()
    }


def _family_name(one: Candidate) -> str:
    return one.flow.family


def _evidence(families: Mapping[str, _Family]) -> dict[str, Evidence]:
    nearest = {name: family.nearest for name, family in families.items()}
    words = {name: family.words for name, family in families.items()}
    return {
        name: Evidence(
            near=family.near,
            lead=nearest[name] - _best_other(nearest, name),
            words=words[name],
            word_lead=words[name] - _best_other(words, name),
        )
        for name, family in families.items()
    }


def _best_other(figures: Mapping[str, float], name: str) -> float:
    """Of all families but one; 0, where cosines and shares of unrelated texts lie, when there is no other."""
    return max((figure for other, figure in figures.items() if other != name), default=0.0)


def _exactness(text: str, family: _Family) -> int:
    """2: one of the account's own flows is about exactly this; 1: a library flow has this very wording; 0: neither."""
    own = [cosines for one, cosines in zip(family.candidates, family.cosines, strict=True) if one.own]
    letters = letters_of(text)
    told = any(letters in one.letters for one in family.candidates)
    if own:
        return 2 if told or max(float(cosines.max()) for cosines in own) >= EXACT_COSINE else 0
    return int(told)


def _spoken(family: _Family, language: str) -> Candidate:
    ranked = sorted(zip(family.candidates, family.cosines, strict=True), key=lambda pair: -float(pair[1].max()))
    in_language = (one for one, _ in ranked if one.flow.language == language)
    return next(in_language, ranked[0][0])
