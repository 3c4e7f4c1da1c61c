"""Generated and hand-made hostile requests over the socket: the server, the gateway and the doors together give no 5xx.

In-process (tests/contract/fuzz) the same document is searched deeper; here the way there is what may break. The stack is
its own: what gets stored, and mailed, would be in the way of the other journeys.
"""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING

import pytest
import requests
import schemathesis

from local.client import Client, development_token
from local.running import running_stack
from tests.support.corpus import Hostile, complaint, operations, unreadable
from tests.support.fuzzing import ACCOUNT, CHECKS, LEFT_OUT, ROLES, Ground, document, examples, odd_at, prepare_ground, real, settings_of
from tests.support.stacks import Scene

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DOCUMENT = document()
REQUEST_HEADER_FIELDS_TOO_LARGE = 431
schema = schemathesis.openapi.from_dict(DOCUMENT, config=settings_of(examples(4), coverage=False)).exclude(path_regex="^/api/v4/")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A stack to be mistreated."""
    with running_stack(tmp_path_factory.mktemp("fuzz")) as stack:
        yield Scene(stack)


@pytest.fixture(scope="module")
def credentials(scene: Scene) -> dict[str, str]:
    """Headers that open every door but the signed ones."""
    kept = json.loads((scene.stack.data_dir / "secrets.json").read_text())
    internal = next(value for name, value in kept.items() if name.endswith("InternalAdminToken"))
    token = development_token(scene.stack.data_dir, tenant="bangkok", user="u1", roles=ROLES, account=ACCOUNT)
    return {"authorization": f"Bearer {token}", "x-internal-admin-token": internal}


@pytest.fixture(scope="module")
def ground(scene: Scene, credentials: dict[str, str]) -> Ground:
    """Something to aim at."""
    client = Client(scene.stack.url)
    return prepare_ground(lambda method, path, body: client.call(method, path, body, credentials).json)


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """One connection for all generated requests."""
    with requests.Session() as kept:
        yield kept


@schema.parametrize()
def test_every_answer_of_the_stack_is_a_documented_one(case: schemathesis.Case, scene: Scene, ground: Ground, credentials, session) -> None:
    ground.aim(case)
    response = case.call(scene.stack.url, session, headers=credentials)
    if response.status_code != REQUEST_HEADER_FIELDS_TOO_LARGE:  # the gateway's own answer, before any door
        case.validate_response(response, headers=credentials, excluded_checks=LEFT_OUT, additional_checks=CHECKS)


@pytest.mark.parametrize(("method", "path"), operations(DOCUMENT))
def test_hostile_requests_over_the_socket_are_never_a_fault(scene: Scene, ground: Ground, credentials, method: str, path: str) -> None:
    hostiles = [*unreadable(method, real(method, path, ground)), *odd_at(method, path, ground)]
    reading = "requestBody" in DOCUMENT["paths"][path][method.lower()]
    assert _complaints(scene, credentials, (one if reading or one.body == b"{}" else one._replace(refused=False) for one in hostiles)) == []


def _complaints(scene: Scene, credentials: dict[str, str], hostiles: Iterable[Hostile]) -> list[str]:
    found: list[str] = []
    for hostile in hostiles:
        connection = http.client.HTTPConnection(scene.stack.url.removeprefix("http://"), timeout=30)
        connection.putrequest(hostile.method, hostile.path + (f"?{hostile.query}" if hostile.query else ""))
        for name, value in (*credentials.items(), *hostile.headers, ("content-length", str(len(hostile.body)))):
            connection.putheader(name, value)
        connection.endheaders(hostile.body)
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        found += filter(None, [complaint(hostile, answer.status, headers, answer.read())])
        connection.close()
    return found
