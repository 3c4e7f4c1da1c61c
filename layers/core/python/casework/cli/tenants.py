"""`tenant add`, `area add` and `recipient add`: who uses the system, and whom it may write to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from casework.cases.case_types import CITY_CASE_TYPES
from casework.cases.store import add_case_types
from casework.cli.surroundings import CommandFailed
from casework.cli.tokens import read_roles
from casework.escalations.store import add_area
from casework.identity.store import add_tenant
from casework.walks.store import add_default_recipients, remove_default_recipient

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from casework.cli.surroundings import Surroundings

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,62}")
KINDS = ("city", "support_desk", "operations")
_AREA_FIELDS, _CONTACT_FIELDS = (
    frozenset({"key", "name", "geometry", "contacts"}),
    frozenset({"email", "organization", "role", "consent_report"}),
)


def add_tenant_arguments(parser: ArgumentParser) -> None:
    """Declare `tenant`."""
    parser.add_argument("action", choices=["add"])
    parser.add_argument("slug", metavar="SLUG", help="short name in tokens: lower-case letters, digits, hyphens")
    parser.add_argument("--name", required=True, help="as it signs its mails")
    parser.add_argument("--kind", choices=KINDS, default="city", help="a city also gets the twelve case types")
    parser.add_argument("--default-roles", default="", metavar="ROLE,…", help="roles of a token that names none")


def add_area_arguments(parser: ArgumentParser) -> None:
    """Declare `area`."""
    parser.add_argument("action", choices=["add"])
    parser.add_argument("file", type=Path, metavar="FILE", help='JSON: {"areas": [{key, name, geometry, contacts: […]}]}, or one such area')
    parser.add_argument("--tenant", required=True, metavar="SLUG", help="whose areas they are")


def add_recipient_arguments(parser: ArgumentParser) -> None:
    """Declare `recipient`."""
    parser.add_argument("action", choices=["add", "remove"])
    parser.add_argument("email", metavar="EMAIL", help="who takes escalated walks over where an account has named nobody")
    parser.add_argument("--tenant", required=True, metavar="SLUG", help="whose accounts")
    parser.add_argument("--name", default="", help="who that is")


def run_tenant(arguments: Namespace, around: Surroundings) -> int:
    """Add a tenant unless it is there."""
    roles = read_roles(arguments.default_roles)
    if not _SLUG.fullmatch(arguments.slug):
        raise CommandFailed("a slug has 2 to 63 lower-case letters, digits and hyphens, and begins with a letter")
    with around.database.transaction(None) as connection:
        tenant_id = add_tenant(connection, arguments.slug, arguments.name, arguments.kind, roles, around.clock.now())
        if arguments.kind == "city":
            add_case_types(connection, tenant_id, CITY_CASE_TYPES)
    print(f"{arguments.slug} is {tenant_id}")
    return 0


def run_area(arguments: Namespace, around: Surroundings) -> int:
    """Add the file's areas, all or none; a known key gets the file's shape and contacts."""
    areas = _read_areas(arguments.file)
    tenant_id = around.tenant(arguments.tenant)
    with around.database.transaction(tenant_id) as connection:
        for area in areas:
            add_area(connection, tenant_id, area, around.clock.now())
    for area in areas:
        consenting = sum(contact["consent_report"] for contact in area["contacts"])
        print(f"{area['key']}: {area['name']}, {len(area['contacts'])} contacts, {consenting} of them agreed to be told")
    return 0


def run_recipient(arguments: Namespace, around: Surroundings) -> int:
    """Add a default recipient of a tenant's escalations, or remove one."""
    email = arguments.email.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise CommandFailed(f"{arguments.email!r} is no mail address")
    tenant_id = around.tenant(arguments.tenant)
    with around.database.transaction(tenant_id) as connection:
        if arguments.action == "add":
            add_default_recipients(connection, tenant_id, {email: arguments.name})
        elif not remove_default_recipient(connection, tenant_id, email, around.clock.now()):
            raise CommandFailed(f"{email} takes nothing over")
    print(f"{email}: {'added' if arguments.action == 'add' else 'removed'}")
    return 0


def _read_areas(path: Path) -> list[dict[str, Any]]:
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandFailed(f"{path}: {error}") from None
    members = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    areas: Any = members.get("areas", [members])
    if not isinstance(areas, list) or not areas:
        raise CommandFailed(f"{path}: no areas in it")
    return [_checked(area, path) for area in cast("list[Any]", areas)]


def _checked(area: Any, path: Path) -> dict[str, Any]:  # noqa: ANN401 - JSON
    if not isinstance(area, dict) or not area.keys() >= _AREA_FIELDS:
        raise CommandFailed(f"{path}: an area has {', '.join(sorted(_AREA_FIELDS))}")
    known = cast("dict[str, Any]", area)
    contacts: list[dict[str, Any]] = known["contacts"]
    if known["geometry"].get("type") not in {"Polygon", "MultiPolygon"}:
        raise CommandFailed(f"{path}: area {known['key']} is no Polygon or MultiPolygon")
    if not all(contact.keys() >= _CONTACT_FIELDS for contact in contacts):
        raise CommandFailed(f"{path}: a contact of {known['key']} has {', '.join(sorted(_CONTACT_FIELDS))}")
    return known
