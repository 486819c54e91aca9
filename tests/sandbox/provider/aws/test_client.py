"""Calls to moto in this process: throttling is waited out, and every failure is a sentence."""

import json
import os
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.aws.client import AwsClient, AwsError

os.environ.update(MOTO_ENVIRONMENT)

REGION = "eu-west-1"


class Body:
    """A response's body as botocore reads it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def stream(self, **_: Any) -> Any:
        yield self.text.encode()


def failing(client: AwsClient, times: int, status: int = 400, code: str = "ThrottlingException") -> list[int]:
    """Makes SQS answer so many times with an error; returns the calls as they come."""
    calls: list[int] = []

    def answer(request: Any, **_: Any) -> AWSResponse | None:
        calls.append(1)
        if len(calls) > times:
            return None
        return AWSResponse(request.url, status, {}, Body(json.dumps({"__type": code, "message": "Rate exceeded"})))

    client.client("sqs", REGION).meta.events.register_first("before-send.sqs.ListQueues", answer)
    return calls


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "ThrottlingException"),
        (400, "RequestThrottled"),
        (400, "TooManyRequestsException"),
        (503, "ServiceUnavailable"),
        (500, "InternalFailure"),
        (502, ""),
    ],
)
def test_throttling_and_a_failing_service_are_waited_out(status: int, code: str) -> None:
    client = AwsClient(first_pause_seconds=0.001)
    calls = failing(client, 2, status, code)
    assert "ResponseMetadata" in client.call("sqs", "list_queues", REGION)
    assert len(calls) == 3


def test_throttling_without_end_is_an_error() -> None:
    client = AwsClient(first_pause_seconds=0.0)
    calls = failing(client, times=99)
    with pytest.raises(AwsError, match="ListQueues failed with ThrottlingException: Rate exceeded; "):
        client.call("sqs", "list_queues", REGION)
    assert len(calls) == 26


def test_a_refusal_is_not_repeated() -> None:
    client = AwsClient()
    calls = failing(client, 99, 400, "AccessDenied")
    with pytest.raises(AwsError, match="ListQueues failed with AccessDenied: Rate exceeded; "):
        client.call("sqs", "list_queues", REGION)
    assert len(calls) == 1


def test_a_call_that_moto_does_not_have_says_so() -> None:
    with pytest.raises(AwsError) as caught:
        AwsClient().call("ecs", "put_account_setting_default", REGION, name="containerInsights", value="enabled")
    assert caught.value.code == "NotImplemented"
    assert str(caught.value).startswith(
        "PutAccountSettingDefault failed with NotImplemented: the sandbox's AWS (moto) "
    )


def test_a_parameter_that_botocore_refuses_is_named() -> None:
    with pytest.raises(AwsError) as caught:
        AwsClient().call("sqs", "create_queue", REGION, QueueName=3)
    assert str(caught.value).startswith(
        "CreateQueue failed with ValidationError: Invalid type for parameter QueueName, value: 3"
    )


def test_other_clients_of_the_process_are_not_routed_to_moto() -> None:
    import boto3
    from botocore.exceptions import EndpointConnectionError

    AwsClient().call("sqs", "list_queues", REGION)
    own = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": REGION}
    client = boto3.client("sqs", endpoint_url="http://127.0.0.1:1", **own)
    with pytest.raises(EndpointConnectionError):
        client.list_queues()
    client.close()


def test_moto_looks_through_the_methods_of_a_service_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.core import utils

    client = AwsClient()
    client.call("sqs", "list_queues", REGION)
    looked: list[type] = []
    monkeypatch.setattr(utils, "method_names_from_class", looked.append)
    client.call("sqs", "list_queues", REGION)
    assert looked == []
