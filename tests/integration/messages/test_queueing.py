"""What queueing stores, withholds, hints at and counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from casework.escalations.actions import Addressee
from casework.messages.caps import DailyCapReached
from casework.messages.usecases import count_usage, queue_deliveries
from casework.settings import MailLimits
from tests.support.apps import BANGKOK
from tests.support.builders import a_case_row, a_request_row

LIMITS = MailLimits(mails_per_user_a_day=5, mails_per_tenant_a_day=8)


def count(room, mails: int, user_id: str = "u1") -> None:
    with room.world.app("api_writer").unit_of_work(BANGKOK) as work:
        count_usage(work, user_id=user_id, mails=mails, limits=LIMITS, at=room.world.clock.now())
        work.commit()


def test_each_address_gets_a_row_and_a_hint_that_holds_ids_only(room):
    first, second = room.queue("roads@district.go.th", " Water@District.go.th ")
    assert room.row(second)["recipient_email"] == "water@district.go.th"
    hints = room.rows("select payload from outbox_events where destination = 'mail' order by created_at, event_id")
    assert [hint["payload"] for hint in hints] == [{"delivery_id": str(one)} for one in (first, second)]


@pytest.mark.parametrize("email", ["no address", "test@district.go.th", "desk@example.com", "x" * 300 + "@district.go.th"])
def test_an_address_that_cannot_be_mailed_is_a_row_without_a_hint(room, email):
    (delivery,) = room.queue(email)
    row = room.row(delivery)
    assert (row["status"], row["error_code"], row["error_message"]) == (
        "invalid_email", "invalid_email", "invalid recipient email",
    )  # fmt: skip
    assert room.count("outbox_events") == 0


def test_queueing_again_keeps_the_rows_and_adds_what_is_new(room):
    case_id = a_case_row(room.world)
    request_id = a_request_row(room.world, case_id)

    def queue(*emails: str) -> list[tuple[object, object]]:
        with room.world.app("api_writer").unit_of_work(BANGKOK) as work:
            stored = queue_deliveries(
                work, request_id=request_id, case_id=case_id, recipients=[Addressee(email) for email in emails],
                sensitive=False, at=room.world.clock.now(),
            )  # fmt: skip
            work.commit()
        return [(row["recipient_email"], row["is_new"]) for row in stored]

    assert queue("a@district.go.th", "A@district.go.th") == [("a@district.go.th", True)]
    before = room.rows("select * from case_email_deliveries")
    room.world.clock.advance(timedelta(minutes=1))
    assert queue("a@district.go.th", "b@district.go.th") == [("a@district.go.th", False), ("b@district.go.th", True)]
    assert room.rows("select * from case_email_deliveries order by id")[:1] == before


def test_the_user_s_cap_holds_and_says_when_to_come_back(room):
    room.world.clock.at = datetime(2026, 11, 23, 16, 59, 30, tzinfo=UTC)
    count(room, 5)
    with pytest.raises(DailyCapReached) as refused:
        count(room, 1)
    assert refused.value.facts == {"retry_after": 30}
    assert room.count("mail_usage where mails = 5") == 2
    room.world.clock.advance(timedelta(seconds=30))
    count(room, 5)


def test_the_tenant_s_cap_counts_all_users(room):
    count(room, 5, "u1")
    with pytest.raises(DailyCapReached):
        count(room, 4, "u2")
    count(room, 3, "tenant")


def test_users_who_send_at_once_share_the_cap(room):
    def one(_: int) -> bool:
        try:
            count(room, 1)
        except DailyCapReached:
            return False
        finally:
            room.world.app("api_writer").database.close()
        return True

    room.world.app("api_writer")
    with ThreadPoolExecutor(8) as users:
        assert sum(users.map(one, range(12))) == 5


def test_over_the_cap_nothing_is_stored(room):
    case_id = a_case_row(room.world)
    request_id = a_request_row(room.world, case_id)
    recipients, at = [Addressee(f"desk{number}@district.go.th") for number in range(6)], room.world.clock.now()

    def send() -> None:
        with room.world.app("api_writer").unit_of_work(BANGKOK) as work:
            queue_deliveries(work, request_id=request_id, case_id=case_id, recipients=recipients, sensitive=False, at=at)
            count_usage(work, user_id="u1", mails=len(recipients), limits=LIMITS, at=at)
            work.commit()

    with pytest.raises(DailyCapReached):
        send()
    assert room.count("case_email_deliveries") + room.count("outbox_events") + room.count("mail_usage") == 0
