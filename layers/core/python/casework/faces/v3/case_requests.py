"""Bodies of the case and escalation routes (contract §7.1, §8, §9). Unknown fields are ignored; an actor named in a body is one."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from casework.cases.lifecycle import V3_WRITES, CaseStatus, V3Status
from casework.escalations.languages import Language
from casework.escalations.targets import Channel, SuggestedTarget, TargetRole, TargetSource
from casework.escalations.usecases import Mailing
from casework.faces.v3.requests import Classification, Count, Geometry, MissingField
from casework.kernel.errors import Conflict, InvalidInput, Problem

Seqs = Annotated[list[int], Field(max_length=5000)]
Mails = Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=100)]
TITLE_LENGTH = 255


class Body(BaseModel):
    """A body whose types are strict and whose unknown fields do not matter; a door builds the one that it reads, at its start."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: object) -> object:
        """Take null for absent, as the peer does: clients of its language write it for what they leave empty."""
        if not isinstance(value, dict):
            return value
        return {name: member for name, member in cast("dict[str, object]", value).items() if member is not None}

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Say in the API document too that null is taken."""
        reference = handler(core_schema)
        fields: dict[str, JsonSchemaValue] = handler.resolve_ref_schema(reference)["properties"]
        fields |= {name: {**field, "type": [field["type"], "null"]} for name, field in fields.items() if isinstance(field.get("type"), str)}
        return reference


class UnacceptableValue(InvalidInput):
    """The right type, but no value of this field."""

    slug = "unacceptable-value"
    status = 422


class MergedByMergeOnly(Conflict):
    """`merged` is written by a merge alone."""

    slug = "merged-by-merge-only"


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


class MatchBody(Body):
    """A scope that might belong to an open case."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"report_seqs": [41, 42], "title": "Blocked drain"}]})

    geometry: Geometry | None = None
    classification: Classification = None
    report_seqs: Seqs = Field(default_factory=list[int])
    title: Annotated[str, Field(max_length=2000)] = ""
    summary: Annotated[str, Field(max_length=20_000)] = ""
    n: Count = None


class LinkReportsBody(Body):
    """Reports to link."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"report_seqs": [43], "link_reason": "manual"}]})

    report_seqs: Seqs = Field(default_factory=list[int])
    link_reason: Annotated[str, Field(max_length=128)] = "manual"
    confidence: float = 1.0


class ChangeStatusBody(Body):
    """One of the six words, and what to say about it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "investigating", "summary": "Crew on its way"}]})

    status: str = ""
    summary: Annotated[str, Field(max_length=20_000)] = ""
    payload: Any = None


class MergeCasesBody(Body):
    """A target and what goes into it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"target_case_id": "case_5e0c9a1b2d3f", "source_case_ids": ["case_0f3a91c2d4e5"]}]}
    )

    target_case_id: Annotated[str, Field(max_length=64)] = ""
    source_case_ids: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=50)] = Field(default_factory=list[str])


class DraftBody(Body):
    """What a caller may choose of a draft."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"target_ids": [4], "cc_emails": ["works@district.example.net"]}]})

    target_ids: Annotated[list[int], Field(max_length=100)] = Field(default_factory=list[int])
    cc_emails: Mails = Field(default_factory=list[str])
    subject: Annotated[str, Field(max_length=2000)] = ""
    body: Annotated[str, Field(max_length=100_000)] = ""
    language: str | None = None

    def mailing(self, *, resend: bool = False) -> Mailing:
        """Return the choice. Raises UnacceptableValue for a language that no draft is written in."""
        asked = next((language for language in Language if language == self.language), None)
        if self.language and asked is None:
            raise UnacceptableValue(
                "language must be one of th, en, zh, de, fr, it, es, pt",
                errors=[Problem("/language", "unknown language")],
            )
        return Mailing(
            target_ids=tuple(self.target_ids), cc_emails=tuple(self.cc_emails), subject=self.subject.strip(), body=self.body.strip(),
            language=asked, resend=resend,
        )  # fmt: skip


class SendBody(DraftBody):
    """As a draft; `resend` repeats on purpose what went out before."""

    resend: bool = False


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


def stored_status(word: str) -> CaseStatus:
    """Return the stored status of one of the six words. Raises UnacceptableValue, and MergedByMergeOnly for `merged`."""
    if word == V3Status.MERGED:
        raise MergedByMergeOnly("a case becomes merged through a merge only")
    found = next((status for known, status in V3_WRITES.items() if known == word), None)
    if found is None:
        words = ", ".join(V3Status)
        raise UnacceptableValue(f"status must be one of {words}", errors=[Problem("/status", "unknown status")])
    return found
