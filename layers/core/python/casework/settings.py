"""What a function is told by its environment: frozen models by capability, read once, every missing name reported together.

No resource name has a default. Secrets are named here, never held: `casework.aws.secrets` fetches and caches them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from casework.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping


class SettingsMissing(Unavailable):
    """The environment lacks names or holds unusable values: a function without its settings fails closed. `names` are for the log."""

    slug = "not-configured"
    title = "Not configured"

    def __init__(self, names: list[str]) -> None:
        """Tell the caller nothing; keep the names."""
        super().__init__("this function is not configured")
        self.names = names


class Settings(BaseModel):
    """Base of every settings model: field `database_url` is read from `DATABASE_URL`. A function builds only the models that it reads."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class DatabaseSettings(Settings):
    """Where the database is (host and name, no user) and under which prefix each capability's credentials lie."""

    database_url: str
    database_secret_prefix: str


class MigrationSettings(Settings):
    """The secret of the schema's owner: JSON with username and password."""

    database_admin_secret_arn: str


class IdentitySettings(Settings):
    """How bearer tokens are checked. DEFAULT_TENANT empty: a token must name its tenant. JWT_AUDIENCE empty: `aud` is not checked."""

    jwt_secret_arn: str
    default_tenant: str = ""
    jwt_audience: str = ""


class InternalSettings(Settings):
    """The secret of our own services. Its value may hold two tokens on two lines while it is rotated."""

    internal_admin_token_arn: str


class PlaceSettings(Settings):
    """The pepper of public points."""

    location_pepper_arn: str


class ContactSettings(Settings):
    """The pepper of contact hashes."""

    contact_pepper_arn: str


class VaultSettings(Settings):
    """The key of the contact vault."""

    contact_key_id: str


class CaseSettings(Settings):
    """AUTO_MATCH: off, suggest (an analysis names candidates) or auto; PUBLIC_BASE_URL begins every link that leaves the house."""

    public_base_url: str
    auto_match: str = "suggest"


class PageSettings(Settings):
    """How many cases a page of v1 holds if it is not said, and at most."""

    default_page_size: int = 50
    max_page_size: int = 100


class ServiceSettings(Settings):
    """What `/health` calls the service, and the stage: development, staging or production."""

    service_name: str = "fm-case-service"
    environment: str = "development"
    database_url: str


class GatewaySettings(Settings):
    """The secret that a trusted gateway shows; empty: no gateway's word counts."""

    gateway_token_arn: str = ""


class BuilderSettings(Settings):
    """The model that thinks of a built walk's nodes. Without a key the embedded builder does."""

    anthropic_api_key_arn: str
    anthropic_base_url: str
    anthropic_model: str


class ContractSettings(Settings):
    """A folder with contract files instead of the shipped ones; empty: those."""

    contracts_dir: str = ""


class RelaySettings(Settings):
    """The queues that the relay publishes to, by destination, and the one that wakes it."""

    mail_queue_url: str
    case_events_queue_url: str
    match_queue_url: str


class UrgencySettings(Settings):
    """The queue that wakes the relay before its next minute."""

    relay_queue_url: str


class MailSettings(Settings):
    """The provider and what stands in the sender's line."""

    sendgrid_api_key_arn: str
    sendgrid_base_url: str
    sender_address: str
    sender_name: str
    public_base_url: str


class MailLimits(Settings):
    """How many mails may leave a day."""

    mails_per_user_a_day: int = 200
    mails_per_tenant_a_day: int = 2000


class WebhookSettings(Settings):
    """The provider's public key: base64 of the DER of a P-256 key."""

    sendgrid_webhook_public_key: str


Model = TypeVar("Model", bound=Settings)


def read_settings(model: type[Model], environ: Mapping[str, str]) -> Model:
    """Return the model filled from the environment. Raises SettingsMissing naming every name that is absent or unusable."""
    values = {name: environ[name.upper()] for name in model.model_fields if environ.get(name.upper())}
    try:
        return model(**values)
    except ValidationError as error:
        raise SettingsMissing(sorted({str(fault["loc"][0]).upper() for fault in error.errors()})) from None
