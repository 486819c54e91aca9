"""Refused values: words outside of AWS's lists, numbers out of range. Each refusal has the path."""

import importlib
import inspect
import os
import re

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws import enums
from slipway_sandbox.provider.aws.check import Request, check, check_arguments
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.wire import Value

os.environ.update(MOTO_ENVIRONMENT)

CLIENT = AwsClient()
TABLE = "aws:dynamodb/table:Table"
RULE = "aws:lb/listenerRule:ListenerRule"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"


@pytest.mark.parametrize(
    ("token", "inputs", "path", "says"),
    [
        (
            "aws:wafv2/webAcl:WebAcl",
            {"scope": "GLOBAL"},
            "scope",
            "expected scope to be one of [CLOUDFRONT, REGIONAL], got GLOBAL",
        ),
        (
            TABLE,
            {"attributes": [{"name": "a", "type": "S"}, {"name": "b", "type": "string"}]},
            "attributes[1].type",
            "expected attributes[1].type to be one of [S, N, B], got string",
        ),
        (
            RULE,
            {"actions": [{"type": "redirect", "redirect": {"statusCode": "301"}}]},
            "actions[0].redirect.statusCode",
            "expected actions[0].redirect.statusCode to be one of [HTTP_301, HTTP_302], got 301",
        ),
        (
            VERSIONING,
            {"versioningConfiguration": {"status": "On"}},
            "versioningConfiguration.status",
            "expected versioningConfiguration.status to be one of [Enabled, Suspended, Disabled], got On",
        ),
    ],
)
def test_another_word_is_refused_with_its_path(token: str, inputs: dict[str, Value], path: str, says: str) -> None:
    assert enums.failures(CLIENT, token, inputs) == [(path, says)]


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (VERSIONING, {"versioningConfiguration": {"status": "Disabled"}}),  # the real provider's own word
        ("aws:ec2/vpc:Vpc", {"instanceTenancy": "dedicated"}),  # taken at creation, not by the call that changes it
        ("aws:lb/targetGroup:TargetGroup", {"protocol": "http", "targetType": wire.UNKNOWN}),
        ("aws:ec2/launchTemplate:LaunchTemplate", {"instanceType": "z99.huge"}),  # newer than botocore
        (TABLE, {"streamViewType": ""}),
    ],
)
def test_what_the_real_provider_takes_is_taken(token: str, inputs: dict[str, Value]) -> None:
    assert enums.failures(CLIENT, token, inputs) == []


@pytest.mark.parametrize(
    ("token", "inputs", "path", "says"),
    [
        (
            "aws:kms/key:Key",
            {"deletionWindowInDays": 3},
            "deletionWindowInDays",
            "expected deletionWindowInDays to be in the range (7 - 30), got 3",
        ),
        (
            "aws:secretsmanager/secret:Secret",
            {"recoveryWindowInDays": 3},
            "recoveryWindowInDays",
            "expected recoveryWindowInDays to be 0 or in the range (7 - 30), got 3",
        ),
        (
            "aws:acm/certificate:Certificate",
            {"domainName": "example.com"},
            "validationMethod",
            "one of 'certificateAuthorityArn' and 'validationMethod' is required",
        ),
    ],
)
def test_another_value_is_refused_with_its_path(token: str, inputs: dict[str, Value], path: str, says: str) -> None:
    assert check(services.resource(token), Request("r", inputs, {}, b"seed"))[1] == [(path, says)]


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:kms/key:Key", {"deletionWindowInDays": 7}),
        ("aws:secretsmanager/secret:Secret", {"recoveryWindowInDays": 0}),
        ("aws:acm/certificate:Certificate", {"domainName": "example.com", "validationMethod": wire.UNKNOWN}),
    ],
)
def test_a_value_at_the_edge_is_taken(token: str, inputs: dict[str, Value]) -> None:
    assert check(services.resource(token), Request("r", inputs, {}, b"seed"))[1] == []


FUNCTIONS = services.all_functions()


@pytest.mark.parametrize("token", [function.token for function in FUNCTIONS])
def test_the_arguments_of_each_function_are_those_of_the_sdk(token: str) -> None:
    module, name = token.split(":")[1].split("/")
    function = getattr(importlib.import_module(f"pulumi_aws.{module}".removesuffix(".index")), snake(name))
    named = re.findall(r"__args__\['(\w+)'\] = \w+", inspect.getsource(function))
    assert sorted(sdk.arguments(token)) == sorted(named)


def snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


@pytest.mark.parametrize("token", [function.token for function in FUNCTIONS])
def test_arguments_of_another_type_are_made_the_declared_one(token: str) -> None:
    spellings: dict[object, tuple[Value, Value]] = {bool: ("true", True), int: ("80", 80), str: (5432, "5432")}
    scalars = {name: spellings[prop.type] for name, prop in sdk.arguments(token).items() if prop.type in spellings}
    written = {name: before for name, (before, _) in scalars.items()}
    assert check_arguments(token, written) == ({name: after for name, (_, after) in scalars.items()}, [])


def test_a_value_that_cannot_be_made_the_declared_type_is_refused() -> None:
    token = "aws:ec2/getAmi:getAmi"
    assert check_arguments(token, {"mostRecent": "maybe", "owner": "x"})[1] == [
        ("mostRecent", 'must be true or false, got "maybe"'),
        ("owner", "unknown property 'owner'; did you mean 'owners'?"),
    ]
    block: dict[str, Value] = {"filters": [{"name": "name", "values": [1]}], "mostRecent": 1}
    filters: list[Value] = [{"name": "name", "values": ["1"]}]
    assert check_arguments(token, block) == ({"filters": filters, "mostRecent": True}, [])


@pytest.mark.parametrize(("written", "value"), [("1", True), ("T", True), ("False", False), (0, False), ("f", False)])
def test_a_boolean_has_the_words_of_the_bridge(written: Value, value: bool) -> None:
    checked, failures = check(services.resource("aws:sqs/queue:Queue"), Request("q", {"fifoQueue": written}, {}, b"s"))
    assert (checked["fifoQueue"], failures) == (value, [])


def test_a_list_of_one_block_is_the_block() -> None:
    request = Request("v", {"bucket": "b", "versioningConfiguration": [{"status": "Enabled"}]}, {}, b"s")
    checked, failures = check(services.resource(VERSIONING), request)
    assert (checked["versioningConfiguration"], failures) == ({"status": "Enabled"}, [])
