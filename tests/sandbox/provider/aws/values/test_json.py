"""Every JSON property of every type: which spellings are one document to pulumi-aws, and which are a change.

Sources: https://github.com/hashicorp/terraform-provider-aws (SuppressEquivalentPolicyDiffs and SuppressEquivalentJSONDiffs in
internal/verify/json.go; StateFunc and DiffSuppressFunc of each resource) and
https://github.com/hashicorp/awspolicyequivalence/blob/main/aws_policy_equivalence.go
"""

import importlib
import json
import re
from inspect import getmembers
from typing import Any

import pytest

from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws import meaning
from slipway_sandbox.provider.aws.declaration import Resource
from slipway_sandbox.provider.properties import sdk

ROOT = "arn:aws:iam::210987654321:root"
STATEMENT: dict[str, Any] = {
    "Sid": "a",
    "Effect": "Allow",
    "Principal": {"AWS": [ROOT, "arn:aws:iam::210987654321:role/shop"], "Service": "sns.amazonaws.com"},
    "Action": ["sqs:SendMessage", "sqs:ReceiveMessage"],
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "300"}},
}
OTHER: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
POLICY = {"Version": "2012-10-17", "Statement": [STATEMENT, OTHER]}


def policy(**changed: Any) -> dict[str, Any]:
    """The policy with other members in its first statement."""
    return POLICY | {"Statement": [STATEMENT | changed, OTHER]}


SAME_POLICIES = {
    "the order of statements": POLICY | {"Statement": [OTHER, STATEMENT]},
    "the order of actions": policy(Action=["sqs:ReceiveMessage", "sqs:SendMessage"]),
    "one and a list of one": policy(
        Resource=["*"], Condition=STATEMENT["Condition"] | {"Bool": {"aws:SecureTransport": ["true"]}}
    ),
    "an account and its root": policy(
        Principal=STATEMENT["Principal"] | {"AWS": ["arn:aws:iam::210987654321:role/shop", "210987654321"]}
    ),
    "numbers and booleans as text": policy(
        Condition={"Bool": {"aws:SecureTransport": True}, "NumericLessThan": {"aws:MultiFactorAuthAge": 300}}
    ),
    "the case of an effect": policy(Effect="allow"),
    "the case of a key": {"version": "2012-10-17", "statement": [STATEMENT, OTHER]},
    "a key outside of the grammar": policy(Comment="for the shop"),
    "a policy in a list": [POLICY],
}
OTHER_POLICIES = {
    "another action": policy(Action=["sqs:SendMessage"]),
    "another effect": policy(Effect="Deny"),
    "another resource": policy(Resource=["*", "arn:aws:sqs:*:*:a"]),
    "another name": policy(Sid="b"),
    "another principal": policy(Principal={"AWS": ROOT}),
    "another condition": policy(Condition={}),
    "another version": POLICY | {"Version": "2008-10-17"},
    "a statement more": POLICY | {"Statement": [STATEMENT, OTHER, OTHER | {"Sid": "c"}]},
}
DOCUMENT: Any = {"a": ["x", "y"], "b": {"c": 1, "d": True}, "e": ["z"]}
SAME_DOCUMENTS = {
    "the order of keys": {"e": ["z"], "b": {"d": True, "c": 1}, "a": ["x", "y"]},
    "1.0": DOCUMENT | {"b": {"c": 1.0, "d": True}},
}
OTHER_DOCUMENTS = {
    "the order of a list": DOCUMENT | {"a": ["y", "x"]},
    "one for a list of one": DOCUMENT | {"e": "z"},
    "a number as text": DOCUMENT | {"b": {"c": "1", "d": True}},
    "a number for a boolean": DOCUMENT | {"b": {"c": 1, "d": 1}},
    "a key more": DOCUMENT | {"f": None},
}
RULE: dict[str, Any] = {
    "rulePriority": 1,
    "selection": {
        "tagStatus": "tagged",
        "tagPrefixList": ["a", "b"],
        "countType": "imageCountMoreThan",
        "countNumber": 3,
    },
    "action": {"type": "expire"},
}
LAST = {
    "rulePriority": 2,
    "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 9},
    "action": {"type": "expire"},
}
LIFECYCLE = {"rules": [RULE, LAST]}
DELIVERY = {"healthyRetryPolicy": {"numRetries": 3, "minDelayTarget": 1}, "throttlePolicy": {"maxReceivesPerSecond": 5}}
RETRIES = DELIVERY["healthyRetryPolicy"]
CONTAINER = {"name": "app", "image": "nginx", "essential": True}
OWN: dict[str, tuple[Any, list[Any], list[Any]]] = {
    "aws:ecr/lifecyclePolicy:LifecyclePolicy.policy": (
        LIFECYCLE,
        [
            {"rules": [LAST, RULE]},
            {
                "rules": [
                    RULE | {"selection": RULE["selection"] | {"tagPrefixList": ["b", "a"], "tagPatternList": []}},
                    LAST,
                ]
            },
            {"rules": [RULE | {"comment": "c"}, LAST], "version": 1},
        ],
        [{"rules": [RULE]}, {"rules": [RULE | {"rulePriority": 3}, LAST]}],
    ),
    "aws:sns/topicSubscription:TopicSubscription.deliveryPolicy": (
        DELIVERY,
        [
            DELIVERY | {"requestPolicy": {"headerContentType": "text/plain"}},
            DELIVERY | {"healthyRetryPolicy": RETRIES | {"numNoDelayRetries": 0}},
        ],
        [
            DELIVERY | {"healthyRetryPolicy": RETRIES | {"numRetries": 4}},
            {"throttlePolicy": DELIVERY["throttlePolicy"]},
        ],
    ),
    "aws:ecs/taskDefinition:TaskDefinition.containerDefinitions": (
        [CONTAINER],
        [
            [CONTAINER | {"networkMode": "awsvpc"}],
            [{"name": "app", "image": "nginx"}],
            [CONTAINER | {"environment": []}],
        ],
        [[CONTAINER | {"image": "busybox"}]],
    ),
    # The real provider compares the text: the input of a target may be anything, and an add-on or a document YAML.
    "aws:cloudwatch/eventTarget:EventTarget.input": ({"a": 1}, [], []),
}
"""Property with a comparison of its own: a document, the same in other words, and others."""
PLAIN_TEXT = {
    "aws:eks/addon:Addon.configurationValues",
    "aws:ssm/document:Document.content",
    "aws:wafv2/webAcl:WebAcl.ruleJson",  # which the sandbox refuses
}


