"""The mail room on a real database, with a provider that does what it is told."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from casework.escalations.actions import Addressee
from casework.kernel.ids import DeliveryId
from casework.messages.ports import ProviderEvent, ProviderEventKind
from casework.messages.usecases import hear_events, queue_deliveries, sweep_mail
from messages import send_mail
from tests.support.apps import BANGKOK, World
from tests.support.builders import a_case_row, a_request_row
from tests.support.database import rows
from tests.support.fake_mailer import FakeMailer
from tests.support.webhook_signer import WebhookSigner

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casework.messages.ports import Mailer
    from casework.messages.usecases import Heard


class MailRoom:
    """What a test does with the mail room, in one word each. Workers act through the doors where there is one."""

    def __init__(self, owner_url: str, mailer: Mailer) -> None:
        self.signer = WebhookSigner()
        self.world = World(owner_url, mailer)
        self.world.environ["SENDGRID_WEBHOOK_PUBLIC_KEY"] = self.signer.public_key
        self._numbers = itertools.count(1)

    def queue(self, *emails: str, sensitive: bool = False, tenant_id: UUID = BANGKOK) -> list[DeliveryId]:
        """Queue one request to these addresses."""
        case_id = a_case_row(self.world, tenant_id)
        request_id = a_request_row(self.world, case_id, tenant_id)
        with self.world.app("api_writer").unit_of_work(tenant_id) as work:
            stored = queue_deliveries(
                work, request_id=request_id, case_id=case_id, recipients=[Addressee(email) for email in emails],
                sensitive=sensitive, at=self.world.clock.now(),
            )  # fmt: skip
            work.commit()
        return [row["delivery_id"] for row in stored]

    def queue_one(self, *, sensitive: bool = False, tenant_id: UUID = BANGKOK) -> DeliveryId:
        return self.queue(f"desk{next(self._numbers)}@district.go.th", sensitive=sensitive, tenant_id=tenant_id)[0]

    def send(self, delivery_id: UUID, tenant_id: UUID = BANGKOK) -> bool:
        """Hand the sender a message; tell whether it acknowledged it."""
        message = {"tenant_id": str(tenant_id), "delivery_id": str(delivery_id)}
        return send_mail.handler.accept({"messageId": "m", "body": json.dumps(message)}, self.world.app("mail_sender"))

    def event(self, delivery_id: UUID | None, kind: str, *, after: float = 1, **fields: Any) -> ProviderEvent:
        """Make an event that happened some seconds from now."""
        return ProviderEvent(
            event_id=fields.pop("event_id", f"event-{next(self._numbers)}"), kind=ProviderEventKind(kind),
            occurred_at=self.world.clock.now() + timedelta(seconds=after),
            delivery_id=DeliveryId(delivery_id) if delivery_id else None, **fields,
        )  # fmt: skip

    def hear(self, *events: ProviderEvent) -> Heard:
        app = self.world.app("webhook_receiver")
        return hear_events(events, tenants_of=app.mail.tenants_of, unit_of_work=app.unit_of_work, clock=app.clock)

    def sweep(self, after: timedelta = timedelta()) -> Mapping[str, int]:
        """Let time pass and the janitor come."""
        self.world.clock.advance(after)
        app = self.world.app("janitor")
        return sweep_mail(
            app.due_tenants("mail", app.clock.now()),
            unit_of_work=app.unit_of_work,
            publisher=app.publisher,
            clock=app.clock,
        )

    def row(self, delivery_id: UUID) -> dict[str, Any]:
        return self.rows("select * from case_email_deliveries where delivery_id = %s", delivery_id)[0]

    def status(self, delivery_id: UUID) -> str:
        return self.row(delivery_id)["status"]

    def told(self, delivery_id: UUID) -> int:
        """Count the times that the case was told of a delivery."""
        return self.count("outbox_events where destination = 'case-events' and payload ->> 'delivery_id' = %s", str(delivery_id))

    def count(self, table_and_condition: str, *values: object) -> int:
        return self.rows(f"select count(*) as n from {table_and_condition}", *values)[0]["n"]

    def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        return rows(self.world.owner_url, statement, *values)


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture
def room(owner_url: str, mailer: FakeMailer) -> Iterator[MailRoom]:
    made = MailRoom(owner_url, mailer)
    yield made
    made.world.close()
