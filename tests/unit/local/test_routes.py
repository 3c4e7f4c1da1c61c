from __future__ import annotations

from types import SimpleNamespace

import pytest

from local.routes import Cors, Route, RouteTable, routes_of

TABLE = RouteTable(
    [
        Route("GET", "/cases/{id}", "get"),
        Route("GET", "/cases/export", "export"),
        Route("ANY", "/cases/{id}", "any"),
        Route("GET", "/cases/{id}/events", "events"),
        Route("GET", "/cases/{proxy+}", "greedy"),
        Route("ANY", "$default", "default"),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "function", "parameters"),
    [
        ("GET", "/cases/export", "export", {}),
        ("GET", "/cases/7", "get", {"id": "7"}),
        ("POST", "/cases/7", "any", {"id": "7"}),
        ("POST", "/cases/export", "any", {"id": "export"}),
        ("GET", "/cases/7/events", "events", {"id": "7"}),
        ("GET", "/cases/7/other/x", "greedy", {"proxy": "7/other/x"}),
        ("GET", "/cases/a%2Fb%20c", "get", {"id": "a/b c"}),
        ("GET", "/cases/", "default", {}),
        ("GET", "/nowhere", "default", {}),
        ("POST", "/cases/7/events", "default", {}),
    ],
)
def test_literal_beats_parameter_beats_greedy_beats_default(method, path, function, parameters):
    match = TABLE.match(method, path)
    assert match is not None
    assert (match.route.function, match.parameters) == (function, parameters)


def test_without_a_default_route_nothing_matches():
    assert RouteTable([Route("GET", "/a", "a")]).match("GET", "/b") is None


def test_the_default_routes_key_is_its_name():
    assert (Route("ANY", "$default", "d").key, Route("GET", "/a", "a").key) == ("$default", "GET /a")


def test_the_translated_default_route_is_known_by_its_mark():
    function = "arn:aws:apigateway:r:lambda:path/2015-03-31/functions/arn:aws:lambda:r:1:function:rest/invocations"
    operation = {"x-amazon-apigateway-integration": {"uri": function, "payloadFormatVersion": "2.0"}, "isDefaultRoute": True}
    paths = {"/$default": {"x-amazon-apigateway-any-method": operation}}
    template = SimpleNamespace(of_type=lambda _: [SimpleNamespace(properties={"Body": {"paths": paths}})])
    assert [route.key for route in routes_of(template)] == ["$default"]


def test_cors_names_the_origin_or_says_nothing():
    cors = Cors(origins=frozenset({"https://a.example"}), methods="GET", headers="x", exposed="etag", max_age=5)
    assert cors.answer("https://b.example") == {}
    assert cors.preflight("https://b.example") == {}
    assert cors.preflight("https://a.example") == {
        "access-control-allow-origin": "https://a.example",
        "access-control-expose-headers": "etag",
        "access-control-allow-methods": "GET",
        "access-control-allow-headers": "x",
        "access-control-max-age": "5",
    }
