"""`case_portal.json`: how cases come to be, how they are seen and taken out, the daily queue, the roles (enumerations B-6, B-15, B-18).

Statuses are codes of `case_schema.json`. The database has its own ceiling for a queue's items of a day: a file that asks for more needs a
migration too (A.7 C-29).
"""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from casework.contracts.model import Code, Codes, Contract, Count, Label, Named, Positive, Text, require_known, require_unique


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        message = f"no such time zone: {name}"
        raise ValueError(message) from error
    return name


ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Zone = Annotated[str, AfterValidator(_known_zone)]


class CreationMode(Named):
    """A way in which a case comes to be, and the status that it then has."""

    made_by: Literal["person", "ai"]
    entry: Label
    default_status: Code


class Export(Named):
    """A format in which cases leave the portal."""

    media_type: Text
    file_extension: Code


class Queue(Named):
    """A daily queue of possible cases. Items beyond `max_items_per_day` take the next local date's first slots.

    `starts_at` (HH:MM) is wall-clock time in `time_zone`, whose dates count. A run takes at most `max_inbox_items_per_run` items in. At
    most `max_proactive_items_per_day` slots go to what no person reported. Alerted cases take no slot.
    """

    mode: Code
    default_status: Code
    starts_at: ClockTime
    time_zone: Zone
    max_items_per_day: Positive
    max_proactive_items_per_day: Count
    max_inbox_items_per_run: Positive
    overflow: Literal["next_day"]
    review_sla_hours: Positive
    requires_human_review: bool
    reviewed_by: Codes
    run_by_hand_by: Codes
    overflow_told_to: Codes

    @property
    def local_start(self) -> time:
        """Return `starts_at` as wall-clock time of the queue's zone."""
        return time.fromisoformat(self.starts_at)

    @model_validator(mode="after")
    def _proactive_items_fit_into_the_day(self) -> Self:
        if self.max_proactive_items_per_day > self.max_items_per_day:
            message = f"the queue {self.code} allows more proactive items than items"
            raise ValueError(message)
        return self


class CasePortal(Contract):
    """What the portal offers, to whom, and when."""

    contract: Literal["case_portal"]
    creation_modes: Annotated[tuple[CreationMode, ...], Field(min_length=1)]
    views: Annotated[tuple[Named, ...], Field(min_length=1)]
    exports: Annotated[tuple[Export, ...], Field(min_length=1)]
    queues: Annotated[tuple[Queue, ...], Field(min_length=1)]
    roles: Annotated[tuple[Named, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        for what in ("creation_modes", "views", "exports", "queues", "roles"):
            require_unique((each.code for each in getattr(self, what)), what)
        return self

    @model_validator(mode="after")
    def _queues_refer_to_what_is_declared(self) -> Self:
        require_known((queue.mode for queue in self.queues), (mode.code for mode in self.creation_modes), "creation mode of a queue")
        named = (role for queue in self.queues for role in (*queue.reviewed_by, *queue.run_by_hand_by, *queue.overflow_told_to))
        require_known(named, (role.code for role in self.roles), "role of a queue")
        return self

    @model_validator(mode="after")
    def _queues_start_cases_as_their_mode_does(self) -> Self:
        statuses = {mode.code: mode.default_status for mode in self.creation_modes}
        for queue in self.queues:
            if queue.default_status != statuses[queue.mode]:
                message = f"the queue {queue.code} starts cases in another status than its mode"
                raise ValueError(message)
        return self
