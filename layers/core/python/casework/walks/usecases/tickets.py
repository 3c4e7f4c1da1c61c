"""The ticket of a problem, and its caller's contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.kernel.ids import uuid7
from casework.kernel.redaction import masked_contact
from casework.walks.model import Ticket

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from casework.identity.model import Actor
    from casework.walks.ports import ContactLock


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who has the problem, as far as they said."""

    name: str | None = None
    contact: str | None = None


def new_ticket(problem: str, caller: Caller, actor: Actor, at: datetime) -> Ticket:
    """Return the ticket of a problem; of the contact it holds the mask."""
    masked = masked_contact(caller.contact) if caller.contact else None
    return Ticket(uuid7(), problem, caller.name, masked, actor.id, at)


def seal_contact(caller: Caller, ticket: Ticket, actor: Actor, lock: Callable[[], ContactLock]) -> tuple[bytes, str] | None:
    """Encrypt a contact before the use case's transaction begins. Raises Unavailable."""
    if not caller.contact:
        return None
    vault = lock()
    return vault.encrypt(caller.contact, tenant_id=actor.tenant_id, subject_id=ticket.id), vault.key_id
