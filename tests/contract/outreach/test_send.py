"""POST …/escalations/send: rows first, mail later, each text once (§9.3, S0-13, S0-42, S0-46, C-12)."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.api import Api, audit
from tests.support.apps import World

if TYPE_CHECKING:
    from tests.contract.outreach.conftest import Outreach


def counts(outreach: Outreach, case_id: str) -> tuple[int, int]:
    """Return how many actions and deliveries a case has."""
    found = outreach.escalations(case_id)
    return len(found["actions"]), len(found["deliveries"])


def test_s0_42_rows_exist_before_the_provider_is_called(outreach: Outreach) -> None:
    """One action per target, one delivery per address, cc included (S0-22)."""
    case_id = outreach.case("a@b.go.th", "c@d.go.th")
    answer = outreach.send(case_id, {"cc_emails": ["ann@x.go.th"]}, user="mali")
    assert answer.status == 202
    assert answer.json.keys() >= {"case_id", "subject", "body", "cc_emails", "actions", "deliveries"}
    assert (answer.json["cc_emails"], outreach.mailer.calls) == (["ann@x.go.th"], [])
    assert [action["sent_by_user_id"] for action in answer.json["actions"]] == ["mali", "mali"]
    found = {row["recipient_email"]: row for row in answer.json["deliveries"]}
    assert {email: row["delivery_status"] for email, row in found.items()} == dict.fromkeys(
        ("a@b.go.th", "c@d.go.th", "ann@x.go.th"), "queued"
    )
    cc = found["ann@x.go.th"]
    assert (cc["delivery_source"], cc["action_id"], cc["target_id"]) == ("manual_cc", None, None)
    assert {row["sent_at"] for row in found.values()} == {None}
    stored = outreach.escalations(case_id)
    assert (stored["actions"], stored["deliveries"]) == (answer.json["actions"], answer.json["deliveries"])


def test_actions_and_deliveries_have_the_contracts_fields(outreach: Outreach) -> None:
    """S0-52…S0-57; ids are whole numbers and times no year 1 (weakness 24)."""
    answer = outreach.send(outreach.case("a@b.go.th")).json
    (action,), (delivery,) = answer["actions"], answer["deliveries"]
    assert action.keys() >= {
        "id", "case_id", "target_id", "channel", "status", "subject", "body", "attachments_json", "sent_by_user_id",
        "provider_message_id", "sent_at", "created_at",
    }  # fmt: skip
    assert delivery.keys() >= {
        "id", "case_id", "action_id", "target_id", "recipient_email", "delivery_status", "delivery_source", "provider",
        "provider_message_id", "sent_at", "error_message", "created_at",
    }  # fmt: skip
    assert (action["status"], delivery["action_id"]) == ("queued", action["id"])
    assert all(isinstance(row["id"], int) and row["id"] > 0 for row in (action, delivery))
    assert action["created_at"].startswith("2026-11-2")


def test_the_mail_is_what_was_drafted_and_names_nobody_in_custom_args(outreach: Outreach) -> None:
    """S0-13, S0-72: one message per recipient, with text and html; the provider learns an opaque id only."""
    case_id = outreach.case("a@b.go.th")
    draft = outreach.draft(case_id).json
    outreach.send(case_id)
    outreach.deliver()
    (mail,) = outreach.mailer.taken
    assert mail.subject == draft["subject"]
    assert mail.text.startswith(draft["body"][:200])
    assert draft["html"][:300] in mail.html
    assert ("/opt-out/" in mail.text, "/opt-out/" in mail.html) == (True, True)


def test_given_words_are_sent(outreach: Outreach) -> None:
    outreach.send(outreach.case("a@b.go.th"), {"subject": "Mine", "body": "Also mine"})
    outreach.deliver()
    (mail,) = outreach.mailer.taken
    assert (mail.subject, mail.text.startswith("Also mine")) == ("Mine", True)


def test_the_audit_trail_has_one_request_and_one_record(outreach: Outreach) -> None:
    """S0-06."""
    case_id = outreach.case("a@b.go.th", "c@d.go.th")
    sent = outreach.send(case_id, {"cc_emails": ["ann@x.go.th"]}, user="mali").json
    assert audit(outreach.detail(case_id)) == ["case_created", "case_escalation_requested"]
    event = outreach.detail(case_id)["audit_events"][-1]
    payload = json.loads(event["payload_json"])
    assert (event["actor_user_id"], payload["target_count"], payload["subject"]) == ("mali", 2, sent["subject"])
    assert payload["target_ids"] == []
    outreach.deliver()
    detail = outreach.detail(case_id)
    assert audit(detail) == ["case_created", "case_escalation_requested", "case_escalation_recorded"]
    recorded = json.loads(detail["audit_events"][-1]["payload_json"])
    assert (recorded["action_count"], recorded["delivery_count"]) == (2, 3)
    assert outreach.get(f"/api/cases/{case_id}/events").json["verified"]


def test_the_same_text_leaves_once(outreach: Outreach) -> None:
    """Decided "Escalation": 202 with the earlier action, whatever the key."""
    case_id = outreach.case("a@b.go.th")
    first = outreach.send(case_id)
    before = outreach.row_counts()
    again = outreach.send(case_id, headers={"idempotency-key": "another"})
    assert (again.status, again.json["actions"]) == (202, first.json["actions"])
    assert {**outreach.row_counts(), "idempotency_keys": 0} == {**before, "idempotency_keys": 0}
    outreach.deliver()
    assert len(outreach.mailer.taken) == 1


def test_another_greeting_is_not_another_text(outreach: Outreach) -> None:
    """Alone an organisation is greeted by name, together with another it is not: its mail is the same one."""
    targets = [{"channel": "email", "email": f"desk@{name}.go.th", "organization": name} for name in ("roads", "drains")]
    made = outreach.open([], escalation_targets=targets)
    case_id, first = made["case"]["case_id"], made["escalation_targets"][0]["id"]
    alone = outreach.send(case_id, {"target_ids": [first]}).json
    together = outreach.send(case_id).json
    assert alone["body"] != together["body"]
    assert [action["target_id"] for action in together["actions"]].count(first) == 1
    assert alone["actions"][0]["id"] in {action["id"] for action in together["actions"]}
    assert counts(outreach, case_id) == (2, 2)


def test_resend_is_a_deliberate_repeat(outreach: Outreach) -> None:
    case_id = outreach.case("a@b.go.th")
    outreach.send(case_id)
    outreach.world.clock.advance(timedelta(minutes=1))
    again = outreach.send(case_id, {"resend": True})
    assert again.status == 202
    outreach.deliver()
    assert (len(outreach.mailer.taken), *counts(outreach, case_id)) == (2, 2, 2)


def test_other_words_are_another_mail(outreach: Outreach) -> None:
    case_id = outreach.case("a@b.go.th")
    outreach.send(case_id, {"body": "one"})
    outreach.send(case_id, {"body": "two"})
    outreach.deliver()
    assert len(outreach.mailer.taken) == 2


def test_the_same_text_at_once_leaves_once(outreach: Outreach) -> None:
    case_id = outreach.case("a@b.go.th")

    def send(_: int) -> int:
        world = World(outreach.world.owner_url)
        try:
            return Api(world).post(f"/api/v3/cases/{case_id}/escalations/send", {}).status
        finally:
            world.close()

    with ThreadPoolExecutor(5) as pool:
        assert set(pool.map(send, range(5))) == {202}
    assert counts(outreach, case_id) == (1, 1)


def test_only_the_chosen_target_is_mailed(outreach: Outreach) -> None:
    case_id = outreach.case("a@b.go.th", "c@d.go.th")
    ids = {target["email"]: target["id"] for target in outreach.escalations(case_id)["targets"]}
    outreach.send(case_id, {"target_ids": [ids["c@d.go.th"]]})
    outreach.deliver()
    assert [mail.to for mail in outreach.mailer.taken] == ["c@d.go.th"]


@pytest.mark.parametrize("body", [{}, {"target_ids": [99_999]}, {"cc_emails": ["ann@x.go.th"]}])
def test_no_recipient_is_400_and_nothing_is_stored(desk: Outreach, body: dict[str, Any]) -> None:
    case_id = desk.case("c@d.go.th") if "target_ids" in body else desk.case()
    before = desk.row_counts()
    answer = desk.send(case_id, body)
    assert (answer.status, answer.json["error"]) == (400, "no email-capable escalation targets selected")
    assert desk.row_counts() == before


def test_an_unknown_case_and_an_empty_body(desk: Outreach) -> None:
    answer = desk.send("case_000000000000")
    assert (answer.status, answer.json["error"]) == (404, "case not found")
    empty = desk.post(f"/api/v3/cases/{desk.case('a@b.go.th')}/escalations/send", b"")
    assert (empty.status, empty.json["error"]) == (400, "invalid json")


def test_no_body_chooses_the_actor(desk: Outreach) -> None:
    sent = desk.send(desk.case("a@b.go.th"), {"actor_user_id": "boss"}, user="mali", headers={"x-user-id": "boss"}).json
    assert [action["sent_by_user_id"] for action in sent["actions"]] == ["mali"]


def test_placeholders_and_opted_out_addresses_are_told_and_never_mailed(outreach: Outreach) -> None:
    """S0-57; a substring is no longer enough: `latest@` is an address like any other."""
    case_id = outreach.case("noreply@district.go.th", "latest@district.go.th", "someone@example.com", "gone@district.go.th")
    outreach.send(outreach.case("gone@district.go.th"))
    outreach.deliver()
    token = outreach.mailer.taken[0].text.split("/opt-out/")[1].split()[0]
    assert outreach.post(f"/opt-out/{token}", b"", token=None).status == 200
    outreach.send(case_id)
    outreach.deliver()
    found = {row["recipient_email"]: row for row in outreach.escalations(case_id)["deliveries"]}
    assert {email: row["delivery_status"] for email, row in found.items()} == {
        "noreply@district.go.th": "invalid_email", "latest@district.go.th": "sent",
        "someone@example.com": "invalid_email", "gone@district.go.th": "opted_out",
    }  # fmt: skip
    assert found["gone@district.go.th"]["error_message"].endswith("recipient opted out")
    assert found["noreply@district.go.th"]["error_message"].endswith("invalid recipient email")
    assert [mail.to for mail in outreach.mailer.taken[1:]] == ["latest@district.go.th"]


@pytest.mark.parametrize("setting", ["MAILS_PER_USER_A_DAY", "MAILS_PER_TENANT_A_DAY"])
def test_over_the_daily_cap_is_429_and_nothing_is_stored(owner_url: str, setting: str) -> None:
    from tests.contract.outreach.conftest import Outreach

    outreach = Outreach(owner_url)
    outreach.world.environ[setting] = "2"
    case_id = outreach.case("a@b.go.th", "c@d.go.th")
    assert outreach.send(case_id).status == 202
    before = outreach.row_counts()
    refused = outreach.send(case_id, {"body": "more"})
    assert (refused.status, int(refused.headers["retry-after"])) == (429, 14 * 3600)
    assert outreach.row_counts() == before
    other = outreach.send(case_id, {"body": "more"}, user="mali")
    assert other.status == (202 if "USER" in setting else 429)
    outreach.world.clock.advance(timedelta(hours=14))
    assert outreach.send(case_id, {"body": "more still"}).status == 202
    outreach.world.close()


def test_a_merged_case_sends_nothing(desk: Outreach) -> None:
    target, source = desk.case("a@b.go.th"), desk.case("c@d.go.th")
    desk.post("/api/v3/cases/merge", {"target_case_id": target, "source_case_ids": [source]})
    assert desk.send(source).status in {400, 409}
