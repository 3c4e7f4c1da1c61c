"""Defaults of a new case: alert level by type and severity (enumerations B-3)."""

from __future__ import annotations

from casework.cases.case_types import AlertLevel, Severity

_LEVELS = tuple(AlertLevel)
_TO_L0 = frozenset({"flood_drainage", "public_safety", "power_lighting"})


def alert_level_for(case_type: str | None, severity: Severity, base: AlertLevel = AlertLevel.L3) -> AlertLevel:
    """Return the alert level of a type (None: not classified yet) at a severity; `base` is the type's own level."""
    if severity is Severity.CRITICAL:
        return AlertLevel.L0 if case_type in _TO_L0 else AlertLevel.L1
    if severity is Severity.HIGH:
        return AlertLevel.L1 if base <= AlertLevel.L1 else AlertLevel.L2
    if severity is Severity.MEDIUM:
        return max(base, AlertLevel.L1)
    return _LEVELS[min(_LEVELS.index(base) + 1, len(_LEVELS) - 1)]
