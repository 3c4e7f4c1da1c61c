"""The resource types that this stack knows: their physical names, what Ref and GetAtt give, and which are left out.

Names are computed from the template alone, so that every expression can be evaluated before anything is created.
A type that is in neither table stops the start.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from local.intrinsics import Json, TemplateProblem

ACCOUNT = "123456789012"
PARTITION = "aws"
_KEY_NAMESPACE = uuid.UUID("7d2f2c37-5a0b-4d0e-9d0c-6a9c5b0a3c11")


@dataclass(frozen=True)
class Site:
    """Where the stack stands: its name, region and the loopback port of moto."""

    stack_name: str
    region: str
    moto_port: int


@dataclass(frozen=True)
class Kind:
    """One resource type: the property that names it, and its Ref and attributes from the site and its name."""

    name_property: str | None
    ref: Callable[[Site, str], str]
    attributes: Mapping[str, Callable[[Site, str], str]]


def arn(service: str, resource: str) -> Callable[[Site, str], str]:
    """An ARN of this account; `resource` holds `{name}`."""

    def of(site: Site, name: str) -> str:
        return f"arn:{PARTITION}:{service}:{site.region}:{ACCOUNT}:{resource.format(name=name)}"

    return of


def _name(_site: Site, name: str) -> str:
    return name


def queue_url(site: Site, name: str) -> str:
    """URL of a queue inside moto."""
    return f"http://127.0.0.1:{site.moto_port}/{ACCOUNT}/{name}"


def key_id(site: Site, name: str) -> str:
    """A key's id: a UUID made from its name, so that ciphertext stays readable after a restart."""
    return str(uuid.uuid5(_KEY_NAMESPACE, f"{site.stack_name}/{name}"))


def _key_arn(site: Site, name: str) -> str:
    return arn("kms", f"key/{key_id(site, name)}")(site, name)


def _bucket_arn(_site: Site, name: str) -> str:
    return f"arn:{PARTITION}:s3:::{name}"


# Secrets Manager appends six random letters to an ARN and lets them be left out; ours are always the same six.
_secret_arn = arn("secretsmanager", "secret:{name}-local0")

KINDS: Mapping[str, Kind] = {
    "AWS::Lambda::Function": Kind("FunctionName", _name, {"Arn": arn("lambda", "function:{name}")}),
    "AWS::Lambda::EventSourceMapping": Kind(None, _name, {}),
    "AWS::ApiGatewayV2::Api": Kind(None, _name, {"ApiEndpoint": _name, "ApiId": _name}),
    "AWS::SQS::Queue": Kind("QueueName", queue_url, {"Arn": arn("sqs", "{name}"), "QueueName": _name, "QueueUrl": queue_url}),
    "AWS::Scheduler::Schedule": Kind("Name", _name, {"Arn": arn("scheduler", "schedule/default/{name}")}),
    "AWS::Scheduler::ScheduleGroup": Kind("Name", _name, {"Arn": arn("scheduler", "schedule-group/{name}")}),
    "AWS::Events::Rule": Kind("Name", _name, {"Arn": arn("events", "rule/{name}")}),
    "AWS::Events::EventBus": Kind("Name", _name, {"Arn": arn("events", "event-bus/{name}"), "Name": _name}),
    "AWS::SecretsManager::Secret": Kind("Name", _secret_arn, {"Id": _secret_arn}),
    "AWS::KMS::Key": Kind(None, key_id, {"Arn": _key_arn, "KeyId": key_id}),
    "AWS::KMS::Alias": Kind("AliasName", _name, {}),
    "AWS::S3::Bucket": Kind("BucketName", _name, {"Arn": _bucket_arn}),
    "AWS::SNS::Topic": Kind("TopicName", arn("sns", "{name}"), {"TopicArn": arn("sns", "{name}"), "TopicName": _name}),
    "AWS::StepFunctions::StateMachine": Kind(
        "StateMachineName",
        arn("states", "stateMachine:{name}"),
        {"Arn": arn("states", "stateMachine:{name}"), "Name": _name},
    ),
}

