"""Whatever the document allows, and what it does not, meets the doors in-process: no 5xx, and no answer that is not documented.

v3 and v4 are one door under two names, so the generated requests go to one of the names; the corpus next door goes to both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import schemathesis
from hypothesis import settings

from tests.support.apps import INTERNAL_TOKEN, a_token
from tests.support.fuzzing import CHECKS, LEFT_OUT, document, examples, settings_of
from tests.support.wsgi import DOORS

if TYPE_CHECKING:
    from tests.support.fuzzing import Ground

schema = schemathesis.openapi.from_dict(document(), config=settings_of(examples(12)))
schema.app = DOORS
HEADERS = {"Authorization": f"Bearer {a_token(roles=['case_owner'])}", "X-Internal-Admin-Token": INTERNAL_TOKEN}


@schema.exclude(path_regex="^/api/v4/").parametrize()
def test_every_answer_is_a_documented_one(case: schemathesis.Case, ground: Ground) -> None:
    ground.aim(case)
    case.call_and_validate(headers=HEADERS, excluded_checks=LEFT_OUT, additional_checks=CHECKS)
