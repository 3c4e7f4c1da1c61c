"""What an escalation works with: the rooms of walks, cases and outreach put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.cases.usecases.keep_case import OpenFromWalk, open_from_walk
from casework.entry.observability import logger
from casework.kernel.redaction import redact
from casework.walks.usecases.ending import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from casework.identity.model import Actor
    from casework.walks.model import Walk
    from casework.wiring import App


def exit_of(app: App) -> Exit:
    """Return what escalations work with."""
    return Exit(app.unit_of_work, app.clock, app.hand_overs, _open_case, _warn)


def _open_case(work: Any, walk: Walk, names: Sequence[str], actor: Actor, at: datetime) -> tuple[UUID, str]:  # noqa: ANN401
    """Open a case about a walk; contacts and the caller's name are taken out of its texts."""
    tried = "\n".join(f"{number}. {step.question} – {step.answer}" for number, step in enumerate(walk.steps, 1))
    command = OpenFromWalk(
        problem=redact(walk.problem_text, names), summary=redact(f"{walk.problem_text}\n\n{tried}".strip(), names), category=walk.category,
        language=walk.language, ticket_id=walk.ticket_id,
    )  # fmt: skip
    return open_from_walk(command, work, actor=actor, at=at)


def _warn(walk: Walk) -> None:
    logger.warning("walk.nobody_told", extra={"session_id": str(walk.id), "operation": walk.kind.value})
