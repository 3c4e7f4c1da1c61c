"""The embedded mail provider: takes what SendGrid's `POST /v3/mail/send` takes, keeps it, and signs events on request.

Mails lie in `mails.jsonl` in DATA_DIR, one per personalization, and outlive a restart. Nothing is sent anywhere. The
mailbox emits no event by itself. Faults say what the next provider calls do.

Sources: SendGrid v3 API reference, "Mail Send"; SendGrid's Event Webhook reference and its signature scheme (ECDSA over
P-256 and SHA-256 of timestamp and body, joined without a separator).
"""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, cast

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from local.keepsakes import write_atomically

Fault = Literal["429", "500", "timeout", "accept_then_crash"]
EVENTS: Mapping[str, Mapping[str, str]] = {
    "delivered": {"response": "250 OK"},
    "bounce": {"reason": "550 5.1.1 The account does not exist", "status": "5.1.1", "type": "bounce"},
    "dropped": {"reason": "Bounced Address"},
    "deferred": {"response": "450 4.2.1 Try again later", "attempt": "1"},
    "spamreport": {},
}
WEBHOOK_PATH = "/webhooks/sendgrid"
_ERRORS: Mapping[int, str] = {
    401: "The provided authorization grant is invalid, expired, or revoked",
    429: "too many requests",
    500: "internal server error",
}


@dataclass(frozen=True)
class Answer:
    """What the provider replies: status, headers, JSON body (None = empty)."""

    status: int
    headers: Mapping[str, str]
    body: object = None


class NoAnswer(Exception):
    """The provider does not reply: it keeps the connection open (`hold`) or resets it."""

    def __init__(self, *, hold: bool) -> None:
        """`hold` keeps the caller waiting."""
        super().__init__("held" if hold else "reset")
        self.hold = hold


class Mailbox:
    """The provider's state: mails, pending faults, signing key. Safe for many threads."""

    def __init__(self, data_dir: Path, now: Callable[[], datetime]) -> None:
        """Load earlier mails; make a key pair on first use."""
        self._path = data_dir / "mails.jsonl"
        self._now = now
        self._lock = threading.Lock()
        self._faults: deque[Fault] = deque()
        self._mails: list[dict[str, Any]] = _read_lines(self._path)
        self._key = _kept_key(data_dir / "sendgrid-webhook-key.pem")
        self.api_key: str | None = None

    @property
    def public_key(self) -> str:
        """The verification key as SendGrid shows it: base64 of the DER form."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return base64.b64encode(self._key.public_key().public_bytes(serialization.Encoding.DER, form)).decode()

    @property
    def mails(self) -> list[dict[str, Any]]:
        """All mails, oldest first."""
        with self._lock:
            return list(self._mails)

    def find(self, mail_id: str) -> dict[str, Any] | None:
        """One mail by its id."""
        return next((mail for mail in self.mails if str(mail["id"]) == mail_id), None)

    def fail_next(self, count: int, kind: Fault) -> None:
        """Let the next `count` calls fail in this way, after those asked for earlier; 0 clears what is left."""
        with self._lock:
            if count == 0:
                self._faults.clear()
            self._faults.extend(kind for _ in range(count))

    def send(self, authorization: str, body: bytes) -> Answer:
        """Take one provider call. Raises NoAnswer where a fault says so."""
        with self._lock:
            fault = self._faults.popleft() if self._faults else None
        if fault == "timeout":
            raise NoAnswer(hold=True)
        if fault in ("429", "500"):
            return _refusal(int(fault))
        answer = self._accept(authorization, body)
        if fault == "accept_then_crash" and answer.status == http.client.ACCEPTED:
            raise NoAnswer(hold=False)
        return answer

    def emit(self, base_url: str, mail: Mapping[str, Any], event: str, *, times: int, delivery_id: str | None, at: int | None) -> list[int]:
        """Post one signed event of a mail to the stack, `times` times the same; returns the answers' status codes.

        `delivery_id` replaces the mail's own; `at` (Unix seconds) replaces the present as the time of event and signature.
        """
        stamp = round(self._now().timestamp()) if at is None else at
        body = json.dumps(_events(mail, event, stamp, delivery_id)).encode()
        return [_post(base_url, body, self.signed_headers(body, str(stamp))) for _ in range(times)]

    def signed_headers(self, body: bytes, timestamp: str) -> dict[str, str]:
        """The provider's signature headers for these bytes."""
        signature = self._key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        return {
            "Content-Type": "application/json",
            "User-Agent": "SendGrid Event API",
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
        }

    def _accept(self, authorization: str, body: bytes) -> Answer:
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not key or (self.api_key is not None and key != self.api_key):
            return _refusal(401)
        try:
            request = json.loads(body)
            problem = _problem(request)
        except ValueError:
            return _refusal(400, "Bad Request")
        if problem is not None:
            return _refusal(400, problem[1], problem[0])
        message_id = secrets.token_urlsafe(16)
        self._store(request, message_id)
        return Answer(202, {"X-Message-Id": message_id})

    def _store(self, request: Mapping[str, Any], message_id: str) -> None:
        with self._lock, self._path.open("a") as file:
            for personalization in request["personalizations"]:
                mail = _mail(len(self._mails) + 1, request, personalization, message_id, self._now())
                file.write(json.dumps(mail, ensure_ascii=False) + "\n")
                self._mails.append(mail)


