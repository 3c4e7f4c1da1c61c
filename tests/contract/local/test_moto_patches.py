"""Each patch of moto against the moto that is installed: what we lean on is still there and still works."""

from __future__ import annotations

import inspect
import json
import os
import time

import boto3
import pytest
from moto.awslambda.models import LambdaFunction
from moto.events.models import Rule
from moto.s3.models import FakeKey, S3Backend
from moto.sqs.models import SQSBackend, sqs_backends

from local import moto_patches
from local.aws import ROLE, Cloud, client_environment, free_port
from local.functions import Context, Function, Functions
from local.resources import ACCOUNT, Site
from local.template import Resource, Template

REGION = "ap-southeast-1"


def answer(event, context: Context):
    if event.get("fail"):
        raise ValueError("on purpose")
    return {"seen": event, "by": context.function_name}


class OneFunction(Functions):
    """A function whose handler stands in this file."""

    def handler(self, function):
        return answer


NAME = "casework-Echo"
ARN = f"arn:aws:lambda:{REGION}:123456789012:function:{NAME}"
RESOURCES = [
    Resource("Secret", "AWS::SecretsManager::Secret", "bearer", {"SecretString": "s3cret"}),
    Resource("Key", "AWS::KMS::Key", "key", {}),
    Resource("Mac", "AWS::KMS::Key", "mac", {"KeyUsage": "GENERATE_VERIFY_MAC", "KeySpec": "HMAC_256"}),
    Resource("Queue", "AWS::SQS::Queue", "queue", {}),
    Resource("Bucket", "AWS::S3::Bucket", "bucket", {}),
    Resource(
        "Machine",
        "AWS::StepFunctions::StateMachine",
        "machine",
        {"DefinitionString": json.dumps({"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": ARN, "End": True}}})},
    ),
    Resource("Rule", "AWS::Events::Rule", "rule", {"EventPattern": {"source": ["x"]}, "Targets": [{"Id": "f", "Arn": ARN}]}),
]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    port = free_port()
    before = dict(os.environ)
    os.environ.update(client_environment(port, REGION))
    template = Template(Site("casework", REGION, port), {one.logical_id: one for one in RESOURCES})
    functions = OneFunction([Function(NAME, ARN, "unused.handler", 3.0, 128)])
    with Cloud(template, functions, tmp_path_factory.mktemp("cloud")) as running:
        running.fill({}, {})
        yield running
    os.environ.clear()
    os.environ.update(before)


def test_an_invocation_runs_our_handler_and_reports_its_error(cloud):
    client = cloud.client("lambda")
    good = client.invoke(FunctionName=NAME, Payload=json.dumps({"a": "ก"}))
    assert json.load(good["Payload"]) == {"seen": {"a": "ก"}, "by": NAME}
    bad = client.invoke(FunctionName=NAME, Payload=json.dumps({"fail": True}))
    assert "FunctionError" in bad
    assert json.load(bad["Payload"])["errorType"] == "ValueError"


