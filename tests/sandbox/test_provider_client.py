"""Calls to moto in this process: throttling is waited out, and every failure is a sentence."""

import os
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from sandbox.provider.aws_client import AwsClient, AwsError
from sandbox.provider.moto_env import MOTO_ENVIRONMENT

os.environ.update(MOTO_ENVIRONMENT)

REGION = "eu-west-1"


class Body:
    """A response's body as botocore reads it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def stream(self, **_: Any) -> Any:
        yield self.text.encode()


def throttling(client: AwsClient, times: int) -> list[int]:
    """Makes SQS answer so many times that it is asked too often; returns the calls as they come."""
    calls: list[int] = []

    def answer(request: Any, **_: Any) -> AWSResponse | None:
        calls.append(1)
        if len(calls) > times:
            return None
        body = '{"__type": "ThrottlingException", "message": "Rate exceeded"}'
        return AWSResponse(request.url, 400, {}, Body(body))

    client.client("sqs", REGION).meta.events.register_first("before-send.sqs.ListQueues", answer)
    return calls


def test_throttling_is_waited_out() -> None:
    client = AwsClient()
    calls = throttling(client, times=2)
    assert "ResponseMetadata" in client.call("sqs", "list_queues", REGION)
    assert len(calls) == 3


def test_throttling_without_end_is_an_error() -> None:
    client = AwsClient(first_pause_seconds=0.001)
    calls = throttling(client, times=99)
    with pytest.raises(AwsError, match="ListQueues failed with ThrottlingException: Rate exceeded; "):
        client.call("sqs", "list_queues", REGION)
    assert len(calls) == 6


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
