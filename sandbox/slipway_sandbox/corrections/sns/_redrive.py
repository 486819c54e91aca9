"""Dead-letter queues of subscriptions.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
"""

import json

from moto.sns.exceptions import SNSInvalidParameter


def check(subscription_arn: str, policy: str) -> None:
    """Refuses a queue of another region than the subscription's. Raises SNSInvalidParameter."""
    target = str(json.loads(policy or "{}").get("deadLetterTargetArn", ""))
    if target and target.split(":")[3:4] != subscription_arn.split(":")[3:4]:
        rule = "the dead-letter queue must be under the same AWS account and Region as the subscription"
        raise SNSInvalidParameter(f"RedrivePolicy Reason: {rule}, got {target}")
