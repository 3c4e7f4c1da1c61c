"""Cases that lived through every kind of event, told through the doors as clients would tell them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from casework.kernel.ids import TenantId
from escalations import record_outcome
from tests.support.apps import BANGKOK

if TYPE_CHECKING:
    from tests.support.api import Api

SQUARE = {"type": "Polygon", "coordinates": [[[100.52, 13.74], [100.54, 13.74], [100.54, 13.76], [100.52, 13.76], [100.52, 13.74]]]}
FORM: dict[str, Any] = {
    "case_type": "flood_drainage", "title_en": "Flooded lane", "title_th": "น้ำท่วมปากซอย", "summary": "Knee-deep", "severity": "high",
    "location": {"latitude": 13.75, "longitude": 100.53}, "owner": {"user_id": "u1", "role": "case_owner"},
    "attributes": {"depth_m": 0.5, "lanes": 2.0}, "pattern": {"rain": [1, 2.5]},
    "related_actors": [{"target_type": "office", "target_id": "district-7"}, {"target_type": "office", "target_id": "district-8"}],
    "related_services": [{"target_type": "pump", "target_id": "p-1"}],
    "follow_up": [{"action": "Inspect", "owner": "u1", "due_at": "2026-11-25T02:00:00Z"}],
}  # fmt: skip
CONTACT = {"organization": "Roads", "channel": "email", "email": "roads@district.go.th"}
SIGNAL = {"source_type": "after_photo", "summary": "Runs free", "metadata": {"photo": 1.5}}


class Story(NamedTuple):
    """Aliases: the case that stayed, and the two that were merged into it."""

    kept: str
    form: str
    drain: str


def tell_every_event(api: Api) -> Story:
    """Let three cases come to be, be joined, linked, walked, mailed about, settled, signalled and merged."""
    seqs = api.reports({}, {"severity_level": 0.9, "description": "น้ำท่วม"}, {}, {})
    kept = api.open(seqs[:2], geometry=SQUARE, cluster_summary="Two witnesses", escalation_targets=[CONTACT])["case"]["case_id"]
    _step(api)
    _join(api, kept, seqs[2:3])
    _post(api, f"/api/v3/cases/{kept}/reports", {"report_seqs": seqs, "link_reason": "seen", "confidence": 0.5})
    _post(api, f"/api/v3/cases/{kept}/status", {"status": "resolved", "summary": "Pumped dry"})
    _post(api, f"/api/v3/cases/{kept}/status", {"status": "open"})
    _post(api, f"/api/v3/cases/{kept}/escalations/send", {"cc_emails": ["works@district.go.th"]}, 202)
    _settle(api, kept)
    _edit(api, kept)
    drain = api.open(seqs[3:], title="Same drain", geometry=SQUARE, cluster_stats={"n": 1})["case"]["case_id"]
    form = _post(api, "/api/cases", FORM, 201)["case_id"]
    for alias in (kept, drain, form):
        _post(api, f"/api/cases/{alias}/signals", SIGNAL | {"linked_report_seq": seqs[0]}, 201)
    _post(api, "/api/v3/cases/merge", {"target_case_id": kept, "source_case_ids": [drain, form]})
    return Story(kept, form, drain)


def _join(api: Api, alias: str, seqs: list[int]) -> None:
    body = {"title": "Drain again", "report_seqs": seqs, "existing_case_id": alias, "cluster_summary": "A third witness"}
    _post(api, "/api/v3/cases", body)


def _settle(api: Api, alias: str) -> None:
    """Let every mail of the case be delivered, and the case hear of it."""
    api.rows("update case_email_deliveries set status = 'delivered', sent_at = created_at, next_attempt_at = null")
    for row in api.rows("select id, case_id from case_escalation_requests"):
        message = {"tenant_id": str(TenantId(BANGKOK)), "case_id": str(row["case_id"]), "request_id": str(row["id"])}
        record_outcome.handler.function(message, api.world.app("api_writer"))
    _step(api)
    assert "case_escalation_recorded" in str(api.detail(alias)["audit_events"])


def _edit(api: Api, alias: str) -> None:
    """Let its owner change the record by hand and link two sessions."""
    changes = {
        "title": "Drain at the market",
        "severity": "critical",
        "category": "other",
        "tags": ["a"],
        "metadata": {"pole": 4, "old": None},
    }
    answer = api.call("PUT", f"/api/v1/cases/{alias}", changes)
    assert answer.status == 200, answer.json
    for session_id in ("s1", "s2"):
        _post(api, f"/api/cases/{alias}/sessions", {"session_id": session_id}, 201)


def _post(api: Api, path: str, body: object, status: int = 200) -> Any:
    answer = api.post(path, body)
    assert answer.status == status, answer.json
    _step(api)
    return answer.json


def _step(api: Api) -> None:
    api.world.clock.advance(timedelta(minutes=1, microseconds=7))
