"""Whatever the document allows, and what it does not, meets the doors in-process: no 5xx, and no answer that is not documented.

Where one door has several names, the generated requests go to one of them; the corpus next door goes to all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import schemathesis

from local.payload import HEAD_TOO_LARGE
from tests.support.fuzzing import CHECKS, CREDENTIALS, LEFT_OUT, document, examples, settings_of
from tests.support.wsgi import DOORS

if TYPE_CHECKING:
    from tests.support.fuzzing import Ground

SECOND_NAMES = "^/api/v4/|/upsert-from-cluster$"


def _schema(usual: int, *, mode: str, coverage: bool) -> schemathesis.BaseSchema:
    schema = schemathesis.openapi.from_dict(document(), config=settings_of(examples(usual), mode=mode, coverage=coverage))
    schema.app = DOORS
    return schema.exclude(path_regex=SECOND_NAMES)


anything = _schema(10, mode="all", coverage=True)
acceptable = _schema(25, mode="positive", coverage=False)


def _ask(case: schemathesis.Case, ground: Ground) -> None:
    ground.aim(case)
    response = case.call(headers=CREDENTIALS)
    if response.status_code != HEAD_TOO_LARGE.status:  # the gateway's own answer, before any door
        case.validate_response(response, headers=CREDENTIALS, excluded_checks=LEFT_OUT, additional_checks=CHECKS)


@anything.parametrize()
def test_every_answer_is_a_documented_one(case: schemathesis.Case, ground: Ground) -> None:
    _ask(case, ground)


@acceptable.parametrize()
def test_every_answer_to_an_acceptable_request_is_a_documented_one(case: schemathesis.Case, ground: Ground) -> None:
    _ask(case, ground)
