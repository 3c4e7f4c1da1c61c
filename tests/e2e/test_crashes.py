"""kill -9 in the middle of a load, and a sender that dies between the provider's accept and our commit."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPException
from types import SimpleNamespace

import pytest

from local.client import poll
from local.running import running_stack
from tests.support.stacks import Scene, processes_of

CLIENTS = 4
BATCH = 5


@dataclass
class Ledger:
    """What the clients were promised, and what they asked for without hearing back."""

    reports: dict[str, int] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    open_questions: list[tuple[str, object, dict[str, str]]] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)

    def note(self, path: str, body, key: dict[str, str], answer) -> None:
        if path.endswith("reports"):
            self.reports |= {item["external_id"]: result["seq"] for item, result in zip(body, answer.json["results"], strict=True)}
        else:
            self.cases[key["Idempotency-Key"]] = answer.json["case"]["case_id"]


def _requests(client: int):
    """An endless alternation of report batches and cases."""
    number = 0
    while True:
        number += 1
        ids = [f"load-{client}-{number}-{item}" for item in range(BATCH)]
        yield "/api/v3/reports", [{"latitude": 7.5, "longitude": 99.5, "title": "ถนนชำรุด", "external_id": name} for name in ids], {}
        key = f"load-{client}-{number}"
        yield "/api/v3/cases", {"title": key, "force_new_case": True}, {"Idempotency-Key": key}


def _load(scene: Scene, client: int, ledger: Ledger) -> None:
    """Write until the stack is gone; while it goes, a worker may still say that the database is away, which promises nothing."""
    for path, body, key in _requests(client):
        try:
            answer = scene.desk.post(path, body, key)
        except (OSError, HTTPException):
            answer = None
        if answer is None or answer.status != 201:
            ledger.open_questions.append((path, body, key))
            ledger.refusals += [answer.status] if answer else []
            return
        ledger.note(path, body, key, answer)


@pytest.fixture(scope="module")
def survived(tmp_path_factory):
    """A stack that was killed under load and started again on its folder, with what had been promised before."""
    folder, ledger = tmp_path_factory.mktemp("killed"), Ledger()
    with running_stack(folder, throwaway=False) as stack:
        clients = [threading.Thread(target=_load, args=(Scene(stack), number, ledger)) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        poll(lambda: len(ledger.cases) >= 10 and len(ledger.reports) >= 60, seconds=60, every=0.01)
        stack.kill()
        for client in clients:
            client.join(30)
    poll(lambda: not processes_of(folder), seconds=30)
    with running_stack(folder, throwaway=False) as stack:
        yield SimpleNamespace(scene=Scene(stack), ledger=ledger)


def test_every_acknowledged_report_is_there_once(survived):
    rows = survived.scene.rows("select external_id, seq from reports where external_id like 'load-%%'")
    assert Counter(row["external_id"] for row in rows).most_common(1)[0][1] == 1
    stored = {row["external_id"]: row["seq"] for row in rows}
    assert survived.ledger.reports.items() <= stored.items()
    readings = "select report_seq from report_analyses join reports on seq = report_seq where external_id like 'load-%%'"
    assert len(survived.scene.rows(readings)) == len(rows)


def test_every_acknowledged_case_is_there_once_and_its_key_still_names_it(survived):
    titles = [row["title"] for row in survived.scene.rows("select title from cases where title like 'load-%%'")]
    assert len(titles) == len(set(titles))
    assert set(survived.ledger.cases) <= set(titles)
    for key, case_id in survived.ledger.cases.items():
        again = survived.scene.desk.post("/api/v3/cases", {"title": key, "force_new_case": True}, {"Idempotency-Key": key})
        assert (again.json["case"]["case_id"], again.headers["idempotent-replayed"]) == (case_id, "true")


def test_a_worker_that_outlives_the_database_says_503(survived):
    assert set(survived.ledger.refusals) <= {503}


def test_what_was_under_way_can_be_asked_again_without_harm(survived):
    assert survived.ledger.open_questions
    for path, body, key in survived.ledger.open_questions:
        assert survived.scene.desk.post(path, body, key).status == 201
    doubles = "select title from cases where title like 'load-%%' group by title having count(*) > 1"
    assert survived.scene.rows(doubles) == []


def test_a_sender_killed_after_the_accept_sends_nobody_a_second_mail(tmp_path):
    addresses = [f"crash-{number}@works.example.net" for number in range(3)]
    with running_stack(tmp_path, throwaway=False, env={"CASEWORK_FAILPOINT": "mail.accepted"}) as stack:
        scene = Scene(stack)
        case_id = scene.open_case("The sender dies", addresses)
        scene.send(case_id)
        with pytest.raises((OSError, HTTPException, AssertionError)):
            scene.drain()
        assert stack.process.wait(30) == 137
    poll(lambda: not processes_of(tmp_path), seconds=30)
    with running_stack(tmp_path, throwaway=False) as stack:
        _recover(Scene(stack), case_id, addresses)


def _recover(scene: Scene, case_id: str, addresses: list[str]) -> None:
    """The mail of the crash stays one; its delivery is unknown, then proven; the others leave as if nothing had been."""
    (taken,) = scene.mails()
    crashed = taken["to"][0]
    scene.advance("PT3M")
    assert scene.statuses(case_id) == {address: "unknown" if address == crashed else "sent" for address in addresses}
    scene.advance("PT25M")
    assert Counter(mail["to"][0] for mail in scene.mails()) == dict.fromkeys(addresses, 1)
    assert scene.tell(taken, "delivered") == [200]
    scene.advance("PT4H")
    assert scene.statuses(case_id)[crashed] == "delivered"
    assert Counter(mail["to"][0] for mail in scene.mails()) == dict.fromkeys(addresses, 1)
