"""Bodies of the case routes that need no mail room (contract §7.1, §8.3–8.5). Unknown fields do not matter; an actor in a body is one."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from casework.cases.lifecycle import V3_WRITES, CaseStatus, V3Status
from casework.faces.v3.requests import Classification, Count, Geometry
from casework.kernel.errors import Conflict, InvalidInput, Problem

Seqs = Annotated[list[int], Field(max_length=5000)]


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


def stored_status(word: str) -> CaseStatus:
    """Return the stored status of one of the six words. Raises UnacceptableValue, and MergedByMergeOnly for `merged`."""
    if word == V3Status.MERGED:
        raise MergedByMergeOnly("a case becomes merged through a merge only")
    found = next((status for known, status in V3_WRITES.items() if known == word), None)
    if found is None:
        words = ", ".join(V3Status)
        raise UnacceptableValue(f"status must be one of {words}", errors=[Problem("/status", "unknown status")])
    return found
