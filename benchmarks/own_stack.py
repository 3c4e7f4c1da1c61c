"""The v1 face of the running stack over HTTP, 10,000 cases of one person, against a bare service that says the same statements.

As `stack` does it, with as many workers as `make up` starts, and 1, 4 and 16 keep-alive connections. `times` is how many times as many
requests a second the bare service answers. The peer's figures are its own, at 4 connections, on a machine of this kind.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks.bare_service import bare_service
from benchmarks.load import drive, request_bytes
from benchmarks.own_cases import BODY, CASES, CREATE, FIRST, GET, creation, page_before_the_deep_one, reads
from benchmarks.scene import a_token
from benchmarks.stack import JWT_SECRET, compare, enter_environment, tapes_of
from casework.wiring import credentials_url
from local.running import running_stack
from local.stack import Options

if TYPE_CHECKING:
    from benchmarks.own_cases import Call
    from local.running import RunningStack

CONNECTIONS = (1, 4, 16)
WORKERS = Options.from_environment({}).workers
TARGET = 1.5
PEER, PEER_CONNECTIONS = {GET: 2_180, FIRST: 617, CREATE: 1_130}, 4


def measure() -> dict[str, Any]:
    token = a_token(JWT_SECRET)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as exits:
        started = {"JWT_SECRET": JWT_SECRET, "WORKERS": str(WORKERS)}
        stack = exits.enter_context(running_stack(Path(folder) / "stack", throwaway=False, env=started))
        calls = _fill(stack, token)
        bare = exits.enter_context(bare_service(*tapes_of({call.bare: (call.door, call.event(token)) for call in calls.values()}), WORKERS))
        return {
            f"{name}, {connections}": _measured(name, call, {"stack": stack.url, "bare": bare}, token, connections)
            for name, call in calls.items()
            for connections in CONNECTIONS
        }


def table(found: dict[str, Any]) -> str:
    head = f"{'requests per second':>31} {'stack':>7} {'bare':>7} {'peer':>6} {'times least-median-most':>24} {'target':>7}"
    lines = [f"{head} {'stack ms':>9} {'bare ms':>8}"]
    for name, one in found.items():
        figures = f"{one['stack']['per_second']:>7.0f} {one['bare']['per_second']:>7.0f} {one['peer'] or '':>6}"
        times = " - ".join(f"{times:.2f}" for times in one["times"])
        spent = f"{one['stack']['median_ms']:>9.2f} {one['bare']['median_ms']:>8.2f}"
        lines.append(f"{name:>31} {figures} {times:>24} {one['target']:>7} {spent}")
    return "\n".join(lines)


def _measured(name: str, call: Call, urls: dict[str, str], token: str, connections: int) -> dict[str, Any]:
    body = json.dumps(call.body).encode() if call.body else b""
    targets = {"stack": call.target, "bare": call.bare}
    requests = {side: (url, request_bytes(url, call.method, targets[side], token, body)) for side, url in urls.items()}
    found = compare(requests, connections)
    times = [1 / found[share] for share in ("share_most", "share", "share_least")]
    peer = PEER.get(name) if connections == PEER_CONNECTIONS else None
    return found | {"times": times, "target": TARGET, "peer": peer}


def _fill(stack: RunningStack, token: str) -> dict[str, Call]:
    """Store the cases over HTTP; return the calls, reads first, so that each finds the same list."""
    given = request_bytes(stack.url, "POST", creation().path, token, json.dumps(BODY).encode())
    made = 0
    while made < CASES:
        made += drive(stack.url, given, 4, 2.0)["statuses"].get("201", 0)
    enter_environment(stack)
    _vacuum(stack)
    before = page_before_the_deep_one()
    page = json.loads(before.door(before.event(token), None)["body"])
    return {**reads(page["cases"][0]["case_id"], page["next_cursor"]), CREATE: creation()}


def _vacuum(stack: RunningStack) -> None:
    """Do at once what the server would do by itself within a minute."""
    password = (stack.data_dir / "postgres" / "superuser.password").read_text(encoding="utf-8").strip()
    url = credentials_url(os.environ["DATABASE_URL"], json.dumps({"username": "postgres", "password": password}))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze")
