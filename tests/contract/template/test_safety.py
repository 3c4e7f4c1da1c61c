"""Data outlives the stack, is encrypted, and nothing listens to the world but the API."""

from __future__ import annotations

import json

from tests.contract.template.deployment import ROOT, logical_id

STATEFUL = {
    "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
}  # fmt: skip
# Kept when the stack goes; the second one spares a first deployment that failed from leaving names behind.
KEPT = {"Retain", "RetainExceptOnCreate"}


def test_what_holds_data_survives_the_stack(deployment):
    stateful = {key: one for key, one in deployment.resources.items() if one["Type"] in STATEFUL}
    assert [key for key, one in stateful.items() if one.get("DeletionPolicy") not in KEPT] == []
    assert [key for key, one in stateful.items() if one.get("UpdateReplacePolicy") != "Retain"] == []


def test_every_secret_is_made_up_at_deployment_and_encrypted(deployment):
    for key, secret in deployment.of_type("AWS::SecretsManager::Secret"):
        assert "SecretString" not in secret, key
        assert logical_id(secret["KmsKeyId"]) == "DataKey", key


def test_every_capability_has_a_login_under_one_prefix(deployment):
    from casework.wiring import CAPABILITIES

    prefix = deployment.source["Globals"]["Function"]["Environment"]["Variables"]["DATABASE_SECRET_PREFIX"]["Fn::Sub"]
    secrets = [one for one in deployment.every("AWS::SecretsManager::Secret") if "Name" in one]
    logins = {one["Name"]["Fn::Sub"]: one["GenerateSecretString"] for one in secrets}
    assert set(logins) == {prefix + capability for capability in CAPABILITIES}
    for name, made in logins.items():
        assert made["SecretStringTemplate"] == f'{{"username": "casework_{name.removeprefix(prefix)}"}}'


def test_the_database_is_encrypted_private_and_protected(deployment):
    [cluster] = deployment.every("AWS::RDS::DBCluster")
    assert cluster["StorageEncrypted"]
    assert cluster["DeletionProtection"]
    assert cluster["ManageMasterUserPassword"]
    assert not any(one["PubliclyAccessible"] for one in deployment.every("AWS::RDS::DBInstance"))


def test_no_security_group_lets_the_world_in(deployment):
    groups = deployment.every("AWS::EC2::SecurityGroup")
    rules = [rule for one in groups for rule in one.get("SecurityGroupIngress", [])]
    rules += deployment.every("AWS::EC2::SecurityGroupIngress")
    assert [rule for rule in rules if "SourceSecurityGroupId" not in rule] == []


def test_each_room_has_one_encrypted_log_that_forgets(deployment):
    groups = dict(deployment.of_type("AWS::Logs::LogGroup"))
    assert {one["RetentionInDays"] for one in groups.values()} == {90}
    assert {logical_id(one["KmsKeyId"]) for one in groups.values()} == {"DataKey"}
    for function in deployment.functions.values():
        room = function.module.partition(".")[0]
        group = groups[logical_id(function.properties["LoggingConfig"]["LogGroup"])]
        assert group["LogGroupName"]["Fn::Sub"].endswith(f"/{room}")


def test_each_rooms_log_is_watched_for_unknown_errors(deployment):
    filters = deployment.every("AWS::Logs::MetricFilter")
    metrics = {logical_id(one["LogGroupName"]): one["MetricTransformations"][0]["MetricName"] for one in filters}
    alarmed = {one["MetricName"] for one in deployment.every("AWS::CloudWatch::Alarm")}
    written = {logical_id(one.properties["LoggingConfig"]["LogGroup"]) for one in deployment.functions.values()}
    assert set(metrics) == written
    assert set(metrics.values()) <= alarmed


def test_every_alarm_reaches_the_topic_and_says_what_silence_means(deployment):
    for key, alarm in deployment.of_type("AWS::CloudWatch::Alarm"):
        assert [logical_id(one) for one in alarm["AlarmActions"]] == ["AlarmsTopic"], key
        assert alarm["TreatMissingData"] in {"breaching", "notBreaching"}, key
        assert alarm["AlarmDescription"], key


