"""Calls to the doors, on a database of the test's own or of its module's."""

from __future__ import annotations

import pytest

from tests.support.api import Api
from tests.support.apps import World


@pytest.fixture
def api(world: World) -> Api:
    """Calls on a fresh database."""
    return Api(world)


@pytest.fixture(scope="module")
def shared_api(shared_world: World) -> Api:
    """Calls on a database that the module's tests share: for reads, refusals and leftovers that disturb nobody."""
    return Api(shared_world)
