"""Who may do what: the sentence of the decisions, written out as a table, against every route (C-19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from casework.identity.permissions import MATRIX
from tests.support.api import routes

if TYPE_CHECKING:
    from tests.support.api import Api

READS = "reports:read clusters:analyze cases:read escalations:read"
ALL = f"{READS} reports:create cases:create cases:write cases:merge escalations:draft escalations:send"
WALK = "walks:walk flows:read"
FLOWS = "flows:read flows:publish"
TABLE = {
    "citizen": "reports:create reports:read_own", "case_owner": ALL, "reviewer": READS,
    "admin": f"{ALL} {FLOWS} walks:take_over walks:manage",
    "governance": f"{READS} cases:unarchive", "duty_officer": READS, "auditor": READS, "dpo": READS, "service": "reports:create",
    "l1": WALK, "coverage_engineer": WALK, "engineer": f"{FLOWS} walks:take_over", "account_owner": f"{FLOWS} walks:manage",
}  # fmt: skip
"""citizen: create reports, read own. case_owner, admin: all. reviewer, governance, duty_officer, auditor, dpo: reads;
governance also unarchives. service: create reports (and signals, which have no door yet).
l1, coverage_engineer, engineer, account_owner: `/l1` only; admin has it beside the rest, but does not walk."""

V3 = "/api/v3/cases"
NEEDS = {
    ("POST", "/api/v3/reports"): "reports:create", ("GET", "/api/v3/reports/1"): "reports:read reports:read_own",
    ("GET", "/api/v3/reports/cases"): "cases:read", ("POST", "/api/v3/clusters/analyze"): "clusters:analyze",
    ("POST", "/api/v3/clusters/from-report"): "clusters:analyze", ("POST", f"{V3}/match-cluster"): "clusters:analyze",
    ("POST", V3): "cases:create", ("POST", f"{V3}/upsert-from-cluster"): "cases:create",
    ("POST", f"{V3}/merge"): "cases:merge", ("GET", f"{V3}/1"): "cases:read", ("POST", f"{V3}/1/reports"): "cases:write",
    ("POST", f"{V3}/1/status"): "cases:write", ("GET", f"{V3}/1/escalations"): "escalations:read",
    ("POST", f"{V3}/1/escalations/draft"): "escalations:draft",
    ("POST", f"{V3}/1/escalations/send"): "escalations:send", ("GET", "/api/cases"): "cases:read",
    ("POST", "/api/cases"): "cases:create", ("GET", "/api/cases/1"): "cases:read",
    ("GET", "/api/cases/1/events"): "cases:read", ("PATCH", "/api/cases/1/status"): "cases:write cases:unarchive",
    ("POST", "/api/cases/1/signals"): "cases:write", ("POST", "/api/cases/1/sessions"): "cases:write",
    ("GET", "/api/contracts/1"): "cases:read reports:create",
    ("POST", "/l1/intake"): "walks:walk", ("GET", "/l1/queue"): "walks:walk", ("GET", "/l1/sessions/active"): "walks:walk",
    ("GET", "/l1/sessions/1"): "walks:walk", ("POST", "/l1/sessions/1/step"): "walks:walk", ("POST", "/l1/sessions/1/notes"): "walks:walk",
    ("POST", "/l1/sessions/1/resolve"): "walks:walk", ("POST", "/l1/sessions/1/escalate"): "walks:walk",
    ("POST", "/l1/sessions/1/next-node"): "walks:walk", ("POST", "/l1/escalate-without-walk"): "walks:walk",
    ("GET", "/l1/escalations"): "walks:take_over", ("GET", "/l1/categories"): "walks:manage", ("PATCH", "/l1/categories"): "walks:manage",
    ("GET", "/l1/settings"): "walks:manage", ("PATCH", "/l1/settings"): "walks:manage", ("GET", "/l1/flows"): "flows:read",
    ("POST", "/l1/flows"): "flows:publish", ("POST", "/l1/flow-proposals/1/publish"): "flows:publish",
}  # fmt: skip
PUBLIC = {"/api/health", "/health", "/opt-out/{token}", "/webhooks/sendgrid", "/internal/case-escalations/send"}


def test_the_matrix_is_the_decided_table() -> None:
    found = {str(role): {str(permission) for permission in granted} for role, granted in MATRIX.items()}
    assert found == {role: set(granted.split()) for role, granted in TABLE.items()}


def test_the_table_knows_every_route() -> None:
    known = {(method, path.replace("/1", "/{}")) for method, path in NEEDS}
    declared = {
        (method, "/".join("{}" if part.startswith("{") else part for part in path).replace("/v4/", "/v3/"))
        for method, path in routes()
        if "/".join(path) not in PUBLIC and path[:3] != ("", "api", "v1")  # v1 asks for no permission
    }
    assert declared == known


@pytest.mark.parametrize("role", TABLE)
def test_a_role_opens_exactly_its_routes(shared_api: Api, role: str) -> None:
    before = shared_api.row_counts()
    for (method, path), needed in NEEDS.items():
        allowed = bool(set(needed.split()) & set(TABLE[role].split()))
        for prefix in ("/v3/", "/v4/") if "/v3/" in path else ("",):
            answer = shared_api.call(method, path.replace("/v3/", prefix or "/"), b"{", roles=[role])
            assert (answer.status == 403) != allowed, (method, path)
            if not allowed:
                assert answer.json["permission"] == needed.split()[0]
    assert shared_api.row_counts() == before


def test_roles_add_up_and_unknown_ones_grant_nothing(shared_api: Api) -> None:
    assert shared_api.post(V3, {"title": "x"}, roles=["auditor", "case_owner"]).status == 201
    assert shared_api.get("/api/cases", roles=["nobody", "Admin", "ADMIN "]).status == 403


def test_a_refusal_is_said_in_the_faces_words(shared_api: Api) -> None:
    v3, canonical = (shared_api.post(path, {}, roles=["auditor"]) for path in (V3, "/api/cases"))
    assert (v3.json["permission"], v3.json.keys() >= {"error", "code"}) == ("cases:create", True)
    assert (canonical.json["permission"], canonical.json["type"]) == ("cases:create", "/problems/missing-permission")


def other_tenants_calls(names: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """Return every call that names something of a tenant's."""
    bodies = [
        ("GET", "/api/v3/cases/{}", None), ("GET", "/api/v3/cases/{}/escalations", None), ("GET", "/api/cases/{}", None),
        ("GET", "/api/cases/{}/events", None), ("POST", "/api/v3/cases/{}/reports", {"report_seqs": [1]}),
        ("POST", "/api/v3/cases/{}/status", {"status": "closed"}), ("POST", "/api/v3/cases/{}/escalations/draft", {}),
        ("POST", "/api/v3/cases/{}/escalations/send", {}), ("PATCH", "/api/cases/{}/status", {"status": "in-progress"}),
        ("POST", "/api/cases/{}/signals", {"source_type": "after_photo", "summary": "x"}),
    ]  # fmt: skip
    return [(method, path.format(name), body) for method, path, body in bodies for name in names.values()]


