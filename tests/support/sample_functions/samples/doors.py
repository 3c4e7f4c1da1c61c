"""Doors of the sample stack."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import boto3

from casework import wiring


def _answer(status: int, body: object) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


def ping(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """The cheapest possible door."""
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": '{"ok": true}'}


def echo(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Show the event and the context as the door received them."""
    seen = {"function_name": context.function_name, "request_id": context.aws_request_id, "pid": os.getpid()}
    return _answer(200, {"event": event, "context": seen, "now": wiring.clock().now().isoformat()})


def enqueue(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Send the body to the mail queue and say which secret this process sees."""
    boto3.client("sqs").send_message(QueueUrl=os.environ["MAIL_QUEUE_URL"], MessageBody=event["body"])
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["JWT_SECRET_ARN"])["SecretString"]
    return _answer(202, {"secret": secret})


def not_found(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """The `$default` door."""
    return _answer(404, {"detail": f"no {event['rawPath']}"})


def quirk(event: dict[str, Any], _context: object) -> Any:
    """Every odd thing that a function can do to a gateway."""
    kind = event["pathParameters"]["kind"]
    if kind == "raise":
        raise RuntimeError("trouble")
    if kind == "slow":
        time.sleep(float(event["queryStringParameters"]["seconds"]))
    answers: dict[str, Any] = {
        "plain": {"hello": "world"},
        "text": "just text",
        "cookies": {"statusCode": 200, "cookies": ["a=1; Path=/", "b=2"], "body": "ok"},
        "binary": {"statusCode": 200, "isBase64Encoded": True, "body": "AAH/", "headers": {"content-type": "image/png"}},
        "huge": {"statusCode": 200, "body": "x" * (6 * 1024 * 1024 + 1)},
        "malformed": {"statusCode": "three"},
        "exit": None,
    }
    if kind == "exit":
        os._exit(3)
    return answers.get(kind, _answer(200, {"kind": kind}))
