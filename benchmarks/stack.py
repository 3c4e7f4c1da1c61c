"""The running stack over HTTP, with 1 and 8 keep-alive connections, against a bare service that says the same statements.

Both stand on the stack's own Postgres, which waits for the disk as `make up` does; they take turns, a second each. Statements are
taken down from the doors, called in this process on the stack's database.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

from dotenv import dotenv_values

from benchmarks.bare_service import bare_service
from benchmarks.load import drive, request_bytes
from benchmarks.scene import CASE_BODY, a_token, event, fill
from benchmarks.tape import Tape, in_one_transaction
from casework import wiring
from local.running import running_stack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.tape import Statement
    from casework.entry.http import Door
    from local.running import RunningStack

WORKERS = 2
CONNECTIONS = (1, 8)
ROUNDS, SECONDS = 4, 1.0
JWT_SECRET = "a-secret-of-the-benchmarks-that-is-long-enough"  # noqa: S105 - made up for this run


def measure() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as exits:
        started = {"JWT_SECRET": JWT_SECRET, "WORKERS": str(WORKERS)}
        stack = exits.enter_context(running_stack(Path(folder) / "stack", throwaway=False, env=started))
        token = a_token(JWT_SECRET)
        alias = fill(lambda method, path, body: _call(stack.url, method, path, token, body))
        enter_environment(stack)
        conninfos, tapes = _tapes(token, alias)
        bare = exits.enter_context(bare_service(conninfos, tapes, WORKERS))
        calls = {
            "get-case": ("GET", f"/api/cases/{alias}", b"", "/get"),
            "list-50": ("GET", "/api/cases?limit=50", b"", "/list"),
            "create-case": ("POST", "/api/cases", json.dumps(CASE_BODY).encode(), "/create"),
        }
        return {
            f"{name}, {connections} connection{'s' * (connections > 1)}": compare(
                {
                    "stack": (stack.url, request_bytes(stack.url, method, path, token, body)),
                    "bare": (bare, request_bytes(bare, method, bare_path, token, body)),
                },
                connections,
            )
            for name, (method, path, body, bare_path) in calls.items()
            for connections in CONNECTIONS
        }


def table(found: dict[str, Any]) -> str:
    lines = [f"{'requests per second':>28} {'stack':>8} {'bare':>8} {'share':>7} {'stack ms':>9} {'bare ms':>8}"]
    for name, one in found.items():
        figures = f"{one['stack']['per_second']:>8.0f} {one['bare']['per_second']:>8.0f} {one['share']:>7.2f}"
        lines.append(f"{name:>28} {figures} {one['stack']['median_ms']:>9.2f} {one['bare']['median_ms']:>8.2f}")
    return "\n".join(lines)


def compare(sides: Mapping[str, tuple[str, bytes]], connections: int) -> dict[str, Any]:
    """Drive stack and bare by turns; return the medians of the rounds, and `share`: stack's requests a second by the bare service's."""
    rounds: list[dict[str, dict[str, Any]]] = []
    for number in range(ROUNDS + 1):
        taken = {side: drive(url, request, connections, SECONDS if number else SECONDS / 2) for side, (url, request) in sides.items()}
        if refused := {side: one["statuses"] for side, one in taken.items() if not one["statuses"].keys() <= {"200", "201"}}:
            raise RuntimeError(f"not every call succeeded: {refused}")
        rounds.append(taken)
    warm = rounds[1:]
    found: dict[str, Any] = {
        side: {figure: statistics.median(taken[side][figure] for taken in warm) for figure in ("per_second", "median_ms")} for side in sides
    }
    shares = [taken["stack"]["per_second"] / taken["bare"]["per_second"] for taken in warm]
    return found | {"share": statistics.median(shares), "share_least": min(shares), "share_most": max(shares)}


def enter_environment(stack: RunningStack) -> None:
    """Let doors of this process find the stack's database and secrets."""
    os.environ.update({name: value for name, value in dotenv_values(stack.data_dir / "stack.env").items() if value is not None})


def tapes_of(doors: Mapping[str, tuple[Door, dict[str, Any]]]) -> tuple[dict[str, str], dict[str, list[Statement]]]:
    """Return by path the connection string and what a door said to an event, once it was warm."""
    tapes = {name: Tape(wiring.app(name).database) for name in ("api_reader", "api_writer")}
    said: dict[str, list[Statement]] = {}
    for path, (door, given) in doors.items():
        tape = tapes[door.route.capability]
        for _ in range(3):
            tape.take()
            answer = door(given, None)
        if answer["statusCode"] not in {200, 201}:
            raise RuntimeError(f"{path}: {answer['body'][:500]}")
        said[path] = in_one_transaction(tape.take())
    return {path: tapes[door.route.capability].conninfo() for path, (door, _) in doors.items()}, said


def _tapes(token: str, alias: str) -> tuple[dict[str, str], dict[str, list[Statement]]]:
    from cases.get_case import handler as get_case
    from cases.list_cases import handler as list_cases
    from cases.open_case import handler as open_case

    return tapes_of(
        {
            "/get": (get_case, event(token, "GET", f"/api/cases/{alias}", case_id=alias)),
            "/list": (list_cases, event(token, "GET", "/api/cases", None, "limit=50")),
            "/create": (open_case, event(token, "POST", "/api/cases", CASE_BODY)),
        }
    )


def _call(url: str, method: str, path: str, token: str, body: object) -> Any:  # noqa: ANN401 - JSON
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    with urlopen(Request(url + path, json.dumps(body).encode(), headers, method=method), timeout=60) as answer:  # noqa: S310 - our own loopback
        return json.load(answer)
