"""`@schedule`: a function of the App becomes the handler of a timer.

A tick derives its work from the database, so a late one catches up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casework import wiring
from casework.entry.observability import log_unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casework.wiring import App, Capability


@dataclass(frozen=True, slots=True)
class Timer:
    """The declaration of a schedule: its name in template.yaml, its expression, its capability."""

    name: str
    expression: str
    capability: Capability
    summary: str


class Tick:
    """The Lambda handler of a schedule."""

    def __init__(self, function: Callable[[App], Mapping[str, int]], route: Timer) -> None:
        """Keep the declaration."""
        self.function = function
        self.route = route
        self.__doc__ = function.__doc__

    def __call__(self, event: Mapping[str, Any], context: object) -> dict[str, int]:
        """Do what is due; return counts. An error is logged without its text and raised, so that the schedule retries."""
        app = wiring.app(self.route.capability)
        try:
            return dict(self.function(app))
        except Exception as error:
            app.database.rollback()
            log_unknown(error, operation=self.route.name)
            raise


def schedule(name: str, expression: str, *, capability: Capability) -> Callable[[Callable[[App], Mapping[str, int]]], Tick]:
    """Declare the handler of a schedule: `rate(1 minute)`, `cron(0 7 * * ? *)`."""

    def declare(function: Callable[[App], Mapping[str, int]]) -> Tick:
        return Tick(function, Timer(name, expression, capability, (function.__doc__ or "").partition("\n")[0]))

    return declare