def test_a_state_machine_task_reaches_our_handler(cloud):
    client = cloud.client("stepfunctions")
    machine = cloud.template.arn(cloud.template.resources["Machine"])
    arn = client.start_execution(stateMachineArn=machine, name="one", input='{"b": 1}')["executionArn"]
    while (state := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        time.sleep(0.02)
    assert json.loads(state["output"]) == {"seen": {"b": 1}, "by": NAME}


def test_a_rule_hands_its_event_to_us(cloud, monkeypatch):
    seen: list[object] = []
    moto_patches.send_events(lambda target, event: seen.append((target, event["detail"])))
    cloud.client("events").put_events(Entries=[{"Source": "x", "DetailType": "t", "Detail": '{"c": 2}'}])
    assert seen == [(ARN, {"c": 2})]


def test_a_secret_is_found_under_the_arn_that_the_template_gives_even_if_its_name_looks_like_a_suffix(cloud):
    arn = cloud.template.arn(cloud.template.resources["Secret"], "Id")
    client = cloud.client("secretsmanager")
    assert client.get_secret_value(SecretId=arn)["SecretString"] == "s3cret"
    assert client.get_secret_value(SecretId="bearer")["ARN"] == arn


def test_a_key_has_the_templates_id_and_opens_and_authenticates(cloud):
    client = cloud.client("kms")
    arn = cloud.template.arn(cloud.template.resources["Key"])
    blob = client.encrypt(KeyId=arn, Plaintext=b"x")["CiphertextBlob"]
    assert client.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    mac = cloud.template.arn(cloud.template.resources["Mac"])
    made = client.generate_mac(KeyId=mac, Message=b"m", MacAlgorithm="HMAC_SHA_256")["Mac"]
    assert client.generate_mac(KeyId=mac, Message=b"m", MacAlgorithm="HMAC_SHA_256")["Mac"] == made


def test_every_way_of_writing_an_object_is_noticed(cloud):
    heard: list[tuple[str, str]] = []

    class Keeper:
        def keep(self, bucket, key):
            heard.append(("keep", key))

        def forget(self, bucket, key):
            heard.append(("forget", key))

    moto_patches.keep_objects(Keeper())
    s3 = cloud.client("s3")
    s3.put_object(Bucket="bucket", Key="a", Body=b"1", Metadata={"who": "me"})
    s3.copy_object(Bucket="bucket", Key="b", CopySource="bucket/a")
    upload = s3.create_multipart_upload(Bucket="bucket", Key="c")["UploadId"]
    part = s3.upload_part(Bucket="bucket", Key="c", UploadId=upload, PartNumber=1, Body=b"3")["ETag"]
    parts = {"Parts": [{"ETag": part, "PartNumber": 1}]}
    s3.complete_multipart_upload(Bucket="bucket", Key="c", UploadId=upload, MultipartUpload=parts)
    s3.delete_object(Bucket="bucket", Key="a")
    s3.delete_objects(Bucket="bucket", Delete={"Objects": [{"Key": "b"}]})
    assert {("keep", "a"), ("keep", "b"), ("keep", "c"), ("forget", "a"), ("forget", "b")} == set(heard)
    content, metadata = moto_patches.stored_object("bucket", "c") or (b"", {})
    assert content == b"3"
    assert moto_patches.stored_object("bucket", "a") is None
    assert isinstance(metadata, dict)


def test_waiting_for_a_message_ends_when_one_arrives(cloud):
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="queue")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="m")
    began = time.monotonic()
    moto_patches.wait_for_message(REGION, "queue", 30)
    assert time.monotonic() - began < 10


def test_a_message_is_given_out_as_long_as_its_queue_keeps_it(cloud):
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="forgetful", Attributes={"MessageRetentionPeriod": "60"})["QueueUrl"]
    for body in ("new", "old"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    old = sqs_backends[ACCOUNT][REGION].queues["forgetful"]._messages[1]
    old.sent_timestamp -= 61_000
    given = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [message["Body"] for message in given] == ["new"]


@pytest.mark.parametrize(
    ("owner", "name", "parameters"),
    [
        (LambdaFunction, "_invoke_lambda", ["self", "event"]),
        (Rule, "send_to_targets", ["self", "original_event", "transform_input"]),
        (SQSBackend, "is_message_valid_based_on_retention_period", ["self", "queue_name", "message"]),
        (FakeKey, "set_metadata", ["self", "metadata", "replace"]),
    ],
)
def test_a_patched_method_has_the_signature_that_the_patch_replaces(owner, name, parameters):
    assert list(inspect.signature(getattr(owner, name)).parameters) == parameters


def test_the_role_and_boto_talk_to_this_machine_only(cloud):
    assert boto3.client("iam").get_role(RoleName="local")["Role"]["Arn"] == ROLE
    assert S3Backend.put_object.__module__ == "local.moto_patches"
