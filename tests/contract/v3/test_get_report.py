"""GET /api/v3|v4/reports/{seq}."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.apps import Answered
from tests.support.database import rows
from tests.support.reports import a_report, send
from v3.get_report import handler as get

if TYPE_CHECKING:
    from tests.support.apps import World

REPORT = {"seq", "public_id", "timestamp", "id", "team", "latitude", "longitude", "x", "y", "last_email_sent_at"}
ANALYSIS = {
    "seq",
    "source",
    "analysis_text",
    "title",
    "description",
    "brand_name",
    "brand_display_name",
    "litter_probability",
    "hazard_probability",
    "digital_bug_probability",
    "severity_level",
    "summary",
    "language",
    "classification",
    "inferred_contact_emails",
    "is_valid",
    "created_at",
    "updated_at",
}


def read(world: World, seq: object, **options: Any) -> Answered:
    return world.call(get, f"/api/v3/reports/{seq}", seq=str(seq), **options)


def test_a_report_has_exactly_the_contracts_fields(world: World) -> None:
    seq = send(
        world,
        a_report(timestamp="2026-11-21T16:00:00+07:00", inferred_contact_emails=["a@example.org", "b@example.org"]),
    )[0]
    found = read(world, seq).json
    assert (set(found), set(found["report"]), set(found["analysis"][0])) == ({"report", "analysis"}, REPORT, ANALYSIS)
    assert found["report"]["timestamp"] == "2026-11-21T09:00:00Z"
    assert found["analysis"][0]["inferred_contact_emails"] == "a@example.org, b@example.org"


def test_a_source_url_shows_where_there_is_one(world: World) -> None:
    seq = send(world, a_report(source_url="https://example.org/1"))[0]
    assert read(world, seq).json["report"]["source_url"] == "https://example.org/1"


@pytest.mark.parametrize("role", ["case_owner", "admin", "reviewer", "governance", "duty_officer", "dpo", "auditor"])
def test_staff_read_anybodys_report(shared_world: World, role: str) -> None:
    seq = send(shared_world, a_report(), user="u7")[0]
    assert read(shared_world, seq, user="u1", roles=[role]).status == 200


def test_a_citizen_reads_own_reports_and_no_others(shared_world: World) -> None:
    seq = send(shared_world, a_report(), user="u7", roles=["citizen"])[0]
    assert read(shared_world, seq, user="u7", roles=["citizen"]).status == 200
    answer = read(shared_world, seq, user="u8", roles=["citizen"])
    assert (answer.status, answer.json) == (404, {"error": "report not found", "code": "report-not-found"})


@pytest.mark.parametrize("role", ["service", "l1", "engineer", "account_owner", "nobody"])
def test_others_may_not_read(shared_world: World, role: str) -> None:
    answer = read(shared_world, send(shared_world, a_report())[0], roles=[role])
    assert (answer.status, answer.json["permission"]) == (403, "reports:read")


def test_another_tenants_report_is_a_404(shared_world: World) -> None:
    seq = send(shared_world, a_report())[0]
    assert read(shared_world, seq, tenant="acme", roles=["admin"]).status == 404


def test_a_hidden_report_is_a_404(world: World) -> None:
    seq = send(world, a_report())[0]
    rows(world.owner_url, "update reports set is_public = false")
    assert read(world, seq).status == 404


@pytest.mark.parametrize(
    ("seq", "status"),
    [("999", 404), ("0", 404), ("-1", 404), ("9" * 30, 404), ("x", 400), ("1.5", 400), ("9" * 5_000, 400)],
)
def test_numbers_without_a_report_and_things_that_are_no_numbers(shared_world: World, seq: str, status: int) -> None:
    answer = read(shared_world, seq)
    assert answer.status == status
    assert answer.json["code"] == ("report-not-found" if status == 404 else "invalid-parameters")
