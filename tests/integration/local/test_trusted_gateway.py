"""GATEWAY_TOKEN in the environment of the stack: the gateway's word counts, and only beside its token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.running import running_stack
from tests.integration.local.conftest import call

if TYPE_CHECKING:
    from pathlib import Path


def test_a_given_gateway_token_lets_the_gateway_say_who_calls(tmp_path: Path):
    with running_stack(tmp_path, env={"GATEWAY_TOKEN": "given"}) as stack:
        statuses = [
            call(stack, "GET", "/api/v1/cases", headers={"x-user-id": "u1", **shown}).status
            for shown in ({"x-gateway-token": "given"}, {"x-gateway-token": "guessed"}, {})
        ]
    assert statuses == [200, 401, 401]
