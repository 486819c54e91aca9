"""Rules of a listener that services share: which requests go to this service, checked, and how AWS writes them.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_aws import lb

from slipway.common import ArgumentError, child_keys, cidr_block, distinct, given, not_empty, whole_number

from ._rule_priority import HIGHEST_PRIORITY, LOWEST_PRIORITY, Conditions, priority

MOST_VALUES = 5  # per rule, over all of its conditions
LONGEST_VALUE = 128
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}")
HOST = re.compile(r"[A-Za-z0-9.*?-]*\.[A-Za-z*?]+")
PATH = re.compile(r"[/*][A-Za-z0-9_.$/~\"'@:+&*?-]*")
METHOD = re.compile(r"[A-Z_-]{1,40}")
ANYTHING = re.compile(r".+")
LISTENER_ARN = re.compile(r"arn:aws[a-z-]*:elasticloadbalancing:[^:]+:\d{12}:listener/app/[^/]+/[^/]+/[^/]+")
# What the values of a condition may be, in words, and an example.
FORMS = {
    "host_headers": (HOST, "a host name with a dot, where * is any text and ? one character", "*.example.com"),
    "path_patterns": (PATH, "a path that begins with / or *, of letters, digits and _-.$/~\"'@:+&*?", "/orders/*"),
    "http_request_methods": (METHOD, "a method in capitals, such as GET", "GET"),
    "source_cidr_blocks": (ANYTHING, "an IPv4 network", "203.0.113.0/24"),
    "http_headers": (ANYTHING, "a text", "*"),
    "query_strings": (ANYTHING, "a text", "*"),
}


class ListenerRuleArgs(TypedDict):
    """Requests that go to the service: every condition given has to hold, with one of its values; 5 values in all."""

    host_headers: NotRequired[list[str]]
    """Names in the request's Host, such as api.example.com or *.example.com. Default: any."""
    path_patterns: NotRequired[list[str]]
    """Paths such as /orders/*, where * is any text and ? one character; /orders alone is another path.
    Default: any."""
    http_headers: NotRequired[Mapping[str, list[str]]]
    """Name of a header to its values, with * and ?. Default: any."""
    query_strings: NotRequired[Mapping[str, list[str]]]
    """Key of the query string to its values, with * and ?. Default: any."""
    http_request_methods: NotRequired[list[str]]
    """Methods in capitals, such as GET. Default: any."""
    source_cidr_blocks: NotRequired[list[str]]
    """IPv4 networks that the request comes from, as the load balancer sees them. Default: any."""
    priority: NotRequired[int]
    """Place among the rules of the listener, 1-50000; lower ones are asked first, and those below 1000 are never chosen
    by themselves. Default: follows from the conditions, the more specific rule first."""


class ListenerArgs(TypedDict):
    """A listener that services share, as LoadBalancer has it, and what this service gets of its requests."""

    listener_arn: pulumi.Input[str]
    """Listener of an application load balancer in the same VPC."""
    security_group_id: pulumi.Input[str]
    """Security group of that load balancer, which is let out to the tasks and they let in, on container_port only."""
    rules: Mapping[str, ListenerRuleArgs]
    """Name of a rule to the requests that it sends here, at least one rule."""


@dataclass(frozen=True)
class Rule:
    """A rule with its priority."""

    key: str
    args: ListenerRuleArgs
    asked: Conditions
    priority: int


