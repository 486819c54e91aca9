"""The course of a deployment: task counts, time limit, strategy, all checked against one another.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

import math
from dataclasses import dataclass

import pulumi

from slipway.common import ArgumentError, Arguments

from ._strategy import Strategy, strategy

DEPLOYMENT_TIMEOUT_SECONDS = 900  # a circuit breaker on failing health checks needs some minutes
TIMEOUT_BOUNDS_SECONDS = (60, 86400)
MINIMUM_HEALTHY_PERCENT = 100
MAXIMUM_PERCENT = 200


@dataclass(frozen=True)
class Leaving:
    """The longest time of an old task between its last request and its end."""

    seconds: int
    arguments: str
    """The arguments behind it, for error sentences."""


@dataclass(frozen=True)
class RollOut:
    """A checked course of deployments with every default filled in."""

    minimum_healthy_percent: int
    maximum_percent: int
    timeout_seconds: int
    without_verdict: bool
    verdict_role_arn: pulumi.Input[str]
    """Role that reads a failure's reasons; empty for the provider's or the environment's credentials."""
    strategy: Strategy

    @property
    def zone_rebalancing(self) -> str:
        """ECS may move tasks back to a zone after its outage; it starts the new task first, so the maximum must allow
        one more."""
        return "ENABLED" if self.maximum_percent > 100 else "DISABLED"


def roll_out(arguments: Arguments, desired_count: int, leaving: Leaving) -> RollOut:
    """Check the arguments of a service about its deployments. Raises ArgumentError."""
    has_load_balancer = arguments.has("load_balancer")
    checked_strategy = strategy(
        arguments.nested("deployment") or Arguments(arguments.who, {}, "deployment."),
        has_load_balancer=has_load_balancer,
        has_front=has_load_balancer or arguments.has("listener"),
    )
    pause = checked_strategy.pause_seconds
    if pause:
        leaving = Leaving(leaving.seconds + pause, f"the minutes in deployment, {leaving.arguments}")
    limit = min(DEPLOYMENT_TIMEOUT_SECONDS + pause, TIMEOUT_BOUNDS_SECONDS[1])
    checked = RollOut(
        minimum_healthy_percent=arguments.whole_number("minimum_healthy_percent", 0, 100, MINIMUM_HEALTHY_PERCENT),
        maximum_percent=arguments.whole_number("maximum_percent", 100, 200, MAXIMUM_PERCENT),
        timeout_seconds=arguments.whole_number("deployment_timeout_seconds", *TIMEOUT_BOUNDS_SECONDS, default=limit),
        without_verdict=arguments.flag("without_verdict"),
        verdict_role_arn=arguments.arn("verdict_role_arn", "iam", "a role") or "",
        strategy=checked_strategy,
    )
    if checked.without_verdict:
        arguments.not_with("without_verdict", ["verdict_role_arn"], "whose wait gives no reasons")
    for key in ("minimum_healthy_percent", "maximum_percent"):
        if checked_strategy.shifts and arguments.has(key):
            fix = f"{checked_strategy.kind} runs twice the tasks meanwhile; leave {key} out"
            raise arguments.error(key, f"needs deployment.strategy rolling, got {checked_strategy.kind}; {fix}")
    if checked.timeout_seconds <= leaving.seconds:
        rule = f"must be longer than {leaving.arguments}, {leaving.seconds}, got {checked.timeout_seconds}"
        fix = "a deployment is over when the last old task has gone"
        raise arguments.error("deployment_timeout_seconds", f"{rule}; {fix}")
    check_room(arguments.who, checked, desired_count)
    return checked


def check_room(who: str, checked: RollOut, desired_count: int) -> None:
    """Refuse percentages with which a deployment can neither start nor stop a task."""
    least = math.ceil(desired_count * checked.minimum_healthy_percent / 100)
    most = math.floor(desired_count * checked.maximum_percent / 100)
    if desired_count and least >= desired_count >= most:
        rule = (
            f"must let a deployment of {desired_count} start or stop a task, but {least} must keep running and "
            f"{most} may run"
        )
        values = f"{checked.minimum_healthy_percent} and {checked.maximum_percent}"
        fix = "set maximum_percent to 200, or minimum_healthy_percent to 0"
        raise ArgumentError(f"{who}: minimum_healthy_percent and maximum_percent {rule}, got {values}; {fix}")
