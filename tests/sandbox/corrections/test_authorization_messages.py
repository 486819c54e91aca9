"""STS decodes what EC2 encoded."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from slipway_sandbox import corrections
from slipway_sandbox.authorization.model import Decision, PolicyKind, Reason
from slipway_sandbox.authorization.refusals import encoded
from tests.support.sandbox.authorization.identities import ANN, wish


@pytest.fixture
def sts() -> Iterator[Any]:
    corrections.install()
    with mock_aws():
        yield boto3.Session("test", "test", region_name="eu-west-1").client("sts")


def test_sts_decodes_the_message_of_a_refusal(sts: Any) -> None:
    denied = Decision(False, Reason(PolicyKind.IDENTITY, True, "app", "NoVpc"))
    message = encoded(wish(ANN, "ec2:CreateVpc", "*"), denied)
    details = json.loads(sts.decode_authorization_message(EncodedMessage=message)["DecodedMessage"])
    assert (details["explicitDeny"], details["matchedStatements"]["items"]) == (True, ["NoVpc"])
    assert details["context"]["action"] == "ec2:CreateVpc"


def test_sts_refuses_another_text(sts: Any) -> None:
    with pytest.raises(ClientError, match="InvalidAuthorizationMessageException"):
        sts.decode_authorization_message(EncodedMessage="bm90aGluZw")
