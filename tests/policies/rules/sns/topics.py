"""Cases of the rules in `sns.topics`: SNS."""

import json

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.graph_samples import SUBSCRIPTION
from tests.support.policies.samples import (
    DENY_WITHOUT_TLS,
    EVERYBODY,
    FROM_ANYWHERE,
    FROM_HOME,
    PUBLIC,
    TOPIC,
    TOPIC_POLICY,
    Case,
    at,
    failing_with,
    statement,
)

ORDERS_TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:orders"


def lets_in(principal: object) -> dict[str, str]:
    """A policy of our topic for one principal."""
    return statement(Principal=principal, Action="sns:Publish") | {"arn": ORDERS_TOPIC_ARN}


CASES: list[Case] = [
    at("sns-topic-encrypted", TOPIC, "kmsMasterKeyId", passes=["alias/aws/sns", "alias/orders"], fails=[None, ""]),
    Case(
        rule="sns-topic-policy-no-cross-account",
        kind=TOPIC_POLICY,
        passes=[
            lets_in({"AWS": "arn:aws:iam::123456789012:role/app"}),
            lets_in({"AWS": ["123456789012", "999999999999"]}),
            lets_in({"Service": "s3.amazonaws.com"}),
            lets_in("*"),
        ],
        fails=[
            (lets_in({"AWS": "arn:aws:iam::111111111111:root"}), ["policy.Statement[0].Principal"]),
            (lets_in({"AWS": ["123456789012", "111111111111"]}), ["policy.Statement[0].Principal"]),
        ],
        waits=[{"policy": UNKNOWN}, lets_in("*") | {"arn": UNKNOWN}],
        config={"allowedAccounts": ["999999999999"]},
    ),
    Case(
        rule="sns-topic-tls-only",
        kind=TOPIC_POLICY,
        passes=[
            statement(**DENY_WITHOUT_TLS, Action="sns:Publish", Resource=ORDERS_TOPIC_ARN),
            statement(**DENY_WITHOUT_TLS | {"Principal": {"AWS": "*"}}, Action="SNS:*", Resource="*"),
        ],
        fails=[
            ({}, ["policy does not"]),
            (statement(Principal={"AWS": "123456789012"}, Action="sns:Publish"), ["policy does not"]),
            (statement(**DENY_WITHOUT_TLS, Action="sns:Subscribe"), ["policy does not"]),
            (
                statement(
                    **DENY_WITHOUT_TLS | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, Action="sns:*"
                ),
                ["policy does not"],
            ),
        ],
        waits=[{"policy": UNKNOWN}],
    ),
    at("sns-subscription-https", SUBSCRIPTION, "protocol", passes=["https", "sqs", "email"], fails=["http"]),
    at(
        "sns-subscription-redrive",
        SUBSCRIPTION,
        "redrivePolicy",
        passes=['{"deadLetterTargetArn": "a"}'],
        fails=[None, ""],
    ),
    at("sns-signature-v2", TOPIC, "signatureVersion", passes=[2, 2.0], fails=[None, 1]),
    Case(rule="sns-signature-v2", kind=TOPIC, passes=[{"fifoTopic": True}], fails=[], waits=[{"fifoTopic": UNKNOWN}]),
    Case(
        rule="sns-topic-policy-no-public",
        kind=TOPIC,
        passes=[
            {},
            statement(**PUBLIC, Condition=FROM_HOME),
            statement(**PUBLIC | {"Principal": {"Service": "sns.amazonaws.com"}}),
            statement(**PUBLIC | {"Effect": "Deny"}),
        ],
        fails=[
            (statement(**PUBLIC), ["policy.Statement[0]"]),
            (statement(**PUBLIC | {"Principal": {"AWS": ["*"]}}), ["policy.Statement[0]"]),
            (statement(**PUBLIC, Condition=FROM_ANYWHERE), ["policy.Statement[0]"]),
            (statement(NotPrincipal={"AWS": "123456789012"}, Action="sns:Publish"), ["policy.Statement[0]"]),
            ({"policy": "not json"}, ["policy is not a JSON document"]),
        ],
        waits=[{"policy": UNKNOWN}],
    ),
    Case(
        rule="sns-topic-policy-no-public",
        kind=TOPIC_POLICY,
        passes=[
            {},
            statement(**PUBLIC, Condition=FROM_HOME),
            statement(**PUBLIC | {"Principal": {"Service": "sns.amazonaws.com"}}),
            statement(**PUBLIC | {"Effect": "Deny"}),
        ],
        fails=[
            (statement(**PUBLIC), ["policy.Statement[0]"]),
            (statement(**PUBLIC | {"Principal": {"AWS": ["*"]}}), ["policy.Statement[0]"]),
            (statement(**PUBLIC, Condition=FROM_ANYWHERE), ["policy.Statement[0]"]),
            (statement(NotPrincipal={"AWS": "123456789012"}, Action="sns:Publish"), ["policy.Statement[0]"]),
            ({"policy": "not json"}, ["policy is not a JSON document"]),
        ],
        waits=[{"policy": UNKNOWN}],
    ),
    at(
        "sns-topic-encrypted",
        TOPIC,
        "kmsMasterKeyId",
        passes=["arn:aws:kms:eu-west-1:1:key/a"],
        fails=[None],
        fifoTopic=True,
    ),
    at(
        "sns-subscription-https",
        SUBSCRIPTION,
        "protocol",
        passes=["email", "lambda"],
        fails=["http"],
        endpoint="http://a",
    ),
    at(
        "sns-subscription-https", SUBSCRIPTION, "protocol", passes=["firehose"], fails=["http"], rawMessageDelivery=True
    ),
    at(
        "sns-subscription-redrive",
        SUBSCRIPTION,
        "redrivePolicy",
        passes=['{"deadLetterTargetArn": "b"}', "{}"],
        fails=[None],
        protocol="sqs",
    ),
    at("sns-signature-v2", TOPIC, "signatureVersion", passes=["2"], fails=["1"], fifoTopic=False),
    failing_with(
        "sns-topic-policy-no-cross-account",
        TOPIC_POLICY,
        passes=[],
        fails=[
            (
                {
                    "arn": "arn:aws:sns:eu-west-1:111111111111:a",
                    **statement(Principal={"AWS": ["222222222222"]}, Action="sns:*"),
                },
                "policy.Statement[0].Principal names an account outside of allowedAccounts",
            )
        ],
    ),
    failing_with(
        "sns-topic-tls-only",
        TOPIC_POLICY,
        passes=[
            statement(
                Effect="Deny",
                Principal={"AWS": "*"},
                NotAction="sns:GetTopicAttributes",
                Condition={"Bool": {"aws:SecureTransport": "false"}},
            )
        ],
        fails=[],
    ),
    Case(
        rule="sns-topic-tls-only",
        kind=TOPIC,
        passes=[{}, {"policy": ""}],
        fails=[(statement(**EVERYBODY | {"Action": "sns:Publish"}), ["policy does not"])],
    ),
    Case(
        rule="sns-topic-policy-no-public",
        kind=TOPIC_POLICY,
        passes=[
            {"policy": json.dumps({"Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws-cn:iam::1:root"}}})}
        ],
        fails=[
            ({"policy": json.dumps({"Statement": {"Effect": "Allow", "Principal": "*"}})}, ["policy.Statement allows"])
        ],
    ),
]
