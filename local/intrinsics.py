"""CloudFormation's intrinsic functions, evaluated without a deployed stack.

What a function means is CloudFormation's documentation; a function that is not here stops the start, because a value
that is guessed would run on the laptop and break in AWS.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

Json = Any
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


class TemplateProblem(RuntimeError):
    """The template says something that this stack cannot run; the text names the place."""


class NoValue:
    """What `AWS::NoValue` evaluates to: the property or list item that holds it disappears."""


NO_VALUE = NoValue()


class Resolver:
    """Evaluates one template's expressions against names that are known before anything exists."""

    def __init__(
        self,
        *,
        ref: Callable[[str], Json],
        attribute: Callable[[str, str], Json],
        mappings: Mapping[str, Json],
        conditions: Mapping[str, Json],
    ) -> None:
        """`ref` and `attribute` answer for parameters, pseudo parameters and resources; they raise on unknown names."""
        self._ref = ref
        self._attribute = attribute
        self._mappings = mappings
        self._conditions = conditions
        self._functions: Mapping[str, Callable[[Json], Json]] = {
            "Ref": ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::FindInMap": self._find_in_map,
            "Fn::If": self._if,
            "Fn::Base64": lambda value: base64.b64encode(str(self.resolve(value)).encode()).decode(),
            "Fn::ToJsonString": lambda value: json.dumps(self.resolve(value)),
            "Fn::GetAZs": lambda _: ["local-a", "local-b", "local-c"],
        }
        self._tests: Mapping[str, Callable[[Json], bool]] = {
            "Condition": self.holds,
            "Fn::Equals": lambda pair: self.resolve(pair[0]) == self.resolve(pair[1]),
            "Fn::Not": lambda value: not self._test(value[0]),
            "Fn::And": lambda values: all(self._test(value) for value in values),
            "Fn::Or": lambda values: any(self._test(value) for value in values),
            "Fn::Contains": lambda pair: self.resolve(pair[1]) in self.resolve(pair[0]),
        }

    def resolve(self, value: Json) -> Json:
        """The value with every function evaluated; raises TemplateProblem on a function that is not known here."""
        if isinstance(value, list):
            resolved = [self.resolve(item) for item in cast("list[Json]", value)]
            return [item for item in resolved if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        mapping = cast("dict[str, Json]", value)
        if len(mapping) == 1 and (name := next(iter(mapping))) and (name == "Ref" or name.startswith("Fn::")):
            return self._call(name, mapping[name])
        pairs = ((key, self.resolve(item)) for key, item in mapping.items())
        return {key: item for key, item in pairs if item is not NO_VALUE}

    def holds(self, condition: str) -> bool:
        """Whether a named condition of the template is true."""
        if condition not in self._conditions:
            raise TemplateProblem(f"condition {condition} is not defined")
        return self._test(self._conditions[condition])

    def check(self, rule: Mapping[str, Json]) -> None:
        """Raise TemplateProblem where the parameters break a rule, with what the rule says about it."""
        if "RuleCondition" in rule and not self._test(rule["RuleCondition"]):
            return
        for assertion in rule["Assertions"]:
            if not self._test(assertion["Assert"]):
                raise TemplateProblem(assertion["AssertDescription"])

    def _call(self, name: str, argument: Json) -> Json:
        function = self._functions.get(name)
        if function is None:
            raise TemplateProblem(f"the laptop stack does not know the function {name} (argument {argument!r})")
        return function(argument)

    def _test(self, expression: Json) -> bool:
        name, argument = next(iter(expression.items()))
        if name not in self._tests:
            raise TemplateProblem(f"the laptop stack does not know the condition {name}")
        return self._tests[name](argument)

    def _get_att(self, argument: Json) -> Json:
        logical_id, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        return self._attribute(logical_id, self.resolve(attribute))

    def _sub(self, argument: Json) -> str:
        text, extra = (argument, {}) if isinstance(argument, str) else argument
        variables = {name: self.resolve(value) for name, value in extra.items()}
        return _PLACEHOLDER.sub(lambda match: self._substitute(match[1], variables), text)

    def _substitute(self, name: str, variables: Mapping[str, Json]) -> str:
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        if name in variables:
            return str(variables[name])
        logical_id, dot, attribute = name.partition(".")
        return str(self._attribute(logical_id, attribute) if dot else self._ref(name))

    def _join(self, argument: Json) -> str:
        separator, parts = argument
        return separator.join(str(part) for part in self.resolve(parts))

    def _select(self, argument: Json) -> Json:
        index, values = argument
        return self.resolve(values)[int(self.resolve(index))]

    def _split(self, argument: Json) -> list[str]:
        separator, text = argument
        return self.resolve(text).split(separator)

    def _find_in_map(self, argument: Json) -> Json:
        name, first, second = (self.resolve(part) for part in argument[:3])
        try:
            return self._mappings[name][first][second]
        except KeyError:
            raise TemplateProblem(f"mapping {name} has no entry {first}, {second}") from None

    def _if(self, argument: Json) -> Json:
        condition, then, otherwise = argument
        return self.resolve(then if self.holds(condition) else otherwise)
