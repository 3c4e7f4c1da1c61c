"""`@stage`: a pipeline step becomes the handler of one Task of the state machine.

A stage gets `{tenant_id, run_id}` and, inside the Map, `candidate_id`; it writes its row and returns routing facts only: payloads stay in
Postgres. Unavailable is raised by its class name, so that the state machine's Retry can name it; anything else is a failed stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from casework import wiring
from casework.entry.observability import log_unknown, logger
from casework.kernel.errors import DomainError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casework.wiring import App, Capability


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a stage is told: where its input lies."""

    tenant_id: UUID
    run_id: UUID
    candidate_id: UUID | None


@dataclass(frozen=True, slots=True)
class Task:
    """The declaration of a stage: the name of its Task state, its capability."""

    name: str
    capability: Capability
    summary: str


class Stage:
    """The Lambda handler of a Task."""

    def __init__(self, function: Callable[[Ticket, App], Mapping[str, Any]], route: Task) -> None:
        """Keep the declaration."""
        self.function = function
        self.route = route
        self.__doc__ = function.__doc__

    def __call__(self, event: Mapping[str, Any], context: object) -> dict[str, Any]:
        """Do the step; return its routing facts. Raises Unavailable (retried) and DomainError (the candidate fails)."""
        return self.perform(event, wiring.app(self.route.capability))

    def perform(self, event: Mapping[str, Any], app: App) -> dict[str, Any]:
        """Do the step with this App."""
        candidate = event.get("candidate_id")
        ticket = Ticket(UUID(event["tenant_id"]), UUID(event["run_id"]), UUID(candidate) if candidate else None)
        try:
            return dict(self.function(ticket, app))
        except Unavailable as error:
            logger.warning("stage.retried", extra={"operation": self.route.name, "slug": error.slug, "run_id": str(ticket.run_id)})
            raise
        except DomainError as error:
            logger.info("stage.refused", extra={"operation": self.route.name, "slug": error.slug, "run_id": str(ticket.run_id)})
            raise
        except Exception as error:
            app.database.rollback()
            log_unknown(error, operation=self.route.name, run_id=str(ticket.run_id))
            raise


def stage(name: str, *, capability: Capability) -> Callable[[Callable[[Ticket, App], Mapping[str, Any]]], Stage]:
    """Declare the handler of a Task state."""

    def declare(function: Callable[[Ticket, App], Mapping[str, Any]]) -> Stage:
        return Stage(function, Task(name, capability, (function.__doc__ or "").partition("\n")[0]))

    return declare
