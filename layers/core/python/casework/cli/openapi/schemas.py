"""JSON schemas of everything that the doors declare, gathered once so that each model becomes one component."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

Mode = Literal["validation", "serialization"]
Schema = dict[str, Any]
PREFIX = "#/components/schemas/"
_REFERENCE = re.compile(r'"\$ref": "(#/components/schemas/[^"]+)"')
_FACE = re.compile(r"faces__(v\d+|l1)")
_QUALIFIED = re.compile(r"^casework__(?P<place>.+)__(?P<name>[^_].*)$")


class _Generator(GenerateJsonSchema):
    """Pydantic's own schemas without the noise: no title per field, no `default: null`."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's signature
        """Leave titles to models."""
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Keep a default that says something."""
        found = super().default_schema(schema)
        if found.get("default", ...) is None:
            del found["default"]
        return found


class Schemas:
    """Ask for every type first with `want`; then `of` gives its schema and `components` what they refer to."""

    def __init__(self) -> None:
        """Know no type yet."""
        self._wanted: dict[tuple[str, Mode], TypeAdapter[Any]] = {}
        self._found: Mapping[tuple[str, Mode], Schema] = {}
        self.components: dict[str, Schema] = {}

    def want(self, kind: Any, mode: Mode) -> None:  # noqa: ANN401 - any type
        """Note a type; `validation` for what comes in, `serialization` for what goes out."""
        self._wanted.setdefault((_key(kind), mode), TypeAdapter(kind))

    def generate(self) -> None:
        """Make all schemas together, so that two models of one name get two components."""
        inputs: Iterable[tuple[str, Mode, TypeAdapter[Any]]] = [(key, mode, kind) for (key, mode), kind in self._wanted.items()]
        found, definitions = TypeAdapter.json_schemas(inputs, schema_generator=_Generator, ref_template=PREFIX + "{model}")
        names = _short_names(definitions.get("$defs", {}))
        self._found = {key: _renamed(schema, names) for key, schema in found.items()}  # pyright: ignore[reportAttributeAccessIssue]
        self.components = {names[name]: _renamed(schema, names) for name, schema in definitions.get("$defs", {}).items()}

    def of(self, kind: Any, mode: Mode) -> Schema:  # noqa: ANN401 - any type
        """Return the schema of a type that was wanted; a model's is a reference."""
        return self._found[_key(kind), mode]

    def resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a reference refers to, or the schema itself."""
        reference = schema.get("$ref")
        return self.components[reference.removeprefix(PREFIX)] if reference else schema

    def used_by(self, node: object) -> dict[str, Schema]:
        """Return the components that a part of the document refers to, directly or through others, by name."""
        used: dict[str, Schema] = {}
        waiting = _references(node)
        while waiting:
            name = waiting.pop()
            if name not in used:
                used[name] = self.components[name]
                waiting |= _references(used[name])
        return dict(sorted(used.items()))


def _references(node: object) -> set[str]:
    return {name.removeprefix(PREFIX) for name in _REFERENCE.findall(json.dumps(node))}


def _key(kind: Any) -> str:  # noqa: ANN401 - any type
    return f"{getattr(kind, '__module__', '')}.{getattr(kind, '__qualname__', '')}.{kind!r}"


def _short_names(definitions: Mapping[str, Any]) -> dict[str, str]:
    """Pydantic qualifies two models of one name by their modules; here an older face's one is called V1… or V3…."""
    return {name: _short(name) for name in definitions}


def _short(name: str) -> str:
    match = _QUALIFIED.match(name)
    if match is None:
        return name.replace("-Input", "Input").replace("-Output", "")
    bare = match["name"].rpartition("__")[2]
    face = _FACE.search(match["place"])
    return f"{face[1].upper()}{bare}" if face else bare


def _renamed(node: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(node, dict):
        return {key: _reference(value, names) if key == "$ref" else _renamed(value, names) for key, value in node.items()}  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
    return [_renamed(value, names) for value in node] if isinstance(node, list) else node  # pyright: ignore[reportUnknownVariableType]


def _reference(value: str, names: Mapping[str, str]) -> str:
    return PREFIX + names[value.removeprefix(PREFIX)]
