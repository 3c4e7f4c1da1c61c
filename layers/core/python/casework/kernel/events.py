"""Events, aggregates, and the hash chain that makes a stream of events provable.

The chain is per aggregate: `hash = SHA-256(prev ‖ tenant ‖ aggregate ‖ version ‖ occurred_at µs ‖ recorded_at µs ‖ type ‖ actor ‖
commitment)` with `commitment = SHA-256(salt ‖ canonical JSON of the payload)`. Payload and salt can be erased and the chain still verifies.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, cast

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from uuid import UUID

GENESIS = bytes(32)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Event(BaseModel):
    """Something that happened. Subclasses are named in the past tense; `type_name` is the class name in snake case.

    Validators are built when an event is first made or read: most doors never meet most events.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    type_name: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - pydantic's own signature
        """Name the type once, when the class is made."""
        super().__init_subclass__(**kwargs)
        cls.type_name = _WORD.sub("_", cls.__name__).lower()


def canonical_json(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no blanks, UTF-8, no NaN, whole numbers without fraction or exponent.

    Postgres keeps neither the exponent of 1e16 nor the sign of -0.0, so the text must not hold them either.
    """
    return json.dumps(_settled(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _settled(value: object) -> object:
    """Return JSON with every whole float as the integer that its shortest text names."""
    if isinstance(value, float):
        return int(Decimal(repr(value))) if value.is_integer() else value
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        return {name: _settled(member) for name, member in members.items()}
    if isinstance(value, list | tuple):
        return [_settled(member) for member in cast("list[object]", value)]
    return value


def commit_to(payload: object, salt: bytes) -> bytes:
    """Return the 32-byte commitment to a payload."""
    return hashlib.sha256(salt + canonical_json(payload).encode()).digest()


@dataclass(frozen=True, slots=True)
class Link:
    """What one link of the chain covers besides its predecessor."""

    tenant_id: UUID
    aggregate_id: UUID
    version: int
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    type_name: str
    commitment: bytes

    def seal(self, prev: bytes) -> bytes:
        """Return the hash of this link after `prev` (32 bytes; GENESIS for the first)."""
        occurred, recorded = ((at - _EPOCH) // _MICROSECOND for at in (self.occurred_at, self.recorded_at))
        named = f"{self.type_name}|{len(self.actor)}|{self.actor}|"
        text = f"{self.tenant_id}|{self.aggregate_id}|{self.version}|{occurred}|{recorded}|{named}"
        return hashlib.sha256(prev + text.encode() + self.commitment).digest()
