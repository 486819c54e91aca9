"""Cases of the rules in `sqs.queues`: SQS."""

import json

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import (
    ANY_CALLER,
    DENY_WITHOUT_TLS,
    EVERYBODY,
    FIRST_STATEMENT,
    FROM_ANYWHERE,
    FROM_HOME,
    OVER_TLS,
    PUBLIC,
    QUEUE,
    QUEUE_POLICY,
    Case,
    at,
    failing_with,
    statement,
)


def redrive(**elements: object) -> dict[str, str]:
    """A queue with this redrive policy."""
    return {"redrivePolicy": json.dumps(elements)}


DENY_ALL_OF_SQS: dict[str, object] = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}

FIRST_ACTION = ["policy.Statement[0].Action"]

CASES: list[Case] = [
    at("sqs-queue-cmk", QUEUE, "kmsMasterKeyId", passes=[None, "alias/orders"], fails=["alias/aws/sqs"]),
    *(
        Case(
            rule="sqs-policy-no-star-action",
            kind=kind,
            passes=[
                {},
                statement(Principal="*", Action="sqs:SendMessage"),
                statement(**DENY_WITHOUT_TLS, Action="sqs:*"),
            ],
            fails=[
                (statement(Principal="*", Action="SQS:*"), ["policy.Statement[0].Action"]),
                (statement(Principal="*", Action=["sqs:SendMessage", "*"]), ["policy.Statement[0].Action"]),
                (statement(Principal="*", NotAction="sqs:DeleteQueue"), ["policy.Statement[0].Action"]),
            ],
            waits=[{"policy": UNKNOWN}],
        )
        for kind in (QUEUE, QUEUE_POLICY)
    ),
    Case(
        rule="sqs-policy-tls-only",
        kind=QUEUE_POLICY,
        passes=[
            statement(**DENY_WITHOUT_TLS, Action="sqs:*"),
            statement(**DENY_WITHOUT_TLS, Action=["sqs:Send*", "sqs:Receive*", "sqs:Delete*"]),
            statement(**DENY_WITHOUT_TLS, Action="*"),
        ],
        fails=[
            ({}, ["policy does not"]),
            (statement(**DENY_WITHOUT_TLS, Action="sqs:SendMessage"), ["policy does not"]),
            (
                statement(**DENY_WITHOUT_TLS | {"Principal": {"AWS": "123456789012"}}, Action="sqs:*"),
                ["policy does not"],
            ),
        ],
        waits=[{"policy": UNKNOWN}],
    ),
    Case(
        rule="sqs-max-receive-count",
        kind=QUEUE,
        passes=[{}, redrive(maxReceiveCount=2), redrive(maxReceiveCount="5"), redrive(maxReceiveCount=1000)],
        fails=[(redrive(**given), ["redrivePolicy.maxReceiveCount"]) for given in ({}, {"maxReceiveCount": 1})]
        + [(redrive(maxReceiveCount=1001), ["redrivePolicy.maxReceiveCount"])],
        waits=[{"redrivePolicy": UNKNOWN}],
    ),
    Case(
        rule="sqs-fifo-suffix",
        kind=QUEUE,
        passes=[{}, {"fifoQueue": True}, {"name": "a"}, {"name": "a.fifo", "fifoQueue": True}],
        fails=[
            ({"name": "a.fifo"}, ["name and fifoQueue"]),
            ({"name": "a", "fifoQueue": True}, ["name and fifoQueue"]),
            ({"name": "a.fifo", "fifoQueue": False}, ["name and fifoQueue"]),
        ],
        waits=[{"name": UNKNOWN}, {"name": "a", "fifoQueue": UNKNOWN}],
    ),
    at("sqs-long-polling", QUEUE, "receiveWaitTimeSeconds", passes=[1, 20], fails=[None, 0]),
    Case(
        rule="sqs-policy-no-public",
        kind=QUEUE,
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
        rule="sqs-policy-no-public",
        kind=QUEUE_POLICY,
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
        rule="sqs-queue-encrypted",
        kind=QUEUE,
        passes=[{}, {"sqsManagedSseEnabled": True}, {"sqsManagedSseEnabled": False, "kmsMasterKeyId": "alias/orders"}],
        fails=[({"sqsManagedSseEnabled": False}, ["sqsManagedSseEnabled"])],
        waits=[{"sqsManagedSseEnabled": UNKNOWN}, {"sqsManagedSseEnabled": False, "kmsMasterKeyId": UNKNOWN}],
    ),
    at("sqs-queue-cmk", QUEUE, "kmsMasterKeyId", passes=["arn:aws:kms:k"], fails=["alias/aws/sqs"], fifoQueue=True),
    at("sqs-queue-cmk", QUEUE, "kmsMasterKeyId", passes=["1234"], fails=["alias/aws/sqs"], sqsManagedSseEnabled=None),
    at("sqs-long-polling", QUEUE, "receiveWaitTimeSeconds", passes=[5.0], fails=[0.0], fifoQueue=True),
    *(
        failing_with("sqs-queue-encrypted", QUEUE, passes=[], fails=[(props, "sqsManagedSseEnabled")])
        for props in (
            {"sqsManagedSseEnabled": False, "kmsMasterKeyId": ""},
            {"sqsManagedSseEnabled": "false", "fifoQueue": True},
        )
    ),
    *(
        Case(
            rule="sqs-policy-no-public",
            kind=kind,
            passes=[
                {"policy": ""},
                statement(**EVERYBODY, Condition={"StringEquals": {"aws:SourceAccount": 123456789012}}),
                statement(**EVERYBODY, Condition={"StringEquals": {"aws:PrincipalOrgID": ["o-1"]}}),
                statement(**EVERYBODY | {"Principal": {"Service": "s3.amazonaws.com"}}, Condition=OVER_TLS),
            ],
            fails=[
                (statement(**EVERYBODY, Condition=condition), FIRST_STATEMENT)
                for condition in (
                    OVER_TLS,
                    ANY_CALLER,
                    {"Bool": {"aws:ViaAWSService": "true"}},
                    {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
                    {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}},
                    {"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}},
                )
            ]
            + [(statement(NotPrincipal={"AWS": "arn:aws:iam::1:root"}, NotAction="sqs:DeleteQueue"), FIRST_STATEMENT)],
            waits=[{"policy": UNKNOWN}],
        )
        for kind in (QUEUE, QUEUE_POLICY)
    ),
    Case(
        rule="sqs-policy-tls-only",
        kind=QUEUE,
        passes=[{}, {"policy": ""}, statement(**DENY_ALL_OF_SQS, Condition={"Bool": {"aws:SecureTransport": False}})],
        fails=[
            (statement(**EVERYBODY), ["policy does not"]),
            (statement(**DENY_ALL_OF_SQS, Condition=OVER_TLS), ["policy does not"]),
            (
                statement(
                    **DENY_ALL_OF_SQS,
                    Condition={"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:SourceVpc": "v"}},
                ),
                ["policy does not"],
            ),
        ],
        waits=[{"policy": UNKNOWN}],
    ),
    Case(
        rule="sqs-policy-no-star-action",
        kind=QUEUE_POLICY,
        passes=[
            statement(Principal={"AWS": "arn:aws:iam::1:root"}, Action="SQS:*", Resource="arn:aws:sqs:eu-west-1:1:work")
        ],
        fails=[
            (statement(Principal=principal, Action="sqs:*", Resource="arn:aws:sqs:eu-west-1:1:work"), FIRST_ACTION)
            for principal in (
                {"AWS": "arn:aws:iam::2:root"},
                {"AWS": ["arn:aws:iam::1:root", "arn:aws:iam::1:role/app"]},
                {"AWS": "1", "Service": "sns.amazonaws.com"},
                "*",
            )
        ],
    ),
    Case(
        rule="sqs-max-receive-count",
        kind="aws:sqs/redrivePolicy:RedrivePolicy",
        passes=[{"redrivePolicy": json.dumps({"maxReceiveCount": "5"})}],
        fails=[({"redrivePolicy": json.dumps({"maxReceiveCount": 1})}, ["redrivePolicy.maxReceiveCount is"])],
    ),
]
