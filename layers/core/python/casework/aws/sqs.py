"""Queues on SQS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from casework.aws.clients import client, translated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BATCH = 10


class SqsPublisher:
    """Publishes JSON messages to the queue of a destination."""

    def __init__(self, queue_urls: Mapping[str, str]) -> None:
        """`queue_urls` by destination."""
        self._urls = queue_urls

    def publish(self, destination: str, messages: Sequence[Mapping[str, Any]]) -> list[bool]:
        """Send the messages in order; tell for each whether the queue took it. Raises Unavailable where no answer came."""
        taken: list[bool] = []
        for start in range(0, len(messages), _BATCH):
            taken += self._send(self._urls[destination], messages[start : start + _BATCH])
        return taken

    def _send(self, url: str, messages: Sequence[Mapping[str, Any]]) -> list[bool]:
        entries = [{"Id": str(index), "MessageBody": json.dumps(message)} for index, message in enumerate(messages)]
        with translated():
            answer = client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
        refused = {entry["Id"] for entry in answer.get("Failed", [])}
        return [entry["Id"] not in refused for entry in entries]
