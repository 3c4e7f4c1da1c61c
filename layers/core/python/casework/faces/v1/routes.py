"""Which paths v1 has, for the door that answers all others; a contract test holds them against the doors."""

from __future__ import annotations

FIRST_SEGMENTS = ("/api/v1/", "/health/")
ROUTES = {
    "/health": ("GET",),
    "/api/v1/cases": ("GET", "POST"),
    "/api/v1/cases/session/{session_id}": ("GET",),
    "/api/v1/cases/{case_id}": ("DELETE", "GET", "PUT"),
    "/api/v1/cases/{case_id}/status": ("POST",),
}


def methods_of(path: str) -> tuple[str, ...]:
    """Return the methods of a path; none where v1 has no such path."""
    return next((methods for pattern, methods in ROUTES.items() if _matches(pattern, path)), ())


def _matches(pattern: str, path: str) -> bool:
    wanted, given = pattern.split("/"), path.split("/")
    return len(wanted) == len(given) and all(a == b or (a.startswith("{") and b != "") for a, b in zip(wanted, given, strict=True))
