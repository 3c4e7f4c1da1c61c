"""What the wrappers of triggers log."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from casework.entry.observability import logger

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged, as it would reach CloudWatch."""
    written = io.StringIO()
    before = logger.registered_handler.setStream(written)
    yield written
    logger.registered_handler.setStream(before)
