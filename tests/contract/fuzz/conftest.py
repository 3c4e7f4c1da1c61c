"""One database for the fuzzing of a module, with something in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from local.payload import HttpRequest
from tests.support.apps import World
from tests.support.fuzzing import CREDENTIALS, Ground, prepare_ground
from tests.support.vault import SealedVault
from tests.support.webhook_signer import WebhookSigner
from tests.support.wsgi import DOORS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.database import Server


@pytest.fixture(scope="module")
def signer() -> WebhookSigner:
    """The provider's key."""
    return WebhookSigner()


@pytest.fixture(scope="module")
def ground(server: Server, signer: WebhookSigner) -> Iterator[Ground]:
    """The doors on a database of the module's own; the ids of what is in it."""
    clones = server.clone()
    world = World(next(clones))
    world.environ["SENDGRID_WEBHOOK_PUBLIC_KEY"] = signer.public_key
    vars(world.app("api_writer"))["contact_lock"] = SealedVault()
    DOORS.world = world
    yield prepare_ground(_send)
    world.close()
    next(clones, None)


def _send(method: str, path: str, body: object) -> object:
    headers = [*CREDENTIALS.items(), ("content-type", "application/json")]
    answer = DOORS.answer(HttpRequest(method, path, "", headers, b"" if body is None else json.dumps(body).encode(), "127.0.0.1"))
    assert answer.status < 300, answer.body
    return json.loads(answer.body)
