"""Calls to the doors, on a database of the test's own or of its module's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.api import Api
from tests.support.apps import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.database import Server


@pytest.fixture
def api(world: World) -> Api:
    """Calls on a fresh database."""
    return Api(world)


@pytest.fixture(scope="module")
def shared_api(server: Server) -> Iterator[Api]:
    """Calls on a database that the module's tests share: for reads, refusals and leftovers that disturb nobody."""
    clones = server.clone()
    made = World(next(clones))
    yield Api(made)
    made.close()
    next(clones, None)
