"""The delivery test against moto as the sandbox corrects it, with the real consumer on the other side."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from slipway_cli.delivery.consumers import Consumer as Running
from slipway_cli.delivery.consumers import end_of
from slipway_cli.delivery.recipients import subscriptions
from slipway_cli.delivery.smoke import Smoke
from slipway_cli.errors import CommandError
from slipway_cli.stack import Outputs
from slipway_consumer import Consumer, Settings
from slipway_consumer.logs import JsonFormatter
from slipway_sandbox import corrections
from tests.support.commands import HANG_SECONDS

PREFIX = "arn:aws:sns:eu-west-1:123456789012"
RAW = {"RawMessageDelivery": "true"}
LET_IN = {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": "*",
}


@dataclass
class Shop:
    """A topic and its queues, each with a dead-letter queue of the subscription."""

    suffix: str = ""
    urls: dict[str, str] = field(default_factory=dict)
    dead: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sns, self.sqs, self.logs = (boto3.client(name) for name in ("sns", "sqs", "logs"))
        fifo = {"FifoTopic": "true"} if self.suffix else {}
        self.topic = self.sns.create_topic(Name=f"orders{self.suffix}", Attributes=fifo)["TopicArn"]

    def queue(self, key: str, policy: Any = LET_IN, subscription: dict[str, str] = RAW, **attributes: str) -> None:
        """A subscribed queue."""
        kind = {"FifoQueue": "true"} if self.suffix else {}
        for name, urls in ((key, self.urls), (f"{key}-dead", self.dead)):
            allowed = policy if name == key else LET_IN
            given = {"Policy": json.dumps({"Statement": [allowed]})} if allowed else {}
            made = self.sqs.create_queue(QueueName=name + self.suffix, Attributes=given | kind | attributes)
            urls[key] = made["QueueUrl"]
        arn = f"arn:aws:sqs:eu-west-1:123456789012:{key}{self.suffix}"
        redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn.replace(key, f"{key}-dead")})}
        self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn, Attributes=subscription | redrive)

    def log_failures(self) -> None:
        """Gives SNS a role for the log of what it could not deliver."""
        lets_sns_in = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sts:AssumeRole"}
        writes = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
        trust, rights = ({"Version": "2012-10-17", "Statement": [it]} for it in (lets_sns_in, writes))
        iam = boto3.client("iam")
        arn = iam.create_role(RoleName="log", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        iam.put_role_policy(RoleName="log", PolicyName="log", PolicyDocument=json.dumps(rights))
        role = {"AttributeName": "SQSFailureFeedbackRoleArn", "AttributeValue": arn}
        self.sns.set_topic_attributes(TopicArn=self.topic, **role)

    @contextmanager
    def consumed(self, key: str, handled: list[str]) -> Iterator[Running]:
        """A real consumer of a queue; its log goes to the place of a container's log."""
        group, stream = "workers", f"{key}/{key}/1"
        for create, name in (
            (self.logs.create_log_group, {}),
            (self.logs.create_log_stream, {"logStreamName": stream}),
        ):
            try:
                create(logGroupName=group, **name)
            except self.logs.exceptions.ResourceAlreadyExistsException:
                continue
        log = logging.getLogger("slipway_consumer")
        handler = Stream(self.logs, group, stream)
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        consumer = Consumer(self.urls[key], lambda it: handled.append(it.text), Settings(wait_seconds=0), sqs=self.sqs)
        thread = threading.Thread(target=consumer.consume)
        thread.start()
        try:
            handler.begun.wait(HANG_SECONDS)
            yield Running(key, end_of(self.urls[key]), group, stream)
        finally:
            consumer.stop()
            thread.join()
            log.removeHandler(handler)

    def outputs(self) -> Outputs:
        return Outputs("main", [], self.urls, self.dead, [self.topic])


class Stream(logging.Handler):
    """Sends records to a log stream."""

    def __init__(self, logs: Any, group: str, stream: str) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.to = {"logGroupName": group, "logStreamName": stream}
        self.logs = logs
        self.begun = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        event = {"timestamp": int(record.created * 1000), "message": self.format(record)}
        self.logs.put_log_events(**self.to, logEvents=[event])
        if record.getMessage() == "consuming":
            self.begun.set()


