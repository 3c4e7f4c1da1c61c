"""Mails drained per second: queued deliveries through the relay, SQS, the sender function and the provider's API into the mailbox.

Twice: first the sends are accepted with nothing running by itself, and one drain carries all of them out; then the stack runs by itself,
as `make up` does, from the first send to the last mail. Each mail costs the relay's publish,
a poll of the queue, two transactions around the provider's call, and that call over loopback HTTP.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from benchmarks.scene import a_token
from local.running import running_stack

CASES, TARGETS, PATIENCE = 20, 20, 120.0
JWT_SECRET = "a-secret-of-the-benchmarks-that-is-long-enough"  # noqa: S105 - made up for this run


def measure() -> dict[str, Any]:
    return {"by_one_drain": _run(autodrain=False), "by_itself": _run(autodrain=True)}


def table(found: dict[str, Any]) -> str:
    names = {"by_one_drain": "one drain, one batch at a time", "by_itself": "by itself, pollers side by side, sends included"}
    return "\n".join(
        f"{names[name]:>48}: {one['mails']} mails in {one['seconds']:.1f} s, {one['mails_per_second']:.0f} a second"
        for name, one in found.items()
    )


def _run(*, autodrain: bool) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_stack(Path(folder) / "stack", autodrain=autodrain, throwaway=False, env={"JWT_SECRET": JWT_SECRET}) as stack,
    ):
        began = time.perf_counter()
        queued = sum(_send(stack.url, number) for number in range(CASES))
        if not autodrain:
            began = time.perf_counter()
            _call(stack.url, "POST", "/_local/drain")
        while (arrived := len(_call(stack.url, "GET", "/_local/mailbox")["mails"])) < queued and time.perf_counter() - began < PATIENCE:
            time.sleep(0.1)
        seconds = time.perf_counter() - began
    if arrived != queued:
        raise RuntimeError(f"{queued} deliveries were queued, {arrived} mails arrived")
    return {"mails": queued, "seconds": seconds, "mails_per_second": queued / seconds}


def _send(url: str, number: int) -> int:
    """Open a case with targets of its own as a user of its own (users have a daily limit) and send; return how many mails were queued."""
    token = a_token(JWT_SECRET, f"u{number}")
    targets = [{"channel": "email", "email": f"desk{place}@body{number}.example.net"} for place in range(TARGETS)]
    case = _call(url, "POST", "/api/v3/cases", token, {"title": f"Blocked drain {number}", "escalation_targets": targets})
    answer = _call(url, "POST", f"/api/v3/cases/{case['case']['case_id']}/escalations/send", token, {})
    return len(answer["deliveries"])


def _call(url: str, method: str, path: str, token: str = "", body: object = None) -> Any:  # noqa: ANN401 - JSON
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    given = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url + path, given, headers, method=method), timeout=300) as answer:  # noqa: S310 - our own loopback
        return json.load(answer)
