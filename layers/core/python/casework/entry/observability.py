"""Structured logs that cannot hold personal data: only listed fields are let through, and long values are cut."""

from __future__ import annotations

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

FIELDS = frozenset(
    {
        "level", "location", "message", "timestamp", "service", "cold_start", "function_name", "function_request_id", "xray_trace_id",
        "correlation_id", "tenant_id", "case_id", "report_count", "delivery_id", "action_id", "event_id", "operation", "route", "status",
        "slug", "error_kind", "where", "sqlstate", "constraint", "destination", "attempt", "count", "outcome", "duration_ms", "run_id",
        "session_id",
    }
)  # fmt: skip
_LONGEST = 200


class AllowListFormatter(LambdaPowertoolsFormatter):
    """Writes the fields named in FIELDS and nothing else: no event, no body, no exception text (it may hold a row's values)."""

    def serialize(self, log: dict[str, Any]) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the JSON line."""
        kept = {name: value[:_LONGEST] if isinstance(value, str) else value for name, value in log.items() if name in FIELDS}
        return super().serialize(kept)  # pyright: ignore[reportArgumentType]


logger = Logger(
    service=os.environ.get("POWERTOOLS_SERVICE_NAME", "casework"),
    logger_formatter=AllowListFormatter(),
    use_rfc3339=True,
    log_uncaught_exceptions=False,
)


def log_unknown(error: BaseException, **fields: object) -> None:
    """Log an error that nobody expected: its kind and where it was raised, never its text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename.rpartition('casework/')[2]}:{trace.tb_lineno}" if trace else ""
    facts: dict[str, object] = {"error_kind": type(error).__name__, "where": where, "sqlstate": getattr(error, "sqlstate", None), **fields}
    logger.error("error.unknown", extra=facts)