@pytest.fixture
def aws(credentials: None) -> Iterator[None]:
    corrections.install()
    with mock_aws():
        yield


def said(results: Any) -> dict[str, str]:
    """Queue to its result, without times."""
    return {one.queue: ("proved: " if one.proved else "") + one.sentence.partition(" within ")[0] for one in results}


@pytest.mark.parametrize("suffix", ["", ".fifo"])
def test_probes_reach_consumers_raw_enveloped_and_through_filters_and_no_handler(aws: None, suffix: str) -> None:
    shop = Shop(suffix)
    body = {
        "FilterPolicyScope": "MessageBody",
        "FilterPolicy": json.dumps({"order": {"size": [{"numeric": [">", 5]}]}}),
    }
    shop.queue("billing")
    shop.queue("audit", subscription={})
    shop.queue("shipping", subscription=RAW | {"FilterPolicy": json.dumps({"kind": [{"prefix": "phys"}]})})
    shop.queue("bulky", subscription=body)
    handled: list[str] = []
    keys = list(shop.urls)
    with (
        shop.consumed(keys[0], handled) as one,
        shop.consumed(keys[1], handled) as two,
        shop.consumed(keys[2], handled) as three,
        shop.consumed(keys[3], handled) as four,
    ):
        results = Smoke(shop.outputs(), lambda: [one, two, three, four]).run(20)
    assert said(results) == {
        "billing": "proved: service billing got it raw",
        "audit": "proved: service audit got it in an envelope",
        "shipping": "proved: service shipping got it raw, through its filter",
        "bulky": "proved: service bulky got it in an envelope, through its filter",
    }
    assert handled == [], "a probe is no work"


def test_an_acknowledgement_counts_for_its_own_queue_only(aws: None) -> None:
    shop = Shop()
    shop.queue("billing")
    shop.queue("shipping")
    with shop.consumed("billing", []) as billing:
        # One task told to consume both, whose second consumer is not running.
        both = [billing, replace(billing, queue=end_of(shop.urls["shipping"]))]
        event = {"message": "consuming", "acknowledgesProbes": True, "queueUrl": shop.urls["shipping"]}
        now = int(time.time() * 1000)
        shop.logs.put_log_events(
            logGroupName=billing.group,
            logStreamName=billing.stream,
            logEvents=[{"timestamp": now, "message": json.dumps(event)}],
        )
        found = said(Smoke(shop.outputs(), lambda: both).run(3))
    assert found["billing"] == "proved: service billing got it raw"
    assert found["shipping"].startswith(
        "consumer: policy and key let the topic in, so the probe should lie in the queue"
    )


def test_a_queue_that_nobody_reads_is_read_here_and_keeps_what_came_meanwhile(aws: None) -> None:
    shop = Shop()
    shop.queue("billing")
    assert said(Smoke(shop.outputs(), list, ["billing"]).run(10)) == {"billing": "proved: this command got it raw"}
    assert "Messages" not in shop.sqs.receive_message(QueueUrl=shop.urls["billing"])


KEY = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*"}]}


def test_the_hop_that_failed_is_named_and_the_dead_letter_is_taken_away(aws: None) -> None:
    shop = Shop()
    shop.log_failures()
    weak = boto3.client("kms").create_key(Policy=json.dumps(KEY))["KeyMetadata"]["KeyId"]
    shop.queue("closed", policy=None)
    shop.queue("managed", KmsMasterKeyId="alias/aws/sqs")
    shop.queue("locked", KmsMasterKeyId=weak)
    results = Smoke(shop.outputs(), list, list(shop.urls)).run(1)
    aside = "; SNS put the probe in the dead-letter queue, from which it was removed"
    assert said(results) == {
        "closed": f"policy: the queue's policy does not let {PREFIX}:orders send; set it as FanOut does, or run "
        f"`pulumi refresh`; SNS logged AccessDenied: the queue's policy does not let the topic send{aside}",
        # Its dead-letter queue has the same key.
        "managed": "KMS: the queue's key alias/aws/sqs is AWS's own, which never lets SNS in; use SSE-SQS or a key of "
        "your own; SNS logged KMS.AccessDeniedException: nothing lets SNS use alias/aws/sqs",
        "locked": f"KMS: the policy of the queue's key {weak} does not let SNS do kms:GenerateDataKey and kms:Decrypt; "
        "create_kms_key writes it; SNS logged KMS.AccessDeniedException: the policy of the queue's key does not let SNS do "
        "kms:GenerateDataKey",
    }
    depth = shop.sqs.get_queue_attributes(QueueUrl=shop.dead["closed"], AttributeNames=["ApproximateNumberOfMessages"])
    assert depth["Attributes"]["ApproximateNumberOfMessages"] == "0"


