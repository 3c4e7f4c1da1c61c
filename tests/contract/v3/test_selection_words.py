"""What a selection's small print does: an anchor that is none, and what the audit view says of a joined one (§8.1, §10)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api


@pytest.mark.parametrize("anchor", [0, -1, None])
def test_an_anchor_that_is_not_positive_names_none(shared_api: Api, anchor: int | None) -> None:
    case = shared_api.open([], anchor_report_seq=anchor)["case"]
    assert (case["anchor_report_seq"], case["confidence_score"], case["linked_report_count"]) == (None, 0.0, 0)


def test_a_joined_selection_is_told_as_a_created_one_is(shared_api: Api) -> None:
    seq = shared_api.report()
    case_id = shared_api.open([seq])["case"]["case_id"]
    joined = shared_api.post("/api/v3/cases", {"title": "More", "existing_case_id": case_id, "report_seqs": [shared_api.report()]})
    created, attached = (json.loads(event["payload_json"]) for event in joined.json["audit_events"])
    assert created.keys() == attached.keys()
    assert (attached["classification"], attached["existing_case"]) == ("physical", True)
