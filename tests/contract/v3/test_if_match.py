"""If-Match is honoured by every command on a case that is there, and never asked for (architecture §4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api

CONTACT = {"channel": "email", "email": "roads@district.go.th"}


def _commands(case_id: str, other: str) -> dict[str, tuple[str, dict[str, Any]]]:
    v3 = f"/api/v3/cases/{case_id}"
    return {
        "status": (f"{v3}/status", {"status": "investigating"}),
        "join": ("/api/v3/cases", {"title": "More", "existing_case_id": case_id, "cluster_summary": "more"}),
        "merge": ("/api/v3/cases/merge", {"target_case_id": case_id, "source_case_ids": [other]}),
        "send": (f"{v3}/escalations/send", {}),
        "signal": (f"/api/cases/{case_id}/signals", {"source_type": "after_photo", "summary": "dry"}),
    }


@pytest.mark.parametrize("name", ["status", "join", "merge", "send", "signal"])
def test_a_stale_version_changes_nothing_and_the_current_one_passes(shared_api: Api, name: str) -> None:
    case = shared_api.open([], escalation_targets=[CONTACT])["case"]
    path, body = _commands(case["case_id"], shared_api.open([])["case"]["case_id"])[name]
    before = shared_api.row_counts()
    stale = shared_api.post(path, body, headers={"if-match": '"v7"'})
    assert (stale.status, stale.json["current_version"]) == (412, 1)
    assert shared_api.row_counts() == before
    assert shared_api.post(path, body, headers={"if-match": f'"v{case["version"]}"'}).status < 300
