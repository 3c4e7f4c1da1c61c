"""Chains of requests that use each other's answers: ids that one call returns are what the next one asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from local.payload import HEAD_TOO_LARGE
from tests.support.fuzzing import CHECKS, CREDENTIALS, LEFT_OUT, document, examples, settings_of
from tests.support.wsgi import DOORS

if TYPE_CHECKING:
    from tests.support.fuzzing import Ground

schema = schemathesis.openapi.from_dict(document(), config=settings_of(10, mode="positive", coverage=False))
schema = schema.include(path_regex="^/api/(v1|v3|cases)|^/l1/").exclude(method="DELETE")
schema.app = DOORS
"""Without deleting: a chain that is replayed must find again what it was told of."""


def test_no_chain_of_requests_leads_to_a_fault(ground: Ground) -> None:
    class Journey(schema.as_state_machine()):
        def get_call_kwargs(self, case: schemathesis.Case) -> dict[str, Any]:
            ground.aim(case)
            return {"headers": CREDENTIALS}

        def validate_response(self, response: schemathesis.Response, case: schemathesis.Case, **_: object) -> None:
            if response.status_code != HEAD_TOO_LARGE.status:
                case.validate_response(response, headers=CREDENTIALS, excluded_checks=LEFT_OUT, additional_checks=CHECKS)

    repeatable = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Journey, settings=settings(repeatable, max_examples=examples(25), stateful_step_count=8))
