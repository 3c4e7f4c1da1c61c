"""The body of create and upsert (contract §8.1)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from casework.escalations.targets import Channel, SuggestedTarget, TargetRole, TargetSource
from casework.faces.v3.case_requests import Body, Seqs, UnacceptableValue
from casework.faces.v3.requests import Geometry, MissingField
from casework.kernel.errors import Problem

TITLE_LENGTH = 255


class TargetBody(Body):
    """A contact that the caller suggests."""

    role_type: str = "contact"
    organization: Annotated[str, Field(max_length=255)] = ""
    display_name: Annotated[str, Field(max_length=255)] = ""
    channel: str = ""
    email: Annotated[str, Field(max_length=255)] = ""
    phone: Annotated[str, Field(max_length=64)] = ""
    website: Annotated[str, Field(max_length=512)] = ""
    contact_url: Annotated[str, Field(max_length=512)] = ""
    social_platform: Annotated[str, Field(max_length=64)] = ""
    social_handle: Annotated[str, Field(max_length=255)] = ""
    target_source: Annotated[str, Field(max_length=64)] = ""
    confidence_score: float = 0.0
    rationale: Annotated[str, Field(max_length=2000)] = ""

    def suggestion(self) -> SuggestedTarget:
        """Return the target; its channel is the given one, else that of its first contact."""
        given = {
            Channel.EMAIL: self.email,
            Channel.PHONE: self.phone,
            Channel.WEBSITE: self.website or self.contact_url,
            Channel.SOCIAL: self.social_handle,
        }
        channel = next((channel for channel in Channel if channel == self.channel and given[channel]), None)
        return SuggestedTarget(
            organization=self.organization, display_name=self.display_name or self.organization or self.email,
            channel=channel or next((channel for channel, value in given.items() if value), Channel.EMAIL),
            target_source=next((source for source in TargetSource if source == self.target_source), TargetSource.SUGGESTED),
            confidence_score=min(1.0, max(0.0, self.confidence_score)), rationale=self.rationale,
            role_type=next((role for role in TargetRole if role == self.role_type), TargetRole.CONTACT), email=self.email.strip().lower(),
            phone=self.phone, website=self.website, contact_url=self.contact_url, social_platform=self.social_platform,
            social_handle=self.social_handle,
        )  # fmt: skip


class CreateCaseBody(Body):
    """A case from a selection of reports, from an area, or from nothing but a title."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"title": "Blocked drain at the market", "report_seqs": [41, 42], "cluster_summary": "Two witnesses"}]
        }
    )

    title: str = ""
    type: Annotated[str, Field(max_length=64)] = "incident"
    status: str = "open"
    classification: str | None = None
    summary: Annotated[str, Field(max_length=20_000)] = ""
    uncertainty_notes: Annotated[str, Field(max_length=20_000)] = ""
    geometry: Geometry | None = None
    anchor_report_seq: int | None = None
    report_seqs: Seqs = Field(default_factory=list[int])
    existing_case_id: Annotated[str, Field(max_length=64)] | None = None
    force_new_case: bool = False
    cluster_summary: Annotated[str, Field(max_length=20_000)] = ""
    cluster_source_type: Annotated[str, Field(max_length=32)] = "geometry"
    cluster_stats: Any = None
    cluster_analysis: Any = None
    escalation_targets: Annotated[list[TargetBody], Field(max_length=100)] = Field(default_factory=list[TargetBody])

    @property
    def anchor(self) -> int | None:
        """The anchor; a number that is not positive names none."""
        return self.anchor_report_seq if self.anchor_report_seq is not None and self.anchor_report_seq > 0 else None


def required_title(text: str) -> str:
    """Return the title, trimmed. Raises MissingField when blank, UnacceptableValue above 255 characters."""
    title = text.strip()
    if not title:
        raise MissingField("title")
    if len(title) > TITLE_LENGTH:
        raise UnacceptableValue(
            f"title is longer than {TITLE_LENGTH} characters",
            errors=[Problem("/title", f"at most {TITLE_LENGTH} characters")],
        )
    return title
