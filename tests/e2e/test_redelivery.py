"""Queues repeat and reorder, providers repeat themselves: the rows end the same."""

from __future__ import annotations

import random
from collections import Counter

import pytest

ADDRESSES = ("drains@district.example.net", "pumps@district.example.net", "desk@district.example.net")
TOLD = (("deferred", 0), ("delivered", 0), ("delivered", 1), ("bounce", 1), ("delivered", 2), ("spamreport", 2))
"""Events and whose mail they are of; a bounce may overtake the delivery that it contradicts."""


def _play(scene, title: str, chance: random.Random | None) -> str:
    """A case with three mails and their events; with `chance` every message comes twice and in any order."""
    case_id = scene.open_case(title, ADDRESSES)
    scene.send(case_id, language="en")
    _come(scene, case_id, chance)
    mails = {mail["to"][0]: mail for mail in scene.mails() if case_id in mail["text"]}
    told = list(TOLD)
    if chance:
        chance.shuffle(told)
    for event, number in told:
        scene.tell(mails[ADDRESSES[number]], event, times=2 if chance else 1)
    _come(scene, case_id, chance)
    return case_id


def _come(scene, case_id: str, chance: random.Random | None) -> None:
    """Let messages arrive: once, or twice and shuffled, before and after the relay's own."""
    if chance:
        assert scene.repeat_messages(case_id, chance) > 0
    scene.drain()
    if chance:
        scene.repeat_messages(case_id, chance)
        scene.drain()


def _rows(scene, case_id: str) -> dict[str, object]:
    """The case's rows without ids and instants."""
    one = "join cases c on c.tenant_id = t.tenant_id and c.id = t.case_id where c.alias = %s"
    delivery = "recipient_email, t.status, source, attempt, attempts_refused, error_code, error_message, lease_token, next_attempt_at"
    events = "join case_email_deliveries t on t.tenant_id = e.tenant_id and t.delivery_id = e.delivery_id"
    streams = "select destination, head_seq, sent_seq, attempts from outbox_streams where aggregate_id ="
    return {
        "case": scene.rows("select status, version, linked_report_count from cases where alias = %s", case_id),
        "deliveries": scene.rows(f"select {delivery} from case_email_deliveries t {one} order by 1", case_id),
        "provider": scene.rows(f"select recipient_email, kind, reason from mail_events e {events} {one} order by 1, 2", case_id),
        "events": scene.rows(f"select t.version, t.type, actor from case_events t {one} order by 1", case_id),
        "streams": scene.rows(f"{streams} (select id from cases where alias = %s)", case_id),
        "mails": Counter(mail["to"][0] for mail in scene.mails() if case_id in mail["text"]),
    }


@pytest.fixture(scope="module")
def plain(scene):
    return _rows(scene, _play(scene, "Told once, in order", None))


def test_told_once_and_in_order_each_delivery_ends_with_its_worst_news(plain):
    assert [row["status"] for row in plain["deliveries"]] == ["complained", "delivered", "bounced"]
    assert plain["mails"] == dict.fromkeys(ADDRESSES, 1)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_told_twice_and_shuffled_the_final_rows_are_the_same(scene, plain, seed):
    shuffled = _rows(scene, _play(scene, f"Told twice, shuffle {seed}", random.Random(seed)))
    assert shuffled == plain


def test_a_batch_posted_twice_and_a_repeated_key_leave_one_of_each(scene):
    items = [{"latitude": 9.1, "longitude": 99.3, "title": f"Pothole {number}", "external_id": f"twice-{number}"} for number in range(20)]
    order = random.Random(1).sample(range(20), 20)
    first, again = scene.ingest(items), scene.ingest([items[number] for number in order])
    assert again == [first[number] for number in order]
    body, key = {"title": "Created twice", "force_new_case": True}, {"Idempotency-Key": "created-twice"}
    answers = [scene.desk.post("/api/v3/cases", body, key) for _ in range(2)]
    assert len({answer.json["case"]["case_id"] for answer in answers}) == 1
    assert [answer.headers.get("idempotent-replayed") for answer in answers] == [None, "true"]
