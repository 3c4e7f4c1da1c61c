"""SendGrid's signed event webhook: who sent these bytes, and what they say.

The signature (ECDSA P-256, SHA-256) covers timestamp and body joined without a separator, so bytes can be moved from
one to the other without breaking it. A timestamp of exactly ten digits before a body that opens with `[` leaves one way
to part them. The scheme itself knows no freshness; the ten minutes are ours. Anyone may still repeat a fresh batch, and
SendGrid itself delivers events several times: the event id, unique in the store, makes that harmless.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, cast
from uuid import UUID

from casework.kernel.errors import InvalidInput, Unauthenticated
from casework.kernel.ids import DeliveryId
from casework.messages.ports import ProviderEvent, ProviderEventKind, without_addresses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

SIGNATURE_HEADER = "x-twilio-email-event-webhook-signature"
TIMESTAMP_HEADER = "x-twilio-email-event-webhook-timestamp"
TOLERANCE = timedelta(minutes=10)
MAX_EVENTS = 2_000
"""SendGrid posts at most 1,000 events at a time; more than twice that is not a batch of theirs."""

_TIMESTAMP = re.compile(r"[0-9]{10}")
_EPOCH_SECONDS = range(10**9, 10**10)
_EVENT_ID = re.compile(r"[!-~]{1,128}")
_MESSAGE_ID = re.compile(r"[!-~]{1,255}")
_SMTP_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_CANONICAL_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KINDS = {kind.value: kind for kind in ProviderEventKind if kind is not ProviderEventKind.OTHER}


class WebhookUnauthenticated(Unauthenticated):
    """Nothing proves that SendGrid sent this now. The detail is the same whatever was wrong."""

    slug = "webhook-unauthenticated"
    title = "The webhook's signature does not hold"


class WebhookUnreadable(InvalidInput):
    """Signed, but not a list of events."""

    slug = "webhook-unreadable"
    title = "The webhook's body is not a list of events"


class EventBatch(NamedTuple):
    """What could be read of one call; `unreadable` counts the items that could not."""

    events: tuple[ProviderEvent, ...]
    unreadable: int


class SendgridWebhookVerifier:
    """Checks calls against the account's public key, or against two (parted by a blank) while one is being replaced."""

    def __init__(self, public_key: str) -> None:
        """Take base64 DER as SendGrid shows it.

        Raises ValueError where that is no P-256 key: a wrong setting must not look like forgery.
        """
        self._keys = [_load_key(text) for text in public_key.split()]
        if not self._keys:
            raise ValueError("the webhook's public key is empty")

    def verify(self, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
        """Return if SendGrid signed these raw bytes within ten minutes of `now`; else raise WebhookUnauthenticated."""
        timestamp = _only_value(headers, TIMESTAMP_HEADER)
        signature = _signature_bytes(_only_value(headers, SIGNATURE_HEADER))
        genuine = (
            _TIMESTAMP.fullmatch(timestamp) is not None
            and body[:1] == b"["
            and abs(now.timestamp() - int(timestamp)) <= TOLERANCE.total_seconds()
            and self._is_signed(timestamp.encode() + body, signature)
        )
        if not genuine:
            raise WebhookUnauthenticated

    def _is_signed(self, signed: bytes, signature: bytes) -> bool:
        return any(_holds(key, signed, signature) for key in self._keys)


def read_events(body: bytes, received_at: datetime) -> EventBatch:
    """Read a verified body; raises WebhookUnreadable.

    A bad item is counted and left out, an unknown kind of event is `OTHER`, an item without a usable time is of
    `received_at`.
    """
    try:
        items = json.loads(body.decode(errors="replace"), parse_int=_bounded_int)
    except (ValueError, RecursionError) as error:
        raise WebhookUnreadable from error
    if not isinstance(items, list):
        raise WebhookUnreadable
    listed = cast("list[object]", items)
    if len(listed) > MAX_EVENTS:
        raise WebhookUnreadable(f"more than {MAX_EVENTS} events in one call")
    read = [_event_of(item, received_at) for item in listed]
    events = tuple(event for event in read if event is not None)
    return EventBatch(events, len(read) - len(events))


def _load_key(text: str) -> EllipticCurvePublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - 60 ms that only the webhook's door pays
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415

    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("the webhook's public key cannot be read") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("the webhook's public key is not a P-256 key")  # noqa: TRY004 - a wrong setting, not a wrong type
    return key


def _holds(key: EllipticCurvePublicKey, signed: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - loaded with the key
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    try:
        key.verify(signature, signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _only_value(headers: Mapping[str, str], name: str) -> str:
    """Return the one value of a header, whatever its case; "" where there is none or several."""
    values = [value for key, value in headers.items() if key.isascii() and key.lower() == name]
    return values[0] if len(values) == 1 else ""


def _signature_bytes(text: str) -> bytes:
    """Return the bytes of a base64 text; b"" where it is none. Only the one canonical text of those bytes will do."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        return b""
    return raw if base64.b64encode(raw).decode() == text else b""


def _event_of(item: object, received_at: datetime) -> ProviderEvent | None:
    if not isinstance(item, dict):
        return None
    fields = cast("dict[str, object]", item)
    name = fields.get("event")
    if not isinstance(name, str):
        return None
    return ProviderEvent(
        event_id=_event_id(fields),
        kind=_KINDS.get(name, ProviderEventKind.OTHER),
        occurred_at=_instant(fields.get("timestamp")) or received_at,
        delivery_id=_delivery_id(fields.get("delivery_id")),
        provider_message_id=_matching(_MESSAGE_ID, _before_dot(fields.get("sg_message_id"))),
        code=_matching(_SMTP_STATUS, fields.get("status")),
        reason=without_addresses(fields.get("reason") or fields.get("response")) or None,
    )


def _event_id(fields: dict[str, object]) -> str:
    """Return SendGrid's id of the event, else one made of its plain fields: a repetition must still be recognised."""
    given = _matching(_EVENT_ID, fields.get("sg_event_id"))
    if given:
        return given
    plain = {key: value for key, value in fields.items() if isinstance(value, str | int | float)}
    return "sha256:" + hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _delivery_id(value: object) -> DeliveryId | None:
    if not isinstance(value, str):
        return None
    text = _matching(_CANONICAL_UUID, value.lower())
    return DeliveryId(UUID(text)) if text else None


def _before_dot(value: object) -> object:
    """Cut `sg_message_id` to the `X-Message-Id` of the acceptance: what follows the first dot names their machines."""
    return value.partition(".")[0] if isinstance(value, str) else value


def _instant(value: object) -> datetime | None:
    """Return the instant of ten-digit Unix seconds (2001 to 2286), the only form SendGrid uses."""
    if isinstance(value, bool) or not isinstance(value, int) or value not in _EPOCH_SECONDS:
        return None
    return datetime.fromtimestamp(value, UTC)


def _bounded_int(digits: str) -> int | None:
    """Read a JSON integer of up to 20 digits; Python refuses thousands of them, which must not sink the batch."""
    return int(digits) if len(digits) <= 20 else None  # noqa: PLR2004 - beyond any count or time


def _matching(pattern: re.Pattern[str], value: object) -> str | None:
    return value if isinstance(value, str) and pattern.fullmatch(value) else None
