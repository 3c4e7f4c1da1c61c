"""Mails drained per second: queued deliveries through the relay, SQS, the sender function and the provider's API into the mailbox.

Sends are accepted first, with nothing running by itself; then one drain carries all of them out. Each mail costs the relay's publish,
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

CASES, TARGETS = 20, 20
JWT_SECRET = "a-secret-of-the-benchmarks-that-is-long-enough"  # noqa: S105 - made up for this run


def measure() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        with running_stack(Path(folder) / "stack", autodrain=False, throwaway=False, env={"JWT_SECRET": JWT_SECRET}) as stack:
            began = time.perf_counter()
            queued = sum(_send(stack.url, number) for number in range(CASES))
            accepted = time.perf_counter()
            drained = _call(stack.url, "POST", "/_local/drain")
            ended = time.perf_counter()
            mails = _call(stack.url, "GET", "/_local/mailbox")["mails"]
    if len(mails) != queued:
        raise RuntimeError(f"{queued} deliveries were queued, {len(mails)} mails arrived; the drain says {drained}")
    return {
        "mails": queued, "seconds": ended - accepted, "mails_per_second": queued / (ended - accepted),
        "sends_accepted_per_second": CASES / (accepted - began), "drained": drained,
    }  # fmt: skip


def table(found: dict[str, Any]) -> str:
    return (
        f"{found['mails']} mails in {found['seconds']:.1f} s: {found['mails_per_second']:.0f} a second"
        f" (case and send: {found['sends_accepted_per_second']:.0f} a second)"
    )


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
