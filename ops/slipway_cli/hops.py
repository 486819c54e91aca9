"""Where a probe was lost between a topic and a queue, and what to do: the subscription, the queue's policy, its key, the filter.

The policies are read for what AWS's own documents say and Slipway writes; conditions beyond the source are not weighed.
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
"""

import fnmatch
import json
from collections.abc import Mapping
from typing import Any, Final

SERVICE: Final = "sns.amazonaws.com"
KEY_ACTIONS: Final = ("kms:GenerateDataKey", "kms:Decrypt")


def lost_at(sqs: Any, kms: Any, topic_arn: str, queue_url: str, filtered: bool) -> str:
    """One sentence: the hop that failed and the fix, as far as the settings show."""
    asked = ["Policy", "QueueArn", "KmsMasterKeyId"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=asked)["Attributes"]
    if not lets_in(attributes.get("Policy"), "sqs:SendMessage", topic_arn):
        return (
            f"policy: the queue's policy does not let {topic_arn} send; set it as FanOut does, or run `pulumi refresh`"
        )
    key = attributes.get("KmsMasterKeyId")
    if key and (reason := _key_keeps_out(kms, key, topic_arn)):
        return f"KMS: {reason}"
    if filtered:
        return (
            "filter: policy and key let the topic in, so the filter may not have; a changed filter takes effect within "
            "15 minutes, and the probe was made for the one that SNS has now"
        )
    return "consumer: policy and key let the topic in, so the probe should lie in the queue; look at the consumer's log"


def logged(logs: Any, topic_arn: str, queue_url: str, message_id: str) -> str | None:
    """What SNS wrote of a delivery that failed; None where the topic keeps no log of them."""
    region, account, name = topic_arn.split(":")[3:6]
    group = f"sns/{region}/{account}/{name}/Failure"
    try:
        events = logs.filter_log_events(logGroupName=group, filterPattern=f'"{message_id}"')["events"]
    except logs.exceptions.ResourceNotFoundException:
        return None
    for event in events:
        delivery = json.loads(event["message"])["delivery"]
        if delivery["destination"].rpartition(":")[2] == queue_url.rpartition("/")[2]:
            response = json.loads(delivery["providerResponse"])
            return f"{response['ErrorCode']}: {response['ErrorMessage']}"
    return None


def _key_keeps_out(kms: Any, key: str, topic_arn: str) -> str | None:
    if "alias/aws/" in key:
        return f"the queue's key {key} is AWS's own, which never lets SNS in; use SSE-SQS or a key of your own"
    try:
        found = kms.describe_key(KeyId=key)["KeyMetadata"]
        policy = kms.get_key_policy(KeyId=found["KeyId"], PolicyName="default")["Policy"]
    except kms.exceptions.NotFoundException:
        return f"the queue's key {key} is not there; give the queue another"
    if found["KeyState"] != "Enabled":
        return f"the queue's key {key} is {found['KeyState']}; enable it"
    missing = [action for action in KEY_ACTIONS if not lets_in(policy, action, topic_arn)]
    if missing:
        return (
            f"the policy of the queue's key {key} does not let SNS do {' and '.join(missing)}; create_kms_key writes it"
        )
    return None


def lets_in(policy: str | None, action: str, topic_arn: str) -> bool:
    """Whether a statement allows SNS the action on behalf of the topic."""
    found = json.loads(policy or "{}").get("Statement", [])
    return any(_allows(one, action, topic_arn) for one in (found if isinstance(found, list) else [found]))


def _allows(statement: Mapping[str, Any], action: str, topic_arn: str) -> bool:
    principal = statement.get("Principal", {})
    services = _list(principal.get("Service", [])) if isinstance(principal, dict) else []
    regional = f"sns.{topic_arn.split(':')[3]}.amazonaws.com"
    known = principal == "*" or not {SERVICE, regional}.isdisjoint(services)
    acts = any(fnmatch.fnmatch(action.lower(), one.lower()) for one in _list(statement.get("Action", [])))
    wanted = {"aws:sourcearn": topic_arn, "aws:sourceaccount": topic_arn.split(":")[4]}
    holds = all(
        any(fnmatch.fnmatchcase(wanted[key.lower()], value) for value in _list(values))
        for keys in statement.get("Condition", {}).values()
        for key, values in keys.items()
        if key.lower() in wanted
    )
    return statement.get("Effect") == "Allow" and known and acts and holds


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
