"""A provider on loopback that answers by script: what the stand-ins for mail and model share."""

from __future__ import annotations

import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType


class ScriptedServer:
    """Listens on a free port while it is entered. `script` holds the next conducts, `released` ends whatever still waits."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self.script: deque[Any] = deque()
        self.released = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self._http.provider = self  # pyright: ignore[reportAttributeAccessIssue] - the handler's way back
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def will(self, *conducts: Any) -> None:
        """Script the next calls."""
        self.script.extend(conducts)

    def stop(self) -> None:
        """Close the port and end what still waits; idempotent."""
        self.released.set()
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()
