"""Where moto is taught what it cannot do: run our handlers, send events to them, keep keys and buckets.

Each patch is pinned by a contract test against the pinned moto, because each leans on names that moto does not promise.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Protocol

from moto.awslambda.models import LambdaFunction
from moto.core.config import default_user_config
from moto.events.models import Rule
from moto.kms.models import kms_backends
from moto.s3.models import FakeKey, S3Backend, s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sqs.models import Message, SQSBackend, sqs_backends

from local.functions import FunctionFailed, Functions, Json, error_document
from local.resources import ACCOUNT

Deliver = Callable[[str, Json], None]
_put, _delete, _set_metadata = S3Backend.put_object, S3Backend.delete_object, FakeKey.set_metadata


class ObjectKeeper(Protocol):
    """Hears of every object that is written or removed."""

    def keep(self, bucket: str, key: str) -> None:
        """The object has a new content or new metadata."""
        ...

    def forget(self, bucket: str, key: str) -> None:
        """The object is gone (or hidden by a delete marker)."""
        ...


def interpret_state_machines() -> None:
    """Let executions really run instead of standing still."""
    default_user_config["stepfunctions"] = {"execute_state_machine": True}


def run_functions(functions: Functions) -> None:
    """Run our handlers wherever moto would start a container: boto3, state machines, bucket events."""

    def invoke(self: LambdaFunction, event: Json = None) -> tuple[str, bool, str]:
        try:
            return json.dumps(functions.call_pooled(functions.find(self.function_name), event or {})), False, ""
        except FunctionFailed as failure:
            return error_document(failure), True, ""

    LambdaFunction._invoke_lambda = invoke  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def send_events(deliver: Deliver) -> None:
    """Hand what an EventBridge rule matches to `deliver(target ARN, event)`; moto knows no function as a target."""

    def send(self: Rule, original_event: Json, transform_input: bool = True) -> None:  # noqa: ARG001, FBT001, FBT002
        if self.event_pattern.matches_event(original_event):
            for target in self.targets:
                deliver(target["Arn"], json.loads(target["Input"]) if "Input" in target else original_event)

    Rule.send_to_targets = send


def judge_messages_alone() -> None:
    """Let a message's age be judged by itself: moto counts its whole queue for that, again for every message that it looks at."""

    def is_valid(self: SQSBackend, queue_name: str, message: Message) -> bool:
        kept_for: int = self.get_queue(queue_name).message_retention_period  # pyright: ignore[reportAttributeAccessIssue]
        return (message.sent_timestamp or 0) / 1000 + kept_for > time.time()

    SQSBackend.is_message_valid_based_on_retention_period = is_valid


def keep_objects(keeper: ObjectKeeper) -> None:
    """Tell `keeper` of every write to a bucket, before the caller has its answer."""

    def put_object(self: S3Backend, bucket_name: str, key_name: str, *arguments: Json, **named: Json) -> FakeKey:
        key = _put(self, bucket_name, key_name, *arguments, **named)
        keeper.keep(bucket_name, key_name)
        return key

    def delete_object(self: S3Backend, bucket_name: str, key_name: str, *arguments: Json, **named: Json) -> Json:
        answer = _delete(self, bucket_name, key_name, *arguments, **named)
        keeper.forget(bucket_name, key_name)
        return answer

    def with_metadata(self: FakeKey, metadata: Json, replace: bool = False) -> None:  # noqa: FBT001, FBT002
        _set_metadata(self, metadata, replace)
        if self.bucket_name is not None:
            keeper.keep(self.bucket_name, self.name)

    S3Backend.put_object, S3Backend.delete_object = put_object, delete_object
    FakeKey.set_metadata = with_metadata


def stored_object(bucket: str, key: str) -> tuple[bytes, dict[str, str]] | None:
    """Content and metadata of an object inside moto, None where there is none."""
    found = s3_backends[ACCOUNT]["aws"].head_object(bucket, key)
    return None if not isinstance(found, FakeKey) else (found.value, dict(found.metadata))


def wait_for_message(region: str, queue: str, seconds: int) -> None:
    """Sleep until a message is visible in the queue or the time is up."""
    sqs_backends[ACCOUNT][region].queues[queue].wait_for_messages(seconds)


def fix_secret(region: str, name: str, arn: str) -> None:
    """Give a secret that moto has just made the ARN that the template's expressions were evaluated with."""
    secretsmanager_backends[ACCOUNT][region].secrets[name].arn = arn


def fix_key(region: str, made_id: str, wanted_id: str, material: bytes) -> None:
    """Give a key that moto has just made the id and the material of earlier runs, so that old ciphertext opens."""
    keys = kms_backends[ACCOUNT][region].keys
    key = keys.pop(made_id)
    key.arn = key.arn.replace(made_id, wanted_id)
    key.id, key.key_material = wanted_id, material
    keys[wanted_id] = key
