"""Taking reports in: the body, and the answer to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import PlainValidator, TypeAdapter, WithJsonSchema
from pydantic_core import PydanticCustomError

from casework.faces.v3.views import IngestBody, IngestedReport, Pointer
from casework.kernel.errors import InvalidInput
from casework.reports.usecases.ingest import MAX_ITEMS, ReportItem
from casework.reports.views import IngestResult

_ITEM = TypeAdapter(ReportItem).json_schema()
_LIST = {"type": "array", "items": _ITEM, "minItems": 1, "maxItems": MAX_ITEMS}
_EXAMPLE = [
    {"latitude": 13.7501, "longitude": 100.531, "title": "Blocked drain", "external_id": "app-7f31", "timestamp": "2026-11-21T09:00:00Z"},
    {"latitude": 13.7502, "longitude": 100.5311, "description": "น้ำท่วมปากซอย รถผ่านไม่ได้", "severity_level": 0.8},
]


def _one_or_many(value: object) -> object:
    if not isinstance(value, dict | list):
        raise PydanticCustomError("reports", "expected a report or a list of reports")
    return value  # pyright: ignore[reportUnknownVariableType]


Reports = Annotated[Any, PlainValidator(_one_or_many), WithJsonSchema({"anyOf": [_ITEM, _LIST], "examples": [_EXAMPLE]})]
"""One report or a list; each item is judged on its own, so the body as a whole says no more than that."""


class NoValidReport(InvalidInput):
    """Nothing was stored: every item is invalid. `facts['results']` says why for each."""

    slug = "no-valid-report"
    title = "No valid report"
    status = 422


def split_body(body: dict[str, Any] | list[Any]) -> tuple[list[Any], str]:
    """Return the items, and the pattern of their pointers: a report that comes alone is the body itself."""
    return (body, "/{place}") if isinstance(body, list) else ([body], "")


def ingest_body(results: Sequence[IngestResult]) -> tuple[int, IngestBody]:
    """Return status and body: 201 when all are stored or known, 207 when some are invalid. Raises NoValidReport."""
    body = IngestBody(results=[_result(result) for result in results])
    invalid = sum(result.status == "invalid" for result in results)
    if invalid == len(results):
        raise NoValidReport("no valid report", results=body["results"])
    return (207 if invalid else 201), body


def _result(result: IngestResult) -> IngestedReport:
    view = IngestedReport(seq=result.seq, public_id=result.public_id, status=result.status)
    if result.errors:
        view["errors"] = [Pointer(pointer=problem.pointer, detail=problem.detail) for problem in result.errors]
    return view
