"""Request bodies of the cluster routes. Types are strict: a number in quotes is no number."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from casework.faces.v3.answers import SCOPE

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
