"""`@consumer`: a function of one message becomes the handler of an SQS queue, with partial batch failure.

A message is a hint that carries ids. Unavailable and unknown errors leave the message on the queue (it comes back, in the end to the
dead-letter queue); any other domain error is recorded and acknowledged, since repeating it cannot help.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casework import wiring
from casework.entry.observability import log_unknown, logger
from casework.kernel.errors import DomainError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casework.wiring import App, Capability


@dataclass(frozen=True, slots=True)
class Subscription:
    """The declaration of a consumer: the logical id of its queue in template.yaml, and its capability."""

    queue: str
    capability: Capability
    summary: str


class Consumer:
    """The Lambda handler of a queue."""

    def __init__(self, function: Callable[[Mapping[str, Any], App], None], route: Subscription) -> None:
        """Keep the declaration."""
        self.function = function
        self.route = route
        self.__doc__ = function.__doc__

    def __call__(self, event: Mapping[str, Any], context: object) -> dict[str, Any]:
        """Handle a batch; name the messages that must come back."""
        app = wiring.app(self.route.capability)
        failed = [record["messageId"] for record in event["Records"] if not self.accept(record, app)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def accept(self, record: Mapping[str, Any], app: App) -> bool:
        """Handle one message; False when it must come back."""
        try:
            self.function(json.loads(record["body"]), app)
        except Unavailable as error:
            logger.warning("message.retried", extra={"slug": error.slug, "operation": self.route.queue})
            return False
        except DomainError as error:
            logger.info("message.refused", extra={"slug": error.slug, "operation": self.route.queue})
        except Exception as error:
            app.database.rollback()
            log_unknown(error, operation=self.route.queue)
            return False
        return True


def consumer(queue: str, *, capability: Capability) -> Callable[[Callable[[Mapping[str, Any], App], None]], Consumer]:
    """Declare the consumer of a queue, named by its logical id in template.yaml."""

    def declare(function: Callable[[Mapping[str, Any], App], None]) -> Consumer:
        return Consumer(function, Subscription(queue, capability, (function.__doc__ or "").partition("\n")[0]))

    return declare
