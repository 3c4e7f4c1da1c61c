"""The provider refuses, fails, keeps silent or dies after it has taken a mail: nobody gets a mail twice on a guess."""

from __future__ import annotations

import pytest


def _fail(scene, kind: str) -> tuple[str, str]:
    """A case whose one mail meets a fault; its id and the address."""
    address = f"{kind.replace('_', '-')}-{len(scene.mails())}@works.example.net"
    case_id = scene.open_case(f"A mail that meets {kind}", [address])
    scene.fail_next(1, kind)
    assert scene.send(case_id).status == 202
    scene.drain()
    return case_id, address


def test_a_refusal_leads_to_a_second_attempt_after_a_pause(scene):
    case_id, address = _fail(scene, "429")
    assert scene.statuses(case_id) == {address: "queued"}
    assert scene.mails(address) == []
    scene.advance("PT2M")
    assert scene.statuses(case_id) == {address: "sent"}
    assert len(scene.mails(address)) == 1


@pytest.mark.parametrize("kind", ["500", "timeout"])
def test_after_an_uncertain_answer_nothing_is_sent_within_the_window(scene, kind):
    case_id, address = _fail(scene, kind)
    scene.advance("PT25M")
    assert scene.statuses(case_id) == {address: "unknown"}
    assert scene.mails(address) == []
    scene.advance("PT6M")
    assert scene.statuses(case_id) == {address: "sent"}
    assert len(scene.mails(address)) == 1


def test_a_mail_taken_before_the_crash_is_proven_by_its_event_and_never_repeated(scene):
    case_id, address = _fail(scene, "accept_then_crash")
    assert scene.statuses(case_id) == {address: "unknown"}
    (mail,) = scene.mails(address)
    scene.advance("PT25M")
    assert len(scene.mails(address)) == 1
    assert scene.tell(mail, "deferred") == [200]
    assert scene.statuses(case_id) == {address: "sent"}
    scene.tell(mail, "delivered")
    scene.advance("PT4H")
    assert scene.statuses(case_id) == {address: "delivered"}
    assert len(scene.mails(address)) == 1


def test_a_provider_that_never_recovers_ends_in_failed(scene):
    case_id, address = _fail(scene, "429")
    scene.fail_next(100, "429")
    for _ in range(9):
        scene.advance("PT2H")
    assert scene.statuses(case_id) == {address: "failed"}
    assert scene.mails(address) == []


def test_one_address_that_fails_does_not_hold_up_the_others(scene):
    addresses = [f"one-of-five-{number}@works.example.net" for number in range(5)]
    case_id = scene.open_case("Five mails, one fault", addresses)
    scene.fail_next(1, "429")
    scene.send(case_id)
    scene.drain()
    assert sorted(scene.statuses(case_id).values()) == ["queued", "sent", "sent", "sent", "sent"]
