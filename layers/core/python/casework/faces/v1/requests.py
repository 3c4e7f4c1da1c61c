"""Bodies and queries of v1 (contract §2, §3, §5). Unknown names are ignored; nothing is coerced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from casework.cases.case_types import Category, Severity
from casework.cases.events import CaseEdited
from casework.cases.lifecycle import V1_READS, V1_WRITES, CaseStatus, V1Status
from casework.cases.usecases.keep_case import EditOwn, OpenPlain

if TYPE_CHECKING:
    from casework.wiring import App

_LONGEST_TITLE, _LONGEST_SESSION = 200, 100


def _not_blank(title: str) -> str:
    if not title.strip():
        message = "Title must not be blank"
        raise ValueError(message)
    return title


def in_status(word: V1Status) -> list[CaseStatus]:
    """Return the stored statuses that v1 shows as this word."""
    return [status for status, shown in V1_READS.items() if shown == word]


class V1Body(BaseModel):
    """A strict body that ignores what it does not know."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, defer_build=True)


class CreateCaseBody(V1Body):
    """A new case; `{}` is one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "Export times out", "severity": "high", "tags": ["export"]}]})

    title: Annotated[str, Field(max_length=_LONGEST_TITLE)] | None = Field(
        None, description="At most 200 characters before it is trimmed; left out or blank: `Case-MMDD-N`."
    )
    description: str | None = Field(None, description="What happened; null means an empty text.")
    session_id: Annotated[str, Field(max_length=_LONGEST_SESSION)] | None = Field(
        None, description="The session that the case came up in; opaque, at most 100 characters."
    )
    severity: Severity = Field(Severity.MEDIUM, description="`low`, `medium`, `high` or `critical`.")
    category: Category = Field(Category.OTHER, description="What the case is about.")
    metadata: dict[str, Any] = Field(default_factory=dict[str, Any], description="Any JSON object.")
    tags: list[str] = Field(default_factory=list[str], description="Kept in order, repetitions included.")

    def command(self) -> OpenPlain:
        """Return the command."""
        return OpenPlain(
            title=self.title or "", description=self.description or "", session_id=self.session_id, severity=self.severity,
            category=self.category, metadata=self.metadata, tags=tuple(self.tags),
        )  # fmt: skip


class UpdateCaseBody(V1Body):
    """What should be different; null or left out: as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "investigating", "metadata": {"owner": "db", "old": None}}]})

    title: Annotated[str, Field(max_length=_LONGEST_TITLE), AfterValidator(_not_blank)] | None = Field(
        None, description="At most 200 characters before it is trimmed, not blank."
    )
    description: str | None = Field(None, description="Replaces the text.")
    status: V1Status | None = Field(None, description="As `POST …/status` does.")
    severity: Severity | None = Field(None, description="`low`, `medium`, `high` or `critical`.")
    category: Category | None = Field(None, description="What the case is about.")
    metadata: dict[str, Any] | None = Field(None, description="Merged into what is there, one level deep; null removes a name.")
    tags: list[str] | None = Field(None, description="Replaces the list; `[]` empties it.")

    def command(self) -> EditOwn:
        """Return the command."""
        changes = CaseEdited(
            title=self.title.strip() if self.title else None, summary=self.description, severity=self.severity, category=self.category,
            tags=self.tags, attributes=self.metadata,
        )  # fmt: skip
        return EditOwn(changes=changes) if self.status is None else driven_to(self.status, changes)


class ChangeStatusBody(V1Body):
    """Where the case should be."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "resolved"}]})

    status: V1Status = Field(description="`active`, `investigating`, `resolved`, `archived` or `closed`.")


class PageQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    page: int = Field(1, ge=1, description="Counted from 1; set aside where a cursor is given.")
    page_size: int | None = Field(
        None, ge=1, json_schema_extra={"maximum": 100, "default": 50}, description="Cases on a page; default and maximum are settings."
    )
    cursor: str | None = Field(None, min_length=1, max_length=1000, description="`next_cursor` of the page before: cheap at any depth.")

    @field_validator("page_size")
    @classmethod
    def _fits(cls, value: int | None, info: ValidationInfo) -> int | None:
        """At most the setting MAX_PAGE_SIZE, which the App knows."""
        most = cast("App", info.context).page_settings.max_page_size
        if value is not None and value > most:
            kind, message = "less_than_equal", "Input should be less than or equal to {le}"
            raise PydanticCustomError(kind, message, {"le": most})
        return value


class ListQuery(PageQuery):
    """Which cases, and which page of them."""

    status: V1Status | None = Field(None, description="Only cases in this status.")


def driven_to(word: V1Status, changes: CaseEdited | None = None) -> EditOwn:
    """Return the command that drives a case to a word; a case that has it already stays where it is."""
    return EditOwn(changes=changes or CaseEdited(), target=V1_WRITES[word], stays_in=in_status(word))
