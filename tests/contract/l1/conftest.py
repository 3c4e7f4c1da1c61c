"""A workspace with an account of the test's own."""

from __future__ import annotations

import pytest

from tests.support.api import Api
from tests.support.vault import SealedVault
from tests.support.walks import Desk


@pytest.fixture
def desk(shared_api: Api) -> Desk:
    """An account that nobody has touched, on the module's database."""
    return _with_vault(shared_api)


@pytest.fixture
def lone_desk(api: Api) -> Desk:
    """An account on a fresh database, for tests that move the clock or look at whole tables."""
    return _with_vault(api)


def _with_vault(api: Api) -> Desk:
    vars(api.world.app("api_writer"))["contact_lock"] = SealedVault()
    return Desk(api)
