"""What was ordered: a request with its text, an action per target, and what their deliveries make of an action's status."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from casework.kernel.ids import CaseId


class ActionStatus(StrEnum):
    """Where an action stands (enumerations B-18); derived from its deliveries, never stored."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    PARTIALLY_FAILED = "partially_failed"
    FAILED = "failed"
    UNKNOWN = "unknown"


_LEFT = frozenset({"sent", "delivered", "complained"})


def action_status(deliveries: Iterable[str]) -> ActionStatus:
    """Return the status of an action whose deliveries have these statuses."""
    statuses = set(deliveries)
    for waiting in (ActionStatus.SENDING, ActionStatus.QUEUED, ActionStatus.UNKNOWN):
        if waiting.value in statuses:
            return waiting
    if not statuses & _LEFT:
        return ActionStatus.FAILED
    return ActionStatus.SENT if statuses <= _LEFT else ActionStatus.PARTIALLY_FAILED


class Addressee(NamedTuple):
    """One address of a request; a copy has neither action nor target."""

    email: str
    action_id: int | None = None
    target_id: int | None = None
    source: str = "case_target"


@dataclass(frozen=True, slots=True)
class StoredTarget:
    """A target of a case, as far as draft and send need it."""

    id: int
    email: str
    organization: str
    display_name: str
    target_source: str


@dataclass(frozen=True, slots=True)
class StoredAction:
    """One intended message to one target."""

    id: int
    request_id: UUID
    target_id: int
    repetition: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRequest:
    """One call of send: the text that its actions and deliveries share. It is about a case, or hands a walk over."""

    id: UUID
    case_id: CaseId | None = None
    walk_session_id: UUID | None = None
    subject: str
    body: str
    html: str
    language: str
    cc_emails: tuple[str, ...]
    requested_by: str
    requested_at: datetime
    unaddressed: str = ""
    """The body as it greets nobody by name; empty where that is the body."""

    @property
    def content_hash(self) -> bytes:
        """The mark of the text: the same text from one case to one target leaves once, whoever else is greeted in it."""
        return hashlib.sha256(f"{len(self.subject)}|{self.subject}|{self.unaddressed or self.body}".encode()).digest()
