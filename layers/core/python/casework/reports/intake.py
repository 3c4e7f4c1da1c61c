"""One item of JSON becomes a new report, or a list of what is wrong with it.

Types are taken at their word (`true` is no number, `"13.7"` neither); fields that we do not know are left alone; text
is stored as it came, whatever it looks like. Defaults: physical, severity 0.5, the language that the text is in, the
moment of arrival, no brand. The length limits lie far above real reports: among 325 complaints of Bangkok's open data
the longest has 462 characters.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from casework.kernel.errors import Problem
from casework.reports.tokens import detect_language, tokenise

MAX_ITEMS = 1_000
MAX_EMAILS = 50
_TITLE, _SUMMARY, _DESCRIPTION = 2_000, 20_000, 100_000
_YEARS = range(1970, 2101)
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
_WEB = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)


def _instant(value: object) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        raise PydanticCustomError("timestamp", "a timestamp is RFC 3339 text such as 2026-11-21T09:00:00Z")
    try:
        at = datetime.fromisoformat(value.upper())
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise PydanticCustomError("timestamp", "there is no such date or time") from None
    if at.year not in _YEARS:
        raise PydanticCustomError("timestamp", "the year lies outside 1970 to 2100")
    return at


def _addresses(value: object) -> list[str]:
    """A list of texts or one comma list; blanks and repetitions go."""
    texts: object = [value] if isinstance(value, str) else [] if value is None else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in cast("list[object]", texts)):
        raise PydanticCustomError("addresses", "expected a list of texts or one comma-separated text")
    found = [address.strip() for text in cast("list[str]", texts) for address in text.split(",")]
    distinct = list(dict.fromkeys(filter(None, found)))
    if len(distinct) > MAX_EMAILS:
        raise PydanticCustomError("addresses", "at most 50 addresses")
    if any(len(address) > 320 for address in distinct):  # noqa: PLR2004 - RFC 3696 errata 1690: 64 + @ + 255
        raise PydanticCustomError("addresses", "an address has at most 320 characters")
    return distinct


def _web_address(value: str | None) -> str | None:
    if value and not _WEB.fullmatch(value):
        raise PydanticCustomError("web_address", "a source_url starts with http:// or https:// and has no spaces")
    return value or None


def _not_blank(value: str | None) -> str | None:
    if value is not None and not value.strip():
        raise PydanticCustomError("blank", "an external_id must not be blank")
    return value


def _text(longest: int) -> Any:  # noqa: ANN401 - a field declaration
    return Field(default="", max_length=longest)


Probability = Annotated[float, Field(ge=0, le=1)]
Instant = Annotated[
    datetime | None,
    BeforeValidator(_instant),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}),
]
Addresses = Annotated[
    list[str],
    BeforeValidator(_addresses),
    WithJsonSchema({"anyOf": [{"type": "array", "items": {"type": "string"}, "maxItems": MAX_EMAILS}, {"type": "string"}]}),
]


class ReportItem(BaseModel):
    """The fields of one report. At least one of title, summary and description says something."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, title="Report")

    latitude: float = Field(ge=-90, le=90, description="Degrees north.")
    longitude: float = Field(ge=-180, le=180, description="Degrees east.")
    title: str | None = _text(_TITLE)
    summary: str | None = _text(_SUMMARY)
    description: str | None = _text(_DESCRIPTION)
    classification: Literal["physical", "digital"] | None = "physical"
    severity_level: Probability | None = 0.5
    brand_name: str | None = _text(255)
    brand_display_name: str | None = _text(255)
    timestamp: Instant = Field(default=None, description="When it was observed, RFC 3339; without an offset: UTC. Default: arrival.")
    language: str | None = Field(default=None, pattern=r"^[A-Za-z]{2,3}$", description="Of the text; detected when absent.")
    external_id: Annotated[str | None, AfterValidator(_not_blank)] = Field(
        default=None, min_length=1, max_length=255, description="The sender's own id: a repetition changes nothing."
    )
    source_url: Annotated[str | None, AfterValidator(_web_address)] = Field(default=None, max_length=2_048)
    litter_probability: Probability | None = 0.0
    hazard_probability: Probability | None = 0.0
    digital_bug_probability: Probability | None = 0.0
    inferred_contact_emails: Addresses = Field(default_factory=list[str], description="Contacts that the report names.")


class NewReport(BaseModel):
    """A report and its one reading, ready to be stored; the names are those of the columns."""

    model_config = ConfigDict(frozen=True)

    public_id: str
    external_id: str | None
    latitude: float
    longitude: float
    observed_at: datetime
    source_url: str | None
    language: str
    classification: str
    title: str
    summary: str
    description: str
    brand_name: str
    brand_display_name: str
    severity_level: float
    litter_probability: float
    hazard_probability: float
    digital_bug_probability: float
    inferred_contact_emails: list[str]
    tokens: list[str]


def read_item(item: object, *, at: datetime, pointer: str = "") -> NewReport | list[Problem]:
    """Return the report in an item of JSON that arrived `at`, or its problems; `pointer` is its place in the body."""
    if not isinstance(item, dict):
        return [Problem(pointer, "a report must be a JSON object")]
    try:
        fields = ReportItem.model_validate(item)
    except ValidationError as error:
        return _problems(error, pointer)
    texts = [fields.title or "", fields.summary or "", fields.description or ""]
    if not any(text.strip() for text in texts):
        return [Problem(pointer, "one of title, summary and description must say something")]
    return _new_report(fields, texts, at)


def _new_report(fields: ReportItem, texts: list[str], at: datetime) -> NewReport:
    brand = fields.brand_display_name or fields.brand_name or ""
    return NewReport(
        public_id=f"r{secrets.token_hex(6)}",
        external_id=fields.external_id,
        latitude=fields.latitude,
        longitude=fields.longitude,
        observed_at=fields.timestamp or at,
        source_url=fields.source_url,
        language=(fields.language or detect_language("\n".join(texts))).lower(),
        classification=fields.classification or "physical",
        title=texts[0],
        summary=texts[1],
        description=texts[2],
        brand_name=" ".join((fields.brand_name or brand).casefold().split()),
        brand_display_name=brand,
        severity_level=0.5 if fields.severity_level is None else fields.severity_level,
        litter_probability=fields.litter_probability or 0.0,
        hazard_probability=fields.hazard_probability or 0.0,
        digital_bug_probability=fields.digital_bug_probability or 0.0,
        inferred_contact_emails=fields.inferred_contact_emails,
        tokens=tokenise(*texts),
    )


def _problems(error: ValidationError, pointer: str) -> list[Problem]:
    """Our own field names only: a fault never echoes what was sent."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return [Problem(f"{pointer}/{fault['loc'][0]}" if fault["loc"] else pointer, fault["msg"]) for fault in faults]
