"""Which function answers a request: the routes of the translated HTTP API and API Gateway's rules of precedence; pure.

Source: API Gateway Developer Guide, "Working with routes for HTTP APIs": the most specific match wins, a full match before one
with parameters before a greedy one; a method before ANY; `$default` last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from local.template import Template, TemplateProblem

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_ANY = "x-amazon-apigateway-any-method"
_INTEGRATION = "x-amazon-apigateway-integration"
_FUNCTION = re.compile(r"/functions/([^/]+)/invocations$")


@dataclass(frozen=True)
class Route:
    """One route: method (or ANY), path template (or `$default`) and the function's ARN."""

    method: str
    path: str
    function: str

    @property
    def key(self) -> str:
        """The route key, as in the event."""
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


@dataclass(frozen=True)
class Cors:
    """The API's CORS rules; an empty set of origins means that it has none."""

    origins: frozenset[str] = frozenset()
    methods: str = ""
    headers: str = ""
    exposed: str = ""
    max_age: int | None = None
    credentials: bool = False

    def answer(self, origin: str) -> dict[str, str]:
        """Headers for an answer to that origin; none where it is not allowed."""
        if not self.origins & {origin, "*"}:
            return {}
        headers = {"access-control-allow-origin": "*" if "*" in self.origins else origin}
        headers |= {"access-control-expose-headers": self.exposed} if self.exposed else {}
        return headers | ({"access-control-allow-credentials": "true"} if self.credentials else {})

    def preflight(self, origin: str) -> dict[str, str]:
        """Headers of the answer to a preflight request."""
        allowed = self.answer(origin)
        if not allowed:
            return {}
        allowed |= {"access-control-allow-methods": self.methods} if self.methods else {}
        allowed |= {"access-control-allow-headers": self.headers} if self.headers else {}
        return allowed | ({"access-control-max-age": str(self.max_age)} if self.max_age is not None else {})


def routes_of(template: Template) -> list[Route]:
    """All routes of the template's HTTP APIs. Raises TemplateProblem for an integration that is no function."""
    return [
        _route(method, path, operation)
        for api in template.of_type("AWS::ApiGatewayV2::Api")
        for path, operations in api.properties["Body"].get("paths", {}).items()
        for method, operation in operations.items()
        if method == _ANY or method.upper() in _METHODS
    ]


def _route(method: str, path: str, operation: Mapping[str, Any]) -> Route:
    integration: Mapping[str, Any] = operation.get(_INTEGRATION, {})
    match = _FUNCTION.search(str(integration.get("uri", "")))
    if match is None or integration.get("payloadFormatVersion") != "2.0":
        raise TemplateProblem(f"{method} {path}: the laptop stack knows function integrations of payload 2.0 only")
    named = "$default" if operation.get("isDefaultRoute") else path  # SAM writes it below `/$default`
    return Route("ANY" if method == _ANY else method.upper(), named, match[1])


def cors_of(template: Template) -> Cors:
    """The CORS rules of the template's HTTP API (of the last one that has any)."""
    found = Cors()
    for api in template.of_type("AWS::ApiGatewayV2::Api"):
        rules: Mapping[str, Any] = api.properties["Body"].get("x-amazon-apigateway-cors") or {}
        if rules:
            found = Cors(
                origins=frozenset(_listed(rules.get("allowOrigins"))),
                methods=",".join(_listed(rules.get("allowMethods"))),
                headers=",".join(_listed(rules.get("allowHeaders"))),
                exposed=",".join(_listed(rules.get("exposeHeaders"))),
                max_age=rules.get("maxAge"),
                credentials=bool(rules.get("allowCredentials")),
            )
    return found


def _listed(value: list[object] | str | None) -> list[str]:
    """A list, or a list parameter that SAM has flattened into one string."""
    parts = value.split(",") if isinstance(value, str) else value or []
    return [str(part).strip() for part in parts]


@dataclass(frozen=True)
class Match:
    """The route of a request and its path parameters, decoded."""

    route: Route
    parameters: Mapping[str, str]


class _Node:
    """One place in the tree of path segments."""

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.routes: dict[str, Route] = {}
        self.greedy: dict[str, Route] = {}


class RouteTable:
    """All routes, ready to be asked; a request costs one walk along its segments."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Build the tree."""
        self._root = _Node()
        self._default: Route | None = None
        for route in routes:
            if route.path == "$default":
                self._default = route
            else:
                self._add(route)

    def match(self, method: str, raw_path: str) -> Match | None:
        """The most specific route for a percent-encoded path; None when not even `$default` is there."""
        found = _walk(self._root, method, raw_path.split("/")[1:], 0)
        if found is not None:
            route, values = found
            return Match(route, dict(zip(_parameter_names(route.path), map(unquote, values), strict=True)))
        return None if self._default is None else Match(self._default, {})

    def _add(self, route: Route) -> None:
        node = self._root
        for segment in route.path.split("/")[1:]:
            if segment.endswith("+}"):
                node.greedy[route.method] = route
                return
            if segment.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, _Node())
        node.routes[route.method] = route


def _walk(node: _Node, method: str, segments: list[str], at: int) -> tuple[Route, list[str]] | None:
    """The best route below a node and the values of its parameters; literals first, then a parameter, then greedy."""
    if at == len(segments):
        route = node.routes.get(method) or node.routes.get("ANY")
        return None if route is None else (route, [])
    segment = segments[at]
    literal = node.literals.get(unquote(segment))
    if literal is not None and (found := _walk(literal, method, segments, at + 1)) is not None:
        return found
    if node.parameter is not None and segment and (found := _walk(node.parameter, method, segments, at + 1)) is not None:
        return found[0], [segment, *found[1]]
    greedy = node.greedy.get(method) or node.greedy.get("ANY")
    rest = "/".join(segments[at:])
    return (greedy, [rest]) if greedy is not None and rest else None


def _parameter_names(path: str) -> list[str]:
    return re.findall(r"\{([^}+]+)\+?\}", path)
