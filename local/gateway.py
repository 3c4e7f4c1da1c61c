"""The HTTP API on loopback: uvicorn carries the socket, this module turns requests into calls of the doors.

It runs in worker processes, `python -m local.gateway FD` each, that share one listening socket. A worker keeps no state.
Its threads are its execution environments: a door is synchronous and blocks one of them, so a request that waits
(`Prefer: wait=20`) holds a thread and not the worker.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import socket
import sys
import threading
import uuid
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import uvicorn

from local import clock as shared_clock
from local import payload
from local.clock import SharedClock
from local.functions import Function, FunctionFailed, Functions
from local.payload import HttpAnswer, HttpRequest
from local.routes import Cors, Route, RouteTable

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

INTEGRATION_TIMEOUT = 30.0
STOP = b"stop\n"
_LOOPBACK = ("127.0.0.1", "::1")
_CONTROL_THREADS = 8


@dataclass(frozen=True)
class WorkerPlan:
    """What a worker is told at its start, as JSON on its standard input."""

    routes: list[Route]
    functions: list[Function]
    cors: Cors
    control_port: int
    data_dir: str
    threads: int

    def to_json(self) -> str:
        """One line of JSON."""
        document = asdict(self)
        document["cors"]["origins"] = sorted(self.cors.origins)
        return json.dumps(document)

    @classmethod
    def from_json(cls, text: str) -> WorkerPlan:
        """The plan in that line."""
        document: dict[str, Any] = json.loads(text)
        cors: dict[str, Any] = {**document["cors"], "origins": frozenset(document["cors"]["origins"])}
        return cls(
            routes=[Route(**route) for route in document["routes"]],
            functions=[Function(**function) for function in document["functions"]],
            cors=Cors(**cors),
            control_port=document["control_port"],
            data_dir=document["data_dir"],
            threads=document["threads"],
        )


class Gateway:
    """The ASGI application of one worker."""

    def __init__(self, plan: WorkerPlan, clock: SharedClock) -> None:
        """Import every door now, so that a missing one stops the start."""
        self._table = RouteTable(plan.routes)
        self._functions = Functions(plan.functions)
        self._cors = plan.cors
        self._control_port = plan.control_port
        self._clock = clock
        self._doors = ThreadPoolExecutor(plan.threads, thread_name_prefix="door")
        self._control = ThreadPoolExecutor(_CONTROL_THREADS, thread_name_prefix="control")
        for arn in {route.function for route in plan.routes}:
            self._functions.handler(self._functions.find(arn))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        answer = await self._answer(scope, receive)
        headers = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in answer.headers]
        headers.append((b"content-length", str(len(answer.body)).encode()))
        if answer.status in (204, 304):
            headers.pop()
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Scope, receive: Receive) -> HttpAnswer:
        if _head_size(scope) > payload.LARGEST_HEAD:
            return payload.HEAD_TOO_LARGE
        body = await _read_body(receive)
        if body is None:
            return payload.TOO_LARGE
        request = _request(scope, body)
        if request.raw_path.startswith("/_local/"):
            return await self._call_control(request)
        return await self._call_door(request)

    async def _call_door(self, request: HttpRequest) -> HttpAnswer:
        origin = next((value for name, value in request.headers if name == "origin"), "")
        if origin and self._cors.origins and _is_preflight(request):
            return HttpAnswer(204, b"", list(self._cors.preflight(origin).items()))
        answer = await self._invoke(request)
        if not origin or not self._cors.origins:
            return answer
        kept = [(name, value) for name, value in answer.headers if not name.startswith("access-control-")]
        return HttpAnswer(answer.status, answer.body, kept + list(self._cors.answer(origin).items()))

    async def _invoke(self, request: HttpRequest) -> HttpAnswer:
        match = self._table.match(request.method, request.raw_path)
        if match is None:
            return payload.NOT_FOUND
        request_id = str(uuid.uuid4())
        event = payload.event_of(request, match, request_id, self._clock.now())
        function = self._functions.find(match.route.function)
        call = asyncio.get_running_loop().run_in_executor(self._doors, self._call, function, event)
        try:
            answer = await asyncio.wait_for(asyncio.shield(call), INTEGRATION_TIMEOUT)
        except TimeoutError:
            return payload.TIMED_OUT
        return HttpAnswer(answer.status, answer.body, [*answer.headers, ("apigw-requestid", request_id)])

    def _call(self, function: Function, event: dict[str, Any]) -> HttpAnswer:
        try:
            return payload.answer_of(self._functions.call(function, event))
        except FunctionFailed:
            return payload.INTERNAL_ERROR
        except payload.REFUSED_RESULTS as trouble:
            print(f"{function.name} gave an answer that API Gateway refuses: {trouble!r}", file=sys.stderr, flush=True)
            return payload.INTERNAL_ERROR

    async def _call_control(self, request: HttpRequest) -> HttpAnswer:
        """The control plane lives in the main process and answers callers on this machine only."""
        if request.client not in _LOOPBACK:
            return payload.NOT_FOUND
        return await asyncio.get_running_loop().run_in_executor(self._control, self._forward, request)

    def _forward(self, request: HttpRequest) -> HttpAnswer:
        connection = http.client.HTTPConnection("127.0.0.1", self._control_port)
        try:
            connection.request(request.method, request.raw_path, request.body)
            answer = connection.getresponse()
            return HttpAnswer(answer.status, answer.read(), [("content-type", "application/json")])
        except OSError:
            return payload.TIMED_OUT
        finally:
            connection.close()


def _request(scope: Scope, body: bytes) -> HttpRequest:
    client = scope.get("client") or ("127.0.0.1", 0)
    return HttpRequest(
        method=scope["method"],
        raw_path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
        body=body,
        client=client[0],
        scheme=scope["scheme"],
        version=scope["http_version"],
    )


def _head_size(scope: Scope) -> int:
    headers = sum(len(name) + len(value) for name, value in scope["headers"])
    return headers + len(scope["raw_path"]) + len(scope["query_string"])


def _is_preflight(request: HttpRequest) -> bool:
    return request.method == "OPTIONS" and any(n == "access-control-request-method" for n, _ in request.headers)


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body; None when it is larger than the gateway takes (the rest is read and dropped by the server)."""
    parts: list[bytes] = []
    size = 0
    while True:
        piece = await receive()
        if piece["type"] == "http.disconnect":
            return b"".join(parts)
        parts.append(piece.get("body", b""))
        size += len(parts[-1])
        if size > payload.LARGEST_BODY:
            return None
        if not piece.get("more_body", False):
            return b"".join(parts)


def _leave_with_parent(server: uvicorn.Server) -> None:
    """Go with the main process: told so, after what is under way; when it has died, at once, for its successor wants the port."""
    if sys.stdin.buffer.readline() != STOP:
        os._exit(1)
    server.should_exit = True
    threading.Timer(5.0, os._exit, [0]).start()


def main() -> None:
    """Serve on the inherited socket whose file descriptor is the argument; says `ready` once the doors are imported."""
    plan = WorkerPlan.from_json(sys.stdin.buffer.readline().decode())
    gateway = Gateway(plan, shared_clock.install(Path(plan.data_dir)))
    config = uvicorn.Config(
        gateway,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=3,
    )
    server = uvicorn.Server(config)
    threading.Thread(target=_leave_with_parent, args=(server,), daemon=True).start()
    print("ready", flush=True)
    server.run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
    os._exit(0)  # a door that still blocks a thread must not keep the process


if __name__ == "__main__":
    main()
