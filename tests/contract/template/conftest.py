"""The template and the doors, read once."""

from __future__ import annotations

import pytest

from tests.contract.template.deployment import Deployment, Door, find_doors


@pytest.fixture(scope="session")
def deployment() -> Deployment:
    return Deployment()


@pytest.fixture(scope="session")
def doors() -> dict[str, Door]:
    return find_doors()
