"""SendGrid's `POST /v3/mail/send` behind the `Mailer` port: the one importer of the SDK, for the sender function alone.

What the SDK (sendgrid 6.12, python-http-client 3.3) does by itself and must not do here:

* it has no time-out: ours is set, per socket operation (connect, send, wait for the answer), not for the whole call;
* it follows redirects, turning the POST into a GET whose 200 would look like an acceptance, and it obeys proxy
  variables: the opener here knows plain HTTP and TLS, nothing else, and hands every status back instead of raising;
* an error while connecting or sending arrives as `URLError`, one while waiting or reading as a bare `TimeoutError`,
  `ConnectionError` or `HTTPException`; a broken send and a refused connection look alike, so connecting is marked
  apart: before it ends no byte left;
* at DEBUG it logs the key, the recipient and the text: its logger is held at WARNING.

It never retries, and neither do we: the delivery's state machine decides.
"""

from __future__ import annotations

import json
import logging
import re
import ssl
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.error import URLError
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, Request

import python_http_client
import sendgrid

from casework.messages.ports import Accepted, Refused, Rejected, Uncertain, without_addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from http.client import HTTPResponse

    from casework.messages.ports import Answer, OutgoingMail

_TRY_AGAIN = frozenset({401, 403, 429})
_OUR_FAULT = frozenset({401, 403})
_LONGEST_WAIT = timedelta(days=1)
_ERROR_BODY_LIMIT = 64 * 1024
_MESSAGE_ID = re.compile(r"[!-~]{1,255}", re.ASCII)
_NO_TRACKING = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
}

logging.getLogger("python_http_client").setLevel(logging.WARNING)


class SendgridMailer:
    """A `Mailer` over one SendGrid account. `timeout` is in seconds; `base_url` has no path (`https://api.sendgrid.com`)."""

    def __init__(self, *, api_key: str, base_url: str, sender_address: str, sender_name: str, timeout: float = 10.0) -> None:
        """Refuse an empty key (the SDK would look for one in the environment) and a base URL that is not http(s)."""
        if not api_key.strip():
            raise ValueError("the SendGrid key is empty")
        if not base_url.startswith(("https://", "http://")):
            raise ValueError("the SendGrid base URL is neither https nor http")
        self._sender = (sender_address, sender_name)
        api = cast("Any", sendgrid).SendGridAPIClient(api_key.strip(), host=base_url.rstrip("/"))
        client = _OneTryClient(
            host=api.host,
            request_headers=api.client.request_headers,
            version=api.client._version,  # noqa: SLF001 - the SDK keeps it nowhere else
            url_path=["mail", "send"],
            timeout=cast("int", timeout),  # its stub says int, sockets take fractions
        )
        self._post = cast("Callable[..., _Response]", client.post)

    def send(self, mail: OutgoingMail) -> Answer:
        """Send one mail and sort the outcome into the four answers of the port."""
        try:
            response = self._post(request_body=self._body_of(mail))
        except (OSError, HTTPException) as error:
            return _answer_to_error(error)
        return _answer_to_status(response.status_code, response.headers, response.body)

    def _body_of(self, mail: OutgoingMail) -> dict[str, object]:
        """Return the request body. Its one custom argument is opaque: SendGrid keeps those for ever, in the clear."""
        parts = (("text/plain", mail.text), ("text/html", mail.html))
        body: dict[str, object] = {
            "personalizations": [{"to": [{"email": mail.to}]}],
            "from": {"email": mail.from_address or self._sender[0], "name": mail.from_name or self._sender[1]},
            "subject": mail.subject,
            "content": [{"type": kind, "value": value} for kind, value in parts if value],
            "custom_args": {"delivery_id": str(mail.delivery_id)},
            "tracking_settings": _NO_TRACKING,
        }
        return body | ({"headers": dict(mail.headers)} if mail.headers else {})


def _answer_to_error(error: OSError | HTTPException) -> Answer:
    """Sort an exchange that brought no answer: only a connection that never stood is definite."""
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, _NotConnectedError):
        return Refused("not_connected", cause.kind)
    if isinstance(cause, TimeoutError):
        return Uncertain("timeout", "no answer in time")
    return Uncertain("broken_exchange", type(cause).__name__)


def _answer_to_status(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """Sort a whole answer: 2xx took the mail; 429, 401, 403 did not yet; other 4xx never will; the rest is unclear."""
    code = f"http_{status}"
    if 200 <= status < 300:  # noqa: PLR2004 - a status class
        message_id = headers.get("X-Message-Id") or ""
        return Accepted(message_id if _MESSAGE_ID.fullmatch(message_id) else None)
    text = _reason_in(body)
    if status in _TRY_AGAIN:
        return Refused(code, text, retry_after=_retry_after(headers), alarm=status in _OUR_FAULT)
    if 400 <= status < 500:  # noqa: PLR2004 - a status class
        return Rejected(code, text)
    return Uncertain(code, text)


def _reason_in(body: bytes) -> str:
    """Return what SendGrid says (`{"errors": [{"field", "message"}]}`) as "field: message; ...", or ""."""
    if len(body) > _ERROR_BODY_LIMIT:
        return ""
    try:
        said = [f"{error.get('field') or 'mail'}: {error['message']}" for error in json.loads(body)["errors"]]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return ""
    return without_addresses("; ".join(said))


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return the wait: `Retry-After` in seconds, else `X-RateLimit-Reset` (Unix seconds) less the answer's `Date`."""
    seconds = _whole_number(headers.get("Retry-After"))
    if seconds is None:
        reset = _whole_number(headers.get("X-RateLimit-Reset"))
        seconds = None if reset is None else _seconds_from_date(reset, headers.get("Date"))
    return None if seconds is None else min(timedelta(seconds=seconds), _LONGEST_WAIT)


def _seconds_from_date(reset: int, date: str | None) -> int | None:
    try:
        answered = parsedate_to_datetime(date or "").timestamp()
    except (ValueError, TypeError):
        return None
    return max(0, round(reset - answered))


def _whole_number(value: str | None) -> int | None:
    return int(value) if value and re.fullmatch(r"[0-9]{1,10}", value.strip()) else None


class _Response(Protocol):
    status_code: int
    headers: Mapping[str, str]
    body: bytes


class _NotConnectedError(OSError):
    """The connection (TCP, and TLS where there is one) never stood, so no byte of the request has left."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.kind = type(cause).__name__


class _PlainConnection(HTTPConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except OSError as error:
            raise _NotConnectedError(error) from error


class _TlsConnection(HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except OSError as error:
            raise _NotConnectedError(error) from error


class _PlainHandler(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_PlainConnection, req)


class _TlsHandler(HTTPSHandler):
    _trust = ssl.create_default_context()

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_TlsConnection, req, context=self._trust)


class _OneTryClient(python_http_client.Client):
    """The SDK's client with an opener that follows nothing and raises on no status."""

    def _make_request(self, opener: OpenerDirector, request: Request, timeout: float | None = None) -> HTTPResponse:
        """Replace the SDK's one place where a request leaves."""
        del opener
        direct = OpenerDirector()
        direct.add_handler(_PlainHandler())
        direct.add_handler(_TlsHandler())
        return direct.open(request, timeout=timeout or self.timeout)
