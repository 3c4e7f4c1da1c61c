"""template.yaml as the tests of this folder read it: translated by SAM, beside the doors' own declarations."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samtranslator.yaml_helper import yaml_parse

from local.template import translate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[3]
FACES = frozenset({"v1", "v3", "l1", "open311"})
"""Door folders whose functions carry the folder's name, since a face repeats the canonical verbs."""


@dataclass(frozen=True)
class Door:
    """A file in functions/: its module (`cases.open_case`) and its declaration, None where nothing triggers it."""

    module: str
    route: Any

    @property
    def function_id(self) -> str:
        """The logical id that its function must have."""
        folder, verb_noun = self.module.rsplit(".", 1)
        name = "".join(part.capitalize() for part in verb_noun.split("_"))
        return f"{folder.capitalize() if folder in FACES else ''}{name}Function"


def find_doors() -> dict[str, Door]:
    """Import every door; return them by their function's logical id."""
    folder = ROOT / "functions"
    modules = [".".join(path.relative_to(folder).with_suffix("").parts) for path in sorted(folder.rglob("*.py"))]
    doors = [Door(name, getattr(importlib.import_module(name).handler, "route", None)) for name in modules]
    assert len({door.function_id for door in doors}) == len(doors), "two doors ask for the same logical id"
    return {door.function_id: door for door in doors}


def logical_id(reference: Any) -> str:
    """Return what a Ref or a GetAtt points at, on condition or not; an attribute other than Arn stays in the name."""
    if "Fn::If" in reference:
        return logical_id(reference["Fn::If"][1])
    if "Ref" in reference:
        return reference["Ref"]
    owner, attribute = reference["Fn::GetAtt"]
    return owner if attribute == "Arn" else f"{owner}.{attribute}"


@dataclass(frozen=True)
class Function:
    """A Lambda function of the translated template."""

    id: str
    properties: Mapping[str, Any]

    @property
    def variables(self) -> Mapping[str, Any]:
        return self.properties["Environment"]["Variables"]

    @property
    def role(self) -> str:
        return logical_id(self.properties["Role"])

    @property
    def module(self) -> str:
        return self.properties["Handler"].removesuffix(".handler")


class Deployment:
    """The source and the translated template."""

    @cached_property
    def source(self) -> Mapping[str, Any]:
        return yaml_parse((ROOT / "template.yaml").read_text())

    @cached_property
    def resources(self) -> Mapping[str, Any]:
        return translate(ROOT / "template.yaml")["Resources"]

    def of_type(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Return logical ids and properties."""
        return ((key, one.get("Properties", {})) for key, one in self.resources.items() if one["Type"] == kind)

    def every(self, kind: str) -> list[Mapping[str, Any]]:
        """Return the properties of all resources of a type."""
        return [properties for _, properties in self.of_type(kind)]

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        return {key: Function(key, properties) for key, properties in self.of_type("AWS::Lambda::Function")}

    @cached_property
    def shared_variables(self) -> frozenset[str]:
        return frozenset(self.source["Globals"]["Function"]["Environment"]["Variables"])

    def routes(self, function_id: str) -> set[str]:
        """Return the `METHOD /path` keys that reach a function; `$default` for the rest of them."""
        [api] = self.every("AWS::ApiGatewayV2::Api")
        return {
            "$default" if path == "/$default" else f"{method.upper()} {path}"
            for path, methods in api["Body"]["paths"].items()
            for method, operation in methods.items()
            if f"${{{function_id}.Arn}}" in operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        }

    def mappings(self, function_id: str) -> list[Mapping[str, Any]]:
        """Return a function's event source mappings."""
        mappings = self.every("AWS::Lambda::EventSourceMapping")
        return [one for one in mappings if logical_id(one["FunctionName"]) == function_id]

    def schedules(self, function_id: str) -> list[Mapping[str, Any]]:
        """Return the schedules that start a function."""
        schedules = self.every("AWS::Scheduler::Schedule")
        return [one for one in schedules if logical_id(one["Target"]["Arn"]) == function_id]

    def statements(self, role: str) -> list[Mapping[str, Any]]:
        """Return what a role allows by itself, without the policy that every function has."""
        policies = self.resources[role]["Properties"].get("Policies", [])
        return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]

    def allowed(self, role: str, action: str) -> set[str]:
        """Return the resources on which a role's own statements allow an action."""
        return {
            logical_id(resource)
            for statement in self.statements(role)
            if action in listed(statement["Action"])
            for resource in listed(statement["Resource"])
        }


def listed(value: Any) -> list[Any]:
    """Return a policy's value as the list that it stands for."""
    return value if isinstance(value, list) else [value]
