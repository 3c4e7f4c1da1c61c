"""The answer to taking reports in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.faces.v3.views import IngestBody, IngestedReport, Pointer
from casework.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.reports.views import IngestResult


class NoValidReport(InvalidInput):
    """Nothing was stored: every item is invalid. `facts['results']` says why for each."""

    slug = "no-valid-report"
    title = "No valid report"
    status = 422


def ingest_body(results: Sequence[IngestResult]) -> tuple[int, IngestBody]:
    """Return the status and the body: 201 when all are stored or known, 207 when some are invalid. Raises NoValidReport."""
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