def _refusal(status: int, message: str | None = None, field: str | None = None) -> Answer:
    error = {"message": message or _ERRORS[status], "field": field, "help": None}
    return Answer(status, {}, {"errors": [error]})


def _problem(request: object) -> tuple[str, str] | None:
    """Field and text of the first thing that SendGrid would refuse, None when the request is whole."""
    if not isinstance(request, dict):
        return "", "Bad Request"
    whole = cast("dict[str, Any]", request)
    for field in ("personalizations", "from", "content"):
        if not whole.get(field) and not (field == "content" and whole.get("template_id")):
            return field, f"The {field} parameter is required."
    for number, personalization in enumerate(whole["personalizations"]):
        if not personalization.get("to"):
            return f"personalizations.{number}.to", "The to array is required for all personalization objects."
        if not (personalization.get("subject") or whole.get("subject")):
            return "subject", "The subject is required."
        addresses = [*personalization["to"], *personalization.get("cc", []), *personalization.get("bcc", [])]
        if any("@" not in str(one.get("email", "")) for one in addresses):
            return f"personalizations.{number}", "Does not contain a valid address."
    return None


def _mail(number: int, request: Mapping[str, Any], personalization: Mapping[str, Any], message_id: str, at: datetime) -> dict[str, Any]:
    contents = {one["type"]: one["value"] for one in request.get("content", [])}
    return {
        "id": str(number),
        "to": _addresses(personalization.get("to", [])),
        "cc": _addresses(personalization.get("cc", [])),
        "bcc": _addresses(personalization.get("bcc", [])),
        "from": request["from"]["email"],
        "reply_to": request.get("reply_to", {}).get("email"),
        "subject": personalization.get("subject") or request.get("subject", ""),
        "text": contents.get("text/plain"),
        "html": contents.get("text/html"),
        "attachments": request.get("attachments", []),
        "headers": {**request.get("headers", {}), **personalization.get("headers", {})},
        "custom_args": {**request.get("custom_args", {}), **personalization.get("custom_args", {})},
        "provider_message_id": message_id,
        "accepted_at": at.isoformat(),
    }


def _addresses(people: Iterable[Mapping[str, Any]]) -> list[str]:
    return [person["email"] for person in people]


def _events(mail: Mapping[str, Any], event: str, stamp: int, delivery_id: str | None) -> list[dict[str, Any]]:
    """One event per recipient, with the custom arguments flattened into it, as SendGrid does."""
    arguments = {**mail["custom_args"], **({} if delivery_id is None else {"delivery_id": delivery_id})}
    recipients: Sequence[str] = [*mail["to"], *mail["cc"], *mail["bcc"]]
    return [
        {
            "email": recipient,
            "timestamp": stamp,
            "event": event,
            "sg_event_id": base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="),
            "sg_message_id": f"{mail['provider_message_id']}.recvd-local-{number}",
            "smtp-id": f"<{mail['provider_message_id']}@mailbox.local>",
            **arguments,
            **EVENTS[event],
        }
        for number, recipient in enumerate(recipients)
    ]


def _post(base_url: str, body: bytes, headers: Mapping[str, str]) -> int:
    connection = http.client.HTTPConnection(base_url.removeprefix("http://"), timeout=60)
    try:
        connection.request("POST", WEBHOOK_PATH, body, dict(headers))
        return connection.getresponse().status
    finally:
        connection.close()


def _read_lines(path: Path) -> list[dict[str, Any]]:
    """The mails of earlier runs; a last line that a kill cut short was never acknowledged and is dropped."""
    if not path.exists():
        return []
    whole, newline, rest = path.read_bytes().rpartition(b"\n")
    if rest:
        write_atomically(path, whole + newline)
    return [json.loads(line) for line in whole.splitlines()]


def _kept_key(path: Path) -> ec.EllipticCurvePrivateKey:
    if not path.exists():
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_atomically(path, pem)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    return cast("ec.EllipticCurvePrivateKey", key)
