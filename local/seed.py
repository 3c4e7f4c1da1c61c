"""What a laptop's database starts with: three tenants with the demo areas, and the city's case types. Safe to repeat."""

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
from casework.walks.store import add_default_recipients

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

DEMO_AREAS = Path(__file__).parent / "demo_areas.json"
TENANTS = (
    ("bangkok", "Bangkok Metropolitan Administration", "city", ["case_owner"]),
    ("acme", "Acme support desk", "support_desk", ["l1", "case_owner"]),
    ("oncall", "On-call operations", "operations", ["duty_officer"]),
)
"""Slug, name, kind and the roles of a token that names none."""
HAND_OVERS = {"acme": {"second-level@desk.acme.example": "Second level desk"}}
"""Who takes a walk over where an account has named nobody: names by address. Operations has nobody, so that an escalation there warns."""


def seed(owner_url: str, at: datetime, hand_overs: Mapping[str, Mapping[str, str]] | None = None) -> None:
    """Add what is missing. `hand_overs`: default recipients by tenant; nobody, where they are left out."""
    areas = json.loads(DEMO_AREAS.read_text())["areas"]
    with Connection.connect(owner_url, row_factory=dict_row) as connection:
        for slug, name, kind, default_roles in TENANTS:
            tenant_id = add_tenant(connection, slug, name, kind, default_roles, at)
            if kind == "city":
                add_case_types(connection, tenant_id, CITY_CASE_TYPES)
            for area in areas:
                add_area(connection, tenant_id, area, at)
            add_default_recipients(connection, tenant_id, (hand_overs or {}).get(slug, {}))