# Types that have nothing to do on a laptop, each with the reason. Ref and GetAtt of them give a placeholder.
LEFT_OUT: Mapping[str, str] = {
    "AWS::ApiGatewayV2::ApiMapping": "the gateway listens on loopback, without domain names",
    "AWS::ApiGatewayV2::DomainName": "the gateway listens on loopback, without domain names",
    "AWS::ApiGatewayV2::Stage": "one stage, without throttling, is all there is locally",
    "AWS::CertificateManager::Certificate": "no TLS on loopback",
    "AWS::CloudWatch::Alarm": "nobody watches metrics of a laptop",
    "AWS::CloudWatch::CompositeAlarm": "nobody watches metrics of a laptop",
    "AWS::CloudWatch::Dashboard": "nobody watches metrics of a laptop",
    "AWS::EC2::InternetGateway": "no network but loopback",
    "AWS::EC2::NatGateway": "no network but loopback",
    "AWS::EC2::EIP": "no network but loopback",
    "AWS::EC2::Route": "no network but loopback",
    "AWS::EC2::RouteTable": "no network but loopback",
    "AWS::EC2::SecurityGroup": "no network but loopback",
    "AWS::EC2::SecurityGroupEgress": "no network but loopback",
    "AWS::EC2::SecurityGroupIngress": "no network but loopback",
    "AWS::EC2::Subnet": "no network but loopback",
    "AWS::EC2::SubnetRouteTableAssociation": "no network but loopback",
    "AWS::EC2::VPC": "no network but loopback",
    "AWS::EC2::VPCEndpoint": "no network but loopback",
    "AWS::EC2::VPCGatewayAttachment": "no network but loopback",
    "AWS::IAM::ManagedPolicy": "moto checks no permissions; a contract test reads the policies",
    "AWS::IAM::Policy": "moto checks no permissions; a contract test reads the policies",
    "AWS::IAM::Role": "moto checks no permissions; a contract test reads the policies",
    "AWS::Lambda::EventInvokeConfig": "asynchronous calls are made once locally",
    "AWS::Lambda::LayerVersion": "the code is on the import path",
    "AWS::Lambda::Permission": "moto checks no permissions; a contract test reads the policies",
    "AWS::Logs::LogGroup": "logs go to standard error",
    "AWS::Logs::MetricFilter": "nobody watches metrics of a laptop",
    "AWS::RDS::DBCluster": "the embedded Postgres (or DATABASE_URL) takes its place",
    "AWS::RDS::DBClusterParameterGroup": "the embedded Postgres takes its place",
    "AWS::RDS::DBInstance": "the embedded Postgres takes its place",
    "AWS::RDS::DBParameterGroup": "the embedded Postgres takes its place",
    "AWS::RDS::DBProxy": "the embedded Postgres takes its place",
    "AWS::RDS::DBProxyTargetGroup": "the embedded Postgres takes its place",
    "AWS::RDS::DBSubnetGroup": "the embedded Postgres takes its place",
    "AWS::S3::BucketPolicy": "moto checks no permissions; a contract test reads the policies",
    "AWS::SecretsManager::RotationSchedule": "secrets of a laptop stay as they are",
    "AWS::SecretsManager::SecretTargetAttachment": "the embedded Postgres takes its place",
    "AWS::SNS::Subscription": "topics carry alarms only, and nobody watches metrics of a laptop",
    "AWS::SNS::TopicPolicy": "moto checks no permissions; a contract test reads the policies",
    "AWS::SQS::QueuePolicy": "moto checks no permissions; a contract test reads the policies",
}

_LEFT_OUT_ATTRIBUTES: Mapping[str, str] = {
    "Endpoint.Address": "127.0.0.1",
    "Endpoint.Port": "5432",
    "Port": "5432",
}


def require_known(logical_id: str, resource_type: str) -> None:
    """Raise TemplateProblem for a type that is in neither table."""
    if resource_type not in KINDS and resource_type not in LEFT_OUT:
        raise TemplateProblem(
            f"resource {logical_id} has the type {resource_type}, which the laptop stack neither runs nor leaves out by "
            "design; add it to local/resources.py"
        )


def physical_name(site: Site, logical_id: str, resource_type: str, given: Json) -> str:
    """The name a resource goes by: the one the template gives, else stack and logical id."""
    if given is not None:
        return str(given)
    name = f"{site.stack_name}-{logical_id}"
    return name.lower() if resource_type == "AWS::S3::Bucket" else name


def ref(site: Site, resource_type: str, name: str) -> str:
    """What `Ref` gives."""
    return KINDS[resource_type].ref(site, name) if resource_type in KINDS else name


def attribute(site: Site, resource_type: str, name: str, wanted: str) -> str:
    """What `Fn::GetAtt` gives; raises TemplateProblem for an attribute that is not known."""
    if resource_type in LEFT_OUT:
        return _LEFT_OUT_ATTRIBUTES.get(wanted) or _left_out_arn(name, wanted)
    found = KINDS[resource_type].attributes.get(wanted)
    if found is None:
        raise TemplateProblem(f"the laptop stack does not know the attribute {wanted} of {resource_type} ({name})")
    return found(site, name)


def _left_out_arn(name: str, wanted: str) -> str:
    return f"arn:{PARTITION}:iam::{ACCOUNT}:role/{name}" if wanted == "Arn" else f"{name}.{wanted}"
