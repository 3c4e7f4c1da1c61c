"""What the canonical doors share: rendering a changed case, and the examples of the API document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.cases.model import CaseNotFound
from casework.cases.views import CaseSummary, case_view
from casework.entry.request import Reply

if TYPE_CHECKING:
    from casework.identity.model import Actor
    from casework.wiring import App

CHILDREN = ("follow_ups", "links", "sessions", "signals")
CASE_EXAMPLE: dict[str, Any] = {
    "id": "019aa0c2-7d1e-7c3a-9b6e-0f3d52a1c4e7", "case_number": "CASE-261121-7K3Q", "case_id": "case_5e0c9a1b2d3f", "version": 1,
    "title": "Street flooded at the mouth of the lane", "title_th": "น้ำท่วมปากซอย", "title_en": "Street flooded at the mouth of the lane",
    "title_zh": None, "case_type": "flood_drainage", "classification": "physical", "severity": "high", "alert_level": "L1",
    "status": "open",
    "closure_reason": None, "datetime": "2026-11-21T02:00:00Z",
    "location": {"latitude": 13.734412, "longitude": 100.525518, "h3_cell": "8964a4a2c4bffff"}, "severity_score": 0.7, "urgency_score": 0.7,
    "linked_report_count": 0, "language_detected": "th", "untranslated": ["zh"], "sensitive_surface_flag": False,
    "creation_mode": "manual_form", "merged_into": None, "created_by": "u1", "created_at": "2026-11-21T02:04:11.120000Z",
    "updated_at": "2026-11-21T02:04:11.120000Z", "summary": "", "reporter": None, "issue_definition_th": None, "issue_definition_en": None,
    "issue_definition_zh": None, "attributes": {}, "pattern": {}, "related_actors": [], "related_services": [], "related_signals": [],
    "related_dashboards": [], "related_source_provenance": [], "owner": None, "follow_up": [], "ai_analysis_ref": None, "attachments": [],
    "export_log": [], "reopen_count": 0, "category": None, "tags": [], "sessions": [], "resolved_at": None,
    "links": [], "ai_analysis": [], "resolution_signals": [],
}  # fmt: skip
PAGE_EXAMPLE: dict[str, Any] = {"items": [{name: CASE_EXAMPLE[name] for name in CaseSummary.__annotations__}], "next_cursor": None}
STREAM_EXAMPLE: dict[str, Any] = {
    "id": CASE_EXAMPLE["id"], "case_id": CASE_EXAMPLE["case_id"], "tenant_id": "836b571e-b4c0-5439-8deb-85e24ac67a01",
    "verified": True, "broken_at": None,
    "head": "56185365f10ed8db1ee28e71472e9265493e80851b7099fafef010d516eef3b2",
    "items": [
        {
            "version": 1, "type": "case_created", "actor": "u1", "occurred_at": "2026-11-21T02:04:11.120000Z",
            "recorded_at": "2026-11-21T02:04:11.120000Z",
            "payload": {"alias": "case_5e0c9a1b2d3f", "status": "open", "title": "Street flooded at the mouth of the lane"},
            "salt": "b5239ecafeacd984ec270af2d241a23fe56a35d27d06293a3fbba79fe7fcdca6",
            "commitment": "6ce8117c9ab446f50c4e4aa213817bf57bbc66356efd95cfbd407c6ea74936cb",
            "prev_hash": "0000000000000000000000000000000000000000000000000000000000000000",
            "hash": "56185365f10ed8db1ee28e71472e9265493e80851b7099fafef010d516eef3b2",
        }
    ],
}  # fmt: skip
"""A true chain of one event: it verifies as `docs/audit.md` says."""


def render_case(case_ref: str, actor: Actor, app: App) -> Reply:
    """Return the canonical view of a case, its version as ETag. Raises CaseNotFound."""
    found = app.cases.find(actor.tenant_id, case_ref, CHILDREN)
    if found is None:
        raise CaseNotFound
    return Reply(body=case_view(*found), headers={"etag": f'"v{found[0]["version"]}"'})
