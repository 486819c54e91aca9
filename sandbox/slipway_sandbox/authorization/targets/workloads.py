"""Resources of services that run things and pass messages: ECS, SQS, SNS, EventBridge, CloudWatch Logs and IAM.

A rule answers None where the general rule suffices.
"""

from collections.abc import Callable, Mapping, Sequence

from slipway_sandbox.authorization import cloud
from slipway_sandbox.authorization.actions.table import Action
from slipway_sandbox.authorization.model import Call
from slipway_sandbox.authorization.targets.names import NAMES
from slipway_sandbox.authorization.targets.target import Target, name_of, words

IAM_KINDS = {
    "RoleName": "role",
    "UserName": "user",
    "GroupName": "group",
    "InstanceProfileName": "instance-profile",
    "PolicyName": "policy",
}
NO_STREAM = ("TagResource", "UntagResource", "ListTagsForResource")  # CloudWatch Logs names the group alone for these


def _iam(call: Call, action: Action) -> list[Target] | None:
    """IAM's names get their path."""
    targets = []
    for member, kind in IAM_KINDS.items():
        name = call.parameters.get(member)
        if kind in action.kind_names and isinstance(name, str):
            entry = None if kind == "policy" else cloud.named_in_iam(kind, name, call.account_id)
            path = str(call.parameters.get("Path") or "/")
            arn = entry.arn if entry else f"arn:aws:iam::{call.account_id}:{kind}{path}{name}"
            targets.append(Target(arn))
    return targets or None


def _ecs(call: Call, action: Action) -> list[Target] | None:
    """A family means its newest revision; a new revision has no number yet."""
    if "task-definition" not in {kind.name for kind in action.required}:
        return None
    start = f"arn:aws:ecs:{call.region}:{call.account_id}:task-definition/"
    if action.name == "ecs:RegisterTaskDefinition":
        return [Target(f"{start}{call.parameters.get('family', '')}:*", is_known=False)]
    targets = []
    for name in words(call.parameters.get("taskDefinition")) + words(call.parameters.get("taskDefinitions")):
        definition = cloud.task_definition(name, call.account_id, call.region)
        full = name if name.startswith("arn:") else start + name
        targets.append(Target(definition.arn if definition else full))
    return targets or None


def _events(call: Call, action: Action) -> list[Target] | None:
    """Rules of the default bus have no bus in their ARN; PutEvents names a bus for each entry."""
    start = f"arn:aws:events:{call.region}:{call.account_id}:"
    if action.name == "events:PutEvents":
        entries = call.parameters.get("Entries")
        entries = entries if isinstance(entries, Sequence) else ()
        buses = [entry.get("EventBusName") or "default" for entry in entries if isinstance(entry, Mapping)]
        return [Target(bus if bus.startswith("arn:") else f"{start}event-bus/{bus}") for bus in buses]
    if not any(name.startswith("rule-on") for name in action.kind_names):
        return None
    names = words(call.parameters.get("Rule")) or words(call.parameters.get("Name"))
    bus = name_of(str(call.parameters.get("EventBusName") or "default"))
    place = "" if bus == "default" else f"{bus}/"
    return [Target(f"{start}rule/{place}{name}") for name in names] or None


def _sns(call: Call, action: Action) -> list[Target] | None:
    """A message to a phone has no ARN; a subscription's ARN begins with its topic's."""
    number = call.parameters.get("PhoneNumber")
    if isinstance(number, str):
        return [Target(number)]
    subscription = call.parameters.get("SubscriptionArn")
    if isinstance(subscription, str) and "topic" in action.kind_names:
        return [Target(subscription.rpartition(":")[0])]
    return None


def _sqs(call: Call) -> list[Target] | None:
    url = call.parameters.get("QueueUrl")
    if not isinstance(url, str):
        owner = call.parameters.get("QueueOwnerAWSAccountId")
        name = call.parameters.get("QueueName")
        return [Target(f"arn:aws:sqs:{call.region}:{owner}:{name}")] if owner and name else None
    account_id, _, name = url.rstrip("/").rpartition("/")
    account_id = account_id.rpartition("/")[2]
    owner = account_id if account_id.isdecimal() else call.account_id
    return [Target(f"arn:aws:sqs:{call.region}:{owner}:{name}")]


def _logs(call: Call, action: Action) -> list[Target] | None:
    """CloudWatch Logs writes a group as log-group:NAME:log-stream:STREAM, with an empty stream for the group itself."""
    members = NAMES["logs"]["LogGroupName"]
    groups = [name for member in members for name in words(call.parameters.get(member))]
    if not groups or action.name.partition(":")[2] in NO_STREAM:
        return None
    stream = call.parameters.get("logStreamName", "")
    names = [group.partition(":log-group:")[2].removesuffix(":*") or group for group in groups]
    start = f"arn:aws:logs:{call.region}:{call.account_id}:log-group"
    return [Target(f"{start}:{name}:log-stream:{stream}") for name in names]


def _path(kind: str) -> Callable[[Call], str]:
    return lambda call: f"arn:aws:iam::{call.account_id}:{kind}{call.parameters.get('PathPrefix') or '/'}"


def _place(call: Call, service: str) -> str:
    return f"arn:aws:{service}:{call.region}:{call.account_id}:"


LISTS: Mapping[str, Callable[[Call], str]] = {
    "dynamodb:ListTables": lambda call: _place(call, "dynamodb") + "table/*",
    "iam:ListGroups": _path("group"),
    "iam:ListInstanceProfiles": _path("instance-profile"),
    "iam:ListPolicies": _path("policy"),
    "iam:ListRoles": _path("role"),
    "iam:ListUsers": _path("user"),
    "logs:DescribeLogGroups": lambda call: (
        f"{_place(call, 'logs')}log-group:{call.parameters.get('logGroupNamePrefix') or ''}:log-stream:"
    ),
    "sns:ListSubscriptions": lambda call: _place(call, "sns") + "*",
    "sns:ListTopics": lambda call: _place(call, "sns") + "*",
    "sqs:ListQueues": lambda call: _place(call, "sqs"),
}
"""Actions for which AWS's table has no resource type, and AWS's messages nevertheless name an ARN."""
Rule = Callable[[Call, Action], list[Target] | None]
RULES: dict[str, Rule] = {
    "ecs": _ecs,
    "events": _events,
    "iam": _iam,
    "logs": _logs,
    "sns": _sns,
    "sqs": lambda call, _: _sqs(call),
}
