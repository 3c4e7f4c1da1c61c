"""Who may be told about a case: stored contacts by place, then contacts in reports (§6.1, S0-04, S0-11, S0-29)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.apps import ACME
from tests.support.database import rows
from tests.support.reports import a_square

if TYPE_CHECKING:
    from tests.support.api import Api

PATHUM_WAN = a_square(100.52, 13.735, 100.53, 13.745)
NOWHERE = a_square(99.0, 18.0, 99.01, 18.01)
CONTACTS = {
    "drains@pathumwan.example.org", "control-room@drainage.example.org", "signals@traffic.example.org",
    "repair@powerline.example.org",
}  # fmt: skip


def suggested(api: Api, geometry: Any) -> list[dict[str, Any]]:
    answer = api.post("/api/v3/clusters/analyze", {"geometry": geometry})
    assert answer.status == 200, answer.json
    return answer.json["suggested_targets"]


def test_s0_11_contacts_of_the_area_are_suggested_with_a_reason(api: Api) -> None:
    api.reports({"latitude": 13.74, "longitude": 100.525})
    found = suggested(api, PATHUM_WAN)
    assert {target["email"] for target in found} == CONTACTS
    for target in found:
        assert (target["target_source"], target["confidence_score"]) == ("area_contact", 0.9)
        assert "Pathum Wan" in target["rationale"]
        assert (target["id"], target["case_id"], target["channel"]) == (0, "", "email")


def test_s0_04_a_case_with_a_scope_keeps_its_targets(api: Api) -> None:
    made = api.open(geometry=PATHUM_WAN)
    listed = api.get(f"/api/v3/cases/{made['case']['case_id']}/escalations").json["targets"]
    assert {target["email"] for target in listed} == CONTACTS
    assert listed == made["escalation_targets"]
    assert all(target["rationale"] and target["id"] > 0 for target in listed)


def test_a_scope_that_touches_no_area_has_none(api: Api) -> None:
    assert suggested(api, NOWHERE) == []
    assert api.open(geometry=NOWHERE)["escalation_targets"] == []


def test_a_contact_without_consent_is_left_out(api: Api) -> None:
    api.rows("update area_contacts set consent_report = false where email like 'drains@%%'")
    assert {target["email"] for target in suggested(api, PATHUM_WAN)} == CONTACTS - {"drains@pathumwan.example.org"}


def test_contacts_in_reports_come_after_those_of_the_area(api: Api) -> None:
    seqs = api.reports(
        {"latitude": 13.74, "longitude": 100.525, "inferred_contact_emails": ["Shop@Mall.co.th", "shop@mall.co.th"]},
        {"latitude": 13.74, "longitude": 100.525, "inferred_contact_emails": ["owner@mall.co.th"]},
    )
    found = suggested(api, PATHUM_WAN)
    assert [target["confidence_score"] for target in found] == [0.9] * 4 + [0.6] * 2
    inferred = {target["email"]: target["target_source"] for target in found[4:]}
    assert inferred == dict.fromkeys(("shop@mall.co.th", "owner@mall.co.th"), "inferred_contact")
    assert all(target["rationale"] for target in found)
    assert {target["email"] for target in api.open(seqs)["escalation_targets"]} >= {"owner@mall.co.th"}


def test_at_most_eight_are_suggested(api: Api) -> None:
    emails = [f"c{n}@mall.co.th" for n in range(12)]
    seqs = api.reports({"latitude": 13.74, "longitude": 100.525, "inferred_contact_emails": emails})
    assert len(suggested(api, PATHUM_WAN)) == 8
    assert len(api.open(seqs, geometry=PATHUM_WAN)["escalation_targets"]) == 8


def test_a_seed_scope_has_no_area_contacts_but_those_of_its_reports(api: Api) -> None:
    (seq,) = api.reports({"latitude": 13.74, "longitude": 100.525, "inferred_contact_emails": ["a@mall.co.th"]})
    answer = api.post("/api/v3/clusters/from-report", {"seq": seq})
    assert "a@mall.co.th" in {target["email"] for target in answer.json["suggested_targets"]}


def test_given_targets_replace_the_suggested_ones(api: Api) -> None:
    made = api.open(geometry=PATHUM_WAN, escalation_targets=[{"channel": "email", "email": "x@y.go.th"}])
    assert [target["email"] for target in made["escalation_targets"]] == ["x@y.go.th"]


def test_attaching_adds_a_contact_once(api: Api) -> None:
    made = api.open(geometry=PATHUM_WAN)
    body = {"title": "x", "existing_case_id": made["case"]["case_id"], "geometry": PATHUM_WAN}
    again = api.post("/api/v3/cases", body).json["escalation_targets"]
    assert again == made["escalation_targets"]


def test_the_areas_of_one_tenant_are_not_anothers(api: Api) -> None:
    """Every tenant starts with the same three areas; acme's contacts are given addresses of their own here."""
    statement = "update area_contacts set email = 'acme-' || email where tenant_id = %s returning email"
    renamed = {str(row["email"]) for row in rows(api.world.owner_url, statement, ACME)}
    answer = api.post("/api/v3/clusters/analyze", {"geometry": PATHUM_WAN}, tenant="acme", roles=["admin"])
    found = {target["email"] for target in answer.json["suggested_targets"]}
    assert found == {f"acme-{email}" for email in CONTACTS} <= renamed
    assert not {target["email"] for target in suggested(api, PATHUM_WAN)} & renamed


def test_every_seeded_tenant_has_three_areas(shared_api: Api) -> None:
    statement = "select t.slug, count(*) as n from areas a join tenants t on t.id = a.tenant_id group by 1 order by 1"
    assert rows(shared_api.world.owner_url, statement) == [{"slug": slug, "n": 3} for slug in ("acme", "bangkok", "oncall")]


@pytest.mark.parametrize("email", ["no at sign", "two@@signs", "a@b"])
def test_a_target_that_is_no_address_is_never_mailed(shared_api: Api, email: str) -> None:
    answer = shared_api.post(
        "/api/v3/cases", {"title": "x", "force_new_case": True, "escalation_targets": [{"channel": "email", "email": email}]}
    )
    if answer.status == 201:
        sent = shared_api.post(f"/api/v3/cases/{answer.json['case']['case_id']}/escalations/send", {})
        assert sent.status == 400
    else:
        assert answer.status in {400, 422}
