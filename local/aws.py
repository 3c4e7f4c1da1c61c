"""moto in this process, filled from the evaluated template with plain boto3 calls.

moto's own CloudFormation is not used: it skips secrets, schedules and alarms and loses bucket notifications. SQS
mappings and schedules are not created in moto at all; `queues` and `ticker` run them.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import secrets
import socket
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

from local import moto_patches
from local.functions import Functions, Json
from local.keepsakes import BucketMirror, Vault, generated_secret
from local.resources import key_id
from local.template import Resource, Template, TemplateProblem

# A boto3 client: its methods are made at run time, so no type says more.
Client = Any
ROLE = "arn:aws:iam::123456789012:role/local"
_QUEUE_ATTRIBUTES = (
    "VisibilityTimeout",
    "MessageRetentionPeriod",
    "DelaySeconds",
    "ReceiveMessageWaitTimeSeconds",
    "MaximumMessageSize",
    "FifoQueue",
    "ContentBasedDeduplication",
)


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def client_environment(port: int, region: str) -> dict[str, str]:
    """Variables under which boto3, in any process of the stack, talks to this moto and to nothing else."""
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "MOTO_PORT": str(port),
    }


class Cloud:
    """The stack's AWS: a moto server on loopback and everything the template puts into it."""

    def __init__(self, template: Template, functions: Functions, data_dir: Path) -> None:
        """The port is the template's site's; `os.environ` must already hold `client_environment`."""
        self.template = template
        self.functions = functions
        self._vault = Vault(data_dir / "secrets.json")
        self._mirror = BucketMirror(data_dir / "buckets", moto_patches.stored_object)
        self._server = ThreadedMotoServer("127.0.0.1", template.site.moto_port, verbose=False)

    def client(self, service: str) -> Client:
        """A boto3 client for this cloud (thread-safe, as boto3's clients are)."""
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{self.template.site.moto_port}",
            region_name=self.template.site.region,
            config=Config(max_pool_connections=50, retries={"max_attempts": 1}),
        )

    def __enter__(self) -> Self:
        """Start moto, patched and empty."""
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        moto_patches.interpret_state_machines()
        moto_patches.run_functions(self.functions)
        moto_patches.send_events(self.deliver)
        moto_patches.judge_messages_alone()
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server; its state is gone."""
        self._server.stop()

    def fill(self, environment: Mapping[str, str], given: Mapping[str, str]) -> None:
        """Create what the template declares.

        `environment` is what all functions see; where a variable `NAME_ARN` in it holds a secret's ARN and `given` has
        `NAME`, that secret has the given value instead of a generated one.
        """
        self._create_secrets(environment, given)
        self._create_keys()
        self._create_queues()
        self._create_functions()
        self._create_buckets()
        self._create_state_machines()
        self._create_events()
        moto_patches.keep_objects(self._mirror)

    def deliver(self, target: str, event: Json) -> None:
        """Send an event to a function, a state machine, a queue or a topic, named by ARN.

        Raises FunctionFailed when it is a function that raises.
        """
        service = target.split(":")[2]
        if service == "lambda":
            self.functions.call(self.functions.find(target), event)
        elif service == "states":
            name = f"scheduled-{secrets.token_hex(8)}"
            self.client("stepfunctions").start_execution(stateMachineArn=target, name=name, input=json.dumps(event))
        elif service == "sqs":
            url = self.client("sqs").get_queue_url(QueueName=target.rpartition(":")[2])["QueueUrl"]
            self.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(event))
        else:
            raise TemplateProblem(f"the laptop stack cannot send events to {target}")

    def _create_secrets(self, environment: Mapping[str, str], given: Mapping[str, str]) -> None:
        client = self.client("secretsmanager")
        for resource in self.template.of_type("AWS::SecretsManager::Secret"):
            value = _given_secret(self.template.arn(resource, "Id"), environment, given)
            if value is None:
                value = self._vault.kept(f"secret:{resource.name}", lambda r=resource: generated_secret(r.properties))
            client.create_secret(Name=resource.name, SecretString=value)
            moto_patches.fix_secret(self.template.site.region, resource.name, self.template.arn(resource, "Id"))

    def _create_keys(self) -> None:
        client = self.client("kms")
        for resource in self.template.of_type("AWS::KMS::Key"):
            usage = resource.properties.get("KeyUsage", "ENCRYPT_DECRYPT")
            spec = resource.properties.get("KeySpec", "SYMMETRIC_DEFAULT")
            if spec != "SYMMETRIC_DEFAULT" and not spec.startswith("HMAC_"):
                raise TemplateProblem(f"{resource.logical_id}: the laptop stack keeps no key of spec {spec}")
            made = client.create_key(KeyUsage=usage, KeySpec=spec)["KeyMetadata"]["KeyId"]
            material = self._vault.kept(f"key:{resource.name}", lambda: base64.b64encode(os.urandom(32)).decode())
            wanted = key_id(self.template.site, resource.name)
            moto_patches.fix_key(self.template.site.region, made, wanted, base64.b64decode(material))
        for resource in self.template.of_type("AWS::KMS::Alias"):
            target = resource.properties["TargetKeyId"].rpartition("/")[2]
            client.create_alias(AliasName=resource.name, TargetKeyId=target)

    def _create_queues(self) -> None:
        """All queues first, then their redrive policies: a dead-letter queue may stand anywhere in the template."""
        client = self.client("sqs")
        queues = list(self.template.of_type("AWS::SQS::Queue"))
        for resource in queues:
            client.create_queue(QueueName=resource.name, Attributes=_queue_attributes(resource))
        for resource in queues:
            if "RedrivePolicy" in resource.properties:
                url = client.get_queue_url(QueueName=resource.name)["QueueUrl"]
                policy = json.dumps(resource.properties["RedrivePolicy"])
                client.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": policy})
        for resource in self.template.of_type("AWS::SNS::Topic"):
            self.client("sns").create_topic(Name=resource.name)

    def _create_functions(self) -> None:
        document = json.dumps({"Statement": []})
        self.client("iam").create_role(RoleName="local", AssumeRolePolicyDocument=document)
        client = self.client("lambda")
        for function in self.functions:
            client.create_function(
                FunctionName=function.name,
                Role=ROLE,
                Runtime="python3.13",
                Handler=function.handler,
                Code={"ZipFile": _empty_archive()},
                Timeout=int(function.timeout),
            )

    def _create_buckets(self) -> None:
        client = self.client("s3")
        region = self.template.site.region
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        for resource in self.template.of_type("AWS::S3::Bucket"):
            locked = bool(resource.properties.get("ObjectLockEnabled"))
            client.create_bucket(Bucket=resource.name, ObjectLockEnabledForBucket=locked, **where)
            if (versioning := resource.properties.get("VersioningConfiguration")) is not None:
                client.put_bucket_versioning(Bucket=resource.name, VersioningConfiguration=versioning)
            self._fill_bucket(client, resource)

    def _fill_bucket(self, client: Client, resource: Resource) -> None:
        """Load the mirrored objects before notifications are on: nobody is told again of what was there already."""
        for stored in self._mirror.objects(resource.name):
            metadata, named = _put_arguments(stored.metadata)
            client.put_object(Bucket=stored.bucket, Key=stored.key, Body=stored.content, Metadata=metadata, **named)
        if (notifications := _notifications(resource)) is not None:
            client.put_bucket_notification_configuration(Bucket=resource.name, NotificationConfiguration=notifications)

    def _create_state_machines(self) -> None:
        client = self.client("stepfunctions")
        for resource in self.template.of_type("AWS::StepFunctions::StateMachine"):
            client.create_state_machine(
                name=resource.name,
                definition=_definition(resource),
                roleArn=ROLE,
                type=resource.properties.get("StateMachineType", "STANDARD"),
            )

    def _create_events(self) -> None:
        """Event buses and the rules that match events; rules with a schedule belong to the ticker."""
        client = self.client("events")
        for resource in self.template.of_type("AWS::Events::EventBus"):
            client.create_event_bus(Name=resource.name)
        for resource in self.template.of_type("AWS::Events::Rule"):
            if "EventPattern" not in resource.properties:
                continue
            bus = resource.properties.get("EventBusName", "default")
            pattern = json.dumps(resource.properties["EventPattern"])
            client.put_rule(Name=resource.name, EventPattern=pattern, EventBusName=bus)
            client.put_targets(Rule=resource.name, EventBusName=bus, Targets=resource.properties["Targets"])


def _given_secret(arn: str, environment: Mapping[str, str], given: Mapping[str, str]) -> str | None:
    names = (name.removesuffix("_ARN") for name, value in environment.items() if value == arn)
    return next((given[name] for name in names if given.get(name)), None)


def _queue_attributes(resource: Resource) -> dict[str, str]:
    properties = resource.properties
    values = {name: properties[name] for name in _QUEUE_ATTRIBUTES if name in properties}
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in values.items()}


def _empty_archive() -> bytes:
    """An archive that moto accepts as code and never opens."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("nothing.py", "")
    return buffer.getvalue()


