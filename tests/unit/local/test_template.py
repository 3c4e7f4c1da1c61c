from __future__ import annotations

from pathlib import Path

import pytest

from local.functions import functions_of, merged_environment
from local.queues import mappings_of
from local.resources import Site
from local.routes import cors_of, routes_of
from local.template import TemplateProblem, load
from local.ticker import schedules_of

SAMPLE = Path(__file__).resolve().parents[2] / "support" / "sample_template.yaml"
SITE = Site("casework", "ap-southeast-1", 5999)
PARAMETERS = {"SendgridBaseUrl": "http://127.0.0.1:1"}


@pytest.fixture(scope="module")
def sample():
    return load(SAMPLE, SITE, PARAMETERS)


def variant(tmp_path: Path, *replacements: tuple[str, str]) -> Path:
    text = SAMPLE.read_text()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "template.yaml").write_text(text)
    (tmp_path / "sample_machine.asl.yaml").write_text(SAMPLE.with_name("sample_machine.asl.yaml").read_text())
    return tmp_path / "template.yaml"


def test_functions_carry_handler_arn_and_limits(sample):
    mail = functions_of(sample).find("casework-MailFunction")
    assert (mail.handler, mail.timeout) == ("samples.workers.mail", 10)
    assert mail.arn == "arn:aws:lambda:ap-southeast-1:123456789012:function:casework-MailFunction"
    assert functions_of(sample).find(f"{mail.arn}:live") == mail


def test_the_functions_share_one_environment(sample):
    environment = merged_environment(sample)
    assert environment["MAIL_QUEUE_URL"] == "http://127.0.0.1:5999/123456789012/casework-MailQueue"
    assert environment["SENDGRID_BASE_URL"] == "http://127.0.0.1:1"
    assert environment["JWT_SECRET_ARN"].startswith("arn:aws:secretsmanager:")


def test_every_route_and_the_default_are_found(sample):
    assert {route.key for route in routes_of(sample)} == {
        "$default",
        "ANY /echo/{name}",
        "GET /echo/{proxy+}",
        "GET /ping",
        "GET /quirk/{kind}",
        "POST /echo/literal",
        "POST /enqueue",
    }


def test_an_override_reaches_what_sam_itself_evaluates():
    given = load(SAMPLE, SITE, {**PARAMETERS, "CorsOrigins": "http://localhost:3000"})
    assert cors_of(given).origins == {"http://localhost:3000"}


def test_a_mapping_carries_batch_size_mode_and_the_reserved_concurrency(sample):
    (mail,) = mappings_of(sample, functions_of(sample))
    assert (mail.queue, mail.batch_size, mail.partial, mail.threads) == ("casework-MailQueue", 4, True, 2)


def test_schedules_come_from_functions_and_from_resources(sample):
    assert {schedule.name for schedule in schedules_of(sample)} == {"dev-every-minute", "daily-queue", "outbox-sweep"}


def test_a_resource_whose_condition_is_false_is_absent():
    assert "ClosedRule" not in load(SAMPLE, SITE, {**PARAMETERS, "WithRule": "no"}).resources


@pytest.mark.parametrize(
    ("replacements", "message"),
    [
        ([("AWS::CloudWatch::Alarm", "AWS::DynamoDB::Table")], "AWS::DynamoDB::Table"),
        ([("!Ref TokenSecret", "!Ref Nobody")], "Nobody"),
        ([("!GetAtt Key.Arn", "!GetAtt Key.Colour")], "Colour"),
        ([("!GetAtt Key.Arn", "!ImportValue x")], "ImportValue"),
    ],
)
def test_what_is_not_known_stops_the_start_with_its_name(tmp_path, replacements, message):
    with pytest.raises(TemplateProblem, match=message):
        load(variant(tmp_path, *replacements), SITE, PARAMETERS)


def test_a_parameter_without_any_value_stops_the_start():
    with pytest.raises(TemplateProblem, match="SendgridBaseUrl"):
        load(SAMPLE, SITE)


def test_two_values_of_one_variable_stop_the_start(tmp_path):
    changed = variant(tmp_path, ("{TOKEN_SECRET_ARN: !Ref TokenSecret}", "{TOKEN_SECRET_ARN: x, STAGE: other}"))
    with pytest.raises(TemplateProblem, match="STAGE differently"):
        merged_environment(load(changed, SITE, PARAMETERS))


def test_an_unknown_property_of_a_mapping_stops_the_start(tmp_path):
    changed = variant(tmp_path, ("FunctionResponseTypes: [", "FilterCriteria: {Filters: []}\n            FunctionResponseTypes: ["))
    template = load(changed, SITE, PARAMETERS)
    with pytest.raises(TemplateProblem, match="FilterCriteria"):
        mappings_of(template, functions_of(template))
