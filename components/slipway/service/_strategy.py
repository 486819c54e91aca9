"""How requests come to a new deployment, and what ends it early: rolling, blue/green, canary, linear, and alarms.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service-options.html
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NotRequired, TypedDict

import pulumi

from slipway.common import ArgumentError, given, not_empty, one_of, spelled, whole_number

ROLLING, BLUE_GREEN, CANARY, LINEAR = "rolling", "blue_green", "canary", "linear"
STRATEGIES = (ROLLING, BLUE_GREEN, CANARY, LINEAR)
STEPPED = (CANARY, LINEAR)
BAKE_MINUTES = 5  # AWS's console begins with as many
STEP_BAKE_MINUTES = 5
LONGEST_BAKE_MINUTES = 1440
STEP_PERCENT = 10.0
LEAST_STEP_PERCENT = {CANARY: 0.1, LINEAR: 3.0}
TAKEN_PORTS = (80, 443)


class DeploymentArgs(TypedDict):
    """How requests come to a new deployment, and what ends it early beside the circuit breaker, which always does."""

    strategy: NotRequired[str]
    """rolling replaces task by task. With a load balancer of its own also blue_green, which starts the new tasks beside
    the old ones and then moves every request; canary, which moves a share first; linear, which moves the same share
    again and again. They run twice the tasks meanwhile. Default: rolling."""
    bake_minutes: NotRequired[int]
    """Minutes that the old tasks stay after the last request has moved, so that going back takes seconds, 0-1440; not
    with rolling. Default: 5."""
    step_percent: NotRequired[float]
    """Share of the requests that moves first (canary, 0.1-100) or at each step (linear, 3-100). Default: 10."""
    step_bake_minutes: NotRequired[int]
    """Minutes that each share is looked at before the next one moves, 0-1440; canary and linear. Default: 5."""
    test_port: NotRequired[int]
    """Port of the load balancer where the new tasks answer before any request moves, 1-65535, open to the same networks;
    not with rolling. Default: none."""
    alarm_names: NotRequired[Sequence[pulumi.Input[str]]]
    """CloudWatch alarms that end a deployment and roll it back when they go off, at least one. Default: the circuit
    breaker alone."""


@dataclass(frozen=True)
class Strategy:
    """A strategy with every default filled in."""

    kind: str = ROLLING
    bake_minutes: int = 0
    step_percent: float = 0.0
    step_bake_minutes: int = 0
    test_port: int | None = None
    alarm_names: list[pulumi.Input[str]] = field(default_factory=list)

    @property
    def shifts(self) -> bool:
        """Whether requests move from one target group to another."""
        return self.kind != ROLLING

    @property
    def pause_seconds(self) -> int:
        """Seconds that a deployment spends looking at how the new tasks do."""
        steps = {CANARY: 1, LINEAR: math.ceil(100 / self.step_percent) - 1 if self.kind == LINEAR else 0}
        return 60 * (self.bake_minutes + steps.get(self.kind, 0) * self.step_bake_minutes)

    def service_arguments(self) -> dict[str, Any]:
        """The part of it that ECS is told with the service."""
        told: dict[str, Any] = {}
        if self.alarm_names:
            told["alarms"] = {"alarm_names": self.alarm_names, "enable": True, "rollback": True}
        told["deployment_configuration"] = self._configuration()
        return told

    def _configuration(self) -> dict[str, Any]:
        # Said of rolling, too, or a service could not go back to it.
        made: dict[str, Any] = {"strategy": self.kind.upper()}
        if self.shifts:
            made["bake_time_in_minutes"] = str(self.bake_minutes)
        pause = str(self.step_bake_minutes)
        if self.kind == CANARY:
            made["canary_configuration"] = {"canary_percent": self.step_percent, "canary_bake_time_in_minutes": pause}
        if self.kind == LINEAR:
            made["linear_configuration"] = {"step_percent": self.step_percent, "step_bake_time_in_minutes": pause}
        return made


def strategy(who: str, args: DeploymentArgs | None, *, balanced: bool) -> Strategy:
    """Refuse what a strategy does not have, and moving requests that no load balancer sends."""
    if args is None:
        return Strategy()
    kind = one_of(who, "deployment.strategy", given(args.get("strategy"), ROLLING), STRATEGIES)
    if kind != ROLLING and not balanced:
        rule = f"deployment.strategy {kind} needs a load balancer of its own, got none"
        raise ArgumentError(f"{who}: {rule}; leave strategy out, or give the service one")
    shifting = (BLUE_GREEN, *STEPPED)
    for key, kinds in (
        ("bake_minutes", shifting),
        ("test_port", shifting),
        ("step_percent", STEPPED),
        ("step_bake_minutes", STEPPED),
    ):
        if args.get(key) is not None and kind not in kinds:
            rule = f"deployment.{key} needs deployment.strategy {_listed(kinds)}, got {kind}"
            raise ArgumentError(f"{who}: {rule}; set one of them, or leave {key} out")

    def minutes(key: str, default: int) -> int:
        value: Any = given_values.get(key)
        return whole_number(who, f"deployment.{key}", given(value, default), 0, LONGEST_BAKE_MINUTES)

    given_values: Mapping[str, Any] = args
    alarms = args.get("alarm_names")
    if alarms is not None:
        not_empty(who, "deployment.alarm_names", alarms, '["api-5xx"]')
    stepped = kind in STEPPED
    return Strategy(
        kind=kind,
        bake_minutes=minutes("bake_minutes", BAKE_MINUTES) if kind != ROLLING else 0,
        step_percent=share(who, kind, given(args.get("step_percent"), STEP_PERCENT)) if stepped else 0.0,
        step_bake_minutes=minutes("step_bake_minutes", STEP_BAKE_MINUTES) if stepped else 0,
        test_port=None if args.get("test_port") is None else port(who, args["test_port"]),
        alarm_names=list(given(alarms, [])),
    )


def share(who: str, kind: str, value: float) -> float:
    """Percent of the requests within what ECS takes."""
    least = LEAST_STEP_PERCENT[kind]
    if not least <= value <= 100:
        rule = f"must be {spelled(least)}-100 with strategy {kind}, got {spelled(value)}"
        raise ArgumentError(f"{who}: deployment.step_percent {rule}")
    return float(value)


def port(who: str, value: float) -> int:
    """A port that the load balancer does not serve already."""
    found = whole_number(who, "deployment.test_port", value, 1, 65535)
    if found in TAKEN_PORTS:
        fix = "the load balancer serves requests there; take another, such as 8443"
        raise ArgumentError(f"{who}: deployment.test_port must not be 80 or 443, got {found}; {fix}")
    return found


def _listed(kinds: Sequence[str]) -> str:
    return f"{', '.join(kinds[:-1])} or {kinds[-1]}"
