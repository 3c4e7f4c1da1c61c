"""The body and answer of the internal send route (contract §9.4)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from casework.escalations.actions import Addressee
from casework.escalations.addresses import normalise_email, refusal_of
from casework.kernel.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class NoValidRecipients(InvalidInput):
    """Nobody in the list can be written to."""

    slug = "no-valid-recipients"


class RecipientBody(BaseModel):
    """One address."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    email: Annotated[str, Field(max_length=255)]
    target_id: Annotated[int, Field(gt=0, le=2**63 - 1)] | None = None
    delivery_source: Annotated[str, Field(max_length=64)] = "case_target"
    display_name: Annotated[str, Field(max_length=255)] = ""
    organization: Annotated[str, Field(max_length=255)] = ""


class InternalSendBody(BaseModel):
    """The contract's body and the action that it belongs to; at most a mebibyte."""

    byte_limit: ClassVar[int] = 1024 * 1024
    model_config = ConfigDict(
        strict=True,
        extra="ignore",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "action_id": 9,
                    "case_id": "case_5e0c9a1b2d3f",
                    "subject": "CleanApp escalation: Blocked drain",
                    "body": "…",
                    "recipients": [{"email": "roads@district.example.net", "target_id": 4}],
                }
            ]
        },
    )

    action_id: Annotated[int, Field(gt=0)]
    case_id: Annotated[str, Field(min_length=1, max_length=64)]
    subject: Annotated[str, Field(min_length=1, max_length=2000)]
    body: Annotated[str, Field(min_length=1, max_length=200_000)]
    html_body: str = ""
    recipients: Annotated[list[RecipientBody], Field(max_length=100)] = Field(default_factory=list[RecipientBody])

    def addressees(self) -> list[Addressee]:
        """Return the recipients, each address once. Raises NoValidRecipients."""
        if not self.recipients:
            raise NoValidRecipients("at least one recipient is required", errors=[Problem("/recipients", "required")])
        by_email = {normalise_email(one.email): one for one in self.recipients}
        if all(refusal_of(email) for email in by_email):
            raise NoValidRecipients("no valid recipients provided", errors=[Problem("/recipients", "none of them can be mailed")])
        return [Addressee(email, None, one.target_id, one.delivery_source) for email, one in by_email.items()]


class InternalResult(TypedDict):
    """What is known of one recipient."""

    target_id: int | None
    email: str
    status: str
    delivery_source: str
    provider: str
    provider_message_id: str | None
    sent_at: datetime | None
    error: str | None


class InternalSentBody(TypedDict):
    """The case and its recipients, in the order asked."""

    case_id: str
    results: list[InternalResult]


def render_results(alias: str, deliveries: Sequence[Mapping[str, Any]], body: InternalSendBody) -> dict[str, Any]:
    """Return the stored truth about each recipient, in the order of the body."""
    by_email = {delivery["recipient_email"]: delivery for delivery in deliveries}
    rows = [by_email[email] for email in dict.fromkeys(normalise_email(one.email) for one in body.recipients) if email in by_email]
    results = [
        {
            "target_id": row["target_id"], "email": row["recipient_email"], "status": row["status"], "delivery_source": row["source"],
            "provider": row["provider"], "provider_message_id": row["provider_message_id"], "sent_at": row["sent_at"],
            "error": row["error_message"],
        }
        for row in rows
    ]  # fmt: skip
    return {"case_id": alias, "results": results}
