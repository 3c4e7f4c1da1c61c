"""One stack for all journeys that only talk to it; what kills or restarts a stack starts its own."""

from __future__ import annotations

import pytest

from local.running import running_stack
from tests.support.stacks import Scene


@pytest.fixture(scope="session")
def scene(tmp_path_factory):
    with running_stack(tmp_path_factory.mktemp("e2e")) as stack:
        yield Scene(stack)


@pytest.fixture(autouse=True)
def _healthy_provider(request):
    """A fault that one test left over must not hit the next."""
    yield
    if "scene" in request.fixturenames:
        request.getfixturevalue("scene").fail_next(0, "500")
