"""The composition root and the only lazy importer: what a door, a consumer or a timer needs, built on first use.

One App per capability and execution environment. A door that never touches a queue never loads boto3; only the sender loads the
mail provider's library. Tests and the laptop stack give an App its environment, clock or ports in the constructor.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import quote, urlsplit, urlunsplit

from casework.kernel.clock import Clock, SystemClock
from casework.kernel.errors import Unauthenticated
from casework.postgres.connection import Database
from casework.postgres.unit_of_work import UnitOfWork
from casework.settings import (
    BuilderSettings,
    CaseSettings,
    ContactSettings,
    ContractSettings,
    DatabaseSettings,
    GatewaySettings,
    IdentitySettings,
    InternalSettings,
    MailLimits,
    MailSettings,
    PageSettings,
    PlaceSettings,
    RelaySettings,
    ServiceSettings,
    UrgencySettings,
    VaultSettings,
    WebhookSettings,
    read_settings,
)

if TYPE_CHECKING:
    cached_property = property  # the rooms' ports ask for properties; a checker takes nothing else for one
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from casework.aws.kms import KmsLock
    from casework.aws.secrets import Secrets
    from casework.cases.queries import CaseQueries, OwnCaseQueries
    from casework.cases.store import CaseStore
    from casework.contracts.loading import LoadedContract
    from casework.escalations.handing_over import HandOverDesk
    from casework.escalations.ports import Post
    from casework.escalations.queries import EscalationQueries
    from casework.escalations.store import EscalationStore
    from casework.identity.model import Tenant
    from casework.identity.queries import TenantQueries
    from casework.kernel.embedding import Embedder
    from casework.kernel.ids import TenantId
    from casework.messages.ports import Mailer
    from casework.messages.queries import MailQueries
    from casework.messages.store import DeliveryStore
    from casework.outbox.ports import Publisher
    from casework.outbox.store import DueWork, OutboxStore
    from casework.reports.geography import Geography
    from casework.reports.queries import ReportQueries
    from casework.reports.store import ReportStore
    from casework.vendors.sendgrid_webhook import SendgridWebhookVerifier
    from casework.walks.matcher import Matcher
    from casework.walks.ports import WalkBuilder
    from casework.walks.queries import WalkQueries
    from casework.walks.store import IdleWalkStore, WalkStore
else:
    from functools import cached_property

Capability = Literal["api_reader", "api_writer", "mail_sender", "outbox_relay", "webhook_receiver", "janitor", "case_eraser"]
CAPABILITIES: tuple[Capability, ...] = get_args(Capability)
_TENANT_KEPT_FOR_SECONDS = 60.0
_MODEL_SECONDS = 13.0
"""For a node, both tries together; an answer that trickles may take twice as long, and an API answers within 29 s."""


class Work(UnitOfWork):
    """A transaction with every room's store attached. Stores keep no state of their own."""

    @property
    def reports(self) -> ReportStore:
        """Reports and their readings."""
        from casework.reports.store import ReportStore

        return ReportStore(self.connection, self.tenant_id)

    @property
    def cases(self) -> CaseStore:
        """Cases: their streams and projections."""
        from casework.cases.store import CaseStore

        return CaseStore(self.connection, self.tenant_id)

    @property
    def escalations(self) -> EscalationStore:
        """Targets, requests and actions."""
        from casework.escalations.store import EscalationStore

        return EscalationStore(self.connection, self.tenant_id)

    @property
    def deliveries(self) -> DeliveryStore:
        """Deliveries, provider events, opt-outs, daily usage."""
        from casework.escalations.addresses import refusal_of
        from casework.messages.store import DeliveryStore

        return DeliveryStore(self.connection, self.tenant_id, refusal_of)

    def walks(self, account_id: str) -> WalkStore:
        """Return the walks of an account, which the transaction enters."""
        from casework.walks.store import WalkStore

        return WalkStore(self.connection, self.tenant_id, account_id)

    @property
    def idle_walks(self) -> IdleWalkStore:
        """The sweep's view of walks, all accounts."""
        from casework.walks.store import IdleWalkStore

        return IdleWalkStore(self.connection, self.tenant_id)

    @property
    def outbox(self) -> OutboxStore:
        """Events that leave the house."""
        from casework.outbox.store import OutboxStore

        return OutboxStore(self.connection, self.tenant_id, self.clock)


