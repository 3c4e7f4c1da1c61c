"""Cases with contacts, a provider that does what it is told, and the way from a queued row to the truth."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from escalations import record_outcome
from messages import send_mail
from outbox import sweep_outbox
from tests.support.api import Api
from tests.support.apps import World
from tests.support.fake_mailer import FakeMailer
from tests.support.webhook_signer import WebhookSigner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.apps import Answered
    from tests.support.database import Server

_numbers = itertools.count(1)


class Outreach(Api):
    """The API, the sender behind the queue, and the provider."""

    def __init__(self, owner_url: str) -> None:
        self.mailer, self.signer = FakeMailer(), WebhookSigner()
        super().__init__(World(owner_url, self.mailer))
        self.world.environ["SENDGRID_WEBHOOK_PUBLIC_KEY"] = self.signer.public_key

    def case(self, *emails: str, **fields: Any) -> str:
        """Open a case with these contacts; return its id."""
        targets = [{"channel": "email", "email": email, "organization": email.split("@")[1]} for email in emails]
        return self.open(escalation_targets=targets, **fields)["case"]["case_id"]

    def send(self, case_id: str, body: dict[str, Any] | None = None, **options: Any) -> Answered:
        return self.post(f"/api/v3/cases/{case_id}/escalations/send", body or {}, **options)

    def draft(self, case_id: str, body: Any = None, **options: Any) -> Answered:
        return self.post(f"/api/v3/cases/{case_id}/escalations/draft", body, **options)

    def escalations(self, case_id: str) -> dict[str, Any]:
        return self.get(f"/api/v3/cases/{case_id}/escalations").json

    def deliver(self) -> None:
        """Publish what is owed and let the sender and the case hear it, until nothing moves."""
        for _ in range(6):
            sweep_outbox.handler.function(self.world.app("outbox_relay"))
            if not any(self.world.publisher.published.values()):
                return
            consumers = {"mail": send_mail.handler, "case-events": record_outcome.handler}
            for destination, consumer in consumers.items():
                for message in self.world.publisher.take(destination):
                    record = {"messageId": "m", "body": json.dumps(message, default=str)}
                    assert consumer.accept(record, self.world.app(consumer.route.capability))
            self.world.publisher.published.clear()

    def event(self, mail_number: int, kind: str, **fields: Any) -> Answered:
        """Send the provider's signed event about a mail that it took."""
        at = int(self.world.clock.now().timestamp()) + 1
        item = {
            "event": kind, "timestamp": at, "sg_event_id": f"e{next(_numbers)}",
            "delivery_id": str(self.mailer.taken[mail_number].delivery_id),
        }  # fmt: skip
        body = json.dumps([item | fields]).encode()
        headers = self.signer.headers(body, self.world.clock.now())
        return self.post("/webhooks/sendgrid", body, headers=headers, token=None)


@pytest.fixture
def outreach(desk: Outreach) -> Outreach:
    """The module's desk when every mail of the tests before has left, with a provider that remembers none."""
    desk.deliver()
    desk.mailer.calls.clear()
    desk.mailer.taken.clear()
    return desk


@pytest.fixture(scope="module")
def desk(server: Server) -> Iterator[Outreach]:
    """The same, shared by a module; its provider takes everything, and its caps are out of reach."""
    clones = server.clone()
    made = Outreach(next(clones))
    yield made
    made.world.close()
    next(clones, None)
