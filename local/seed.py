"""What a laptop's database starts with: three tenants, the city's case types and its demo areas. Safe to repeat."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg.rows import dict_row

from casework.cases.case_types import CITY_CASE_TYPES
from casework.cases.store import add_case_types
from casework.escalations.store import add_area
from casework.identity.store import add_tenant
from casework.postgres.connection import Connection

if TYPE_CHECKING:
    from datetime import datetime

DEMO_AREAS = Path(__file__).parent / "demo_areas.json"


def seed(owner_url: str, at: datetime) -> None:
    """Add what is missing."""
    with Connection.connect(owner_url, row_factory=dict_row) as connection:
        bangkok = add_tenant(connection, "bangkok", "Bangkok Metropolitan Administration", "city", ["case_owner"], at)
        add_case_types(connection, bangkok, CITY_CASE_TYPES)
        for area in json.loads(DEMO_AREAS.read_text())["areas"]:
            add_area(connection, bangkok, area, at)
        add_tenant(connection, "acme", "Acme support desk", "support_desk", ["l1"], at)
        add_tenant(connection, "oncall", "On-call operations", "operations", ["duty_officer"], at)
