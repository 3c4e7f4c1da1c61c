"""Markers by folder, and the fixtures that need a database."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.apps import World
    from tests.support.database import Server

_KINDS = ("unit", "integration", "contract", "e2e")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with the folder that it lies in."""
    for item in items:
        kind = item.path.relative_to(Path(__file__).parent).parts[0]
        if kind in _KINDS:
            item.add_marker(kind)
    _tell_apart(items)


def _tell_apart(items: list[pytest.Item]) -> None:
    """Put the API operation into the id of a generated test: of tests that share one, pytest-xdist runs only the last."""
    for item in items:
        operation = getattr(item, "operation_label", None)
        if operation:
            item._id = item.id.with_params(operation)
    shared = [nodeid for nodeid, count in Counter(item.nodeid for item in items).items() if count > 1]
    if shared:
        raise pytest.UsageError(f"several tests are called {shared[0]}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One embedded Postgres for this test process."""
    from tests.support.database import Server

    with Server(tmp_path_factory.mktemp("postgres")) as running:
        yield running


@pytest.fixture
def owner_url(server: Server) -> Iterator[str]:
    """The owner's URL of a fresh, migrated and seeded database."""
    yield from server.clone()


@pytest.fixture(scope="module")
def shared_world(server: Server) -> Iterator[World]:
    """The rooms on a database that a module's tests share, for those that store nothing or whose leftovers disturb nobody."""
    from tests.support.apps import World

    for url in server.clone():
        made = World(url)
        yield made
        made.close()


@pytest.fixture
def world(owner_url: str) -> Iterator[World]:
    """The rooms on a fresh database."""
    from tests.support.apps import World

    made = World(owner_url)
    yield made
    made.close()
