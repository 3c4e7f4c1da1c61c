"""A loopback server that speaks `POST /v3/mail/send` and misbehaves on request."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from tests.support.fake_mailer import RETRY_AFTER, TAKES_THE_MAIL, ProviderConduct

if TYPE_CHECKING:
    from types import TracebackType

_CLOSE_WITH_RESET = struct.pack("ii", 1, 0)


class SendgridServer:
    """Answers calls by script, then accepts. `bodies` holds every request's JSON, `taken` the mails it accepted.

    A script entry is a conduct, or a raw `(status, headers, body)`.
    """

    def __init__(self) -> None:
        self.script: deque[ProviderConduct | tuple[int, dict[str, str], bytes]] = deque()
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.taken: list[dict[str, Any]] = []
        self.released = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.daemon_threads = True
        self._http.sendgrid = self  # pyright: ignore[reportAttributeAccessIssue] - the handler's way back
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def will(self, *conducts: ProviderConduct | tuple[int, dict[str, str], bytes]) -> None:
        """Script the next calls. `IS_AWAY` closes the port at once and for good."""
        if ProviderConduct.IS_AWAY in conducts:
            self.stop()
        self.script.extend(conducts)

    def stop(self) -> None:
        """Close the port; idempotent."""
        self.released.set()
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Stay quiet."""

    def do_POST(self) -> None:
        server: SendgridServer = self.server.sendgrid  # pyright: ignore[reportAttributeAccessIssue]
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