def test_nothing_is_published_where_somebody_else_would_get_it(aws: None) -> None:
    shop = Shop()
    shop.queue("billing")
    shop.queue("idle", subscription=RAW | {"FilterPolicy": '{"kind": ["physical"]}'})
    foreign = shop.sqs.create_queue(QueueName="foreign")["QueueUrl"]
    endpoint = "arn:aws:sqs:eu-west-1:123456789012:foreign"
    shop.sns.subscribe(TopicArn=shop.topic, Protocol="sqs", Endpoint=endpoint)
    assert said(Smoke(shop.outputs(), list, ["billing"]).run(1)) == {
        "billing": f"not tried: the probe would also reach sqs {endpoint}, which may take it for work; --reach-others "
        "sends it all the same",
        "idle": "not tried: no running task of the stack consumes the queue; start one, or add --receive idle if nobody "
        "reads it",
    }
    assert "Messages" not in shop.sqs.receive_message(QueueUrl=foreign)
    # The filter of idle keeps out what has no kind.
    reached = said(Smoke(shop.outputs(), list, ["billing"], reach_others=True).run(5))
    assert reached["billing"] == "proved: this command got it raw"


def test_a_subscription_that_may_not_be_looked_at_counts_as_unfiltered(aws: None) -> None:
    class Denied:
        """SNS where every subscription belongs to another account."""

        def __init__(self, sns: Any) -> None:
            self.sns = sns
            self.exceptions, self.get_paginator = sns.exceptions, sns.get_paginator

        def get_subscription_attributes(self, **_: Any) -> Any:
            error = {"Error": {"Code": "AuthorizationError", "Message": "not yours"}}
            raise self.exceptions.AuthorizationErrorException(error, "GetSubscriptionAttributes")

    shop = Shop()
    shop.queue("billing", subscription=RAW | {"FilterPolicy": '{"kind": ["physical"]}'})
    [found] = subscriptions(Denied(shop.sns), shop.topic)
    assert (found.filter, found.confirmed) == (None, True)


def test_a_consumer_that_says_nothing_of_probes_gets_none(aws: None) -> None:
    shop = Shop()
    shop.queue("billing")
    running = Running("billing", end_of(shop.urls["billing"]), "workers", "billing/billing/1")
    assert said(Smoke(shop.outputs(), lambda: [running]).run(1)) == {
        "billing": "not tried: a task of service billing does not say in its log that it acknowledges probes, as "
        "slipway-consumer does; its handler would get the probe"
    }


def test_a_queue_with_work_in_it_is_not_received_from(aws: None) -> None:
    shop = Shop()
    shop.queue("billing")
    shop.sqs.send_message(QueueUrl=shop.urls["billing"], MessageBody="7")
    assert said(Smoke(shop.outputs(), list, ["billing"]).run(1)) == {
        "billing": "not tried: 1 message is in the queue, and receiving would count a delivery; empty it first"
    }


def test_a_queue_that_no_topic_feeds_is_told(aws: None) -> None:
    shop = Shop()
    shop.urls["manual"] = shop.sqs.create_queue(QueueName="manual")["QueueUrl"]
    assert said(Smoke(shop.outputs(), list).run(1)) == {
        "manual": "subscription: none of the topics has this queue as a subscriber; `pulumi up` makes it"
    }


def test_unknown_keys_and_a_missing_topic_are_refused(aws: None) -> None:
    with pytest.raises(CommandError, match="smoke: the stack has no queue 'biling'; it has billing"):
        Smoke(Outputs("main", [], {"billing": "u"}, {}, [f"{PREFIX}:orders"]), list, ["biling"])
    with pytest.raises(CommandError, match="a topic is named by its ARN, like"):
        Smoke(Outputs("main", [], {}, {}, ["orders"]), list)
    with pytest.raises(CommandError, match="smoke: the stack has no output topicArn"):
        Smoke(Outputs("main", [], {}, {}), list)
