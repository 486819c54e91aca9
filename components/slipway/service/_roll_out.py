"""How a deployment replaces the tasks of a service, and how long it may take: numbers, checked one by one and together.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slipway.common import ArgumentError, given, whole_number

from ._strategy import Strategy, strategy

DEPLOYMENT_TIMEOUT_SECONDS = 900  # a circuit breaker on failing health checks takes some minutes to open
TIMEOUT_BOUNDS_SECONDS = (60, 86400)
MINIMUM_HEALTHY_PERCENT = 100
MAXIMUM_PERCENT = 200


@dataclass(frozen=True)
class RollOut:
    """How a deployment goes, with every default filled in."""

    minimum_healthy_percent: int
    maximum_percent: int
    timeout_seconds: int
    unwatched: bool
    strategy: Strategy

    @property
    def zone_rebalancing(self) -> str:
        """Whether ECS moves tasks back to a zone that was away; it starts the new one first, which takes room."""
        return "ENABLED" if self.maximum_percent > 100 else "DISABLED"

    def service_arguments(self) -> dict[str, Any]:
        """The part of it that ECS is told with the service."""
        return {
            **self.strategy.service_arguments(),
            "deployment_circuit_breaker": {"enable": True, "rollback": True},
            "deployment_minimum_healthy_percent": self.minimum_healthy_percent,
            "deployment_maximum_percent": self.maximum_percent,
            # The verdict waits: it says how far the deployment is, and fails when it was rolled back.
            "wait_for_steady_state": self.unwatched,
            # An interrupted update then goes back to what ran before, in place of going on unwatched.
            "sigint_rollback": self.unwatched,
        }


def roll_out(
    who: str, args: Mapping[str, Any], desired_count: int, leaving_seconds: int, leaving: str, *, balanced: bool
) -> RollOut:
    """Arguments of a service to its deployments; an old task needs `leaving_seconds` to go, made of what `leaving` names."""
    moves = strategy(who, args.get("deployment"), balanced=balanced)
    if moves.pause_seconds:
        leaving_seconds, leaving = leaving_seconds + moves.pause_seconds, f"the minutes in deployment, {leaving}"
    enough = DEPLOYMENT_TIMEOUT_SECONDS + moves.pause_seconds

    def number(key: str, default: int, low: int, high: int) -> int:
        return whole_number(who, key, given(args.get(key), default), low, high)

    made = RollOut(
        minimum_healthy_percent=number("minimum_healthy_percent", MINIMUM_HEALTHY_PERCENT, 0, 100),
        maximum_percent=number("maximum_percent", MAXIMUM_PERCENT, 100, 200),
        timeout_seconds=number(
            "deployment_timeout_seconds", min(enough, TIMEOUT_BOUNDS_SECONDS[1]), *TIMEOUT_BOUNDS_SECONDS
        ),
        unwatched=given(args.get("without_verdict"), False),
        strategy=moves,
    )
    for key in ("minimum_healthy_percent", "maximum_percent"):
        if moves.shifts and args.get(key) is not None:
            fix = f"{moves.kind} runs twice the tasks meanwhile; leave {key} out"
            raise ArgumentError(f"{who}: {key} needs deployment.strategy rolling, got {moves.kind}; {fix}")
    if made.timeout_seconds <= leaving_seconds:
        rule = f"must be longer than {leaving}, {leaving_seconds}"
        fix = "a deployment is over when the last old task has gone"
        raise ArgumentError(f"{who}: deployment_timeout_seconds {rule}, got {made.timeout_seconds}; {fix}")
    check_room(who, made, desired_count)
    return made


def check_room(who: str, made: RollOut, desired_count: int) -> None:
    """Refuse percentages that let a deployment neither start a task nor stop one."""
    least = math.ceil(desired_count * made.minimum_healthy_percent / 100)
    most = math.floor(desired_count * made.maximum_percent / 100)
    if desired_count and least >= desired_count >= most:
        rule = f"leave a deployment of {desired_count} no room, which keeps {least} and allows {most}"
        raise ArgumentError(
            f"{who}: minimum_healthy_percent and maximum_percent {rule}, got {made.minimum_healthy_percent} and "
            f"{made.maximum_percent}; set maximum_percent to 200, or minimum_healthy_percent to 0"
        )
