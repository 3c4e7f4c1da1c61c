"""Nothing that travels is lost silently: dead letters, visibility, alarms, retries."""

from __future__ import annotations

from tests.contract.template.deployment import logical_id

FOURTEEN_DAYS = 1_209_600


def queues(deployment) -> dict[str, dict]:
    return dict(deployment.of_type("AWS::SQS::Queue"))


def dead_letters(deployment) -> set[str]:
    return {key for key in queues(deployment) if key.endswith("DeadLetters")}


def test_a_message_that_fails_five_times_becomes_a_dead_letter(deployment):
    for key, queue in queues(deployment).items():
        if key not in dead_letters(deployment):
            redrive = queue["RedrivePolicy"]
            assert redrive["maxReceiveCount"] == 5
            assert logical_id(redrive["deadLetterTargetArn"]) == key.removesuffix("Queue") + "DeadLetters"


def test_dead_letters_are_kept_fourteen_days(deployment):
    assert {queues(deployment)[key]["MessageRetentionPeriod"] for key in dead_letters(deployment)} == {FOURTEEN_DAYS}


def test_a_message_stays_hidden_six_times_as_long_as_its_function_may_run(deployment):
    for function in deployment.functions.values():
        for mapping in deployment.mappings(function.id):
            queue = queues(deployment)[logical_id(mapping["EventSourceArn"])]
            assert queue["VisibilityTimeout"] >= 6 * function.properties["Timeout"]


def test_consumers_hand_back_single_messages(deployment):
    mappings = deployment.every("AWS::Lambda::EventSourceMapping")
    assert [one["FunctionResponseTypes"] for one in mappings] == [["ReportBatchItemFailures"]] * len(mappings)


def test_queues_are_encrypted_and_refuse_plain_http(deployment):
    assert all(queue["SqsManagedSseEnabled"] for queue in queues(deployment).values())
    refusals = {
        logical_id(one["Queues"][0]): (statement["Effect"], statement["Condition"])
        for one in deployment.every("AWS::SQS::QueuePolicy")
        for statement in one["PolicyDocument"]["Statement"]
    }
    assert refusals == dict.fromkeys(queues(deployment), ("Deny", {"Bool": {"aws:SecureTransport": "false"}}))


def test_every_dead_letter_rings(deployment):
    watched = {
        one["Dimensions"][0]["Value"]["Fn::GetAtt"][0]
        for one in deployment.every("AWS::CloudWatch::Alarm")
        if one["MetricName"] == "ApproximateNumberOfMessagesVisible" and one["Threshold"] == 0
    }
    assert watched == dead_letters(deployment)


def test_schedules_retry_and_keep_what_they_could_not_deliver(deployment):
    targets = [one["Target"] for one in deployment.every("AWS::Scheduler::Schedule")]
    assert {logical_id(one["DeadLetterConfig"]["Arn"]) for one in targets} == {"ScheduleDeadLetters"}
    assert all(one["RetryPolicy"]["MaximumRetryAttempts"] >= 1 for one in targets)


def test_a_tick_that_fails_in_its_function_becomes_a_dead_letter(deployment):
    configs = deployment.every("AWS::Lambda::EventInvokeConfig")
    configured = {logical_id(one["FunctionName"]): one for one in configs}
    assert set(configured) == {key for key in deployment.functions if deployment.schedules(key)}
    for key, one in configured.items():
        assert logical_id(one["DestinationConfig"]["OnFailure"]["Destination"]) == "ScheduleDeadLetters"
        assert "ScheduleDeadLetters" in deployment.allowed(deployment.functions[key].role, "sqs:SendMessage")
