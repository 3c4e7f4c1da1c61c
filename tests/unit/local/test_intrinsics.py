from __future__ import annotations

import pytest

from local.intrinsics import NO_VALUE, Resolver, TemplateProblem

NAMES = {"Stage": "dev", "AWS::Region": "ap-southeast-1", "AWS::NoValue": NO_VALUE, "Zones": ["a", "b"]}
RESOLVER = Resolver(
    ref=NAMES.__getitem__,
    attribute=lambda logical_id, attribute: f"<{logical_id}.{attribute}>",
    mappings={"Sizes": {"dev": {"Batch": 4}}},
    conditions={"IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}, "Never": {"Fn::Not": [{"Condition": "IsDev"}]}},
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ({"Ref": "Stage"}, "dev"),
        ({"Fn::GetAtt": "Queue.Arn"}, "<Queue.Arn>"),
        ({"Fn::GetAtt": ["Db", "Endpoint.Address"]}, "<Db.Endpoint.Address>"),
        ({"Fn::Sub": "a-${Stage}-${Queue.Arn}-${!Literal}"}, "a-dev-<Queue.Arn>-${Literal}"),
        ({"Fn::Sub": ["${x}/${Stage}", {"x": {"Ref": "AWS::Region"}}]}, "ap-southeast-1/dev"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}, 3]]}, "a-dev-3"),
        ({"Fn::Select": ["1", {"Ref": "Zones"}]}, "b"),
        ({"Fn::Select": [0, {"Fn::Split": [",", "x,y"]}]}, "x"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Batch"]}, 4),
        ({"Fn::If": ["IsDev", 1, 2]}, 1),
        ({"Fn::If": ["Never", 1, 2]}, 2),
        ({"a": {"Fn::If": ["Never", 1, {"Ref": "AWS::NoValue"}]}, "b": [1, {"Ref": "AWS::NoValue"}]}, {"b": [1]}),
        ({"Fn::Base64": "ก"}, "4LiB"),
    ],
)
def test_a_function_evaluates_without_a_deployed_stack(expression, value):
    assert RESOLVER.resolve(expression) == value


@pytest.mark.parametrize(
    "expression",
    [{"Fn::ImportValue": "x"}, {"Fn::FindInMap": ["Sizes", "prod", "Batch"]}, {"Fn::If": ["Unknown", 1, 2]}],
)
def test_what_is_not_known_stops_with_a_message(expression):
    with pytest.raises(TemplateProblem):
        RESOLVER.resolve(expression)


RULE = {
    "RuleCondition": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]},
    "Assertions": [{"Assert": {"Fn::Contains": [{"Ref": "Zones"}, "a"]}, "AssertDescription": "needs zone a"}],
}


def test_a_rule_that_the_parameters_keep_says_nothing():
    RESOLVER.check(RULE)


def test_a_rule_that_the_parameters_break_stops_with_its_words():
    assertions = [{"Assert": {"Fn::Contains": [{"Ref": "Zones"}, "c"]}, "AssertDescription": "needs zone c"}]
    with pytest.raises(TemplateProblem, match="needs zone c"):
        RESOLVER.check({"Assertions": assertions})


def test_a_rule_for_another_stage_is_not_asked():
    RESOLVER.check({**RULE, "RuleCondition": {"Condition": "Never"}, "Assertions": [{"Assert": {"Condition": "Never"}}]})
