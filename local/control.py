"""The control plane under `/_local/` and the mail provider, on one loopback port that only this machine reaches.

Neither stands in template.yaml; neither exists in AWS. The gateway passes `/_local/` on to here.
"""

from __future__ import annotations

import json
import re
import select
import socket
import struct
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from local.clock import SharedClock
from local.mailbox import Fault, Mailbox, NoAnswer
from local.ticker import Ticker

_HELD_SECONDS = 60.0


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EmitEvents(_Request):
    """Body of `POST /_local/mailbox/{id}/events`."""

    event: Literal["delivered", "bounce", "dropped", "deferred", "spamreport"]
    times: int = Field(1, ge=0, le=1000)
    delivery_id: str | None = None
    timestamp: int | AwareDatetime | None = None

    @property
    def at(self) -> int | None:
        """The timestamp in Unix seconds."""
        return round(self.timestamp.timestamp()) if isinstance(self.timestamp, datetime) else self.timestamp


class FailNext(_Request):
    """Body of `POST /_local/mailbox/faults`."""

    next: int = Field(ge=0, le=100_000)
    kind: Fault = "500"


class MoveClock(_Request):
    """Body of `POST /_local/clock`: an instant to set, or an ISO 8601 duration to advance by."""

    set: AwareDatetime | None = None
    advance: Annotated[timedelta, Field(ge=timedelta(0))] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> MoveClock:
        if (self.set is None) == (self.advance is None):
            raise ValueError("say either set or advance")
        return self


class ControlPlane:
    """The operations behind `/_local/`, as plain calls: method and path in, status and JSON out."""

    def __init__(
        self,
        *,
        mailbox: Mailbox,
        clock: SharedClock,
        ticker: Ticker,
        drain: Callable[[], Mapping[str, Any]],
        health: Callable[[], Mapping[str, Any]],
        base_url: Callable[[], str],
    ) -> None:
        """`base_url` is where the stack's own webhooks are reached."""
        self._mailbox = mailbox
        self._clock = clock
        self._ticker = ticker
        self._drain = drain
        self._health = health
        self._base_url = base_url
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., tuple[int, Any]]]] = [
            ("GET", re.compile(r"/_local/health/?"), self._get_health),
            ("GET", re.compile(r"/_local/mailbox/?"), self._get_mails),
            ("POST", re.compile(r"/_local/mailbox/faults/?"), self._post_faults),
            ("GET", re.compile(r"/_local/mailbox/([^/]+)"), self._get_mail),
            ("POST", re.compile(r"/_local/mailbox/([^/]+)/events/?"), self._post_events),
            ("GET", re.compile(r"/_local/clock/?"), self._get_clock),
            ("POST", re.compile(r"/_local/clock/?"), self._post_clock),
            ("POST", re.compile(r"/_local/drain/?"), self._post_drain),
        ]

    def call(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        """Status and JSON answer; bad input is a 400 that says why."""
        matches = [(verb, match, route) for verb, pattern, route in self._routes if (match := pattern.fullmatch(path))]
        if not matches:
            return 404, {"error": f"there is no {path}"}
        for verb, match, route in matches:
            if verb == method:
                try:
                    return route(body, *match.groups())
                except ValidationError as problem:
                    return 400, {"error": "; ".join(_complaint(one) for one in problem.errors())}
        return 405, {"error": f"{path} takes {', '.join(verb for verb, _, _ in matches)}"}

    def _get_health(self, _body: bytes) -> tuple[int, Any]:
        return 200, self._health()

    def _get_mails(self, _body: bytes) -> tuple[int, Any]:
        return 200, {"mails": self._mailbox.mails}

    def _get_mail(self, _body: bytes, mail_id: str) -> tuple[int, Any]:
        mail = self._mailbox.find(mail_id)
        return (404, {"error": f"there is no mail {mail_id}"}) if mail is None else (200, mail)

    def _post_events(self, body: bytes, mail_id: str) -> tuple[int, Any]:
        wanted = EmitEvents.model_validate_json(body)
        mail = self._mailbox.find(mail_id)
        if mail is None:
            return 404, {"error": f"there is no mail {mail_id}"}
        statuses = self._mailbox.emit(
            self._base_url(), mail, wanted.event, times=wanted.times, delivery_id=wanted.delivery_id, at=wanted.at
        )
        return 200, {"sent": len(statuses), "statuses": statuses}

    def _post_faults(self, body: bytes) -> tuple[int, Any]:
        wanted = FailNext.model_validate_json(body)
        self._mailbox.fail_next(wanted.next, wanted.kind)
        return 200, {"next": wanted.next, "kind": wanted.kind}

    def _get_clock(self, _body: bytes) -> tuple[int, Any]:
        return 200, {"now": self._clock.now().isoformat()}

    def _post_clock(self, body: bytes) -> tuple[int, Any]:
        wanted = MoveClock.model_validate_json(body)
        to = wanted.set.astimezone(UTC) if wanted.set else self._clock.now() + (wanted.advance or timedelta(0))
        fired = self._ticker.jump(to)
        return 200, {"now": self._clock.now().isoformat(), "fired": fired}

    def _post_drain(self, _body: bytes) -> tuple[int, Any]:
        return 200, self._drain()


def _complaint(error: ErrorDetails) -> str:
    return f"{'.'.join(str(part) for part in error['loc']) or 'body'}: {error['msg']}"


class _Handler(BaseHTTPRequestHandler):
    """HTTP for both; the server carries them."""

    protocol_version = "HTTP/1.1"
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        """Reads of the control plane."""
        self._control("GET")

    def do_DELETE(self) -> None:
        """Nothing can be deleted; says so."""
        self._control("DELETE")

    def do_POST(self) -> None:
        """A provider call, or an operation of the control plane."""
        if self.path == "/v3/mail/send":
            self._provider()
        else:
            self._control("POST")

    def _control(self, method: str) -> None:
        try:
            status, answer = self.server.control.call(method, self.path.partition("?")[0], self._body())
        except Exception as trouble:
            traceback.print_exc(file=sys.stderr)
            status, answer = 500, {"error": str(trouble)}
        self._reply(status, {}, answer)

    def _provider(self) -> None:
        try:
            answer = self.server.mailbox.send(self.headers.get("Authorization", ""), self._body())
        except NoAnswer as silence:
            self._leave(hold=silence.hold)
        else:
            self._reply(answer.status, answer.headers, answer.body)

    def _leave(self, *, hold: bool) -> None:
        """Go without an answer: at once with a reset, or after the caller has given up."""
        if hold:
            select.select([self.connection], [], [], _HELD_SECONDS)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _reply(self, status: int, headers: Mapping[str, str], body: object) -> None:
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Say nothing: what happens here is seen through the stack's own log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    control: ControlPlane
    mailbox: Mailbox

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hangs up is no news; anything else is shown."""
        if not isinstance(sys.exc_info()[1], OSError | ValueError):
            super().handle_error(request, client_address)  # pyright: ignore[reportArgumentType]


class ControlServer:
    """Serves a mailbox, then also a control plane, on a free loopback port."""

    def __init__(self, mailbox: Mailbox) -> None:
        """Bind; `start` begins to answer."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.mailbox = mailbox
        self.port: int = self._server.server_address[1]

    def start(self, control: ControlPlane) -> None:
        """Answer from a background thread."""
        self._server.control = control
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="control", daemon=True).start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
