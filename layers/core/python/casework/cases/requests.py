"""Bodies of the canonical face: strict, nothing unknown; each becomes a command. A new case's is in `opening`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from casework.cases.lifecycle import CaseStatus, ClosureReason
from casework.cases.usecases.change_status import ChangeStatus
from casework.cases.usecases.record_signal import RecordSignal


class Body(BaseModel):
    """A strict request body; a door builds the one that it reads, at its start."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


class ChangeStatusBody(Body):
    """A single edge of the lifecycle."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "in-progress", "reason": "crew on its way"}]})

    status: CaseStatus
    reason: Annotated[str, Field(max_length=2000)] = ""
    closure_reason: ClosureReason | None = None

    def command(self) -> ChangeStatus:
        """Return the command."""
        return ChangeStatus(target=self.status, reason=self.reason, closure_reason=self.closure_reason)


class RecordSignalBody(Body):
    """A hint that the problem is gone, or not."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"source_type": "after_photo", "summary": "The drain runs free again"}]})

    source_type: Literal[
        "reporter_confirmed", "reporter_disputed", "after_photo", "sensor_normal", "agency_closed", "silence_7d", "new_report_same_place"
    ]
    summary: Annotated[str, Field(min_length=1, max_length=2000)]
    linked_report_seq: Annotated[int, Field(gt=0)] | None = None
    metadata: dict[str, Any] = Field(default_factory=dict[str, Any])

    def command(self) -> RecordSignal:
        """Return the command."""
        return RecordSignal(self.source_type, self.summary, self.linked_report_seq, self.metadata)


class LinkSessionBody(Body):
    """A session of v1's that works on the case."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"session_id": "session-7"}]})

    session_id: Annotated[str, Field(min_length=1, max_length=100)]
