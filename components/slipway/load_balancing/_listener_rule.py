"""Rules of a shared listener: the requests for one service, with a priority.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi

from slipway.common import Arguments, not_empty

from ._rule_conditions import RuleConditions, rule_conditions
from ._rule_priority import HIGHEST_PRIORITY, LOWEST_PRIORITY, priority

MOST_VALUES = 5  # of a rule, over all of its conditions
LISTENER_ARN = re.compile(r"arn:aws[a-z-]*:elasticloadbalancing:[^:]+:[0-9]{12}:listener/app/[^/]+/[^/]+/[^/]+")


class ListenerRuleArgs(TypedDict):
    """Requests for the service: every given condition must hold, with one of its values. At most 5 values in all."""

    host_headers: NotRequired[list[str]]
    """Host names of the request, such as api.example.com or *.example.com. Default: any."""
    path_patterns: NotRequired[list[str]]
    """Paths such as /orders/*, where * is any text and ? one character; /orders alone is another path.
    Default: any."""
    http_headers: NotRequired[Mapping[str, list[str]]]
    """Header name to its values, with * and ?. Default: any."""
    query_strings: NotRequired[Mapping[str, list[str]]]
    """Key of the query string to its values, with * and ?. Default: any."""
    http_request_methods: NotRequired[list[str]]
    """Methods in capitals, such as GET. Default: any."""
    source_cidr_blocks: NotRequired[list[str]]
    """IPv4 networks of the client, as the load balancer sees it. Default: any."""
    priority: NotRequired[int]
    """Priority among the rules of the listener, 1-50000; the lowest number matches first, and numbers below 1000 are
    never chosen automatically. Default: a number from the conditions, lower for the more specific rule."""


class ListenerArgs(TypedDict):
    """A shared listener, such as the one of a LoadBalancer, and this service's rules on it."""

    listener_arn: pulumi.Input[str]
    """Listener of an application load balancer in the same VPC."""
    security_group_id: pulumi.Input[str]
    """Security group of that load balancer. Opens `container_port` to the tasks, in both groups."""
    rules: Mapping[str, ListenerRuleArgs]
    """Rules for the service's requests by a name of your choice, at least one."""


@dataclass(frozen=True)
class Rule:
    """A checked rule with its priority."""

    key: str
    conditions: RuleConditions
    priority: int


@dataclass(frozen=True)
class ListenerPlan:
    """A shared listener, and a service's checked rules on it."""

    listener_arn: pulumi.Input[str]
    security_group_id: pulumi.Input[str]
    rules: Sequence[Rule]


def listener_plan(arguments: Arguments) -> ListenerPlan:
    """Check a listener's rules: each acceptable to AWS, and each reachable. Raises ArgumentError."""
    arn = arguments.required_input("listener_arn")
    if isinstance(arn, str) and not LISTENER_ARN.fullmatch(arn):
        form = "must be the ARN of a listener of an application load balancer"
        raise arguments.error("listener_arn", f"{form}, got {arn!r}; it is in LoadBalancer's listener_arn")
    entries = list(arguments.each("rules"))
    not_empty(arguments.who, arguments.label("rules"), entries, '{"api": {"path_patterns": ["/api/*"]}}')
    arguments.child_keys("rules")
    rules: list[Rule] = []
    for key, entry in entries:
        conditions = rule_conditions(entry)
        check_count(arguments, f"rules.{key}", conditions.count)
        automatic = priority(conditions.ordered())
        rule = Rule(key, conditions, entry.whole_number("priority", LOWEST_PRIORITY, HIGHEST_PRIORITY, automatic))
        for other in rules:
            check_difference(arguments, rule, other)
        rules.append(rule)
    return ListenerPlan(arn, arguments.required_input("security_group_id"), rules)


def check_count(arguments: Arguments, key: str, count: int) -> None:
    """Refuse a rule without conditions, and one with more values than AWS allows."""
    if not count:
        fix = 'name one, such as path_patterns ["/*"] for every request'
        raise arguments.error(key, f"must have a condition, got none; {fix}")
    if count > MOST_VALUES:
        raise arguments.error(key, f"must have at most {MOST_VALUES} values, got {count}; make it several rules")


def check_difference(arguments: Arguments, rule: Rule, other: Rule) -> None:
    """Refuse two rules with the same conditions or the same priority."""
    key, other_label = f"rules.{rule.key}", arguments.label(f"rules.{other.key}")
    conditions = rule.conditions.ordered()
    if conditions == other.conditions.ordered():
        raise arguments.error(key, f"has the same conditions as {other_label}; remove one")
    if rule.priority == other.priority:
        fix = f"set {arguments.label(key)}.priority, for example to {priority(conditions, 1)}"
        raise arguments.error(key, f"has priority {rule.priority} like {other_label}; {fix}")
