"""A loopback server that speaks `POST /v3/mail/send` and misbehaves on request."""

from __future__ import annotations

import json
import socket
import struct
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.support.fake_mailer import RETRY_AFTER, TAKES_THE_MAIL, ProviderConduct
from tests.support.scripted_server import ScriptedServer

_CLOSE_WITH_RESET = struct.pack("ii", 1, 0)


class SendgridServer(ScriptedServer):
    """Answers calls by script, then accepts. `bodies` holds every request's JSON, `taken` the mails it accepted.

    A script entry is a conduct, or a raw `(status, headers, body)`.
    """

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.taken: list[dict[str, Any]] = []

    def will(self, *conducts: ProviderConduct | tuple[int, dict[str, str], bytes]) -> None:
        """Script the next calls. `IS_AWAY` closes the port at once and for good."""
        if ProviderConduct.IS_AWAY in conducts:
            self.stop()
        super().will(*conducts)


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Stay quiet."""

    def do_POST(self) -> None:
        server: SendgridServer = self.server.provider  # pyright: ignore[reportAttributeAccessIssue]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.bodies.append(body)
        server.headers.append(dict(self.headers.items()) | {"path": self.path})
        step = server.script.popleft() if server.script else ProviderConduct.ACCEPTS
        if isinstance(step, tuple):
            self._reply(*step)
            return
        if step in TAKES_THE_MAIL:
            server.taken.append(body)
        self._behave(step, server)

    def _behave(self, conduct: ProviderConduct, server: SendgridServer) -> None:
        match conduct:
            case ProviderConduct.ACCEPTS:
                self._reply(202, {"X-Message-Id": f"sg{len(server.taken)}"}, b"")
            case ProviderConduct.STAYS_SILENT:
                server.released.wait(10)
            case ProviderConduct.HANGS_UP | ProviderConduct.TAKES_AND_HANGS_UP:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _CLOSE_WITH_RESET)
            case _:
                headers = {"Retry-After": f"{RETRY_AFTER.seconds}"} if conduct is ProviderConduct.IS_FULL else {}
                self._reply(int(conduct), headers, b'{"errors": [{"message": "no", "field": null, "help": null}]}')

    def _reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
