"""The output with which a stack shares its network, cluster, load balancer, topics and queues with other stacks.

Source: https://www.pulumi.com/docs/iac/concepts/stacks/#stackreferences
"""

import asyncio
from collections.abc import Mapping
from typing import NotRequired, TypedDict, TypeVar

import pulumi

from slipway.common import ArgumentError, aws_arn, check_shape, child_keys, line, shown, text_output
from slipway.load_balancing import LoadBalancer
from slipway.messaging import FanOut, Queue, Topic
from slipway.network import Network
from slipway.service import Cluster

from ._guarded import guard_platform
from ._parts import (
    OUTPUT,
    VERSION,
    PlatformCluster,
    PlatformLoadBalancer,
    PlatformNetwork,
    PlatformQueue,
    PlatformTopic,
    as_output,
)

Value = TypeVar("Value")


class SharedTopicArgs(TypedDict):
    """A topic that is no output of a component, or one with a KMS key of your own."""

    topic_arn: pulumi.Input[str]
    """ARN of the topic."""
    kms_key_arn: NotRequired[pulumi.Input[str | None]]
    """KMS key of its messages. Default: the account's own key for SNS."""


class SharedQueueArgs(TypedDict):
    """A queue that is no output of a component, or one with a KMS key of your own."""

    queue_arn: pulumi.Input[str]
    """ARN of the queue."""
    queue_url: pulumi.Input[str]
    """URL of the queue."""
    dead_letter_queue_url: NotRequired[pulumi.Input[str]]
    """URL of its dead-letter queue. Default: none."""
    kms_key_arn: NotRequired[pulumi.Input[str | None]]
    """KMS key of its messages. Default: a key of SQS."""


class SharedPlatformArgs(TypedDict):
    """Parts to share, each optional."""

    network: NotRequired[Network]
    """Network of the services. Default: not shared."""
    cluster: NotRequired[Cluster]
    """Cluster of the services. Default: not shared."""
    load_balancer: NotRequired[LoadBalancer]
    """Load balancer with a listener for the services' rules. Default: not shared."""
    topics: NotRequired[Mapping[str, Topic | FanOut | SharedTopicArgs]]
    """Topics by a key of your choice. Default: none."""
    queues: NotRequired[Mapping[str, Queue | SharedQueueArgs]]
    """Queues by a key of your choice. Default: none."""
    values: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Further texts by a key of your choice, such as the host of a database. Default: none."""
    secrets: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Secret texts by a key of your choice; each is a secret output of its own, `<output>-<key>`. Default: none."""
    guard_role_arn: NotRequired[pulumi.Input[str]]
    """Role that the guard assumes to ask who uses the platform. Default: the environment's credentials, or those of
    aws:profile."""


SINGLE: dict[str, tuple[str, type, type]] = {
    "network": ("network", Network, PlatformNetwork),
    "cluster": ("cluster", Cluster, PlatformCluster),
    "load_balancer": ("loadBalancer", LoadBalancer, PlatformLoadBalancer),
}
"""Argument to its key in the output, the component that it takes, and its class for readers."""
KEYED: dict[str, tuple[tuple[type, ...], type, type]] = {
    "topics": ((Topic, FanOut), SharedTopicArgs, PlatformTopic),
    "queues": ((Queue,), SharedQueueArgs, PlatformQueue),
}
"""Argument, which is also the key in the output, to the components and the arguments that it takes, and its class for
readers."""
TEXTS = ("values", "secrets")
GUARD_ROLE = "guard_role_arn"


def export_platform(args: SharedPlatformArgs, output: str = OUTPUT) -> None:
    """Export a platform for `Platform.read`: one object without secrets, and one further output for each secret.

    The object is data with a version, so programs in every language can read it; docs/micro-stacks.md has its form.
    A guard refuses to destroy the platform, and to replace its parts, while other stacks use them. Call this last: the guard
    is deleted before everything that exists by then, and what is made later counts as another stack's.

    Example::

        from slipway import Cluster, Network, Topic, export_platform

        network = Network("main", {"nat": "none", "endpoints_for": ["FargateService"]})
        cluster, orders = Cluster("main", {}), Topic("orders", {})
        export_platform({"network": network, "cluster": cluster, "topics": {"orders": orders}})

    Raises ArgumentError on an unknown part, a value of another class, an unfit key, and, once values are known, on a
    secret among the values that are not in `secrets`.
    """
    who = f"export_platform {shown(output)}"
    line(who, "the output", output)
    document = platform_document(who, args)
    pulumi.export(output, without_secrets(who, document))
    for key, secret in texts(who, "secrets", args.get("secrets") or {}).items():
        pulumi.export(secret_output(output, key), pulumi.Output.secret(secret))
    guard_platform(who, output, shared_components(args), guard_role(who, args.get("guard_role_arn")))


