"""template.yaml, translated as SAM would and evaluated for a stack on this machine.

`load` gives the resources that run here, with every expression replaced by its value; nothing is deployed and nothing
leaves the machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from local import resources
from local.intrinsics import NO_VALUE, Json, Resolver, TemplateProblem
from local.resources import Site

# A local folder stands where SAM wants an uploaded archive; its name is never read.
_UPLOADED = "s3://local/code"
_CODE_PROPERTY = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


@dataclass(frozen=True)
class Resource:
    """One resource that runs here: logical id, type, physical name and evaluated properties."""

    logical_id: str
    type: str
    name: str
    properties: Mapping[str, Json]


@dataclass(frozen=True)
class Template:
    """The evaluated template: resources by logical id, in the order of the file, and the site they stand on."""

    site: Site
    resources: Mapping[str, Resource]

    def of_type(self, resource_type: str) -> Iterator[Resource]:
        """All resources of one type."""
        return (resource for resource in self.resources.values() if resource.type == resource_type)

    def arn(self, resource: Resource, attribute: str = "Arn") -> str:
        """The ARN (or another attribute) of one of these resources."""
        return resources.attribute(self.site, resource.type, resource.name, attribute)


def load(path: Path, site: Site, overrides: Mapping[str, str] | None = None) -> Template:
    """Translate and evaluate the template with its parameters' defaults and `overrides`.

    An override that names no parameter of this template is not needed and has no effect. Raises TemplateProblem for a
    resource type, function, condition, attribute or name that is not known here, for a parameter without a value, and for values that
    a rule of the template refuses.
    """
    return Template(site, _Evaluation(translate(path, overrides), site, overrides or {}).resources())


def translate(path: Path, overrides: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The CloudFormation template that SAM makes of `path`, with expressions as they are.

    SAM itself puts parameters into some places (CORS rules), so it needs their values as well.
    """
    # Half a second that a worker process need not pay.
    from boto3 import Session
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator
    from samtranslator.yaml_helper import yaml_parse

    source = cast("dict[str, Any]", yaml_parse(path.read_text()))
    _without_uploads(source, path.parent)
    defaults = {name: _default(parameter) for name, parameter in source.get("Parameters", {}).items()}
    parameters = {**defaults, **(overrides or {})}
    translator = Translator({}, Parser(), boto_session=Session(region_name="us-east-1"))
    return translator.translate(source, parameters)


def _without_uploads(source: dict[str, Any], folder: Path) -> None:
    """Replace local folders by a pretended upload, and a state machine's file by its content."""
    from samtranslator.yaml_helper import yaml_parse

    source.get("Globals", {}).get("Function", {}).pop("CodeUri", None)
    for resource in source["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] in _CODE_PROPERTY and "InlineCode" not in properties:
            properties[_CODE_PROPERTY[resource["Type"]]] = _UPLOADED
        if resource["Type"] == "AWS::Serverless::StateMachine" and "DefinitionUri" in properties:
            properties["Definition"] = yaml_parse((folder / properties.pop("DefinitionUri")).read_text())


def _default(parameter: Mapping[str, Any]) -> str:
    return str(parameter.get("Default", ""))


class _Evaluation:
    """One pass over a translated template."""

    def __init__(self, translated: Mapping[str, Any], site: Site, overrides: Mapping[str, str]) -> None:
        self._site = site
        self._sources: Mapping[str, Any] = translated["Resources"]
        self._parameters = _parameters(translated.get("Parameters", {}), overrides)
        self._pseudo: Mapping[str, Json] = {
            "AWS::AccountId": resources.ACCOUNT,
            "AWS::Partition": resources.PARTITION,
            "AWS::Region": site.region,
            "AWS::StackName": site.stack_name,
            "AWS::StackId": f"arn:aws:cloudformation:{site.region}:{resources.ACCOUNT}:stack/{site.stack_name}/local",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::NotificationARNs": [],
            "AWS::NoValue": NO_VALUE,
        }
        self._resolver = Resolver(
            ref=self._ref,
            attribute=self._attribute,
            mappings=translated.get("Mappings", {}),
            conditions=translated.get("Conditions", {}),
        )
        for rule in translated.get("Rules", {}).values():
            self._resolver.check(rule)

    def resources(self) -> Mapping[str, Resource]:
        """What runs here, evaluated; left-out types are skipped unread."""
        present = {key: source for key, source in self._sources.items() if self._exists(source)}
        for key, source in present.items():
            resources.require_known(key, source["Type"])
        return {key: self._resource(key, source) for key, source in present.items() if source["Type"] in resources.KINDS}

    def _exists(self, source: Mapping[str, Any]) -> bool:
        return "Condition" not in source or self._resolver.holds(source["Condition"])

    def _resource(self, logical_id: str, source: Mapping[str, Any]) -> Resource:
        try:
            properties = self._resolver.resolve(source.get("Properties", {}))
        except TemplateProblem as problem:
            raise TemplateProblem(f"{logical_id} ({source['Type']}): {problem}") from None
        return Resource(logical_id, source["Type"], self._name(logical_id, source), properties)

    def _name(self, logical_id: str, source: Mapping[str, Any]) -> str:
        kind = resources.KINDS.get(source["Type"])
        given = source.get("Properties", {}).get(kind.name_property) if kind and kind.name_property else None
        return resources.physical_name(self._site, logical_id, source["Type"], self._resolver.resolve(given))

    def _ref(self, name: str) -> Json:
        if name in self._pseudo:
            return self._pseudo[name]
        if name in self._parameters:
            return self._parameters[name]
        source = self._source(name)
        return resources.ref(self._site, source["Type"], self._name(name, source))

    def _attribute(self, logical_id: str, wanted: str) -> Json:
        source = self._source(logical_id)
        return resources.attribute(self._site, source["Type"], self._name(logical_id, source), wanted)

    def _source(self, logical_id: str) -> Mapping[str, Any]:
        if logical_id not in self._sources:
            raise TemplateProblem(f"{logical_id} is neither a parameter nor a resource of the template")
        source = self._sources[logical_id]
        resources.require_known(logical_id, source["Type"])
        return source


def _parameters(declared: Mapping[str, Any], overrides: Mapping[str, str]) -> dict[str, Json]:
    if missing := sorted(name for name, one in declared.items() if name not in overrides and "Default" not in one):
        raise TemplateProblem(f"the parameters {', '.join(missing)} have neither a default nor a value for the laptop")
    values = {name: overrides.get(name, _default(parameter)) for name, parameter in declared.items()}
    for name, parameter in declared.items():
        if values[name] not in map(str, parameter.get("AllowedValues", [values[name]])):
            raise TemplateProblem(f"the parameter {name} is {values[name]!r}, and may be {', '.join(map(str, parameter['AllowedValues']))}")
    return {name: [item.strip() for item in value.split(",")] if _is_list(declared[name]) else value for name, value in values.items()}


def _is_list(parameter: Mapping[str, Any]) -> bool:
    return parameter["Type"] == "CommaDelimitedList" or "List<" in parameter["Type"]