def _notifications(resource: Resource) -> dict[str, Any] | None:
    """CloudFormation's notification block in the words of the S3 API; only functions are known as targets."""
    declared: Mapping[str, Any] = resource.properties.get("NotificationConfiguration", {})
    if others := sorted(set(declared) - {"LambdaConfigurations"}):
        raise TemplateProblem(f"{resource.logical_id}: the laptop stack knows no bucket notification {', '.join(others)}")
    if not declared:
        return None
    return {
        "LambdaFunctionConfigurations": [
            {"LambdaFunctionArn": one["Function"], "Events": [one["Event"]], **_filter(one)} for one in declared["LambdaConfigurations"]
        ]
    }


def _filter(one: Mapping[str, Any]) -> dict[str, Any]:
    if "Filter" not in one:
        return {}
    return {"Filter": {"Key": {"FilterRules": one["Filter"]["S3Key"]["Rules"]}}}


def _definition(resource: Resource) -> str:
    text = resource.properties.get("DefinitionString") or json.dumps(resource.properties.get("Definition"))
    for name, value in resource.properties.get("DefinitionSubstitutions", {}).items():
        text = text.replace(f"${{{name}}}", str(value))
    return text


_NAMED_METADATA: Mapping[str, str] = {
    "content-type": "ContentType",
    "content-disposition": "ContentDisposition",
    "content-encoding": "ContentEncoding",
    "content-language": "ContentLanguage",
    "cache-control": "CacheControl",
}


def _put_arguments(metadata: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Metadata of an object as moto holds it, split into user metadata and named arguments of put_object."""
    lowered = {name.lower(): value for name, value in metadata.items()}
    user = {name.removeprefix("x-amz-meta-"): v for name, v in lowered.items() if name.startswith("x-amz-meta-")}
    named = {argument: lowered[name] for name, argument in _NAMED_METADATA.items() if name in lowered}
    return user, named
