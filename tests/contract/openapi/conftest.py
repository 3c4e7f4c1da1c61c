"""The API document, made anew from the declarations, and its parts one by one."""

from __future__ import annotations

from typing import Any, NamedTuple

import jsonschema
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from casework.cli.documents import FUNCTIONS
from casework.cli.openapi import build_document
from casework.entry.doors import find_doors

DOORS = find_doors(FUNCTIONS)
DOCUMENT = build_document(DOORS)


class Operation(NamedTuple):
    method: str
    path: str
    declared: dict[str, Any]

    @property
    def key(self) -> str:
        return f"{self.method.upper()} {self.path}"


OPERATIONS = [Operation(method, path, one) for path, methods in DOCUMENT["paths"].items() for method, one in methods.items()]


class Book:
    """Answers questions about the document."""

    document = DOCUMENT
    doors = DOORS

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        """Return what a reference within the document refers to, or the node itself."""
        found: Any = DOCUMENT
        for part in node.get("$ref", "").removeprefix("#/").split("/") if "$ref" in node else []:
            found = found[part]
        return found if "$ref" in node else node

    def faults(self, schema: dict[str, Any], value: object) -> list[str]:
        """Return what a value lacks of a schema, formats included."""
        resource = DRAFT202012.create_resource(DOCUMENT)
        registry = Registry().with_resource("urn:openapi", resource)
        absolute = _absolute(schema)
        checker = jsonschema.FormatChecker()
        checker.checks("date-time", ValueError)(_is_instant)
        validator = jsonschema.Draft202012Validator(absolute, registry=registry, format_checker=checker)
        return [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in validator.iter_errors(value)]

    def contents(self, operation: Operation) -> list[tuple[str, str, dict[str, Any]]]:
        """Return status, content type and media of every answer."""
        return [
            (status, kind, media)
            for status, answer in operation.declared["responses"].items()
            for kind, media in self.resolve(answer).get("content", {}).items()
        ]


def _absolute(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: f"urn:openapi{value}" if name == "$ref" else _absolute(value) for name, value in node.items()}
    return [_absolute(value) for value in node] if isinstance(node, list) else node


def _is_instant(value: object) -> bool:
    from datetime import datetime

    return not isinstance(value, str) or (datetime.fromisoformat(value).tzinfo is not None and "T" in value)


@pytest.fixture(scope="session")
def book() -> Book:
    return Book()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "operation" in metafunc.fixturenames:
        metafunc.parametrize("operation", OPERATIONS, ids=[one.key for one in OPERATIONS])
