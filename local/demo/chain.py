"""The audit chain of a case, recomputed from what the API shows and from nothing of the server's code.

Each event: commitment = SHA-256(salt ‖ canonical JSON of the payload), hash = SHA-256(previous hash ‖ header ‖ commitment);
the header is `tenant|case|version|occurred_at|recorded_at|type|length of actor|actor|`, instants in µs since 1970. The
first previous hash is 32 zero bytes. Canonical JSON sorts its keys, has no blanks and writes whole numbers without a
fraction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def broken_at(stream: Mapping[str, Any]) -> int | None:
    """The version of the first event whose link does not hold; None when the whole chain up to its head does."""
    previous = bytes(32)
    for event in stream["items"]:
        if event["prev_hash"] != previous.hex() or not _commits(event):
            return event["version"]
        previous = hashlib.sha256(previous + _header(stream, event) + bytes.fromhex(event["commitment"])).digest()
        if event["hash"] != previous.hex():
            return event["version"]
    return None if stream["head"] == previous.hex() else len(stream["items"])


def _commits(event: Mapping[str, Any]) -> bool:
    """Whether the payload is what was committed to; an erased one still has its commitment."""
    if event["payload"] is None:
        return True
    text = json.dumps(_whole(event["payload"]), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(bytes.fromhex(event["salt"]) + text.encode()).hexdigest() == event["commitment"]


def _whole(value: Any) -> Any:  # noqa: ANN401  JSON
    if isinstance(value, dict):
        return {name: _whole(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_whole(member) for member in value]
    return int(Decimal(repr(value))) if isinstance(value, float) and value.is_integer() else value


def _header(stream: Mapping[str, Any], event: Mapping[str, Any]) -> bytes:
    instants = (datetime.fromisoformat(event[name]) for name in ("occurred_at", "recorded_at"))
    micros = ((instant - _EPOCH) // timedelta(microseconds=1) for instant in instants)
    actor = event["actor"]
    parts = (stream["tenant_id"], stream["id"], event["version"], *micros, event["type"], len(actor), actor)
    return "".join(f"{part}|" for part in parts).encode()