def shared_components(args: SharedPlatformArgs) -> list[pulumi.ComponentResource]:
    """Components among the parts; the others are data."""
    values = [value for key, value in args.items() if key in SINGLE]
    values += [
        it for key, entries in args.items() if key in KEYED and isinstance(entries, Mapping) for it in entries.values()
    ]
    return [it for it in values if isinstance(it, pulumi.ComponentResource)]


def guard_role(who: str, role_arn: pulumi.Input[str] | None) -> pulumi.Input[str]:
    """The role of the guard; empty for none. Raises ArgumentError."""
    checked_arn = aws_arn(who, GUARD_ROLE, role_arn, "iam", "a role")
    return "" if checked_arn is None else text_output(who, GUARD_ROLE, checked_arn)


def secret_output(output: str, key: str) -> str:
    """Name of the output of one secret."""
    return f"{output}-{key}"


def platform_document(who: str, args: SharedPlatformArgs) -> dict[str, object]:
    """The object to export. Raises ArgumentError."""
    known = [*SINGLE, *KEYED, *TEXTS]
    for argument in args:
        if argument not in (*known, GUARD_ROLE):
            raise ArgumentError(f"{who}: {argument} is not a part of a platform; the parts are {', '.join(known)}")
    given: dict[str, object] = {key: value for key, value in args.items() if value is not None}
    document: dict[str, object] = {"version": VERSION}
    for argument, (key, component, part) in SINGLE.items():
        if argument in given:
            document[key] = as_output(part, checked(who, argument, given[argument], (component,)))
    document |= {key: entries for key in KEYED if (entries := keyed_parts(who, key, given.get(key, {})))}
    values, secrets = texts(who, "values", given.get("values", {})), texts(who, "secrets", given.get("secrets", {}))
    return document | ({"values": values} if values else {}) | ({"secrets": sorted(secrets)} if secrets else {})


def keyed_parts(who: str, argument: str, entries: object) -> dict[str, object]:
    """Topics or queues in the object, by key. Raises ArgumentError."""
    components, shape, part = KEYED[argument]
    parts: dict[str, object] = {}
    for key, entry in keyed(who, argument, entries).items():
        checked(who, f"{argument}.{key}", entry, (*components, Mapping))
        if isinstance(entry, Mapping):
            check_shape(who, entry, shape, f"{argument}.{key}.")
        parts[key] = as_output(part, entry)
    return parts


def texts(who: str, argument: str, entries: object) -> dict[str, pulumi.Output[str]]:
    """Texts by key. Raises ArgumentError."""
    for key, value in keyed(who, argument, entries).items():
        if not isinstance(value, str | pulumi.Output):
            # The value may be a secret, so the sentence names its kind only.
            raise ArgumentError(f"{who}: {argument}.{key} must be text, got {type(value).__name__}; write it as text")
    return {key: text_output(who, f"{argument}.{key}", value) for key, value in keyed(who, argument, entries).items()}


def keyed(who: str, argument: str, entries: object) -> Mapping[str, pulumi.Input[str]]:
    """Entries of a mapping with usable keys. Raises ArgumentError."""
    if not isinstance(entries, Mapping):
        raise ArgumentError(f"{who}: {argument} must be a mapping, got {shown(entries)}; give key to value")
    child_keys(who, argument, [str(key) for key in entries])
    return entries


def checked(who: str, label: str, value: Value, kinds: tuple[type, ...]) -> Value:
    """A value of one of these classes. Raises ArgumentError."""
    if not isinstance(value, kinds):
        names = " or ".join("a mapping of arguments" if kind is Mapping else f"a {kind.__name__}" for kind in kinds)
        raise ArgumentError(f"{who}: {label} must be {names}, got {type(value).__name__}; pass the component itself")
    return value


def without_secrets(who: str, entries: Mapping[str, object], path: str = "") -> dict[str, object]:
    """The same object, which refuses a secret value: one secret would make the whole object secret."""
    checked_entries: dict[str, object] = {}
    for key, value in entries.items():
        if isinstance(value, Mapping):
            checked_entries[key] = without_secrets(who, value, f"{path}{key}.")
        elif isinstance(value, pulumi.Output):
            checked_entries[key] = not_secret(who, f"{path}{key}", value)
        else:
            checked_entries[key] = value
    return checked_entries


def not_secret(who: str, label: str, value: pulumi.Output[Value]) -> pulumi.Output[Value]:
    """The same output; a secret one ends the program with one sentence."""

    async def refuse() -> None:
        if await value.is_secret():
            fix = "it would make the whole output secret, pass it in secrets"
            # The SDK shows a RunError without a traceback.
            raise pulumi.RunError(f"{who}: {label} must not be secret, got a secret; {fix}")

    return pulumi.Output.all(value, asyncio.ensure_future(refuse())).apply(lambda known: known[0])