def test_access_logs_hold_neither_path_nor_query_nor_address(deployment):
    [stage] = deployment.every("AWS::ApiGatewayV2::Stage")
    personal = ("$context.path", "$context.http.path", "query", "sourceIp", "userAgent", "$context.identity")
    assert [name for name in personal if name in stage["AccessLogSettings"]["Format"]] == []


def test_the_api_is_throttled_and_asks_for_no_api_key(deployment):
    [stage] = deployment.every("AWS::ApiGatewayV2::Stage")
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] > 0
    assert "AWS::ApiGateway::ApiKey" not in {one["Type"] for one in deployment.resources.values()}


def test_production_refuses_a_deployment_that_opens_it_to_every_origin(deployment):
    rule = deployment.source["Rules"]["NoOpenDoorsInProduction"]
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}
    assert [one["Assert"] for one in rule["Assertions"]] == [{"Fn::Not": [{"Fn::Contains": [{"Ref": "CorsOrigins"}, "*"]}]}]


def test_browsers_may_use_every_method_that_a_route_has(deployment):
    [api] = deployment.every("AWS::ApiGatewayV2::Api")
    used = {route.partition(" ")[0] for key in deployment.functions for route in deployment.routes(key)} - {"$default"}
    assert set(api["Body"]["x-amazon-apigateway-cors"]["allowMethods"]) == used


def test_the_gateway_and_the_assistant_are_off_until_somebody_switches_them_on(deployment):
    switches = {"TrustedGateway": "off", "Assistant": "embedded"}
    assert {name: deployment.source["Parameters"][name]["Default"] for name in switches} == switches
    conditions = {key: deployment.resources[key]["Condition"] for key in ("GatewayToken", "AnthropicApiKey")}
    assert conditions == {"GatewayToken": "TrustsGateway", "AnthropicApiKey": "AsksClaude"}


def test_functions_run_lambdas_python_on_arm_and_are_traced(deployment):
    for function in deployment.functions.values():
        assert (function.properties["Runtime"], function.properties["Architectures"]) == ("python3.13", ["arm64"])
        assert function.properties["TracingConfig"] == {"Mode": "Active"}


def test_every_layer_folder_is_a_layer_that_some_function_uses(deployment):
    sources = deployment.source["Resources"].items()
    layers = {one["Properties"]["ContentUri"]: key for key, one in sources if one["Type"] == "AWS::Serverless::LayerVersion"}
    assert set(layers) == {f"layers/{path.parent.name}" for path in (ROOT / "layers").glob("*/Makefile")}
    used = {logical_id(layer) for one in deployment.functions.values() for layer in one.properties["Layers"]}
    assert all(any(name.startswith(key) for name in used) for key in layers.values())


def test_every_door_and_layer_is_built_by_its_makefile(deployment):
    built = ("AWS::Serverless::Function", "AWS::Serverless::LayerVersion")
    sources = {key: one for key, one in deployment.source["Resources"].items() if one["Type"] in built}
    assert [key for key, one in sources.items() if one["Metadata"]["BuildMethod"] != "makefile"] == []


def test_every_bucket_refuses_plain_http(deployment):
    buckets = {key for key, _ in deployment.of_type("AWS::S3::Bucket")}
    policies = {logical_id(one["Bucket"]) for one in deployment.every("AWS::S3::BucketPolicy")}
    assert buckets == policies


def test_our_own_metrics_are_watched_as_they_are_written(deployment, capsys, monkeypatch):
    from casework.entry.metrics import put_metric

    watched = [one for one in deployment.every("AWS::CloudWatch::Alarm") if one["Namespace"] == "Casework" and "Dimensions" in one]
    service = deployment.source["Globals"]["Function"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", service)
    doors = "".join(path.read_text() for path in (ROOT / "functions").rglob("*.py"))
    for alarm in watched:
        put_metric(alarm["MetricName"], 1)
        written = json.loads(capsys.readouterr().out)
        assert {one["Name"]: one["Value"] for one in alarm["Dimensions"]} == {"service": written["service"]}
        assert f'put_metric("{alarm["MetricName"]}"' in doors
