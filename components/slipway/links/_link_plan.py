"""Links checked, and applied to a workload: variables, secrets, rights and calls.

Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import pulumi

from slipway.common import CHILD_NAME, ArgumentError, Arguments, as_text, checked_output, key_arn, shown
from slipway.messaging import check_queue_arn, check_topic_arn
from slipway.task import Workload, check_secret_arn, check_variable_name

from ._link_rights import Right, publish_right, queue_right, secret_right

LINKS = "links"
VERBS = ("publish_to", "send_to", "consume_from", "read_secret", "call")
# Further argument to the verbs that it goes with.
GOES_WITH = {
    "queue_url": ("send_to", "consume_from"),
    "by_arn": ("read_secret",),
    "kms_key_arn": ("publish_to", "send_to", "consume_from", "read_secret"),
    "security_group_id": ("call",),
    "port": ("call",),
}
NEEDED = {"send_to": ("queue_url",), "consume_from": ("queue_url",), "call": ("security_group_id", "port")}
ARN_COLONS = 5  # at least; the region stands after the third
URL = re.compile(r"[a-z][a-z0-9+.-]*://[!-~]+")
SEND = ["sqs:SendMessage"]
CONSUME = [
    f"sqs:{action}"
    for action in ("ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage")
]


@dataclass(frozen=True)
class Peer:
    """What the tasks may call."""

    name: str
    """Part of the names of the rules in the security groups."""
    security_group_id: pulumi.Input[str]
    port: int


@dataclass(frozen=True)
class Link:
    """A checked link; it gives a variable, and what stands behind it."""

    variable: str
    value: pulumi.Input[str] | None = None
    """Value of the variable; None for the value of a secret."""
    secret_arn: pulumi.Input[str] | None = None
    """Secret whose value ECS puts into the variable."""
    secret_key_arn: pulumi.Input[str] | None = None
    """Key with which ECS decrypts it."""
    right: Right | None = None
    """Right of the code."""
    call: Peer | None = None


@dataclass(frozen=True)
class LinkPlan:
    """The checked links of a workload."""

    links: Sequence[Link] = field(default_factory=list)

    @property
    def variables(self) -> dict[str, pulumi.Input[str]]:
        """Plain variables by name."""
        return {link.variable: link.value for link in self.links if link.value is not None}

    @property
    def secrets(self) -> dict[str, pulumi.Input[str]]:
        """Variables with the value of a secret, by name."""
        return {link.variable: link.secret_arn for link in self.links if link.secret_arn is not None}


def linked(arguments: Arguments, workload: Workload) -> Workload:
    """Check the argument `links`, and add to a workload what it gives. Raises ArgumentError."""
    plan = link_plan(arguments)
    check_existing(arguments, plan, workload)
    main = workload.main
    keys = [link.secret_key_arn for link in plan.links if link.secret_key_arn is not None]
    return replace(
        workload,
        main=replace(
            main, environment={**plan.variables, **main.environment}, secrets={**plan.secrets, **main.secrets}
        ),
        secrets_kms_key_arns=[*workload.secrets_kms_key_arns, *keys],
        rights=[statements for link in plan.links if link.right for statements in link.right.statements()],
    )


def calls(arguments: Arguments) -> list[Peer]:
    """Services in `links` that the code calls. Raises ArgumentError."""
    return [link.call for link in link_plan(arguments).links if link.call is not None]


def link_plan(arguments: Arguments) -> LinkPlan:
    """Check the argument `links`. Raises ArgumentError."""
    links = []
    for variable, entry in arguments.each(LINKS):
        check_variable_name(arguments, LINKS, variable)
        for other in ("environment", "secrets"):
            if variable in arguments.input_map(other):
                raise ArgumentError(f"{arguments.who}: set {variable} in {other} or {LINKS}, got both")
        links.append(checked_link(variable, entry))
    return LinkPlan(links)


def checked_link(variable: str, entry: Arguments) -> Link:
    """Check one link. Raises ArgumentError."""
    verbs = [verb for verb in VERBS if entry.has(verb)]
    if len(verbs) != 1:
        got = " and ".join(verbs) or "none"
        raise ArgumentError(f"{entry.who}: {LINKS}.{variable} must have one of {', '.join(VERBS)}, got {got}")
    [verb] = verbs
    for key, owners in GOES_WITH.items():
        if entry.has(key) and verb not in owners:
            raise entry.error(key, f"goes with {' or '.join(owners)}, got {verb}; leave it out")
    for key in NEEDED.get(verb, ()):
        if not entry.has(key):
            raise entry.error(key, f"is required with {verb}, got nothing; give it a value")
    key_arn(entry.who, entry.label("kms_key_arn"), entry.input("kms_key_arn"))
    return BY_VERB[verb](variable, entry)


def key_of(entry: Arguments) -> pulumi.Input[str] | None:
    """The KMS key of a link; an output may turn out to be none, and has to be an ARN once it is known."""
    key, label = entry.input("kms_key_arn"), entry.label("kms_key_arn")
    if not isinstance(key, pulumi.Output):
        return key

    def check(known: object) -> str | None:
        if known is None:
            return None
        text = str(as_text(entry.who, label, known))
        if text.count(":") < ARN_COLONS:
            key_arn(entry.who, label, text)
        return text

    return cast("pulumi.Output[str]", checked_output(key, check))


def publish_link(variable: str, entry: Arguments) -> Link:
    """A topic to publish to."""
    check_topic_arn(entry.who, entry.label("publish_to"), entry.input("publish_to"))
    arn = entry.written_input("publish_to")
    return Link(variable, arn, right=publish_right(arn, key_of(entry)))


def queue_link(verb: str, actions: Sequence[str], variable: str, entry: Arguments) -> Link:
    """A queue to send to or to consume from."""
    arn, url = entry.required_input(verb), entry.required_input("queue_url")
    check_queue_arn(entry.who, entry.label(verb), arn)
    if isinstance(arn, str) and isinstance(url, str) and url.rpartition("/")[2] != arn.rpartition(":")[2]:
        raise entry.error("queue_url", f"must end with the name in {verb}, got {shown(url)}; it is of another queue")
    right = queue_right(entry.written_input(verb), actions, key_of(entry), sends=actions == SEND)
    return Link(variable, entry.written_input("queue_url"), right=right)


def secret_link(variable: str, entry: Arguments) -> Link:
    """A secret to read, by ECS or by the code."""
    check_secret_arn(entry, "read_secret", entry.required_input("read_secret"))
    arn, key = entry.written_input("read_secret"), key_of(entry)
    if not entry.flag("by_arn"):
        return Link(variable, secret_arn=arn, secret_key_arn=key)
    right = secret_right(arn, key)
    return Link(variable, right.resource, right=right)


def call_link(variable: str, entry: Arguments) -> Link:
    """A service to call."""
    url, name = entry.required_input("call"), variable.lower().replace("_", "-")
    if isinstance(url, str) and not URL.fullmatch(url):
        raise entry.error("call", f"must be a URL, got {shown(url)}; write it like http://stock.shop.internal:8080")
    if not CHILD_NAME.fullmatch(name):
        rule = f"with call must start with a letter, got {shown(variable)}; rename the variable"
        raise ArgumentError(f"{entry.who}: the keys of {LINKS} {rule}")
    port = entry.whole_number("port", 1, 65535, 0)
    call = Peer(name, entry.required_input("security_group_id"), port)
    return Link(variable, entry.written_input("call"), call=call)


BY_VERB: Mapping[str, Callable[[str, Arguments], Link]] = {
    "publish_to": publish_link,
    "send_to": lambda variable, entry: queue_link("send_to", SEND, variable, entry),
    "consume_from": lambda variable, entry: queue_link("consume_from", CONSUME, variable, entry),
    "read_secret": secret_link,
    "call": call_link,
}


def check_existing(arguments: Arguments, plan: LinkPlan, workload: Workload) -> None:
    """Refuse links whose rights an existing role would have to get. Raises ArgumentError."""
    by_code = [f"{LINKS}.{link.variable}" for link in plan.links if link.right is not None]
    by_ecs = [f"{LINKS}.{variable}" for variable in plan.secrets]
    roles = {
        "task_role_arn": workload.existing.task_role_arn,
        "execution_role_arn": workload.existing.execution_role_arn,
    }
    instead = {"task_role_arn": "environment", "execution_role_arn": "secrets"}
    for argument, granted in (("task_role_arn", by_code), ("execution_role_arn", by_ecs)):
        if roles[argument] is not None and granted:
            fix = f"give that role these rights and name the variables in {instead[argument]}, or leave {argument} out"
            rule = f"uses an existing role without changes, got {' and '.join(granted)} too"
            raise arguments.error(argument, f"{rule}; {fix}")
