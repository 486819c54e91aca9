"""Deployment strategies: rolling, blue/green, canary, linear; and the alarms that roll a deployment back.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service-options.html
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, NotRequired, TypedDict

import pulumi
from pulumi_aws import ecs

from slipway.common import Arguments, not_empty, spelled
from slipway.words import DeploymentStrategy

ROLLING, BLUE_GREEN, CANARY, LINEAR = "rolling", "blue_green", "canary", "linear"
STRATEGIES = (ROLLING, BLUE_GREEN, CANARY, LINEAR)
STEPPED = (CANARY, LINEAR)
SHIFTING = (BLUE_GREEN, CANARY, LINEAR)
BAKE_MINUTES = 5  # the first value in AWS's console
STEP_BAKE_MINUTES = 5
LONGEST_BAKE_MINUTES = 1440
STEP_PERCENT = 10.0
LEAST_STEP_PERCENT = {CANARY: 0.1, LINEAR: 3.0}
TAKEN_PORTS = (80, 443)


class DeploymentArgs(TypedDict):
    """Strategy of a service's deployments, and alarms that roll them back beside the circuit breaker."""

    strategy: NotRequired[DeploymentStrategy]
    """rolling replaces the tasks in turn. The others need `load_balancer`, start all new tasks beside the old ones, and
    then move the requests: blue_green all at once; canary a first share, then the rest; linear in equal shares.
    Default: rolling."""
    bake_minutes: NotRequired[int]
    """Minutes during which the old tasks stay after the last request has moved, so that a rollback takes seconds,
    0-1440; not with rolling. Default: 5."""
    step_percent: NotRequired[float]
    """Share of the requests in percent: the first one of canary, 0.1-100, or each one of linear, 3-100.
    Default: 10."""
    step_bake_minutes: NotRequired[int]
    """Minutes between two shares, 0-1440; canary and linear only. Default: 5."""
    test_port: NotRequired[int]
    """Port of the load balancer where the new tasks answer before any request moves, 1-65535, open to the same networks;
    not with rolling. Default: none."""
    alarm_names: NotRequired[Sequence[pulumi.Input[str]]]
    """CloudWatch alarms; one in state ALARM ends a deployment and rolls it back. At least one. Default: the circuit
    breaker alone."""


@dataclass(frozen=True)
class Strategy:
    """A checked strategy with every default filled in."""

    kind: str = ROLLING
    bake_minutes: int = 0
    step_percent: float = 0.0
    step_bake_minutes: int = 0
    test_port: int | None = None
    alarm_names: Sequence[pulumi.Input[str]] = ()

    @property
    def shifts(self) -> bool:
        """Requests move from one target group to another."""
        return self.kind != ROLLING

    @property
    def pause_seconds(self) -> int:
        """Seconds of a deployment without any change, for a look at the new tasks."""
        steps = {CANARY: 1, LINEAR: math.ceil(100 / self.step_percent) - 1 if self.kind == LINEAR else 0}
        return 60 * (self.bake_minutes + steps.get(self.kind, 0) * self.step_bake_minutes)

    def alarms(self) -> ecs.ServiceAlarmsArgsDict | None:
        """The alarms in an ECS service."""
        if not self.alarm_names:
            return None
        return {"alarm_names": self.alarm_names, "enable": True, "rollback": True}

    def configuration(self) -> ecs.ServiceDeploymentConfigurationArgsDict:
        """The strategy in an ECS service."""
        # With rolling, too: without it a service could not go back to rolling.
        configuration: ecs.ServiceDeploymentConfigurationArgsDict = {"strategy": self.kind.upper()}
        if self.shifts:
            configuration["bake_time_in_minutes"] = str(self.bake_minutes)
        pause = str(self.step_bake_minutes)
        if self.kind == CANARY:
            configuration["canary_configuration"] = {
                "canary_percent": self.step_percent,
                "canary_bake_time_in_minutes": pause,
            }
        if self.kind == LINEAR:
            configuration["linear_configuration"] = {
                "step_percent": self.step_percent,
                "step_bake_time_in_minutes": pause,
            }
        return configuration


class Only(NamedTuple):
    """Strategies with an argument."""

    key: str
    kinds: tuple[str, ...]


ONLY = (
    Only("bake_minutes", SHIFTING),
    Only("test_port", SHIFTING),
    Only("step_percent", STEPPED),
    Only("step_bake_minutes", STEPPED),
)


def strategy(arguments: Arguments | None, *, has_load_balancer: bool) -> Strategy:
    """Check the argument `deployment`; moving requests needs a load balancer for this service alone."""
    if arguments is None:
        return Strategy()
    kind = arguments.one_of("strategy", STRATEGIES, ROLLING)
    if kind != ROLLING and not has_load_balancer:
        rule = f"{kind} needs load_balancer, got none"
        raise arguments.error("strategy", f"{rule}; set it, or leave strategy out")
    for key, kinds in ONLY:
        if arguments.has(key) and kind not in kinds:
            listed = f"{', '.join(kinds[:-1])} or {kinds[-1]}"
            rule = f"needs {arguments.label('strategy')} {listed}, got {kind}"
            raise arguments.error(key, f"{rule}; set one of them, or leave {key} out")
    alarms = arguments.inputs("alarm_names")
    if arguments.has("alarm_names"):
        not_empty(arguments.who, arguments.label("alarm_names"), alarms, '["api-5xx"]')
    stepped = kind in STEPPED
    bake = arguments.whole_number("bake_minutes", 0, LONGEST_BAKE_MINUTES, BAKE_MINUTES)
    step_bake = arguments.whole_number("step_bake_minutes", 0, LONGEST_BAKE_MINUTES, STEP_BAKE_MINUTES)
    return Strategy(
        kind=kind,
        bake_minutes=bake if kind != ROLLING else 0,
        step_percent=step_percent(arguments, kind) if stepped else 0.0,
        step_bake_minutes=step_bake if stepped else 0,
        test_port=port_for_tests(arguments),
        alarm_names=alarms,
    )


def step_percent(arguments: Arguments, kind: str) -> float:
    """Share of the requests in percent, within the bounds of ECS."""
    percent, least = arguments.number("step_percent", STEP_PERCENT), LEAST_STEP_PERCENT[kind]
    if not least <= percent <= 100:
        rule = f"must be {spelled(least)}-100 with strategy {kind}, got {spelled(percent)}"
        raise arguments.error("step_percent", rule)
    return percent


def port_for_tests(arguments: Arguments) -> int | None:
    """A port of the load balancer other than those for requests."""
    port = arguments.optional_whole_number("test_port", 1, 65535)
    if port in TAKEN_PORTS:
        fix = "the load balancer serves requests there; take another, such as 8443"
        raise arguments.error("test_port", f"must not be 80 or 443, got {port}; {fix}")
    return port
