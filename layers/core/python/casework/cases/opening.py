"""The body of a new case on the canonical face: all writable names of the record; it becomes a command."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, model_validator

from casework.cases.case_types import AlertLevel, Severity
from casework.cases.events import Edge, FollowUp
from casework.cases.lifecycle import CaseStatus
from casework.cases.requests import Body
from casework.cases.usecases.open_case import OpenCase
from casework.cases.views import EDGE_NAMES, LANGUAGES

_YEARS = range(1970, 2101)


def _in_living_memory(at: datetime) -> datetime:
    """The first and last years of a calendar cannot be told in another offset, and one such row would spoil every list that holds it."""
    if at.year not in _YEARS:
        message = "the year lies outside 1970 to 2100"
        raise ValueError(message)
    return at


Instant = Annotated[AwareDatetime, AfterValidator(_in_living_memory)]
Title = Annotated[str, Field(min_length=1, max_length=255, pattern=r"\S")]
Text = Annotated[str, Field(max_length=20_000)]
Word = Annotated[str, Field(min_length=1, max_length=255)]


class Place(Body):
    """Where; the case keeps only the public point."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class Reporter(Body):
    """Who told us. The record keeps keyed hashes; the text goes encrypted into the contact vault."""

    name: Word | None = None
    email: Annotated[str, Field(max_length=255, pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    phone: Annotated[str, Field(max_length=64, pattern=r"\d")] | None = None


class Owner(Body):
    """Who drives the case."""

    user_id: Word
    role: Word


class Due(Body):
    """One thing that somebody owes."""

    action: Word
    owner: Word
    due_at: Instant


class Related(Body):
    """An edge to something outside the case."""

    target_type: Word
    target_id: Word


class OpenCaseBody(Body):
    """A new case: `case_type` and at least one title are required."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "case_type": "flood_drainage",
                    "title_th": "น้ำท่วมปากซอย",
                    "title_en": "Street flooded at the mouth of the lane",
                    "severity": "high",
                    "datetime": "2026-11-21T09:00:00+07:00",
                    "location": {"latitude": 13.7345, "longitude": 100.5253},
                    "follow_up": [{"action": "Inspect the drain", "owner": "u1", "due_at": "2026-11-22T02:00:00Z"}],
                }
            ]
        }
    )

    case_type: Word
    title_th: Title | None = None
    title_en: Title | None = None
    title_zh: Title | None = None
    issue_definition_th: Text | None = None
    issue_definition_en: Text | None = None
    issue_definition_zh: Text | None = None
    summary: Text = ""
    severity: Severity | None = None
    alert_level: AlertLevel | None = None
    status: Literal[CaseStatus.PROPOSED, CaseStatus.UNDER_REVIEW, CaseStatus.OPEN] = CaseStatus.OPEN
    datetime: Instant | None = None
    reporter: Reporter | None = None
    location: Place | None = None
    attributes: dict[str, Any] = Field(default_factory=dict[str, Any])
    pattern: dict[str, Any] = Field(default_factory=dict[str, Any])
    related_actors: list[Related] = Field(default_factory=list[Related], max_length=100)
    related_services: list[Related] = Field(default_factory=list[Related], max_length=100)
    related_signals: list[Related] = Field(default_factory=list[Related], max_length=1000)
    related_dashboards: list[Related] = Field(default_factory=list[Related], max_length=100)
    related_source_provenance: list[Related] = Field(default_factory=list[Related], max_length=1000)
    owner: Owner | None = None
    follow_up: list[Due] = Field(default_factory=list[Due], max_length=100)
    sensitive_surface_flag: bool | None = None
    language_detected: Literal["th", "en", "zh"] | None = None

    @model_validator(mode="after")
    def _has_a_title(self) -> OpenCaseBody:
        if not (self.title_th or self.title_en or self.title_zh):
            message = "one of title_th, title_en and title_zh is required"
            raise ValueError(message)
        return self

    def command(self) -> OpenCase:
        """Return the command."""
        titles = {language: title for language in LANGUAGES if (title := getattr(self, f"title_{language}"))}
        definitions = {language: text for language in LANGUAGES if (text := getattr(self, f"issue_definition_{language}"))}
        edges = [
            Edge(kind=kind, target_type=one.target_type, target_id=one.target_id)
            for kind, name in EDGE_NAMES.items()
            for one in getattr(self, name)
        ]
        return OpenCase(
            case_type=self.case_type, titles=titles, language=self.language_detected or next(iter(titles)), issue_definitions=definitions,
            severity=self.severity, alert_level=self.alert_level, status=self.status, occurred_at=self.datetime,
            reporter=self.reporter.model_dump() if self.reporter else {},
            location=(self.location.latitude, self.location.longitude) if self.location else None, attributes=self.attributes,
            pattern=self.pattern, owner=self.owner.model_dump() if self.owner else None,
            follow_ups=tuple(FollowUp(action=due.action, owner=due.owner, due_at=due.due_at) for due in self.follow_up), edges=tuple(edges),
            sensitive=self.sensitive_surface_flag, summary=self.summary,
        )  # fmt: skip
