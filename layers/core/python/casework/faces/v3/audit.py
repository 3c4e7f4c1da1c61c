"""The audit trail as contract §10 shows it: the payload of each kind of event, statuses in the six words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from casework.cases.lifecycle import CaseStatus, v3_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Payload = dict[str, Any]


def audit_bodies(alias: str, events: Sequence[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    """Yield the audit events; edges walked on the way to what a caller asked for are left out. An erased payload is an empty text."""
    for row in events:
        payload = row["payload"]
        if payload is not None and payload.get("is_step"):
            continue
        shown = _SHOWN.get(row["event_type"], _as_it_is)
        yield {
            "id": row["id"], "case_id": alias, "event_type": row["event_type"], "actor_user_id": row["actor_user_id"],
            "payload_json": json.dumps(shown(payload), ensure_ascii=False) if payload is not None else "", "created_at": row["created_at"],
        }  # fmt: skip


def _as_it_is(payload: Payload) -> Payload:
    return payload


def _created(payload: Payload) -> Payload:
    return _selection(payload) | {"existing_case": False}


def _attached(payload: Payload) -> Payload:
    return _selection(payload) | {"existing_case": True}


def _selection(payload: Payload) -> Payload:
    return {
        "report_seqs": _seqs(payload), "anchor_seq": payload["aggregates"]["anchor_report_seq"],
        "cluster_ids": [cluster["cluster_id"] for cluster in payload["clusters"]], "target_count": payload["target_count"],
        "classification": payload["classification"], "candidate_cases": payload["candidate_cases"],
    }  # fmt: skip


def _added(payload: Payload) -> Payload:
    return {"report_seqs": _seqs(payload), "link_reason": payload["link_reason"], "confidence": payload["links"][0]["confidence"]}


def _changed(payload: Payload) -> Payload:
    asked = payload["requested"] or payload
    words = {end: v3_word(CaseStatus(asked[end]), merged=False) for end in ("from", "to")}
    return {**words, "summary": payload["summary"], "payload": payload["payload"]}


def _merged(payload: Payload) -> Payload:
    return {"source_case_ids": payload["source_case_ids"], "report_seqs": _seqs(payload)}


def _merged_into(payload: Payload) -> Payload:
    return {"target_case_id": payload["target_case_id"]}


def _signal(payload: Payload) -> Payload:
    return payload["signal"]


def _seqs(payload: Payload) -> list[int]:
    return [link["seq"] for link in payload["links"]]


_SHOWN: dict[str, Callable[[Payload], Payload]] = {
    "case_created": _created, "cluster_attached": _attached, "reports_added": _added, "status_changed": _changed, "case_merged": _merged,
    "case_merged_into": _merged_into, "resolution_signal_recorded": _signal,
}  # fmt: skip
