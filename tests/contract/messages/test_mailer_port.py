"""One suite for the fake and the real adapter (HTTP to a loopback server), then what only the adapter owes."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import pytest

from casework.kernel.ids import DeliveryId
from casework.messages.ports import Accepted, OutgoingMail, Refused, Rejected, Uncertain
from casework.vendors.sendgrid import SendgridMailer
from tests.support.fake_mailer import RETRY_AFTER, FakeMailer, ProviderConduct
from tests.support.sendgrid_server import SendgridServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sized

    from casework.messages.ports import Answer, Mailer

DELIVERY = DeliveryId(UUID("01890a5d-ac96-774b-bcce-b302099a8057"))
NEVER_LEFT = [ProviderConduct.KNOWS_NO_KEY, ProviderConduct.FORBIDS, ProviderConduct.IS_FULL, ProviderConduct.IS_AWAY]
MAY_HAVE_LEFT = [
    ProviderConduct.BREAKS,
    ProviderConduct.STAYS_SILENT,
    ProviderConduct.HANGS_UP,
    ProviderConduct.TAKES_AND_HANGS_UP,
]


class Provider(Protocol):
    taken: Sized

    def will(self, *conducts: ProviderConduct) -> None: ...


def a_mail(**changes: object) -> OutgoingMail:
    mail = {
        "delivery_id": DELIVERY,
        "to": "roads@bangkok.test",
        "subject": "ถนนพัง",
        "text": "Pothole",
        "html": "<p>坑</p>",
    }
    return OutgoingMail(**(mail | changes))


def a_sendgrid_mailer(url: str, timeout: float = 0.3) -> SendgridMailer:
    return SendgridMailer(api_key="SG.key\n", base_url=url, sender_address="cases@casework.test", sender_name="Casework", timeout=timeout)


@pytest.fixture
def server() -> Iterator[SendgridServer]:
    with SendgridServer() as running:
        yield running


@pytest.fixture(params=["fake", "sendgrid"])
def pair(request: pytest.FixtureRequest) -> tuple[Mailer, Provider]:
    if request.param == "fake":
        fake = FakeMailer()
        return fake, fake
    server: SendgridServer = request.getfixturevalue("server")
    return a_sendgrid_mailer(server.url), server


def after(pair: tuple[Mailer, Provider], conduct: ProviderConduct) -> Answer:
    mailer, provider = pair
    provider.will(conduct)
    return mailer.send(a_mail())


def test_an_accepted_mail_has_the_providers_id_and_is_taken_once(pair):
    answer = after(pair, ProviderConduct.ACCEPTS)

    assert isinstance(answer, Accepted)
    assert answer.provider_message_id
    assert len(pair[1].taken) == 1


@pytest.mark.parametrize("conduct", NEVER_LEFT)
def test_a_definite_refusal_may_be_tried_again(pair, conduct):
    assert isinstance(after(pair, conduct), Refused)
    assert not pair[1].taken


def test_a_full_provider_says_when_to_come_back(pair):
    assert after(pair, ProviderConduct.IS_FULL).retry_after == RETRY_AFTER


@pytest.mark.parametrize("conduct", NEVER_LEFT)
def test_only_a_refusal_of_our_access_raises_the_alarm(pair, conduct):
    assert after(pair, conduct).alarm is (conduct in {ProviderConduct.KNOWS_NO_KEY, ProviderConduct.FORBIDS})


def test_a_mail_with_a_fault_is_rejected_for_good(pair):
    assert isinstance(after(pair, ProviderConduct.FINDS_FAULT), Rejected)


@pytest.mark.parametrize("conduct", MAY_HAVE_LEFT)
def test_whatever_happens_after_the_request_left_is_uncertain(pair, conduct):
    assert isinstance(after(pair, conduct), Uncertain)
    assert len(pair[1].taken) == (conduct is ProviderConduct.TAKES_AND_HANGS_UP)


@pytest.mark.parametrize("conduct", [*NEVER_LEFT, *MAY_HAVE_LEFT, ProviderConduct.FINDS_FAULT])
def test_every_other_answer_has_a_code_and_a_short_text_without_the_recipient(pair, conduct):
    answer = after(pair, conduct)

    assert answer.code == FakeMailer(conduct).send(a_mail()).code
    assert "@" not in answer.text
    assert len(answer.text) <= 200


def test_a_mailer_works_again_after_a_fault(pair):
    after(pair, ProviderConduct.HANGS_UP)

    assert isinstance(after(pair, ProviderConduct.ACCEPTS), Accepted)


def test_the_request_names_the_delivery_and_nothing_else_of_ours(server):
    a_sendgrid_mailer(server.url).send(a_mail(headers={"List-Unsubscribe": "<https://casework.test/opt-out/t>"}))

    (body,) = server.bodies
    assert body["custom_args"] == {"delivery_id": str(DELIVERY)}
    assert body["personalizations"] == [{"to": [{"email": "roads@bangkok.test"}]}]
    assert body["from"] == {"email": "cases@casework.test", "name": "Casework"}
    assert [part["type"] for part in body["content"]] == ["text/plain", "text/html"]
    assert body["headers"] == {"List-Unsubscribe": "<https://casework.test/opt-out/t>"}
    assert not {"categories", "cc", "bcc"} & body.keys()
    assert server.headers[0]["Authorization"] == "Bearer SG.key"
    assert server.headers[0]["path"] == "/v3/mail/send"


def test_opens_and_clicks_are_not_tracked(server):
    a_sendgrid_mailer(server.url).send(a_mail())

    tracking = server.bodies[0]["tracking_settings"]
    assert [setting["enable"] for setting in tracking.values()] == [False, False, False]


def test_a_mail_may_name_its_own_sender_and_lack_html(server):
    a_sendgrid_mailer(server.url).send(a_mail(from_address="acme@casework.test", from_name="Acme", html=""))

    assert server.bodies[0]["from"] == {"email": "acme@casework.test", "name": "Acme"}
    assert [part["type"] for part in server.bodies[0]["content"]] == ["text/plain"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_is_no_acceptance(server, status):
    server.will((status, {"Location": f"{server.url}/v3/mail/send"}, b""))

    assert a_sendgrid_mailer(server.url).send(a_mail()) == Uncertain(f"http_{status}")
    assert len(server.bodies) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_broken_provider_is_called_once_only(server, status):
    server.will((status, {"Retry-After": "1"}, b"<html>"))

    assert a_sendgrid_mailer(server.url).send(a_mail()) == Uncertain(f"http_{status}")
    assert len(server.bodies) == 1


@pytest.mark.parametrize(("status", "answer"), [(404, Rejected), (408, Rejected), (413, Rejected), (200, Accepted)])
def test_statuses_off_the_beaten_track_follow_their_class(server, status, answer):
    server.will((status, {}, b""))

    assert isinstance(a_sendgrid_mailer(server.url).send(a_mail()), answer)


def test_an_error_that_quotes_the_recipient_is_masked(server):
    said = b'{"errors": [{"message": "<roads@bangkok.test> is no address", "field": "personalizations.0.to"}]}'
    server.will((400, {}, said))

    answer = a_sendgrid_mailer(server.url).send(a_mail())

    assert answer == Rejected("http_400", "personalizations.0.to: [address] is no address")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"errors": 1}', b'{"errors": [1]}', b"\xff", b"[" * 30_000])
def test_an_error_body_of_any_shape_is_survived(server, body):
    server.will((400, {}, body))

    assert a_sendgrid_mailer(server.url, timeout=5).send(a_mail()) == Rejected("http_400")


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "120"}, timedelta(seconds=120)),
        ({"Retry-After": "9999999999"}, timedelta(days=1)),
        ({"X-RateLimit-Reset": "1735732860", "Date": "Wed, 01 Jan 2025 12:00:00 GMT"}, timedelta(minutes=1)),
        ({"X-RateLimit-Reset": "1", "Date": "Wed, 01 Jan 2025 12:00:00 GMT"}, timedelta(0)),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_the_wait_is_read_from_either_header(server, headers, wait):
    server.will((429, headers, b""))

    assert a_sendgrid_mailer(server.url).send(a_mail()).retry_after == wait


def test_a_name_that_does_not_resolve_is_a_definite_refusal():
    answer = a_sendgrid_mailer("http://mail.invalid").send(a_mail())

    assert answer == Refused("not_connected", "gaierror")


def test_a_server_without_tls_behind_an_https_address_got_nothing(server):
    answer = a_sendgrid_mailer(server.url.replace("http:", "https:")).send(a_mail())

    assert isinstance(answer, Refused)
    assert not server.bodies


def test_a_truncated_acceptance_is_uncertain(server):
    server.will((202, {"X-Message-Id": "sg1", "Content-Length": "50"}, b"cut"))

    assert a_sendgrid_mailer(server.url).send(a_mail()) == Uncertain("broken_exchange", "IncompleteRead")


def test_a_proxy_in_the_environment_is_not_used(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert isinstance(a_sendgrid_mailer(server.url).send(a_mail()), Accepted)


def test_neither_key_nor_recipient_nor_text_reaches_the_log_at_debug(server, caplog):
    with caplog.at_level(logging.DEBUG):
        a_sendgrid_mailer(server.url).send(a_mail())

    assert not [secret for secret in ("SG.key", "roads@bangkok.test", "Pothole") if secret in caplog.text]


@pytest.mark.parametrize(("key", "url"), [("", "https://api.sendgrid.com"), (" ", "https://x"), ("k", "ftp://x")])
def test_settings_that_cannot_work_are_refused_at_once(key, url):
    with pytest.raises(ValueError, match="SendGrid"):
        SendgridMailer(api_key=key, base_url=url, sender_address="a@b.test", sender_name="A")
