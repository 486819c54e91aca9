"""Refused values: words outside of AWS's lists, numbers out of range. Each refusal has the path."""

import os

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws import enums
from slipway_sandbox.provider.aws.check import Request, check
from slipway_sandbox.provider.aws.client import AwsClient
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
