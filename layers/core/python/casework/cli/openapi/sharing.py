"""Refusals that several operations give word for word become components: said once, they are read once."""

from __future__ import annotations

import json
from collections import Counter
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = dict[str, Any]
_BAD = 400
_DIALECTS = {"application/problem+json": "", "application/json": "V3", "text/html; charset=utf-8": "Page"}


def share_responses(paths: Mapping[str, Json]) -> dict[str, Json]:
    """Replace repeated refusals in `paths` by references and return what they refer to, by name.

    Names follow from face and status (`V3Unauthorized`); further variants of one name are numbered as they come.
    """
    counts = Counter(_text(found) for _, responses in _responses(paths) for _, found in _refusals(responses))
    names: dict[str, str] = {}
    shared: dict[str, Json] = {}
    for tag, responses in _responses(paths):
        for status, found in _refusals(responses):
            text = _text(found)
            if counts[text] > 1:
                name = names.setdefault(text, "") or _free_name(_stem(tag, status, found), shared)
                names[text], shared[name] = name, found
                responses[status] = {"$ref": f"#/components/responses/{name}"}
    return dict(sorted(shared.items()))


def _responses(paths: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    return ((operation["tags"][0], operation["responses"]) for methods in paths.values() for operation in methods.values())


def _refusals(responses: Json) -> list[tuple[str, Json]]:
    return [(status, found) for status, found in responses.items() if int(status) >= _BAD]


def _text(response: Json) -> str:
    return json.dumps(response, sort_keys=True)


def _stem(tag: str, status: str, response: Json) -> str:
    dialect = "V1" if tag == "v1" else _DIALECTS[next(iter(response["content"]))]
    return dialect + "".join(HTTPStatus(int(status)).phrase.title().split())


def _free_name(stem: str, taken: Mapping[str, Json]) -> str:
    return next(name for number in range(1, len(taken) + 2) if (name := stem if number == 1 else f"{stem}{number}") not in taken)
