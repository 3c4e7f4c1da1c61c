"""Request bodies of the cluster routes, and what all of v3 asks of a query. Types are strict: a number in quotes is no number."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from casework.faces.v3.answers import SCOPE
from casework.kernel.errors import InvalidInput, Problem

Geometry = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": "object",
            "description": "GeoJSON Polygon or MultiPolygon, or a Feature of one; positions are [longitude, latitude].",
            "properties": {"type": {"enum": ["Polygon", "MultiPolygon", "Feature"]}},
            "required": ["type"],
        }
    ),
]
Count = Annotated[int | None, Field(description="How many of the newest reports; 250 when absent or not positive, at most 5,000.")]
Classification = Annotated[str | None, Field(description="`physical` or `digital`.", examples=["physical"])]


class AnalyzeClusters(BaseModel):
    """A drawn scope."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, json_schema_extra={"examples": [{"geometry": SCOPE, "n": 250}]})

    geometry: Geometry = None
    classification: Classification = None
    n: Count = None


class AnalyzeFromReport(BaseModel):
    """The surroundings of a report."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, json_schema_extra={"examples": [{"seq": 41, "radius_km": 0.25}]})

    seq: int | None = Field(default=None, description="The seed report; required.", examples=[41])
    radius_km: float | None = Field(default=None, description="0.25 when absent or not positive; above 5 it is cut to 5.")
    classification: Classification = None
    n: Count = None


class MissingField(InvalidInput):
    """A field that the contract demands is absent or blank: 400 with the contract's text."""

    slug = "missing-field"

    def __init__(self, name: str, *, are: bool = False) -> None:
        """Word it as the contract does."""
        super().__init__(f"{name} {'are' if are else 'is'} required", errors=[Problem(f"/{name.split(maxsplit=1)[0]}", "required")])


class InvalidSeq(InvalidInput):
    """Not the number of a report."""

    slug = "invalid-seq"


class ReportQuery(BaseModel):
    """Which report's cases; text, so that each fault gets the contract's words."""

    seq: str = Field("", description="The report's number.", examples=["41"])

    def positive_seq(self) -> int:
        """Return the number. Raises InvalidSeq."""
        if not re.fullmatch(r"[1-9][0-9]{0,17}", self.seq):
            raise InvalidSeq("seq must be a positive integer", errors=[Problem("?seq", "not a positive integer")])
        return int(self.seq)
