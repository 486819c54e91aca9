"""Redrive of dead-letter queues, against moto's SQS."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from slipway_cli.errors import CommandError
from slipway_cli.redrive import Redriven, redrive
from slipway_cli.stack import Outputs
from slipway_consumer.sqs import Received
from tests.support.aws.aws_endpoint import SqsClient

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793"


@pytest.fixture
def sqs(credentials: None) -> Iterator[SqsClient]:
    """A client of an empty SQS in this process."""
    with mock_aws():
        yield boto3.client("sqs")


def create(sqs: SqsClient, suffix: str = "", **attributes: str) -> Outputs:
    """The queue `billing` and its dead-letter queue."""
    [queue, dead] = [
        sqs.create_queue(QueueName=name + suffix, Attributes=attributes)["QueueUrl"]
        for name in ("billing", "billing-dead")
    ]
    return Outputs("main", [], {"billing": queue}, {"billing": dead})


def receive_all(sqs: SqsClient, url: str) -> list[Received]:
    """Every message of a queue, with all it carries."""
    found: list[Received] = []
    while batch := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"]
    ).get("Messages"):
        found += batch
    return found


def test_all_messages_go_back_and_none_stays(sqs: SqsClient) -> None:
    outputs = create(sqs)
    for number in range(23):
        sqs.send_message(QueueUrl=outputs.dead_letter_queue_urls["billing"], MessageBody=str(number))
    assert redrive(outputs, "billing") == Redriven(23, 0)
    back = receive_all(sqs, outputs.queue_urls["billing"])
    assert sorted(int(message["Body"]) for message in back) == list(range(23))
    assert receive_all(sqs, outputs.dead_letter_queue_urls["billing"]) == []


def test_the_limit_leaves_the_rest(sqs: SqsClient) -> None:
    outputs = create(sqs)
    for number in range(15):
        sqs.send_message(QueueUrl=outputs.dead_letter_queue_urls["billing"], MessageBody=str(number))
    assert redrive(outputs, "billing", limit=12) == Redriven(12, 3)


def test_an_empty_dead_letter_queue_is_fine(sqs: SqsClient) -> None:
    assert redrive(create(sqs), "billing") == Redriven(0, 0)


def test_attributes_and_trace_are_kept(sqs: SqsClient) -> None:
    outputs = create(sqs)
    attributes = {
        "kind": {"DataType": "String", "StringValue": "physical"},
        "weight": {"DataType": "Number.grams", "StringValue": "250"},
        "label": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
    }
    sqs.send_message(
        QueueUrl=outputs.dead_letter_queue_urls["billing"],
        MessageBody='{"order": 7}',
        MessageAttributes=attributes,
        MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": TRACE}},
    )
    assert redrive(outputs, "billing") == Redriven(1, 0)
    [message] = receive_all(sqs, outputs.queue_urls["billing"])
    assert message["Body"] == '{"order": 7}'
    assert message["MessageAttributes"] == attributes
    assert message["Attributes"]["AWSTraceHeader"] == TRACE


def test_a_fifo_message_keeps_its_group_and_is_not_taken_for_a_duplicate(sqs: SqsClient) -> None:
    outputs = create(sqs, ".fifo", FifoQueue="true")
    first = {"MessageBody": "7", "MessageGroupId": "customer-1", "MessageDeduplicationId": "order-7"}
    sqs.send_message(QueueUrl=outputs.queue_urls["billing"], **first)
    [failed] = receive_all(sqs, outputs.queue_urls["billing"])
    sqs.delete_message(QueueUrl=outputs.queue_urls["billing"], ReceiptHandle=failed["ReceiptHandle"])
    sqs.send_message(QueueUrl=outputs.dead_letter_queue_urls["billing"], **first)
    assert redrive(outputs, "billing") == Redriven(1, 0)
    [message] = receive_all(sqs, outputs.queue_urls["billing"])
    assert message["Attributes"]["MessageGroupId"] == "customer-1"
    assert message["Attributes"]["MessageDeduplicationId"].startswith("redrive-")


def test_a_message_that_cannot_be_sent_stays_where_it_was(sqs: SqsClient) -> None:
    outputs = create(sqs)
    dead = outputs.dead_letter_queue_urls["billing"]
    sqs.send_message(QueueUrl=dead, MessageBody="7")
    sqs.delete_queue(QueueUrl=outputs.queue_urls["billing"])
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        redrive(outputs, "billing")
    answer = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["ApproximateNumberOfMessagesNotVisible"])
    assert answer["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_an_unknown_queue_is_refused_with_those_there_are(sqs: SqsClient) -> None:
    with pytest.raises(CommandError) as refused:
        redrive(create(sqs), "bilin")
    assert str(refused.value) == ("redrive: the stack has no queue 'bilin' with a dead-letter queue; it has billing")