def listener_rules(who: str, args: ListenerArgs) -> list[Rule]:
    """Refuse rules that AWS would not take, or of which one could never be reached."""
    arn = args["listener_arn"]
    if isinstance(arn, str) and not LISTENER_ARN.fullmatch(arn):
        rule = "must be the ARN of a listener of an application load balancer"
        raise ArgumentError(f"{who}: listener.listener_arn {rule}, got {arn!r}; it is in LoadBalancer's listener_arn")
    not_empty(who, "listener.rules", args["rules"], '{"api": {"path_patterns": ["/api/*"]}}')
    child_keys(who, "listener.rules", args["rules"])
    found: list[Rule] = []
    for key, rule_args in args["rules"].items():
        argument = f"listener.rules.{key}"
        asked = conditions(who, argument, rule_args)
        wanted = rule_args.get("priority")
        number = (
            priority(asked)
            if wanted is None
            else whole_number(who, f"{argument}.priority", wanted, LOWEST_PRIORITY, HIGHEST_PRIORITY)
        )
        for other in found:
            if other.asked == asked:
                raise ArgumentError(f"{who}: {argument} asks for the same as listener.rules.{other.key}; remove one")
            if other.priority == number:
                fix = f"set {argument}.priority, for example to {priority(asked, 1)}"
                raise ArgumentError(f"{who}: {argument} has priority {number} like listener.rules.{other.key}; {fix}")
        found.append(Rule(key, rule_args, asked, number))
    return found


def conditions(who: str, argument: str, args: ListenerRuleArgs) -> Conditions:
    """Conditions in one order; none at all, too many values, and values that AWS does not take are refused."""
    asked = dict(_by_path(who, argument, args))
    for path, values in asked.items():
        form, what, example = FORMS[path.partition(".")[0]]
        not_empty(who, f"{argument}.{path}", values, example)
        for index, value in enumerate(values):
            if not form.fullmatch(value) or len(value) > LONGEST_VALUE:
                rule = f"must be {what}, at most {LONGEST_VALUE} long"
                raise ArgumentError(f"{who}: {argument}.{path}[{index}] {rule}, got {value!r}")
        distinct(who, f"{argument}.{path}", values)
    for index, block in enumerate(asked.get("source_cidr_blocks", [])):
        cidr_block(who, f"{argument}.source_cidr_blocks[{index}]", block)
    total = sum(map(len, asked.values()))
    if not total:
        fix = 'name one, such as path_patterns ["/*"] for every request'
        raise ArgumentError(f"{who}: {argument} must have a condition, got none; {fix}")
    if total > MOST_VALUES:
        raise ArgumentError(
            f"{who}: {argument} must have at most {MOST_VALUES} values, got {total}; make it several rules"
        )
    hosts, paths = asked.pop("host_headers", []), asked.pop("path_patterns", [])
    more = sorted(f"{path} {value}" for path, values in asked.items() for value in values)
    return Conditions(tuple(sorted(host.lower() for host in hosts)), tuple(sorted(paths)), tuple(more))


def _by_path(who: str, argument: str, args: ListenerRuleArgs) -> Iterator[tuple[str, Sequence[str]]]:
    """Every condition that is given with its values, headers and query strings by their name."""
    given_conditions: Mapping[str, Any] = args
    for key in FORMS:
        values = given_conditions.get(key)
        if isinstance(values, Mapping):
            for name in values:
                if key == "http_headers" and (not HEADER.fullmatch(name) or name.lower() == "host"):
                    fix = (
                        "use host_headers" if name.lower() == "host" else "give a header's name, at most 40 characters"
                    )
                    raise ArgumentError(f"{who}: {argument}.http_headers cannot ask for {name!r}; {fix}")
                yield f"{key}.{name}", values[name]
        elif values is not None:
            yield key, values


def rule_conditions(args: ListenerRuleArgs) -> list[lb.ListenerRuleConditionArgsDict]:
    """Arguments of a rule to its conditions, as AWS writes them."""
    found: list[lb.ListenerRuleConditionArgsDict] = []
    if hosts := args.get("host_headers"):
        found.append({"host_header": {"values": hosts}})
    if paths := args.get("path_patterns"):
        found.append({"path_pattern": {"values": paths}})
    for name, values in sorted(given(args.get("http_headers"), {}).items()):
        found.append({"http_header": {"http_header_name": name, "values": values}})
    for key, values in sorted(given(args.get("query_strings"), {}).items()):
        found.append({"query_strings": [{"key": key, "value": value} for value in values]})
    if methods := args.get("http_request_methods"):
        found.append({"http_request_method": {"values": methods}})
    if sources := args.get("source_cidr_blocks"):
        found.append({"source_ip": {"values": sources}})
    return found
