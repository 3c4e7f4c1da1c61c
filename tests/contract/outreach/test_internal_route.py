"""POST /internal/case-escalations/send: our own services' way to queue (§9.4, decided "Mail", S0-44, S0-50, S0-51)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.apps import INTERNAL_TOKEN, a_token

if TYPE_CHECKING:
    from tests.contract.outreach.conftest import Outreach

PATH = "/internal/case-escalations/send"


def a_body(outreach: Outreach, *more: str) -> dict[str, Any]:
    """Return a call about the action of a case that was sent."""
    case_id = outreach.case("a@b.go.th")
    sent = outreach.send(case_id).json
    recipients = [{"email": email} for email in ("a@b.go.th", *more)]
    return {
        "case_id": case_id, "action_id": sent["actions"][0]["id"], "subject": sent["subject"], "body": sent["body"],
        "recipients": recipients,
    }  # fmt: skip


def post(outreach: Outreach, body: Any, secret: str | None = INTERNAL_TOKEN, token: str | None = None):
    headers = {} if secret is None else {"x-internal-admin-token": secret}
    return outreach.post(PATH, body, headers=headers, token=token)


def test_s0_50_a_call_is_202_and_its_repeat_changes_nothing(outreach: Outreach) -> None:
    body = a_body(outreach, "new@d.go.th")
    first = post(outreach, body)
    before = outreach.row_counts() | {"outbox_events": 0}
    again = post(outreach, body)
    assert (first.status, again.status, again.json) == (202, 202, first.json)
    assert outreach.row_counts() | {"outbox_events": 0} == before, "hints may come again, rows may not"
    assert {row["recipient_email"] for row in outreach.escalations(body["case_id"])["deliveries"]} == {
        "a@b.go.th", "new@d.go.th",
    }  # fmt: skip
    outreach.deliver()
    assert sorted(mail.to for mail in outreach.mailer.taken) == ["a@b.go.th", "new@d.go.th"]


def test_a_sent_mail_is_not_sent_again(outreach: Outreach) -> None:
    body = a_body(outreach)
    outreach.deliver()
    assert post(outreach, body).status == 202
    outreach.deliver()
    assert len(outreach.mailer.taken) == 1


@pytest.mark.parametrize("secret", [None, "", "wrong", INTERNAL_TOKEN + "x", "тест"])
def test_s0_51_a_missing_or_wrong_token_is_401(desk: Outreach, secret: str | None) -> None:
    for body in ({}, "{", a_body(desk)):
        before = desk.row_counts()
        answer = post(desk, body, secret)
        assert (answer.status, answer.json["error"]) == (401, "unauthorized")
        assert desk.row_counts() == before


def test_s0_51_a_users_token_alone_is_401(desk: Outreach) -> None:
    assert post(desk, a_body(desk), None, token=a_token(roles=["admin"])).status == 401


def test_the_internal_token_opens_no_other_door(desk: Outreach) -> None:
    """S0-44."""
    headers = {"x-internal-admin-token": INTERNAL_TOKEN}
    assert desk.get("/api/cases", headers=headers, token=None).status == 401


def test_without_a_token_on_the_server_it_is_503(owner_url: str) -> None:
    from tests.contract.outreach.conftest import Outreach

    outreach = Outreach(owner_url)
    outreach.world.secrets.values["internal"] = ""
    answer = post(outreach, {}, "")
    assert (answer.status, answer.json["error"]) == (503, "internal admin token not configured")
    outreach.world.close()


def test_an_unknown_action_is_404(desk: Outreach) -> None:
    body, other = a_body(desk), desk.case("x@y.go.th")
    before = desk.row_counts()
    for changed in ({"action_id": 99_999}, {"action_id": 2**40}, {"case_id": "case_000000000000"}, {"case_id": other}):
        assert post(desk, body | changed).status == 404, changed
    assert desk.row_counts() == before


@pytest.mark.parametrize(
    "changed",
    [{"recipients": []}, {"recipients": None}, {"recipients": [{}]}, {"recipients": [{"email": 5}]}, {"subject": ""},
     {"body": None}, {"action_id": "x"}, {"action_id": True}],
)  # fmt: skip
def test_a_bad_call_is_400_and_stores_nothing(desk: Outreach, changed: dict[str, Any]) -> None:
    body = a_body(desk)
    before = desk.row_counts()
    assert post(desk, body | changed).status == 400
    assert desk.row_counts() == before


def test_no_recipient_is_told(desk: Outreach) -> None:
    assert post(desk, a_body(desk) | {"recipients": []}).json["error"] == "at least one recipient is required"


def test_only_bad_addresses_are_400(desk: Outreach) -> None:
    answer = post(desk, a_body(desk) | {"recipients": [{"email": "nonsense"}]})
    assert (answer.status, answer.json["error"]) == (400, "no valid recipients provided")


def test_refusals_are_problem_json_with_the_contracts_text(desk: Outreach) -> None:
    answer = post(desk, a_body(desk) | {"subject": ""})
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json["status"], answer.json["type"]) == (400, "/problems/invalid-fields")
    assert answer.json["error"] == answer.json["detail"]
    assert answer.json["error"].startswith("invalid request body: ")


def test_more_than_a_mebibyte_is_413(desk: Outreach) -> None:
    body = a_body(desk)
    assert post(desk, body | {"html_body": "x" * (1024 * 1024)}).status == 413
    assert post(desk, body | {"html_body": "x" * 1_000_000}).status == 202


def test_the_case_may_be_named_in_all_three_ways(desk: Outreach) -> None:
    body = a_body(desk)
    case = desk.get(f"/api/cases/{body['case_id']}").json
    assert {post(desk, body | {"case_id": case[name]}).status for name in ("id", "case_number", "case_id")} == {202}


def test_a_target_id_beyond_all_numbers_is_400(desk: Outreach) -> None:
    recipients = [{"email": "new@d.go.th", "target_id": target_id} for target_id in (2**63, -1, 0)]
    assert {post(desk, a_body(desk) | {"recipients": [one]}).status for one in recipients} == {400}
