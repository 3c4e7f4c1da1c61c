"""The eighteen categories of a problem: six of the help desk, twelve of the city.

categories.json says what each is called, how it sounds (eight examples per language, which problems are compared with) and what to check
first (the checklist that a walk without a flow is built from).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from casework.walks.library import Flow

Kind = Literal["support", "city"]

OTHER = "other"
"""Where a problem belongs that fits no category."""


@dataclass(frozen=True, slots=True)
class Category:
    """`title` and each text of `examples` and `checklist` by language (en, th, zh); a checklist's item has a node_type and a text."""

    code: str
    kind: Kind
    title: Mapping[str, str]
    examples: Mapping[str, Sequence[str]]
    checklist: Sequence[Mapping[str, Any]]

    @property
    def exemplars(self) -> tuple[str, ...]:
        """Its examples in all languages, for one matrix of vectors."""
        return tuple(text for texts in self.examples.values() for text in texts)


@cache
def categories() -> Mapping[str, Category]:
    """Every category by its code, the help desk's first."""
    return {one["code"]: Category(**one) for one in _stored()["categories"]}


@cache
def general_checklist(kind: Kind) -> Sequence[Mapping[str, Any]]:
    """Return the questions that any problem of a help desk, or of a city, can be asked."""
    return tuple(_stored()["general"][kind])


def codes(kind: Kind | None = None) -> tuple[str, ...]:
    """Return the codes of one kind, or all."""
    return tuple(code for code, one in categories().items() if kind in {None, one.kind})


def exemplars(flows: Iterable[Flow] = ()) -> dict[str, tuple[str, ...]]:
    """Return the texts that stand for each category: its examples and what the flows of that category are about."""
    texts = {code: list(one.exemplars) for code, one in categories().items()}
    for flow in flows:
        texts.setdefault(flow.category, []).extend(flow.exemplars)
    return {code: tuple(dict.fromkeys(group)) for code, group in texts.items()}


def home_of(tenant_kind: str) -> tuple[str, ...]:
    """Return what a tenant's desk is asked about: everything in a city, the help desk's own elsewhere."""
    return codes() if tenant_kind == "city" else codes("support")


def enabled_categories(tenant_kind: str, switched: Mapping[str, bool]) -> dict[str, bool]:
    """Return every category and whether it is taken: as the account switched it, else what such a desk is asked about."""
    return {code: switched.get(code, code in home_of(tenant_kind)) for code in categories()}


@cache
def _stored() -> Mapping[str, Any]:
    return json.loads(Path(__file__).with_name("categories.json").read_text(encoding="utf-8"))
