"""What the laptop makes of its environment, in our own template: the same switches as in AWS."""

from __future__ import annotations

import pytest

from local.functions import merged_environment
from local.parameters import laptop_parameters
from local.resources import Site
from local.template import TemplateProblem, load
from tests.contract.template.deployment import ROOT

SITE = Site("casework", "ap-southeast-1", 5999)


def stack(**environ: str):
    parameters = laptop_parameters(environ, url="http://127.0.0.1:1", mail_provider="http://127.0.0.1:2", mail_key="key")
    return load(ROOT / "template.yaml", SITE, parameters)


@pytest.fixture(scope="module")
def plain():
    return stack()


@pytest.fixture(scope="module")
def furnished():
    return stack(
        GATEWAY_TOKEN="t", ANTHROPIC_API_KEY="k", ANTHROPIC_BASE_URL="http://127.0.0.1:3", ANTHROPIC_MODEL="claude-x",
        SERVICE_NAME="s", DEFAULT_PAGE_SIZE="7", MAX_PAGE_SIZE="9", LOG_LEVEL="DEBUG", ENVIRONMENT="production",
    )  # fmt: skip


def test_without_its_secret_neither_gateway_nor_assistant_exists(plain):
    assert {"GatewayToken", "AnthropicApiKey"} & set(plain.resources) == set()
    assert {merged_environment(plain)[name] for name in ("GATEWAY_TOKEN_ARN", "ANTHROPIC_API_KEY_ARN")} == {""}


def test_a_given_gateway_token_switches_the_gateway_on(furnished):
    arn = furnished.arn(furnished.resources["GatewayToken"], "Id")
    assert merged_environment(furnished)["GATEWAY_TOKEN_ARN"] == arn


def test_a_given_key_switches_claude_on(furnished):
    names = ("ANTHROPIC_API_KEY_ARN", "ANTHROPIC_BASE_URL", "ANTHROPIC_MODEL")
    arn = furnished.arn(furnished.resources["AnthropicApiKey"], "Id")
    assert [merged_environment(furnished)[name] for name in names] == [arn, "http://127.0.0.1:3", "claude-x"]


def test_names_and_sizes_reach_the_functions(plain, furnished):
    names = ("SERVICE_NAME", "DEFAULT_PAGE_SIZE", "MAX_PAGE_SIZE", "POWERTOOLS_LOG_LEVEL", "ENVIRONMENT")
    usual = ["fm-case-service", "50", "100", "INFO", "development"]
    assert [merged_environment(plain)[name] for name in names] == usual
    assert [merged_environment(furnished)[name] for name in names] == ["s", "7", "9", "DEBUG", "production"]


def test_production_names_its_origins():
    with pytest.raises(TemplateProblem, match="never all of them"):
        stack(ENVIRONMENT="production", CORS_ORIGINS="https://portal.example.org,*")


@pytest.mark.parametrize("stage", ["", "development", "staging"])
def test_other_stages_may_open_themselves_to_every_origin(stage):
    assert "Api" in stack(ENVIRONMENT=stage, CORS_ORIGINS="*").resources


def test_a_value_that_a_parameter_does_not_allow_stops_the_start():
    with pytest.raises(TemplateProblem, match="LogLevel is 'LOUD'"):
        stack(LOG_LEVEL="LOUD")
