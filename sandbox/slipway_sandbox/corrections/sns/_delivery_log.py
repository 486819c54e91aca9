"""Undelivered messages in CloudWatch Logs, where SNS writes them for a topic with a role to do so.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
"""

import json
import time
from dataclasses import replace

from moto.logs.models import logs_backends

from slipway_sandbox.corrections.policies import asking, receivers

STREAM = "sandbox"


def may_write(sender: receivers.Sender, role_arn: str, topic_arn: str) -> bool:
    """Whether SNS may write into the topic's log group with the role."""
    session = receivers.assumed(sender, role_arn, "sns")
    if session is None:
        return False
    region, account, name = topic_arn.split(":")[3:6]
    stream = {"logGroupName": f"sns/{region}/{account}/{name}/Failure", "logStreamName": STREAM}
    writer = replace(sender, session=session)
    return asking.denial(writer.asks("logs", "PutLogEvents", stream, region, account), session) is None


def write(topic_arn: str, queue_arn: str, message_id: str, reason: str) -> None:
    """Writes one line for an undelivered message; the reason begins with AWS's code and a comma."""
    region, account, name = topic_arn.split(":")[3:6]
    logs = logs_backends[account][region]
    group = f"sns/{region}/{account}/{name}/Failure"
    if group not in logs.groups:
        logs.create_log_group(group, {})
    if STREAM not in logs.groups[group].streams:
        logs.create_log_stream(group, STREAM)
    code, _, text = reason.partition(", ")
    line = {
        "notification": {"messageId": message_id, "topicArn": topic_arn},
        "delivery": {
            "destination": queue_arn,
            "providerResponse": json.dumps({"ErrorCode": code, "ErrorMessage": text}),
            "attempts": 1,
        },
        "status": "FAILURE",
    }
    event = {"timestamp": int(time.time() * 1000), "message": json.dumps(line)}
    logs.groups[group].put_log_events(STREAM, [event])
