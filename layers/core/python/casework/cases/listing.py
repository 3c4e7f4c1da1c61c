"""The query of a list of cases. Apart from the bodies, whose commands a list never needs."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from casework.cases.case_types import AlertLevel, Severity
from casework.cases.lifecycle import CaseStatus
from casework.cases.views import LANGUAGES

_CHOICES: dict[str, frozenset[str]] = {
    "status": frozenset(CaseStatus), "severity": frozenset(Severity), "alert_level": frozenset(AlertLevel),
    "classification": frozenset({"physical", "digital"}), "language_detected": frozenset(LANGUAGES),
}  # fmt: skip
"""What a filter of a list may name; a case type is a row of the tenant's, a creator anybody."""


class ListQuery(BaseModel):
    """Filters (comma lists), order and page of a list of cases."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    status: str | None = Field(None, description="Statuses, comma separated.")
    case_type: str | None = Field(None, description="Case types, comma separated.")
    severity: str | None = Field(None, description="Severities: critical, high, medium, low; comma separated.")
    alert_level: str | None = Field(None, description="Alert levels: L0 to L3, comma separated.")
    classification: str | None = Field(None, description="`physical`, `digital`, or both.")
    language_detected: str | None = Field(None, description="Languages of the title: th, en, zh; comma separated.")
    created_by: str | None = Field(None, description="Ids of those who opened the case, comma separated.")
    creation_mode: str | None = Field(None, description="How the case came to be, comma separated.")
    sort: Literal[
        "created_at", "-created_at", "updated_at", "-updated_at", "occurred_at", "-occurred_at", "severity_score", "-severity_score",
        "urgency_score", "-urgency_score",
    ] = Field("-created_at", description="The order; `-` in front: falling.")  # fmt: skip
    limit: int = Field(50, ge=1, le=100, description="Cases on a page.")
    cursor: str | None = Field(None, max_length=1000, description="`next_cursor` of the page before, with the same filters and order.")

    @field_validator("status", "severity", "alert_level", "classification", "language_detected")
    @classmethod
    def _knows_each(cls, value: str | None, info: ValidationInfo) -> str | None:
        unknown = sorted(set(value.split(",")) - _CHOICES[str(info.field_name)]) if value else []
        if unknown:
            message = f"must be of {', '.join(sorted(_CHOICES[str(info.field_name)]))}"
            raise ValueError(message)
        return value
