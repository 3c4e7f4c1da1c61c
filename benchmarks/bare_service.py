"""What the stack is held against: uvicorn and psycopg, and nothing between them but the statements that a door says.

As many processes and threads as the stack's gateway, one connection for each thread, the same role. A path names what is said:
`/get`, `/list`, `/create`. There is no token, no validation, no view: the last rows go out as JSON.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import uvicorn
from psycopg.rows import dict_row

from benchmarks.tape import Statement, renamed, replay
from casework.kernel.ids import uuid7

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence

THREADS = 16


@contextmanager
def bare_service(conninfos: Mapping[str, str], tapes: Mapping[str, list[Statement]], processes: int) -> Generator[str]:
    """Serve tapes by path, each over its connection string; yield the URL."""
    spawned = multiprocessing.get_context("spawn")
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        workers = [spawned.Process(target=_serve, args=(listener, dict(conninfos), dict(tapes)), daemon=True) for _ in range(processes)]
        for worker in workers:
            worker.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            for worker in workers:
                worker.terminate()
                worker.join()


class _Service:
    """The ASGI application of one process."""

    def __init__(self, conninfos: Mapping[str, str], tapes: Mapping[str, list[Statement]]) -> None:
        self._conninfos = conninfos
        self._tapes = tapes
        self._threads = ThreadPoolExecutor(THREADS)
        self._mine = threading.local()
        self._names = {path: _inserted(tape) for path, tape in tapes.items()}

    async def __call__(
        self, scope: Mapping[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        while (await receive()).get("more_body"):
            pass
        body = await asyncio.get_running_loop().run_in_executor(self._threads, self._answer, scope["path"])
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, path: str) -> bytes:
        tape = self._tapes[path]
        if self._names[path]:
            tape = renamed(tape, {old: _fresh(old) for old in self._names[path]})
        return json.dumps(replay(self._connection(path), tape), default=str).encode()

    def _connection(self, path: str) -> psycopg.Connection[Any]:
        known: dict[str, psycopg.Connection[Any]] = self._mine.__dict__
        conninfo = self._conninfos[path]
        if conninfo not in known:
            known[conninfo] = psycopg.connect(conninfo, autocommit=True, row_factory=dict_row)
        return known[conninfo]


def _serve(listener: socket.socket, conninfos: Mapping[str, str], tapes: Mapping[str, list[Statement]]) -> None:
    config = uvicorn.Config(
        _Service(conninfos, tapes), loop="uvloop", http="httptools", ws="none", lifespan="off", access_log=False, log_level="warning"
    )
    uvicorn.Server(config).run(sockets=[listener])


def _inserted(tape: Sequence[Statement]) -> list[Any]:
    """Return the names that an insert makes up: a second insert needs others."""
    made = [one.values for one in tape if isinstance(one.values, dict) and b"insert into cases " in one.query]
    return [row[name] for row in made for name in ("id", "alias", "case_number", "slug")]


def _fresh(old: object) -> object:
    return uuid7() if not isinstance(old, str) else f"{old[:5]}{uuid7().hex[-12:]}"
