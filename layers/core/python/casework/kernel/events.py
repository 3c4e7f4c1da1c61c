"""Events, aggregates, and the hash chain that makes a stream of events provable.

The chain is per aggregate: `hash = SHA-256(prev ‖ tenant ‖ aggregate ‖ version ‖ recorded_at µs ‖ actor ‖ type ‖ commitment)` with
`commitment = SHA-256(salt ‖ canonical JSON of the payload)`. Payload and salt can be erased and the chain still verifies.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from uuid import UUID

GENESIS = bytes(32)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Event(BaseModel):
    """Something that happened. Subclasses are named in the past tense; `type_name` is the class name in snake case."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    type_name: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - pydantic's own signature
        """Name the type once, when the class is made."""
        super().__init_subclass__(**kwargs)
        cls.type_name = _WORD.sub("_", cls.__name__).lower()


def canonical_json(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no blanks, UTF-8, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def commit_to(payload: object, salt: bytes) -> bytes:
    """Return the 32-byte commitment to a payload."""
    return hashlib.sha256(salt + canonical_json(payload).encode()).digest()


@dataclass(frozen=True, slots=True)
class Link:
    """What one link of the chain covers besides its predecessor."""

    tenant_id: UUID
    aggregate_id: UUID
    version: int
    recorded_at: datetime
    actor: str
    type_name: str
    commitment: bytes

    def seal(self, prev: bytes) -> bytes:
        """Return the hash of this link after `prev` (32 bytes; GENESIS for the first)."""
        micros = (self.recorded_at - _EPOCH) // _MICROSECOND
        text = f"{self.tenant_id}|{self.aggregate_id}|{self.version}|{micros}|{self.type_name}|{len(self.actor)}|{self.actor}|"
        return hashlib.sha256(prev + text.encode() + self.commitment).digest()
