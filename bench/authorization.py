"""What a judgement costs: microseconds a call of the sandbox's judge, beside moto's own time for the call.

`.venv/bin/python bench/authorization.py [calls]`, 2,000 by default. No sandbox is needed: moto answers in this process.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import boto3
from moto import mock_aws

from slipway_sandbox.authorization.check import refusal_of
from slipway_sandbox.authorization.model import Call, Principal

ACCOUNT, REGION = "123456789012", "eu-west-1"
TRUST = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
STATEMENTS = [
    {
        "Effect": "Allow",
        "Action": ["sqs:SendMessage", "sqs:GetQueueAttributes"],
        "Resource": f"arn:aws:sqs:*:{ACCOUNT}:*",
    },
    {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*"},
    {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
]


def policy(*statements: Any) -> str:
    """A policy as AWS takes it."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def microseconds(action: Callable[[], object], calls: int) -> float:
    """Processor time of one call."""
    start = time.process_time()
    for _ in range(calls):
        action()
    return (time.process_time() - start) / calls * 1e6


def main(calls: int) -> None:
    """Prints a row for each kind of call."""
    with mock_aws():
        session = boto3.Session("key", "secret", region_name=REGION)
        iam, sqs = session.client("iam"), session.client("sqs")
        role = iam.create_role(RoleName="app", AssumeRolePolicyDocument=policy(TRUST))["Role"]["Arn"]
        iam.put_role_policy(RoleName="app", PolicyName="app", PolicyDocument=policy(*STATEMENTS))
        key = session.client("kms").create_key()["KeyMetadata"]["KeyId"]
        plain = sqs.create_queue(QueueName="plain")["QueueUrl"]
        secret = sqs.create_queue(QueueName="secret", Attributes={"KmsMasterKeyId": key})["QueueUrl"]
        app = Principal(f"arn:aws:sts::{ACCOUNT}:assumed-role/app/task", ACCOUNT, "role", role)
        print("| call | moto, µs | judge, µs |\n| --- | --- | --- |")
        for name, url in (("a queue", plain), ("a queue with a key", secret)):
            judged = Call(
                "sqs", "GetQueueAttributes" if url == plain else "SendMessage", {"QueueUrl": url}, REGION, ACCOUNT
            )
            if (refused := refusal_of(judged, app)) is not None:
                sys.exit(f"{name}: {refused}")
            of_moto = microseconds(partial(sqs.get_queue_attributes, QueueUrl=url), calls // 10)
            of_judge = microseconds(partial(refusal_of, judged, app), calls)
            print(f"| {name} | {of_moto:.0f} | {of_judge:.0f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