@dataclass(frozen=True)
class App:
    """Everything that a handler may use. Unfrozen state lives in cached properties only."""

    capability: Capability
    environ: Mapping[str, str]
    clock: Clock
    secrets: Secrets
    publisher_override: Publisher | None = None
    mailer_override: Mailer | None = None
    embedder_override: Embedder | None = None
    builder_override: WalkBuilder | None = None

    @cached_property
    def database(self) -> Database:
        """This capability's connection."""
        return Database(self._conninfo)

    def unit_of_work(self, tenant_id: UUID) -> Work:
        """Return a transaction of this tenant, not yet begun."""
        return Work(self.database, tenant_id, self.clock)

    # Who calls

    @cached_property
    def identity(self) -> IdentitySettings:
        """How tokens are checked."""
        return read_settings(IdentitySettings, self.environ)

    @property
    def jwt_secret(self) -> str:
        """The secret of bearer tokens; empty refuses everything."""
        return self.secrets.get(self.identity.jwt_secret_arn)

    @property
    def internal_tokens(self) -> list[str]:
        """The active tokens of our own services, one a line; empty where none is configured."""
        if not self.environ.get("INTERNAL_ADMIN_TOKEN_ARN"):
            return []
        return self.secrets.get(read_settings(InternalSettings, self.environ).internal_admin_token_arn).split()

    @property
    def gateway_token(self) -> str:
        """What a trusted gateway shows; empty where there is none."""
        arn = read_settings(GatewaySettings, self.environ).gateway_token_arn
        return self.secrets.get(arn).strip() if arn else ""

    @cached_property
    def tenants(self) -> TenantQueries:
        """Tenants and revoked tokens."""
        from casework.identity.queries import TenantQueries

        return TenantQueries(self.database)

    def find_tenant(self, slug_or_id: str) -> Tenant | None:
        """Return a tenant, at most a minute old; None when there is none."""
        known = self._tenants.get(slug_or_id)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        tenant = self.tenants.find(slug_or_id)
        if tenant is not None:
            self._tenants[slug_or_id] = (time.monotonic() + _TENANT_KEPT_FOR_SECONDS, tenant)
        return tenant

    def tenant_of_service(self, named: str | None) -> TenantId:
        """Return the tenant that one of our services speaks for: the named one, else the default. Raises Unauthenticated."""
        wanted = named or self.environ.get("DEFAULT_TENANT", "")
        tenant = self.find_tenant(wanted) if wanted and wanted.isprintable() else None
        if tenant is None:
            raise Unauthenticated("unauthorized")
        return tenant.id

    @property
    def keeps_keys(self) -> bool:
        """Tell whether this capability may store idempotency keys."""
        return self.capability == "api_writer"

    def verify_signature(self, provider: str, headers: Mapping[str, str], body: bytes) -> None:
        """Raise Unauthenticated unless the provider signed these very bytes."""
        verifiers = {"sendgrid": lambda: self._sendgrid_verifier}
        verifiers[provider]().verify(body, headers, self.clock.now())

    # Settings

    @cached_property
    def case_settings(self) -> CaseSettings:
        """Links and the matching mode."""
        return read_settings(CaseSettings, self.environ)

    @cached_property
    def page_settings(self) -> PageSettings:
        """Page sizes of v1."""
        return read_settings(PageSettings, self.environ)

    @cached_property
    def service_settings(self) -> ServiceSettings:
        """What the service is called."""
        return read_settings(ServiceSettings, self.environ)

    @cached_property
    def contact_settings(self) -> ContactSettings:
        """The pepper of contact hashes."""
        return read_settings(ContactSettings, self.environ)

    @property
    def location_pepper(self) -> bytes:
        """The key of public points."""
        return self.secrets.get(read_settings(PlaceSettings, self.environ).location_pepper_arn).encode()

    @property
    def contact_pepper(self) -> bytes:
        """The key of contact hashes."""
        return self.secrets.get(self.contact_settings.contact_pepper_arn).encode()

    @cached_property
    def mail_limits(self) -> MailLimits:
        """Daily caps."""
        return read_settings(MailLimits, self.environ)

    def contract(self, name: str) -> LoadedContract:
        """Return a contract file, read once. Raises ContractNotFound, ContractUnusable."""
        from casework.contracts.loading import SHIPPED, load_contract

        chosen = read_settings(ContractSettings, self.environ).contracts_dir
        return load_contract(name, Path(chosen) if chosen else SHIPPED)

    # Reads

    @cached_property
    def reports(self) -> ReportQueries:
        """Reads of reports and areas."""
        from casework.reports.queries import ReportQueries

        return ReportQueries(self.database)

    @cached_property
    def cases(self) -> CaseQueries:
        """Reads of cases."""
        from casework.cases.queries import CaseQueries

        return CaseQueries(self.database)

    @cached_property
    def own_cases(self) -> OwnCaseQueries:
        """Reads of what a person opened."""
        from casework.cases.queries import OwnCaseQueries

        return OwnCaseQueries(self.database)

    @cached_property
    def escalations(self) -> EscalationQueries:
        """Reads of targets, actions and deliveries."""
        from casework.escalations.queries import EscalationQueries

        return EscalationQueries(self.database)

    @cached_property
    def walks(self) -> WalkQueries:
        """Reads of the help desk's walks."""
        from casework.walks.queries import WalkQueries

        return WalkQueries(self.database)

    @cached_property
    def mail(self) -> MailQueries:
        """Reads of those who arrive with a delivery's id or an opt-out token."""
        from casework.messages.queries import MailQueries

        return MailQueries(self.database)

    def due_tenants(self, work: DueWork, at: datetime) -> Sequence[UUID]:
        """Return the tenants that have work of a kind due; one transaction for each of them is opened by the caller."""
        from casework.outbox.store import due_tenants

        with self.database.transaction(None) as connection:
            return due_tenants(connection, work, at)

    # Other rooms, handed over as ports

    @cached_property
    def geography(self) -> Geography:
        """Places and words; brings numpy and shapely."""
        from casework.reports.geography import Geography

        return Geography()

    def detect_language(self, text: str) -> str:
        """Return th, zh or en."""
        from casework.reports.words import detect_language

        return detect_language(text)

    @cached_property
    def post(self) -> Post:
        """The mail room's inside of a transaction."""
        from casework.messages import usecases

        return usecases

    @cached_property
    def hand_overs(self) -> HandOverDesk:
        """The L1 room's way to the mail room."""
        from casework.escalations.handing_over import HandOverDesk

        return HandOverDesk(self.post, self.mail_limits)

    @cached_property
    def matcher(self) -> Matcher:
        """Problems against flows; brings numpy and, on first use, the sentence encoder."""
        from casework.vendors.sentence_encoder import SentenceEncoder
        from casework.walks.matcher import Matcher

        return Matcher(self.embedder_override or SentenceEncoder())

    @cached_property
    def walk_builder(self) -> WalkBuilder:
        """Who thinks of the next node: Claude where a key is configured, else the embedded builder."""
        if self.builder_override is not None:
            return self.builder_override
        if not self.environ.get("ANTHROPIC_API_KEY_ARN"):
            from casework.walks.building import EmbeddedBuilder

            return EmbeddedBuilder()
        from casework.vendors.claude import ClaudeWalkBuilder

        settings = read_settings(BuilderSettings, self.environ)
        key = self.secrets.get(settings.anthropic_api_key_arn)
        return ClaudeWalkBuilder(key, settings.anthropic_base_url, settings.anthropic_model, timeout_seconds=_MODEL_SECONDS)

    # Outside

    @cached_property
    def contact_lock(self) -> KmsLock:
        """Encrypts reporters' contacts."""
        from casework.aws.kms import KmsLock

        return KmsLock(read_settings(VaultSettings, self.environ).contact_key_id)

    @cached_property
    def publisher(self) -> Publisher:
        """The relay's way to the queues."""
        if self.publisher_override is not None:
            return self.publisher_override
        from casework.aws.sqs import SqsPublisher

        settings = read_settings(RelaySettings, self.environ)
        return SqsPublisher(
            {"mail": settings.mail_queue_url, "case-events": settings.case_events_queue_url, "match": settings.match_queue_url}
        )

    def wake_relay(self, tenant_id: UUID) -> None:
        """Hint that this tenant has something to publish. Raises Unavailable; the sweep comes anyway."""
        if self.publisher_override is not None:
            self.publisher_override.publish("relay", [{"tenant_id": str(tenant_id)}])
            return
        from casework.aws.sqs import SqsPublisher

        SqsPublisher({"relay": read_settings(UrgencySettings, self.environ).relay_queue_url}).publish(
            "relay", [{"tenant_id": str(tenant_id)}]
        )

    @cached_property
    def mail_settings(self) -> MailSettings:
        """The provider and the sender's line."""
        return read_settings(MailSettings, self.environ)

    @cached_property
    def mailer(self) -> Mailer:
        """The mail provider; only the sender function may build it."""
        if self.mailer_override is not None:
            return self.mailer_override
        from casework.vendors.sendgrid import SendgridMailer

        settings = self.mail_settings
        return SendgridMailer(
            api_key=self.secrets.get(settings.sendgrid_api_key_arn),
            base_url=settings.sendgrid_base_url,
            sender_address=settings.sender_address,
            sender_name=settings.sender_name,
        )

    def opt_out_footer(self, text: str, html: str, language: str, url: str) -> tuple[str, str]:
        """Return a mail's text and HTML with outreach's words around one recipient's opt-out link."""
        from casework.escalations.languages import Language
        from casework.escalations.letter import add_opt_out

        return add_opt_out(text, html, language=Language(language), url=url)

    @cached_property
    def _sendgrid_verifier(self) -> SendgridWebhookVerifier:
        from casework.vendors.sendgrid_webhook import SendgridWebhookVerifier

        return SendgridWebhookVerifier(read_settings(WebhookSettings, self.environ).sendgrid_webhook_public_key)

    @cached_property
    def _tenants(self) -> dict[str, tuple[float, Tenant]]:
        return {}

    def _conninfo(self) -> str:
        settings = read_settings(DatabaseSettings, self.environ)
        return credentials_url(settings.database_url, self.secrets.get(f"{settings.database_secret_prefix}{self.capability}"))


def password_of(secret: str) -> str:
    """Return the password in a JSON secret."""
    return json.loads(secret)["password"]


def credentials_url(database_url: str, secret: str) -> str:
    """Return the database's URL with the user and password of a JSON secret put in."""
    login: dict[str, Any] = json.loads(secret)
    parts = urlsplit(database_url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(login['username'])}:{quote(login['password'], safe='')}@{place}"))


_apps: dict[Capability, App] = {}
_clock: Clock = SystemClock()


def clock() -> Clock:
    """Return this process's clock."""
    return _clock


def install_clock(new: Clock) -> None:
    """Give this process another clock (the laptop stack's, which can be moved); Apps made before are dropped."""
    global _clock  # noqa: PLW0603 - the composition root's one piece of state
    _clock = new
    _apps.clear()


def app(capability: Capability) -> App:
    """Return this environment's App of a capability."""
    if capability not in _apps:
        from casework.aws.secrets import SecretsManager

        _apps[capability] = App(capability, os.environ, _clock, SecretsManager())
    return _apps[capability]
