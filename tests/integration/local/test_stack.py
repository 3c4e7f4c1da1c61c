"""Queues, schedules, state machines, buckets, mailbox and control plane of a running sample stack."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import boto3
import pytest

from local.running import StackFailed, running_stack, start_stack
from tests.integration.local.conftest import SUPPORT, call, journal, sample_environment


def _settings(stack) -> dict[str, str]:
    pairs = (line.partition("=") for line in (stack.data_dir / "stack.env").read_text().splitlines())
    return {name: value.strip("'") for name, _, value in pairs}


def _client(stack, service: str):
    url = _settings(stack)["AWS_ENDPOINT_URL"]
    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    return boto3.client(service, endpoint_url=url, region_name="ap-southeast-1", **keys)


def _send(stack, *bodies: str) -> None:
    for body in bodies:
        assert call(stack, "POST", "/enqueue", body.encode(), {"content-type": "text/plain"}).status == 202


def _seen(stack, body: str) -> list[int]:
    return [line["count"] for line in journal(stack, "mail") if line["body"] == body]


def test_a_drain_runs_the_queue_and_counts(sample):
    _send(sample, "one", "two")
    counts = call(sample, "POST", "/_local/drain").json
    assert (counts["messages"], counts["failed"], counts["idle"]) == (2, 0, True)
    assert _seen(sample, "one") == [1]


def test_a_partial_failure_comes_back_alone_and_ends_in_the_dead_letter_queue(sample):
    _send(sample, "poison", "healthy")
    assert call(sample, "POST", "/_local/drain").json["failed"] == 1
    for _ in range(2):
        time.sleep(2.1)  # the queue's visibility timeout, on real time
        call(sample, "POST", "/_local/drain")
    assert _seen(sample, "poison") == [1, 2]
    assert _seen(sample, "healthy") == [1]
    sqs = _client(sample, "sqs")
    url = sqs.get_queue_url(QueueName="casework-MailDeadLetters")["QueueUrl"]
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=url)["Messages"]] == ["poison"]


def test_a_state_machine_runs_our_functions_to_its_end(sample):
    machine = "arn:aws:states:ap-southeast-1:123456789012:stateMachine:casework-Machine"
    states = _client(sample, "stepfunctions")
    arn = states.start_execution(stateMachineArn=machine, name="run-1", input='{"run": 1}')["executionArn"]
    assert call(sample, "POST", "/_local/drain").json["idle"]
    assert states.describe_execution(executionArn=arn)["status"] == "SUCCEEDED"
    assert len(journal(sample, "stage")) == 2


def test_an_uploaded_object_reaches_its_function_and_the_folder(sample):
    bucket = _client(sample, "s3")
    bucket.put_object(Bucket="casework-bucket", Key="a b.png", Body=b"123", ContentType="image/png", Metadata={"who": "me"})
    assert [line["key"] for line in journal(sample, "scan")] == ["a+b.png"]
    assert [path.read_bytes() for path in sample.data_dir.glob("buckets/*/*.content")] == [b"123"]


def test_an_event_reaches_the_target_of_its_rule(sample):
    entry = {"Source": "casework", "DetailType": "case.closed", "Detail": '{"case": 7}'}
    _client(sample, "events").put_events(Entries=[entry])
    assert [line["event"]["detail"] for line in journal(sample, "tick") if "detail-type" in line["event"]] == [{"case": 7}]


def test_a_mail_is_kept_and_its_event_comes_back_signed(sample):
    _send(sample, "somchai@example.org")
    call(sample, "POST", "/_local/drain")
    mail = call(sample, "GET", "/_local/mailbox").json["mails"][-1]
    assert (mail["to"], mail["subject"], mail["custom_args"]) == (["somchai@example.org"], "สวัสดี", {"delivery_id": "d-1"})
    reply = call(sample, "POST", f"/_local/mailbox/{mail['id']}/events", {"event": "delivered", "times": 2})
    assert reply.json == {"sent": 2, "statuses": [404, 404]}  # the sample stack has no such webhook


@pytest.mark.parametrize(("kind", "kept"), [("429", 0), ("500", 0), ("accept_then_crash", 1), ("timeout", 0)])
def test_a_fault_befalls_the_next_provider_call_only(sample, kind, kept):
    address = f"{kind}@example.org"
    call(sample, "POST", "/_local/mailbox/faults", {"next": 1, "kind": kind})
    _send(sample, address)
    assert call(sample, "POST", "/_local/drain").json["failed"] == 1
    taken = [mail for mail in call(sample, "GET", "/_local/mailbox").json["mails"] if mail["to"] == [address]]
    assert len(taken) == kept


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/_local/clock", {"advance": "PT4H", "set": "2026-01-01T00:00:00Z"}),
        ("/_local/clock", {"set": "tomorrow"}),
        ("/_local/clock", {}),
        ("/_local/mailbox/faults", {"next": -1, "kind": "500"}),
        ("/_local/mailbox/faults", {"next": 1, "kind": "fire"}),
    ],
)
def test_bad_input_to_the_control_plane_is_a_400(sample, path, body):
    reply = call(sample, "POST", path, body)
    assert reply.status == 400
    assert reply.json["error"]


def test_moving_the_clock_fires_in_order_and_moves_every_process(tmp_path: Path):
    with running_stack(tmp_path, env=sample_environment(tmp_path)) as stack:
        call(stack, "POST", "/_local/clock", {"set": "2030-01-01T20:00:00Z"})
        before = len(journal(stack, "tick"))
        call(stack, "POST", "/_local/clock", {"advance": "P1DT6H"})
        fired = journal(stack, "tick")[before:]
        daily = [line["at"][:16] for line in fired if line["event"] == {"queue": "city"}]
        assert daily == ["2030-01-02T00:00", "2030-01-03T00:00"]
        assert ["queue" in line["event"] for line in fired] == [False, True, False, True, False]
        assert call(stack, "GET", "/echo/x").json["now"].startswith("2030-01-03T02:00")


def test_started_with_autodrain_everything_runs_by_itself(tmp_path: Path):
    with running_stack(tmp_path, autodrain=True, env=sample_environment(tmp_path)) as stack:
        _send(stack, "by-itself")
        deadline = time.monotonic() + 1
        while not _seen(stack, "by-itself") and time.monotonic() < deadline:
            time.sleep(0.02)
        assert _seen(stack, "by-itself") == [1]


def test_kill_minus_nine_and_a_restart_keep_secrets_keys_objects_mails_and_time(tmp_path: Path):
    with running_stack(tmp_path, env=sample_environment(tmp_path)) as first:
        first_secret = call(first, "POST", "/enqueue", b"kept@example.org").json["secret"]
        call(first, "POST", "/_local/drain")
        call(first, "POST", "/_local/clock", {"set": "2031-05-05T00:00:00Z"})
        _client(first, "s3").put_object(Bucket="casework-bucket", Key="k", Body=b"v", Metadata={"who": "me"})
        blob = _client(first, "kms").encrypt(KeyId="alias/sample", Plaintext=b"contact")["CiphertextBlob"]
        scans = len(journal(first, "scan"))
        first.kill()
    port = int(first.url.rpartition(":")[2])
    with running_stack(tmp_path, port, env=sample_environment(tmp_path)) as second:
        assert call(second, "POST", "/enqueue", b"x").json["secret"] == first_secret
        assert [mail["to"] for mail in call(second, "GET", "/_local/mailbox").json["mails"]] == [["kept@example.org"]]
        assert call(second, "GET", "/_local/clock").json["now"].startswith("2031-05-05T00")
        assert _client(second, "kms").decrypt(CiphertextBlob=blob)["Plaintext"] == b"contact"
        stored = _client(second, "s3").get_object(Bucket="casework-bucket", Key="k")
        assert (stored["Body"].read(), stored["Metadata"]) == (b"v", {"who": "me"})
        assert len(journal(second, "scan")) == scans


def _of_this_stack(folder: Path) -> list[str]:
    shown = subprocess.run(["ps", "-ww", "-eo", "pid,stat,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in shown.splitlines() if str(folder) in line and " Z" not in line]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_with_status_zero(tmp_path: Path, number):
    stack = start_stack(tmp_path, env=sample_environment(tmp_path))
    assert len(_of_this_stack(tmp_path)) == 1  # the gateway and the main process do not name the folder
    os.kill(stack.process.pid, number)
    assert stack.process.wait(30) == 0
    assert _of_this_stack(tmp_path) == []


def test_a_given_secret_is_used(tmp_path: Path):
    with running_stack(tmp_path, env={**sample_environment(tmp_path), "JWT_SECRET": "given"}) as stack:
        assert call(stack, "POST", "/enqueue", b"x").json["secret"] == "given"


def test_two_stacks_live_side_by_side(sample, tmp_path: Path):
    with running_stack(tmp_path, env=sample_environment(tmp_path)) as other:
        _send(other, "elsewhere")
        call(other, "POST", "/_local/drain")
        assert _seen(other, "elsewhere") == [1]
        assert _seen(sample, "elsewhere") == []


def test_a_folder_takes_one_stack_at_a_time(sample):
    with pytest.raises(StackFailed, match="another process works on"):
        start_stack(sample.data_dir, env=sample_environment(sample.data_dir))


def test_a_start_that_fails_says_why_and_leaves_nothing(tmp_path: Path):
    template = tmp_path / "template.yaml"
    text = Path(sample_environment(tmp_path)["STACK_TEMPLATE"]).read_text().replace("samples.doors.ping", "samples.doors.gone")
    template.write_text(text)
    (tmp_path / "sample_machine.asl.yaml").write_text((SUPPORT / "sample_machine.asl.yaml").read_text())
    with pytest.raises(StackFailed, match=r"there is no handler samples\.doors\.gone"):
        start_stack(tmp_path, env={**sample_environment(tmp_path), "STACK_TEMPLATE": str(template)})
    assert _of_this_stack(tmp_path) == []


def test_secrets_lie_in_a_private_file(sample):
    assert (sample.data_dir / "secrets.json").stat().st_mode & 0o077 == 0
    assert json.loads((sample.data_dir / "secrets.json").read_text())
