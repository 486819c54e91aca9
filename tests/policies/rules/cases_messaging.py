"""For each further rule over ECR, SNS, SQS and tags: what passes, what fails and where, and what must wait."""

import json

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import (
    FROM_HOME,
    PUBLIC,
    QUEUE,
    QUEUE_POLICY,
    REPOSITORY,
    TOPIC,
    TOPIC_POLICY,
    Case,
    at,
    statement,
)

SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:orders"
INSECURE = {"Bool": {"aws:SecureTransport": "false"}}
DENY = {"Effect": "Deny", "Principal": "*", "Condition": INSECURE}


def redrive(**elements: object) -> dict[str, str]:
    """A queue with this redrive policy."""
    return {"redrivePolicy": json.dumps(elements)}


def lets_in(principal: object) -> dict[str, str]:
    """A policy of our topic for one principal."""
    return statement(Principal=principal, Action="sns:Publish") | {"arn": TOPIC_ARN}


MESSAGING_CASES = [
    at(
        "ecr-kms-encryption",
        REPOSITORY,
        "encryptionConfigurations[0].encryptionType",
        ["KMS", "KMS_DSSE"],
        ["AES256"],
    ),
    Case("ecr-kms-encryption", REPOSITORY, [], [({}, ["encryptionConfigurations is missing"])]),
    at("ecr-cmk-encryption", REPOSITORY, "encryptionConfigurations[0].kmsKey", ["arn:aws:kms:k"], [""]),
    Case("ecr-cmk-encryption", REPOSITORY, [], [({}, ["encryptionConfigurations is missing"])]),
    Case(
        "ecr-policy-not-public",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        [statement(**PUBLIC, Condition=FROM_HOME), statement(Principal={"AWS": "123456789012"}, Action="ecr:*")],
        [
            (statement(**PUBLIC), ["policy.Statement[0]"]),
            (statement(Principal={"AWS": "*"}, Action="ecr:BatchGetImage"), ["policy.Statement[0]"]),
        ],
        [{"policy": UNKNOWN}],
    ),
    at("ecr-no-force-delete", REPOSITORY, "forceDelete", [None, False], [True]),
    at("sns-topic-encrypted", TOPIC, "kmsMasterKeyId", ["alias/aws/sns", "alias/orders"], [None, ""]),
    Case(
        "sns-topic-policy-no-cross-account",
        TOPIC_POLICY,
        [
            lets_in({"AWS": "arn:aws:iam::123456789012:role/app"}),
            lets_in({"AWS": ["123456789012", "999999999999"]}),
            lets_in({"Service": "s3.amazonaws.com"}),
            lets_in("*"),
        ],
        [
            (lets_in({"AWS": "arn:aws:iam::111111111111:root"}), ["policy.Statement[0].Principal"]),
            (lets_in({"AWS": ["123456789012", "111111111111"]}), ["policy.Statement[0].Principal"]),
        ],
        [{"policy": UNKNOWN}, lets_in("*") | {"arn": UNKNOWN}],
        {"allowedAccounts": ["999999999999"]},
    ),
    Case(
        "sns-topic-tls-only",
        TOPIC_POLICY,
        [
            statement(**DENY, Action="sns:Publish", Resource=TOPIC_ARN),
            statement(**DENY | {"Principal": {"AWS": "*"}}, Action="SNS:*", Resource="*"),
        ],
        [
            ({}, ["policy does not"]),
            (statement(Principal={"AWS": "123456789012"}, Action="sns:Publish"), ["policy does not"]),
            (statement(**DENY, Action="sns:Subscribe"), ["policy does not"]),
            (
                statement(**DENY | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, Action="sns:*"),
                ["policy does not"],
            ),
        ],
        [{"policy": UNKNOWN}],
    ),
    at("sns-subscription-https", SUBSCRIPTION, "protocol", ["https", "sqs", "email"], ["http"]),
    at("sns-subscription-redrive", SUBSCRIPTION, "redrivePolicy", ['{"deadLetterTargetArn": "a"}'], [None, ""]),
    at("sns-signature-v2", TOPIC, "signatureVersion", [2, 2.0], [None, 1]),
    Case("sns-signature-v2", TOPIC, [{"fifoTopic": True}], [], [{"fifoTopic": UNKNOWN}]),
    at("sqs-queue-cmk", QUEUE, "kmsMasterKeyId", [None, "alias/orders"], ["alias/aws/sqs"]),
    *(
        Case(
            "sqs-policy-no-star-action",
            kind,
            [{}, statement(Principal="*", Action="sqs:SendMessage"), statement(**DENY, Action="sqs:*")],
            [
                (statement(Principal="*", Action="SQS:*"), ["policy.Statement[0].Action"]),
                (statement(Principal="*", Action=["sqs:SendMessage", "*"]), ["policy.Statement[0].Action"]),
                (statement(Principal="*", NotAction="sqs:DeleteQueue"), ["policy.Statement[0].Action"]),
            ],
            [{"policy": UNKNOWN}],
        )
        for kind in (QUEUE, QUEUE_POLICY)
    ),
    Case(
        "sqs-policy-tls-only",
        QUEUE_POLICY,
        [
            statement(**DENY, Action="sqs:*"),
            statement(**DENY, Action=["sqs:Send*", "sqs:Receive*", "sqs:Delete*"]),
            statement(**DENY, Action="*"),
        ],
        [
            ({}, ["policy does not"]),
            (statement(**DENY, Action="sqs:SendMessage"), ["policy does not"]),
            (statement(**DENY | {"Principal": {"AWS": "123456789012"}}, Action="sqs:*"), ["policy does not"]),
        ],
        [{"policy": UNKNOWN}],
    ),
    Case(
        "sqs-max-receive-count",
        QUEUE,
        [{}, redrive(maxReceiveCount=2), redrive(maxReceiveCount="5"), redrive(maxReceiveCount=1000)],
        [(redrive(**given), ["redrivePolicy.maxReceiveCount"]) for given in ({}, {"maxReceiveCount": 1})]
        + [(redrive(maxReceiveCount=1001), ["redrivePolicy.maxReceiveCount"])],
        [{"redrivePolicy": UNKNOWN}],
    ),
    Case(
        "sqs-fifo-suffix",
        QUEUE,
        [{}, {"fifoQueue": True}, {"name": "a"}, {"name": "a.fifo", "fifoQueue": True}],
        [
            ({"name": "a.fifo"}, ["name and fifoQueue"]),
            ({"name": "a", "fifoQueue": True}, ["name and fifoQueue"]),
            ({"name": "a.fifo", "fifoQueue": False}, ["name and fifoQueue"]),
        ],
        [{"name": UNKNOWN}, {"name": "a", "fifoQueue": UNKNOWN}],
    ),
    at("sqs-long-polling", QUEUE, "receiveWaitTimeSeconds", [1, 20], [None, 0]),
    Case(
        "required-tags",
        QUEUE,
        [{"tags": {"owner": "shop", "cost-center": "1"}}, {"tags": {"owner": UNKNOWN, "cost-center": "1"}}],
        [
            ({}, ["tags.owner is missing", "tags.cost-center is missing"]),
            ({"tags": {"owner": "shop"}}, ["tags.cost-center is missing"]),
        ],
        [{"tags": UNKNOWN}],
        {"keys": ["owner", "cost-center"]},
    ),
]