def test_c19_another_tenants_case_looks_like_none(shared_api: Api) -> None:
    """BOLA: by alias, by UUID, by number; each answer is byte for byte the one about a case that never was."""
    alias = shared_api.open([shared_api.report()])["case"]["case_id"]
    found = shared_api.get(f"/api/cases/{alias}").json
    theirs = {"alias": alias, "id": found["id"], "number": found["case_number"]}
    missing = {"alias": "case_000000000000", "id": "01a20dae-d053-7abd-b5a1-000000000000", "number": "CASE-261123-0000"}
    before = shared_api.row_counts()
    for call, empty in zip(other_tenants_calls(theirs), other_tenants_calls(missing), strict=True):
        answer, none = (shared_api.call(*each, tenant="acme", roles=["admin"]) for each in (call, empty))
        assert (answer.status, answer.json) == (404, none.json), call
    assert shared_api.row_counts() == before
    assert shared_api.detail(alias)["case"]["status"] == "open"


def test_c19_another_tenants_things_inside_a_body_are_missing_too(shared_api: Api) -> None:
    seq = shared_api.report()
    ours = shared_api.open([seq])["case"]["case_id"]
    options: dict[str, Any] = {"tenant": "acme", "roles": ["admin"]}
    theirs = shared_api.post(V3, {"title": "x"}, **options).json["case"]["case_id"]
    before = shared_api.row_counts()
    merge = {"target_case_id": theirs, "source_case_ids": [ours]}
    calls = [
        (f"{V3}", {"title": "x", "existing_case_id": ours}, 404), (f"{V3}/merge", merge, 404),
        (f"{V3}", {"title": "x", "report_seqs": [seq]}, 422), (f"{V3}/{theirs}/reports", {"report_seqs": [seq]}, 404),
        ("/api/v3/clusters/from-report", {"seq": seq}, 404),
    ]  # fmt: skip
    for path, body, status in calls:
        answer = shared_api.post(path, body, **options)
        assert answer.status == status or (path.endswith("/reports") and answer.status == 422), (path, answer.json)
    found = shared_api.get(f"/api/v3/reports/cases?seq={seq}", **options)
    assert found.json["cases"] == []
    assert shared_api.row_counts() == before


def test_reports_and_lists_are_of_one_tenant(shared_api: Api) -> None:
    shared_api.open([shared_api.report()])
    square = {"type": "Polygon", "coordinates": [[[100, 13], [101, 13], [101, 14], [100, 14], [100, 13]]]}
    analysis = shared_api.post("/api/v3/clusters/analyze", {"geometry": square}, tenant="oncall", roles=["admin"]).json
    assert (analysis["reports"], analysis["candidate_cases"]) == ([], [])
    assert shared_api.get("/api/cases", tenant="oncall", roles=["admin"]).json["items"] == []
