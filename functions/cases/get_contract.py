"""Read a contract: the values that the platform's owner decides."""

from __future__ import annotations

from typing import Any

from casework.entry.http import ANY_OF, Answer, Reply, endpoint
from casework.identity.permissions import Permission
from casework.wiring import App

EXAMPLE: dict[str, Any] = {
    "schema_version": "1.0.0", "contract": "sla_model", "title": {"en": "Service levels", "th": "ระดับการให้บริการ", "zh": "服务级别"},
}  # fmt: skip


@endpoint(
    "GET /api/contracts/{name}",
    allow=ANY_OF(Permission.CASES_READ, Permission.REPORTS_CREATE),
    capability="api_reader",
    answers={200: Answer("The contract as its file has it; the file's SHA-256 is the ETag.", dict[str, Any], EXAMPLE)},
)
def handler(name: str, app: App) -> Reply:
    """Return one of the seven contracts.

    `case_schema`, `case_portal`, `case_mapping_model`, `ai_issue_analytics`, `alerting_model`, `sla_model`, `multi_source_intake`: labels
    in three languages, figures with their units. The runtime reads them and never writes them.
    """
    loaded = app.contract(name)
    return Reply(body=loaded.content, headers={"etag": f'"{loaded.sha256}"'})
