"""Parts of a shared platform, and their form in the stack's output: camelCase keys, text and lists of text.

Source: https://www.pulumi.com/docs/iac/concepts/stacks/#stackreferences
"""

import dataclasses
import typing
from collections.abc import Mapping, Sequence
from typing import TypeVar

from slipway.common import ArgumentError, check_form, shown

Part = TypeVar("Part")

OUTPUT = "platform"
VERSION = 1  # of the output's form; another version is refused, a further key is not
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # the engine's word for a value that a failed update never had
DEPLOY = "run pulumi up in that stack"


@dataclasses.dataclass(frozen=True)
class PlatformNetwork:
    """The network of a platform, as outputs of Network."""

    vpc_id: str
    """Id of the VPC."""
    cidr_block: str
    """IPv4 range of the VPC."""
    public_subnet_ids: Sequence[str]
    """Public subnets, one per zone; empty without the tier."""
    private_subnet_ids: Sequence[str]
    """Private subnets, one per zone; empty without the tier."""
    isolated_subnet_ids: Sequence[str]
    """Isolated subnets, one per zone; empty without the tier."""


@dataclasses.dataclass(frozen=True)
class PlatformCluster:
    """The ECS cluster of a platform, as outputs of Cluster."""

    cluster_arn: str
    """ARN of the cluster."""
    cluster_name: str
    """Name of the cluster, as in CloudWatch metrics."""
    exec_log_group_arn: str | None = None
    """Log group of the commands in tasks; None for an adopted cluster."""
    service_connect_namespace_arn: str | None = None
    """Default namespace in Service Connect; None for none."""


@dataclasses.dataclass(frozen=True)
class PlatformLoadBalancer:
    """The shared load balancer of a platform, as outputs of LoadBalancer."""

    load_balancer_arn: str
    """ARN of the load balancer."""
    listener_arn: str
    """Listener for requests, for the argument `listener` of services."""
    security_group_id: str
    """Security group of the load balancer, for the argument `listener` of services."""
    url: str
    """Address of the load balancer."""
    dns_name: str
    """Name from AWS, for records of your own."""
    zone_id: str
    """Route 53 zone of `dns_name`."""


@dataclasses.dataclass(frozen=True)
class PlatformTopic:
    """A topic of a platform."""

    topic_arn: str
    """ARN to publish to and to subscribe to."""
    kms_key_arn: str | None = None
    """KMS key of its messages; None for the account's own key for SNS."""


@dataclasses.dataclass(frozen=True)
class PlatformQueue:
    """A queue of a platform."""

    queue_arn: str
    """ARN of the queue."""
    queue_url: str
    """URL to send to and to receive from."""
    dead_letter_queue_url: str | None = None
    """URL of its dead-letter queue; None for none."""
    kms_key_arn: str | None = None
    """KMS key of its messages; None for a key of SQS."""


def camel_name(name: str) -> str:
    """A name as outputs have it.

    >>> camel_name("private_subnet_ids")
    'privateSubnetIds'
    """
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def as_output(kind: type, source: object) -> dict[str, object]:
    """A part of the output: the fields of the class by camelCase key, from a component or from a mapping of arguments."""
    values = source if isinstance(source, Mapping) else vars(source)
    return {camel_name(field.name): values.get(field.name) for field in dataclasses.fields(kind)}


def from_output(kind: type[Part], who: str, label: str, value: object) -> Part:
    """A part from the output, with every field checked; keys of later versions are left alone. Raises ArgumentError."""
    entries = mapping(who, label, value)
    hints = typing.get_type_hints(kind)
    checked = {
        name: _field(who, f"{label}.{camel_name(name)}", name, entries.get(camel_name(name)), hint)
        for name, hint in hints.items()
    }
    return kind(**checked)


def mapping(who: str, label: str, value: object) -> Mapping[str, object]:
    """A value that has to be a mapping. Raises ArgumentError."""
    if is_missing(value):
        raise not_deployed(who, label)
    if not isinstance(value, Mapping):
        raise ArgumentError(f"{who}: {label} must be a mapping, got {shown(value)}; share it with export_platform")
    return value


def text(who: str, label: str, value: object) -> str:
    """A value that has to be text. Raises ArgumentError."""
    if is_missing(value):
        raise not_deployed(who, label)
    if not isinstance(value, str):
        raise ArgumentError(f"{who}: {label} must be text, got {shown(value)}; share it with export_platform")
    return value


def is_missing(value: object) -> bool:
    """Whether a stack had no value for an output yet: the engine then drops it, or keeps its word for unknown ones."""
    return value is None or value in ("", UNKNOWN)


def not_deployed(who: str, label: str) -> ArgumentError:
    """A refusal to raise, about an output without a value."""
    return ArgumentError(f"{who}: {label} must have a value, got none; it is not deployed yet, {DEPLOY} first")


def _field(who: str, label: str, name: str, value: object, hint: object) -> object:
    if hint == Sequence[str]:
        if value is None:
            raise not_deployed(who, label)
        if not isinstance(value, list):
            raise ArgumentError(f"{who}: {label} must be a list, got {shown(value)}; share it with export_platform")
        entries = [text(who, f"{label}[{index}]", entry) for index, entry in enumerate(value)]
        for index, entry in enumerate(entries):
            check_form(who, f"{label}[{index}]", name, entry)
        return entries
    if value is None and type(None) in typing.get_args(hint):
        return None
    known = text(who, label, value)
    check_form(who, label, name, known)
    return known
