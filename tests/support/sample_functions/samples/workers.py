"""Consumers, schedules and stages of the sample stack; they append what they saw to the file SAMPLE_JOURNAL."""

from __future__ import annotations

import json
import os
import urllib.request
from pathlib import Path
from typing import Any

from casework import wiring


def journal(kind: str, **facts: object) -> None:
    """Append one line; O_APPEND keeps lines of several threads and processes whole."""
    line = json.dumps({"kind": kind, "at": wiring.clock().now().isoformat(), **facts})
    with Path(os.environ["SAMPLE_JOURNAL"]).open("a") as file:
        file.write(line + "\n")


def mail(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Handle a batch; a body `poison` fails alone, `crash` fails the whole call, an address is mailed."""
    failures: list[dict[str, str]] = []
    for record in event["Records"]:
        journal("mail", body=record["body"], count=int(record["attributes"]["ApproximateReceiveCount"]))
        if record["body"] == "crash":
            raise RuntimeError("crash")
        if record["body"] == "poison":
            failures.append({"itemIdentifier": record["messageId"]})
        if "@" in record["body"]:
            _send(record["body"])
    return {"batchItemFailures": failures}


def _send(address: str) -> None:
    body = {
        "personalizations": [{"to": [{"email": address}], "custom_args": {"delivery_id": "d-1"}}],
        "from": {"email": "desk@example.org"},
        "subject": "สวัสดี",
        "content": [{"type": "text/plain", "value": "hello"}, {"type": "text/html", "value": "<p>hello</p>"}],
    }
    request = urllib.request.Request(  # noqa: S310  always the mailbox
        os.environ["SENDGRID_BASE_URL"] + "/v3/mail/send",
        data=json.dumps(body).encode(),
        headers={"Authorization": "Bearer key", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=1) as answer:  # noqa: S310  the same
        journal("sent", provider_message_id=answer.headers["X-Message-Id"])


def tick(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Note that a schedule fired."""
    journal("tick", event=event)
    return {}


def relay(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """An outbox with nothing in it."""
    return {"published": 0}


def scan(event: dict[str, Any], _context: object) -> None:
    """Note which object was uploaded."""
    journal("scan", key=event["Records"][0]["s3"]["object"]["key"])


def stage(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Note one stage of the state machine."""
    journal("stage", event=event)
    return {"seen": sorted(event)}
