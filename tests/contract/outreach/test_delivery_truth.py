"""What became of each mail, on the case: after the sender, after the provider's signed events (S0-14, S0-48, S0-55…57)."""

from __future__ import annotations

import json
import time
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.api import Api
from tests.support.apps import World
from tests.support.fake_mailer import ProviderConduct

if TYPE_CHECKING:
    from tests.contract.outreach.conftest import Outreach


def truth(outreach: Outreach, case_id: str) -> dict[str, tuple[Any, ...]]:
    rows = outreach.escalations(case_id)["deliveries"]
    return {row["recipient_email"]: (row["delivery_status"], row["provider_message_id"]) for row in rows}


def test_s0_48_one_of_three_is_rejected_with_its_error(outreach: Outreach) -> None:
    case_id = outreach.case("a@b.go.th", "c@d.go.th", "e@f.go.th")
    outreach.mailer.will(ProviderConduct.ACCEPTS, ProviderConduct.FINDS_FAULT, ProviderConduct.ACCEPTS)
    outreach.send(case_id)
    outreach.deliver()
    found = outreach.escalations(case_id)
    by_status = sorted(row["delivery_status"] for row in found["deliveries"])
    assert by_status == ["failed", "sent", "sent"]
    (failed,) = [row for row in found["deliveries"] if row["delivery_status"] == "failed"]
    assert "not to its taste" in failed["error_message"]
    assert "http_400" in json.dumps(failed), "S0-57: code and text"
    assert (failed["sent_at"], failed["provider_message_id"]) in {(None, ""), (None, None)}
    sent = [row for row in found["deliveries"] if row["delivery_status"] == "sent"]
    assert {row["provider_message_id"] for row in sent} == {"fake-1", "fake-2"}
    assert all(row["sent_at"].endswith("Z") for row in sent)
    assert sorted(action["status"] for action in found["actions"]) == ["failed", "sent", "sent"]


@pytest.mark.parametrize(
    ("event", "status"),
    [("delivered", "delivered"), ("bounce", "bounced"), ("dropped", "dropped"), ("spamreport", "complained"),
     ("deferred", "sent"), ("processed", "sent")],
)  # fmt: skip
def test_s0_14_a_signed_event_moves_the_delivery(outreach: Outreach, event: str, status: str) -> None:
    case_id = outreach.case("a@b.go.th")
    outreach.send(case_id)
    outreach.deliver()
    assert outreach.event(0, event, reason="because").status == 200
    assert truth(outreach, case_id) == {"a@b.go.th": (status, "fake-1")}
    (action,) = outreach.escalations(case_id)["actions"]
    assert action["provider_message_id"] == "fake-1"


def test_events_out_of_order_never_go_back(outreach: Outreach) -> None:
    case_id = outreach.case("a@b.go.th")
    outreach.send(case_id)
    outreach.deliver()
    for event in ("spamreport", "bounce", "delivered", "delivered"):
        outreach.event(0, event)
    assert truth(outreach, case_id)["a@b.go.th"][0] == "complained"


def test_s0_46_the_action_outlives_a_provider_that_breaks(outreach: Outreach) -> None:
    """C-12, S0-21: 202, and the truth afterwards is `unknown`, until an event settles it."""
    outreach.mailer.will(ProviderConduct.BREAKS)
    case_id = outreach.case("a@b.go.th")
    assert outreach.send(case_id).status == 202
    outreach.deliver()
    found = outreach.escalations(case_id)
    assert ([row["delivery_status"] for row in found["deliveries"]], len(found["actions"])) == (["unknown"], 1)


def test_a_full_provider_puts_the_mail_back(outreach: Outreach) -> None:
    outreach.mailer.will(ProviderConduct.IS_FULL)
    case_id = outreach.case("a@b.go.th")
    outreach.send(case_id)
    outreach.deliver()
    assert truth(outreach, case_id)["a@b.go.th"][0] == "queued"


def test_detail_and_escalations_tell_the_same(outreach: Outreach) -> None:
    """S0-40, S0-52…S0-54."""
    case_id = outreach.case("a@b.go.th")
    outreach.send(case_id, {"cc_emails": ["ann@x.go.th"]})
    outreach.deliver()
    outreach.event(0, "delivered")
    detail, found = outreach.detail(case_id), outreach.escalations(case_id)
    assert (detail["escalation_targets"], detail["escalation_actions"], detail["email_deliveries"]) == (
        found["targets"], found["actions"], found["deliveries"],
    )  # fmt: skip
    assert found.keys() >= {
        "case_id", "targets", "observations", "notify_plan", "routing_profile", "execution_tasks", "notify_outcomes",
        "actions", "deliveries", "linked_count",
    }  # fmt: skip


def test_delivered_mails_are_counted_at_their_report(outreach: Outreach) -> None:
    """§7.2: `delivery_count` counts mails that left; a mail that arrived has left."""
    (seq,) = outreach.reports({})
    made = outreach.open([seq], escalation_targets=[{"email": "a@b.go.th"}, {"email": "c@d.go.th"}])
    outreach.send(made["case"]["case_id"])
    outreach.deliver()
    outreach.event(0, "delivered")
    (case,) = outreach.get(f"/api/v3/reports/cases?seq={seq}").json["cases"]
    assert (case["escalation_target_count"], case["delivery_count"]) == (2, 2)


def test_prefer_wait_answers_200_with_the_truth(outreach: Outreach) -> None:
    """C-12: `Prefer: wait` polls until the mails are settled."""
    case_id = outreach.case("a@b.go.th")
    answers: list[Any] = []

    def wait() -> None:
        world = World(outreach.world.owner_url)
        path, headers = f"/api/v3/cases/{case_id}/escalations/send", {"prefer": "wait=15"}
        answers.append(Api(world).post(path, {}, headers=headers))
        world.close()

    sender = Thread(target=wait)
    sender.start()
    until = time.monotonic() + 10
    while not outreach.escalations(case_id)["deliveries"] and time.monotonic() < until:
        time.sleep(0.02)
    outreach.deliver()
    sender.join(15)
    (answer,) = answers
    assert (answer.status, [row["delivery_status"] for row in answer.json["deliveries"]]) == (200, ["sent"])


def test_prefer_wait_ends_with_202_where_nothing_settles(outreach: Outreach) -> None:
    started = time.monotonic()
    answer = outreach.send(outreach.case("a@b.go.th"), headers={"prefer": "respond-async, wait=1"})
    assert (answer.status, time.monotonic() - started < 4) == (202, True)


@pytest.mark.parametrize("prefer", ["wait=x", "wait=", "wait=-5", "nonsense", "wait=0", "wait=1.5.2"])
def test_a_strange_preference_is_ignored(outreach: Outreach, prefer: str) -> None:
    assert outreach.send(outreach.case("a@b.go.th"), headers={"prefer": prefer}).status == 202
