"""A database per module for calls that store nothing, or whose leftovers disturb nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.apps import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.database import Server


@pytest.fixture(scope="module")
def shared_world(server: Server) -> Iterator[World]:
    clones = server.clone()
    made = World(next(clones))
    yield made
    made.close()
    next(clones, None)
