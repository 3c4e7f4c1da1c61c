"""What the declarations leave unsaid: a document with a silent route is not written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.cli.openapi.document import tag_of
from casework.cli.openapi.schemas import PREFIX
from casework.cli.openapi.volumes import CASE_SERVICE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casework.entry.http import Door

Json = dict[str, Any]


def silent_doors(doors: Mapping[str, Door]) -> list[str]:
    """Return what doors do not say, each as `POST /api/v1/cases: summary`.

    A docstring of one line is summary and description at once, but not on v1, whose contract asks for both.
    """
    routes = [(route, door) for door in doors.values() for route in door.route.routes if route != "$default"]
    return [f"{route}: {what}" for route, door in routes for what in _unsaid_by(door, tag_of(route.split()[1]))]


def silent_fields(document: Json) -> list[str]:
    """Return parameters and fields of bodies, nested ones too, that say nothing, each as `POST /api/v1/cases: body field title`."""
    schemas: Mapping[str, Json] = document["components"]["schemas"]
    return [
        f"{method.upper()} {path}: {what}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for what in _unsaid_in(operation, schemas)
    ]


def _unsaid_by(door: Door, tag: str) -> Iterator[str]:
    route = door.route
    if not route.summary.strip():
        yield "summary"
    if not route.description.strip() or (tag == CASE_SERVICE.tag and route.description == route.summary):
        yield "description"
    yield from (f"answer {status}" for status, answer in route.answers.items() if not answer.description.strip())


def _unsaid_in(operation: Json, schemas: Mapping[str, Json]) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        if not parameter.get("description", "").strip():
            yield f"{parameter['in']} parameter {parameter['name']}"
    for media in operation.get("requestBody", {}).get("content", {}).values():
        yield from (f"body field {name}" for name in sorted(set(_silent(media["schema"], schemas, "", frozenset()))))


def _silent(node: Any, schemas: Mapping[str, Json], place: str, seen: frozenset[str]) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Walk a schema through its references; a model within itself is looked at once."""
    name = str(node.get("$ref", "")).removeprefix(PREFIX)
    if name and name not in seen:
        yield from _silent(schemas[name], schemas, place, seen | {name})
    for field, schema in node.get("properties", {}).items():
        inner = f"{place}.{field}" if place else field
        if not schema.get("description", "").strip():
            yield inner
        yield from _silent(schema, schemas, inner, seen)
    for one in (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ()), *([node["items"]] if "items" in node else [])):
        yield from _silent(one, schemas, place, seen)
