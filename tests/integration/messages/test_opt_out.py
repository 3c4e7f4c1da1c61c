"""Who asks not to be written to is not written to: by the page, by one click, wherever a mail could still leave."""

from __future__ import annotations

import pytest

from messages import opt_out, show_opt_out
from tests.support.apps import ACME, BANGKOK, Answered, request_event

MAIL = "desk.district@district.example.org"


def token_of(room, delivery) -> str:
    return str(room.row(delivery)["opt_out_token"])


def call(room, door, token: str, body: str = "") -> Answered:
    event = request_event(door.route.routes[0].split()[0], f"/opt-out/{token}", body, token=None)
    event["pathParameters"] = {"token": token}
    return Answered.of(door.answer(event, room.world.app(door.route.capability)))


def show(room, token: str) -> Answered:
    return call(room, show_opt_out.handler, token)


def press(room, token: str) -> Answered:
    return call(room, opt_out.handler, token, "List-Unsubscribe=One-Click")


def test_the_page_asks_in_three_languages_and_changes_nothing(room):
    token = token_of(room, room.queue(MAIL)[0])
    answer = show(room, token)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for expected in ("ยกเลิก", "Stop these e-mails", "停止接收", "d•••@district.example.org", '<form method="post">'):
        assert expected in answer.json
    assert MAIL not in answer.json
    assert room.count("mail_opt_outs") == 0


def test_the_page_runs_nothing_and_tells_its_address_to_nobody(room):
    page = show(room, token_of(room, room.queue(MAIL)[0])).json
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert '<meta name="referrer" content="no-referrer">' in page


def test_a_tenant_s_name_is_escaped(room):
    room.rows("update tenants set name = '<b>City & Co</b>' where id = %s", BANGKOK)
    assert "&lt;b&gt;City &amp; Co&lt;/b&gt;" in show(room, token_of(room, room.queue(MAIL)[0])).json


@pytest.mark.parametrize("token", ["0d9d3c1e-6f5a-4b1e-9a53-7c1f2f1d4a10", "no-token", "%00", "<script>"])
@pytest.mark.parametrize("act", [show, press])
def test_an_unknown_link_is_a_404_page_in_the_same_look(room, act, token):
    answer = act(room, token)
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "This link is not known" in answer.json
    assert "<script" not in answer.json


def test_pressing_the_button_ends_what_is_queued_and_tells_its_case(room, mailer):
    first, second, other = room.queue(MAIL)[0], room.queue(MAIL.upper())[0], room.queue_one()
    answer = press(room, token_of(room, first))
    assert (answer.status, "Done" in answer.json) == (200, True)
    for delivery in (first, second):
        row = room.row(delivery)
        assert (row["status"], row["error_code"], row["error_message"]) == (
            "opted_out",
            "opted_out",
            "recipient opted out",
        )
        assert room.told(delivery) == 1
        assert room.send(delivery)
    assert room.status(other) == "queued"
    assert mailer.calls == []


def test_pressing_again_changes_nothing(room):
    token = token_of(room, room.queue(MAIL)[0])
    assert [press(room, token).status for _ in range(2)] == [200, 200]
    assert room.count("mail_opt_outs") == 1
    assert "<form" not in show(room, token).json


def test_a_mail_that_left_stays_sent(room):
    delivery = room.queue(MAIL)[0]
    room.send(delivery)
    press(room, token_of(room, delivery))
    assert room.status(delivery) == "sent"


def test_later_mails_are_withheld_when_they_are_queued(room):
    press(room, token_of(room, room.queue(MAIL)[0]))
    later = room.row(room.queue(MAIL)[0])
    assert (later["status"], later["next_attempt_at"]) == ("opted_out", None)


def test_an_opt_out_that_the_queueing_did_not_see_is_seen_by_the_sender(room, mailer):
    delivery = room.queue(MAIL)[0]
    room.rows("insert into mail_opt_outs values (%s, %s, %s)", BANGKOK, MAIL, room.world.clock.now())
    room.send(delivery)
    assert (room.status(delivery), mailer.calls, room.told(delivery)) == ("opted_out", [], 1)


def test_an_opt_out_binds_one_tenant(room):
    press(room, token_of(room, room.queue(MAIL)[0]))
    assert room.status(room.queue(MAIL, tenant_id=ACME)[0]) == "queued"
