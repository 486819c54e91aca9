"""Cases of the rules in `iam.policies`: IAM policies."""

import json

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import (
    ANY_CALLER,
    EVERY_ROLE,
    EVERYTHING,
    FIRST_STATEMENT,
    ORDERS_QUEUE_ARN,
    OVER_TLS,
    ROLE,
    ROLE_POLICY,
    Case,
    allow,
    failing_with,
    policy_case,
    statement,
)

CASES: list[Case] = [
    policy_case(
        "iam-no-star-action",
        passes=[allow("sqs:*", ORDERS_QUEUE_ARN), allow("sqs:SendMessage", ORDERS_QUEUE_ARN), statement(**EVERYTHING)],
        fails=[
            allow("*", ORDERS_QUEUE_ARN),
            allow(["sqs:SendMessage", "*:*"], ORDERS_QUEUE_ARN),
            statement(NotAction="iam:*", Resource=ORDERS_QUEUE_ARN),
        ],
    ),
    policy_case(
        "iam-no-service-wildcard",
        passes=[
            allow("sqs:Send*", ORDERS_QUEUE_ARN),
            allow("sqs:SendMessage", ORDERS_QUEUE_ARN),
            statement(**EVERYTHING),
        ],
        fails=[
            allow("sqs:*", ORDERS_QUEUE_ARN),
            allow(["sqs:SendMessage", "s3:*"], ORDERS_QUEUE_ARN),
            allow("ec2:**", ORDERS_QUEUE_ARN),
        ],
    ),
    policy_case(
        "iam-no-kms-decrypt-all",
        passes=[
            allow("kms:Decrypt", "arn:aws:kms:eu-west-1:123456789012:key/abc"),
            allow("kms:Decrypt", Condition={"StringEquals": {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}}),
            allow("kms:Encrypt"),
        ],
        fails=[
            allow("kms:Decrypt"),
            allow("kms:*", "arn:aws:kms:*:123456789012:key/*"),
            allow(["sqs:ReceiveMessage", "kms:ReEncrypt*"]),
        ],
    ),
    policy_case(
        "iam-passrole-scoped",
        passes=[
            allow("iam:PassRole", "arn:aws:iam::123456789012:role/app"),
            allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}),
            allow("iam:GetRole"),
        ],
        fails=[allow("iam:PassRole"), allow("iam:Pass*"), allow(["iam:PassRole"], "arn:aws:iam::123456789012:role/*")],
    ),
    Case(rule="iam-no-inline-policy", kind=ROLE_POLICY, passes=[], fails=[({}, ["policy is inline"])]),
    Case(
        rule="iam-no-inline-policy",
        kind=ROLE,
        passes=[{}, {"inlinePolicies": []}],
        fails=[({"inlinePolicies": [{"name": "a"}]}, ["inlinePolicies is set"])],
        waits=[{"inlinePolicies": UNKNOWN}],
    ),
    Case(
        rule="iam-no-admin-policy",
        kind=ROLE_POLICY,
        passes=[
            statement(Action="sqs:*", Resource="*"),
            statement(Action="*", Resource="arn:aws:sqs:eu-west-1:123456789012:orders"),
            statement(**EVERYTHING, Effect="Deny"),
        ],
        fails=[
            (statement(**EVERYTHING), ["policy.Statement[0]"]),
            (statement(Action=["s3:Get*", "*:*"], Resource=["arn:aws:*"]), ["policy.Statement[0]"]),
            (statement(NotAction="iam:*", Resource="*"), ["policy.Statement[0]"]),
            ({"policy": json.dumps({"Statement": {"Effect": "Allow", **EVERYTHING}})}, ["policy.Statement allows"]),
        ],
        waits=[{"policy": UNKNOWN}],
    ),
    Case(
        rule="iam-no-admin-policy",
        kind=ROLE,
        passes=[{}, {"inlinePolicies": [{"name": "one", **statement(Action="sqs:SendMessage", Resource="*")}]}],
        fails=[({"inlinePolicies": [statement(**EVERYTHING)]}, ["inlinePolicies[0].policy.Statement[0]"])],
        waits=[{"inlinePolicies": UNKNOWN}, {"inlinePolicies": [{"policy": UNKNOWN}]}],
    ),
    failing_with(
        "iam-no-inline-policy",
        ROLE,
        passes=[{"inlinePolicies": []}, {"inlinePolicies": None, "managedPolicyArns": ["a"]}],
        fails=[({"inlinePolicies": [{"name": "a"}, {"name": "b"}]}, "inlinePolicies is set")],
    ),
    Case(
        rule="iam-no-admin-policy",
        kind=ROLE_POLICY,
        passes=[{"policy": ""}],
        fails=[
            ({"policy": json.dumps({"statement": {"effect": "Allow"}})}, ["policy is not a policy document"]),
            ({"policy": json.dumps({"Statement": {"effect": "Allow"}})}, ["policy.Statement is not a statement"]),
            ({"policy": "{}"}, ["policy is not a policy document"]),
            (statement(Action="*", NotResource="arn:aws:s3:::mine/*"), FIRST_STATEMENT),
        ],
    ),
    Case(
        rule="iam-no-kms-decrypt-all",
        kind=ROLE_POLICY,
        passes=[allow("kms:D*", Condition={"StringEquals": {"aws:ResourceTag/team": "shop"}})],
        fails=[
            (allow("kms:D*", Condition=ANY_CALLER), FIRST_STATEMENT),
            (allow("kms:D*", Condition=OVER_TLS), FIRST_STATEMENT),
            (statement(Action="kms:D*", NotResource="arn:aws:s3:::mine/*"), FIRST_STATEMENT),
        ],
    ),
    Case(
        rule="iam-passrole-scoped",
        kind=ROLE_POLICY,
        passes=[
            allow("iam:PassRole", EVERY_ROLE, Condition={"StringLike": {"iam:PassedToService": ["ecs*.amazonaws.com"]}})
        ],
        fails=[
            (allow("iam:PassRole", Condition={"StringLike": {"iam:PassedToService": "*"}}), FIRST_STATEMENT),
            (
                allow("iam:PassRole", Condition={"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}),
                FIRST_STATEMENT,
            ),
            (allow("iam:PassRole", "arn:aws:iam::123456789012:*"), FIRST_STATEMENT),
        ],
    ),
]
