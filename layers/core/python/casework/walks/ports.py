"""What the room needs from outside: somebody who thinks of the next node of a walk, vectors, the vault and the mail room."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from casework.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from uuid import UUID

    from casework.identity.model import Actor


class NodeType(StrEnum):
    """What a node asks of the technician (enumerations B-17); the last two end a walk."""

    QUESTION = "question"
    INSTRUCTION = "instruction"
    CHECK = "check"
    RESOLUTION = "resolution"
    ESCALATE = "escalate"


TERMINAL = frozenset({NodeType.RESOLUTION, NodeType.ESCALATE})


@dataclass(frozen=True, slots=True)
class AnsweredStep:
    """One node of a walk, as it was shown, and what came of it."""

    question: str
    answer: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class BuildAsk:
    """All that a builder learns: the problem without contacts or names, its category and language (th, en, zh), the steps so far."""

    problem_text: str
    category: str
    language: str
    steps: tuple[AnsweredStep, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeDraft:
    """A node that has no id yet. `engine`: `embedded`, or the model's name."""

    node_type: NodeType
    text: str
    options: tuple[str, ...] = ()
    engine: str = "embedded"


class BuilderUnavailable(Unavailable):
    """No usable node came: the model is down, slow, refuses, or answers what is no node."""

    slug = "builder-unavailable"
    title = "The assistant does not answer"
    alarm: ClassVar[bool] = False
    """Somebody must mend our access first."""


class WalkBuilder(Protocol):
    """Thinks of the next node."""

    def next_node(self, ask: BuildAsk) -> NodeDraft:
        """Return the node that should follow the steps so far. Raises BuilderUnavailable."""
        ...


class UnitOfWork(Protocol):
    """Opens transactions of a tenant; the work carries the stores `walks`, `cases`, `escalations`, `deliveries` and `outbox`."""

    def __call__(self, tenant_id: UUID) -> AbstractContextManager[Any]: ...


class ContactLock(Protocol):
    """Encrypts what a caller left as a contact."""

    @property
    def key_id(self) -> str: ...

    def encrypt(self, text: str, *, tenant_id: UUID, subject_id: UUID) -> bytes:
        """Return the ciphertext, bound to tenant and subject. Raises Unavailable."""
        ...


class HandOvers(Protocol):
    """Mails to those who take a walk over, inside the transaction."""

    def count(self, work: Any, *, mails: int, by: str, at: datetime) -> None:  # noqa: ANN401
        """Count against the daily caps. Raises RateLimited."""
        ...

    def mail(
        self,
        work: Any,  # noqa: ANN401
        letter: tuple[str, str, str],
        recipients: Sequence[str],
        *,
        session_id: UUID,
        language: str,
        by: str,
        at: datetime,
    ) -> int:
        """Store the letter (subject, text, HTML) and order a mail to each address; return how many will leave."""
        ...


class CaseOpener(Protocol):
    """The case room's way of opening a case about a walk."""

    def __call__(self, work: Any, walk: Any, names: Sequence[str], actor: Actor, at: datetime) -> tuple[UUID, str]:  # noqa: ANN401
        """Open the case inside the transaction, `names` taken out of its texts; return its id and alias."""
        ...
