"""SQS to Lambda: our own pollers, because moto's mapping makes one call per message and deletes partial failures.

A message is deleted only when its handler has succeeded with it. What fails stays, becomes visible again after the
queue's visibility timeout (real time) and goes to the dead-letter queue after as many receipts as the redrive policy
allows; moto does both.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from local import moto_patches
from local.aws import Client
from local.functions import Function, FunctionFailed, Functions
from local.resources import queue_url
from local.template import Template, TemplateProblem

DEFAULT_THREADS = 2
_RECEIVE_LIMIT = 10
_KNOWN = frozenset(
    {"BatchSize", "Enabled", "EventSourceArn", "FunctionName", "FunctionResponseTypes", "MaximumBatchingWindowInSeconds"}
    | {"ScalingConfig", "Tags"}
)


@dataclass(frozen=True)
class Mapped:
    """One event source mapping: which queue feeds which function, how many messages and calls at a time."""

    queue: str
    queue_arn: str
    url: str
    function: Function
    batch_size: int
    partial: bool
    threads: int


@dataclass
class Handled:
    """How many messages a round took, and how many of them will come back."""

    messages: int = 0
    failed: int = 0


def mappings_of(template: Template, functions: Functions) -> list[Mapped]:
    """The template's SQS mappings. Raises TemplateProblem for another kind of source or an unknown property."""
    return [
        _mapped(template, functions, resource.logical_id, resource.properties)
        for resource in template.of_type("AWS::Lambda::EventSourceMapping")
        if resource.properties.get("Enabled", True)
    ]


def _mapped(template: Template, functions: Functions, logical_id: str, properties: Mapping[str, Any]) -> Mapped:
    source = properties["EventSourceArn"]
    if unknown := sorted(set(properties) - _KNOWN):
        raise TemplateProblem(f"{logical_id}: the laptop stack does not know {', '.join(unknown)} of a mapping")
    if source.split(":")[2] != "sqs":
        raise TemplateProblem(f"{logical_id}: the laptop stack polls SQS only, not {source}")
    queue = source.rpartition(":")[2]
    return Mapped(
        queue=queue,
        queue_arn=source,
        url=queue_url(template.site, queue),
        function=functions.find(properties["FunctionName"]),
        batch_size=int(properties.get("BatchSize", _RECEIVE_LIMIT)),
        partial="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
        threads=_threads(template, properties),
    )


def _threads(template: Template, properties: Mapping[str, Any]) -> int:
    """No more calls at a time than the mapping or the function's reserved concurrency allows."""
    name = properties["FunctionName"].rpartition(":")[2]
    reserved = next(
        resource.properties.get("ReservedConcurrentExecutions")
        for resource in template.of_type("AWS::Lambda::Function")
        if resource.name == name
    )
    scaling = properties.get("ScalingConfig", {}).get("MaximumConcurrency")
    return min(int(limit) for limit in (reserved, scaling, DEFAULT_THREADS) if limit is not None)


class Queues:
    """The pollers of all mappings; usable by hand (`run_once`) and as threads (`start`), at the same time."""

    def __init__(self, mappings: Iterable[Mapped], functions: Functions, client: Client) -> None:
        """`client` is an SQS client of this stack."""
        self._mappings = list(mappings)
        self._functions = functions
        self._client = client
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._busy = 0
        self._idle = threading.Condition()

    def start(self) -> None:
        """Poll every queue in the background."""
        for mapped in self._mappings:
            for number in range(mapped.threads):
                name = f"{mapped.queue}-{number}"
                thread = threading.Thread(target=self._poll, args=(mapped,), name=name, daemon=True)
                thread.start()
                self._threads.append(thread)

    def stop(self, patience: float = 10.0) -> None:
        """Take no more messages and wait, at most `patience` seconds, for the calls that are under way."""
        self._stopping.set()
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0, timeout=patience)

    def run_once(self) -> Handled:
        """Take one batch from every queue and handle it; nothing and nobody else at work means the queues are idle."""
        total = Handled()
        for mapped in self._mappings:
            handled = self._run_batch(mapped)
            total.messages += handled.messages
            total.failed += handled.failed
        return total

    @property
    def busy(self) -> bool:
        """Whether a call is under way in any thread."""
        return self._busy > 0

    def _poll(self, mapped: Mapped) -> None:
        region = mapped.queue_arn.split(":")[3]
        while not self._stopping.is_set():
            try:
                moto_patches.wait_for_message(region, mapped.queue, 1)
                if self._run_batch(mapped).messages == 0:
                    self._stopping.wait(0.02)
            except Exception:
                traceback.print_exc(file=sys.stderr)
                self._stopping.wait(1.0)

    def _run_batch(self, mapped: Mapped) -> Handled:
        with self._idle:
            if self._stopping.is_set():
                return Handled()
            self._busy += 1
        try:
            messages = self._receive(mapped)
            failed = self._handle(mapped, messages) if messages else set[str]()
            self._delete(mapped, [message for message in messages if message["MessageId"] not in failed])
            return Handled(len(messages), len(failed))
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _receive(self, mapped: Mapped) -> list[dict[str, Any]]:
        """At most one batch; more than ten messages take several calls."""
        taken: list[dict[str, Any]] = []
        while (missing := mapped.batch_size - len(taken)) > 0:
            answer = self._client.receive_message(
                QueueUrl=mapped.url,
                MaxNumberOfMessages=min(missing, _RECEIVE_LIMIT),
                WaitTimeSeconds=0,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
            received = answer.get("Messages", [])
            taken.extend(received)
            if len(received) < min(missing, _RECEIVE_LIMIT):
                break
        return taken

    def _handle(self, mapped: Mapped, messages: list[dict[str, Any]]) -> set[str]:
        """Ids of the messages that must come back."""
        everything = {message["MessageId"] for message in messages}
        try:
            answer = self._functions.call(mapped.function, {"Records": [_record(mapped, one) for one in messages]})
        except FunctionFailed:
            return everything
        return _failures(answer, everything) if mapped.partial else set()

    def _delete(self, mapped: Mapped, messages: list[dict[str, Any]]) -> None:
        for start in range(0, len(messages), _RECEIVE_LIMIT):
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages[start : start + _RECEIVE_LIMIT])
            ]
            self._client.delete_message_batch(QueueUrl=mapped.url, Entries=entries)


def _failures(answer: object, everything: set[str]) -> set[str]:
    """The reported item failures; an answer that Lambda could not read fails the whole batch, as it does there."""
    if answer is None or answer == {}:
        return set()
    if not isinstance(answer, Mapping):
        return everything
    reported = cast("Mapping[str, Any]", answer).get("batchItemFailures")
    try:
        failed = {item["itemIdentifier"] for item in reported or []}
    except (TypeError, KeyError):
        return everything
    return everything if failed - everything else failed


def _record(mapped: Mapped, message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {
                "stringValue": value.get("StringValue"),
                "dataType": value["DataType"],
                "stringListValues": [],
                "binaryListValues": [],
            }
            for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": mapped.queue_arn,
        "awsRegion": mapped.queue_arn.split(":")[3],
    }
