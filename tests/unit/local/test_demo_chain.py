"""The demo's own check of an audit chain agrees with the kernel and sees every change."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from uuid import UUID

import pytest

from casework.kernel.events import GENESIS, Link, commit_to
from local.demo.chain import broken_at

TENANT, CASE = UUID(int=1), UUID(int=2)
AT = datetime(2026, 11, 21, 9, 0, 0, 123456, tzinfo=UTC)


def _stream() -> dict:
    items, prev = [], GENESIS
    for version, payload in enumerate(({"title": "น้ำท่วม", "severity": 1.0, "counts": [0.5, 2]}, {"summary": "积水"}), 1):
        salt = bytes([version]) * 32
        commitment = commit_to(payload, salt)
        sealed = Link(TENANT, CASE, version, AT, AT, "u1", "case_created", commitment).seal(prev)
        shown = {"version": version, "type": "case_created", "actor": "u1", "payload": payload, "salt": salt.hex()}
        instants = {"occurred_at": AT.isoformat(), "recorded_at": AT.isoformat()}
        items.append(shown | instants | {"commitment": commitment.hex(), "prev_hash": prev.hex(), "hash": sealed.hex()})
        prev = sealed
    return {"id": str(CASE), "tenant_id": str(TENANT), "head": prev.hex(), "items": items}


def test_an_untouched_chain_holds():
    assert broken_at(_stream()) is None


def test_an_erased_payload_leaves_the_chain_whole():
    stream = _stream()
    stream["items"][0] |= {"payload": None, "salt": None}
    assert broken_at(stream) is None


@pytest.mark.parametrize(("field", "value"), [
    ("payload", {"summary": "干了"}),
    ("actor", "u2"),
    ("type", "case_merged"),
    ("occurred_at", "2026-11-22T09:00:00+00:00"),
    ("version", 3),
])  # fmt: skip
def test_a_changed_event_breaks_it(field, value):
    stream = copy.deepcopy(_stream())
    stream["items"][1][field] = value
    assert broken_at(stream) is not None


def test_a_missing_end_breaks_it():
    stream = _stream()
    stream["items"].pop()
    assert broken_at(stream) == 1
