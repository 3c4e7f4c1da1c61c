"""The trusted gateway: `X-User-ID` counts beside the gateway's own token, and only there (A.7 C-05)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.api import Api
from tests.support.apps import World, a_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.apps import Answered
    from tests.support.database import Server

CASES = "/api/v1/cases"
NOBODY = {"detail": "User ID header (X-User-ID) is required"}
TOKEN = "gateway-token-of-the-tests"


@pytest.fixture(scope="module")
def gateway_api(server: Server) -> Iterator[Api]:
    """Calls on a stack whose gateway token is set."""
    for url in server.clone():
        world = World(url)
        world.environ["GATEWAY_TOKEN_ARN"] = "gateway"
        world.secrets.values["gateway"] = TOKEN
        yield Api(world)
        world.close()


def sent(api: Api, method: str, path: str, body: object = None, *, user: str = "somchai", **headers: str) -> Answered:
    """Make a call as the gateway does; header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.call(method, path, body, token=None, headers={"x-gateway-token": TOKEN, "x-user-id": user} | named)


def test_behind_the_gateway_the_header_is_the_caller(gateway_api: Api) -> None:
    made = sent(gateway_api, "POST", CASES, {"title": "Through the gateway"})
    assert (made.status, made.json["user_id"]) == (201, "somchai")
    assert sent(gateway_api, "GET", f"{CASES}/{made.json['case_id']}").json == made.json


def test_the_whole_round_trip_works_behind_the_gateway(gateway_api: Api) -> None:
    path = f"{CASES}/{sent(gateway_api, 'POST', CASES, {'session_id': 'trip'}, user='trip').json['case_id']}"
    assert sent(gateway_api, "PUT", path, {"tags": ["a"]}, user="trip").json["tags"] == ["a"]
    assert sent(gateway_api, "POST", f"{path}/status", {"status": "closed"}, user="trip").json["status"] == "closed"
    assert sent(gateway_api, "GET", f"{CASES}/session/trip", user="trip").json["total"] == 1
    assert sent(gateway_api, "DELETE", path, user="trip").status == 204
    assert sent(gateway_api, "GET", CASES, user="trip").json["total"] == 0


def test_callers_of_the_gateway_belong_to_the_default_tenant(gateway_api: Api) -> None:
    path = f"{CASES}/{sent(gateway_api, 'POST', CASES, {}, user='tenant-test').json['case_id']}"
    assert gateway_api.get(path, user="tenant-test", tenant="bangkok").status == 200
    assert gateway_api.get(path, user="tenant-test", tenant="acme").status == 404


def test_the_header_of_another_user_sees_nothing(gateway_api: Api) -> None:
    case_id = sent(gateway_api, "POST", CASES, {}, user="owner").json["case_id"]
    answer = sent(gateway_api, "GET", f"{CASES}/{case_id}", user="other")
    assert (answer.status, answer.json) == (404, {"detail": f"Case {case_id} not found"})
    assert sent(gateway_api, "GET", CASES, user="other").json["total"] == 0


@pytest.mark.parametrize("user", ["somchai,mali", "somchai, mali", "somchai,somchai", ",somchai", "somchai,", ","])
def test_two_user_headers_are_401(gateway_api: Api, user: str) -> None:
    """API Gateway joins repeated headers with a comma."""
    answer = sent(gateway_api, "POST", CASES, {}, user=user)
    assert (answer.status, set(answer.json)) == (401, {"detail"})


@pytest.mark.parametrize("user", ["", " ", "\t", "\u00a0"])
def test_a_blank_user_header_is_401(gateway_api: Api, user: str) -> None:
    answer = sent(gateway_api, "GET", CASES, user=user)
    assert (answer.status, answer.json) == (401, NOBODY)


def test_the_gateway_token_alone_is_401(gateway_api: Api) -> None:
    answer = gateway_api.get(CASES, token=None, headers={"x-gateway-token": TOKEN})
    assert (answer.status, answer.json) == (401, NOBODY)


@pytest.mark.parametrize("token", ["", " ", "x", TOKEN[:-1], f"{TOKEN}x", TOKEN.upper(), f"{TOKEN},{TOKEN}", "ö" * 10, f"Bearer {TOKEN}"])
def test_a_wrong_gateway_token_is_401(gateway_api: Api, token: str) -> None:
    answer = sent(gateway_api, "GET", CASES, x_gateway_token=token)
    assert (answer.status, answer.json) == (401, NOBODY)


def test_the_user_header_without_the_gateway_token_is_401(gateway_api: Api) -> None:
    answer = gateway_api.get(CASES, token=None, headers={"x-user-id": "somchai"})
    assert (answer.status, answer.json) == (401, NOBODY)


def test_a_bearer_token_wins_over_the_gateways_header(gateway_api: Api) -> None:
    made = sent(gateway_api, "POST", CASES, {}, user="mali", authorization=f"Bearer {a_token('bearer')}")
    assert (made.status, made.json["user_id"]) == (201, "bearer")


def test_a_broken_bearer_token_is_not_rescued_by_the_gateway(gateway_api: Api) -> None:
    assert sent(gateway_api, "GET", CASES, authorization="Bearer x.y.z").status == 401


def test_the_optional_headers_are_accepted(gateway_api: Api) -> None:
    answer = sent(gateway_api, "POST", CASES, {}, user="mail", x_user_email="mail@example.org", x_user_roles="viewer, admin")
    assert (answer.status, answer.json["user_id"]) == (201, "mail")


def test_identity_precedes_the_body_behind_the_gateway_too(gateway_api: Api) -> None:
    assert sent(gateway_api, "POST", CASES, b'{"title":', user="").status == 401
    assert sent(gateway_api, "POST", CASES, b'{"title":').status == 422


def test_an_endless_user_header_is_no_accident(gateway_api: Api) -> None:
    assert sent(gateway_api, "POST", CASES, {}, user="x" * 5000).status < 500


@pytest.mark.parametrize("path", ["/api/cases", "/api/v3/cases/case_0123456789ab"])
def test_the_gateway_opens_no_other_face(gateway_api: Api, path: str) -> None:
    assert sent(gateway_api, "GET", path).status == 401


@pytest.mark.parametrize("name", ["", "gateway"])
def test_an_empty_setting_leaves_the_gateway_off(api: Api, name: str) -> None:
    """Neither a setting that names no secret nor a secret without content matches an empty header."""
    api.world.environ["GATEWAY_TOKEN_ARN"] = name
    api.world.secrets.values["gateway"] = ""
    answer = api.get(CASES, token=None, headers={"x-gateway-token": "", "x-user-id": "somchai"})
    assert (answer.status, answer.json) == (401, NOBODY)