def properties(field: str) -> list[str]:
    """Type and name of every property that the declarations have in this field, but those with a comparison of their own."""
    return [
        f"{each.token}.{name}"
        for each in services.all_resources()
        for name in sorted(each.words(field))
        if name not in each.compare
    ]


def split(path: str) -> tuple[Resource, str]:
    token, _, name = path.partition(".")
    return services.resource(token), name


def differing(path: str, first: Any, others: dict[str, Any]) -> list[str]:
    """The spellings that are a change."""
    declaration, name = split(path)
    return [
        words
        for words, other in others.items()
        if not meaning.same(declaration, name, json.dumps(first), json.dumps(other))
    ]


@pytest.mark.parametrize("path", properties("policies"))
def test_a_policy_is_the_same_in_iams_other_spellings(path: str) -> None:
    assert differing(path, POLICY, SAME_POLICIES) == []
    assert differing(path, POLICY, OTHER_POLICIES) == list(OTHER_POLICIES)


@pytest.mark.parametrize("path", properties("documents"))
def test_a_document_is_the_same_with_its_keys_in_another_order_and_no_more(path: str) -> None:
    assert differing(path, DOCUMENT, SAME_DOCUMENTS) == []
    assert differing(path, DOCUMENT, OTHER_DOCUMENTS) == list(OTHER_DOCUMENTS)


@pytest.mark.parametrize("path", [*properties("policies"), *properties("documents"), *OWN])
def test_white_space_is_no_change_where_the_provider_reads_the_json(path: str) -> None:
    declaration, name = split(path)
    document = OWN.get(path, (POLICY,))[0]
    is_same = meaning.same(declaration, name, json.dumps(document), json.dumps(document, indent=2))
    assert is_same is (path != "aws:cloudwatch/eventTarget:EventTarget.input")


@pytest.mark.parametrize("path", OWN)
def test_a_property_of_its_own_grammar_is_read_as_the_provider_does(path: str) -> None:
    document, same, others = OWN[path]
    assert differing(path, document, {json.dumps(each): each for each in same}) == []
    assert len(differing(path, document, {json.dumps(each): each for each in others})) == len(others)


def test_every_json_property_of_the_sdk_is_known() -> None:
    declared = [*properties("policies"), *properties("documents"), *OWN, *PLAIN_TEXT]
    unknown = {
        f"{each.token}.{name}"
        for each in services.all_resources()
        for name, prop in sdk.schema(each.token).inputs.items()
        if prop.type is str and "json" in described(each.token, name)
    } - set(declared)
    assert unknown == {"aws:cloudwatch/eventTarget:EventTarget.inputPath"}, "a path is no document"


def described(token: str, name: str) -> str:
    """The SDK's description of a property, in lower case and without what it says of other properties and pages."""
    package, _, kind = token.removeprefix("aws:").replace("/", ".").rpartition(":")
    module = importlib.import_module(f"pulumi_aws.{package.partition('.')[0]}")
    members = {
        re.sub(r"_(\w)", lambda found: found[1].upper(), key): value for key, value in getmembers(getattr(module, kind))
    }
    text = getattr(members.get(name), "fget", None).__doc__ if name in members else ""
    return re.sub(r"`[^`]*`|\([^)]*\)", "", (text or "").partition(". ")[0]).lower()
