"""A closed-loop HTTP/1.1 client that costs little: one thread and one keep-alive socket for each connection, requests made beforehand."""

from __future__ import annotations

import multiprocessing
import socket
import statistics
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def request_bytes(url: str, method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """Return a whole request; a body is JSON."""
    head = [f"{method} {path} HTTP/1.1", f"host: {urlsplit(url).netloc}", f"authorization: Bearer {token}", "accept: */*"]
    if body:
        head += ["content-type: application/json", f"content-length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


def drive(url: str, request: bytes, connections: int, seconds: float) -> dict[str, Any]:
    """Send one request over and over from a process of its own; return requests per second, median milliseconds, statuses."""
    spawned = multiprocessing.get_context("spawn")
    receiver, sender = spawned.Pipe(duplex=False)
    process = spawned.Process(target=_drive, args=(sender, urlsplit(url).port, request, connections, seconds), daemon=True)
    process.start()
    sender.close()
    try:
        return receiver.recv()
    finally:
        process.join()


def _drive(sender: Any, port: int, request: bytes, connections: int, seconds: float) -> None:  # noqa: ANN401 - the pipe's end
    results: list[tuple[list[float], dict[int, int]]] = [([], {}) for _ in range(connections)]
    until = time.perf_counter() + seconds
    threads = [threading.Thread(target=_send, args=(port, request, until, *result)) for result in results]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    times = [one for sample, _ in results for one in sample]
    sender.send(
        {"per_second": len(times) / took, "median_ms": statistics.median(times) * 1_000, "statuses": _sum([found for _, found in results])}
    )


def _send(port: int, request: bytes, until: float, times: list[float], statuses: dict[int, int]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (began := time.perf_counter()) < until:
            connection.sendall(request)
            status = _read(connection)
            times.append(time.perf_counter() - began)
            statuses[status] = statuses.get(status, 0) + 1


def _read(connection: socket.socket) -> int:
    """Read one answer, which names its length, and return its status."""
    data = connection.recv(65_536)
    while b"\r\n\r\n" not in data:
        data += connection.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    missing = length - len(body)
    while missing > 0:
        missing -= len(connection.recv(min(missing, 1 << 20)))
    return int(head[9:12])


def _sum(counts: Sequence[Mapping[int, int]]) -> dict[str, int]:
    return {str(status): sum(one.get(status, 0) for one in counts) for status in {status for one in counts for status in one}}
