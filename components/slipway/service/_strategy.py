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
from slipway.load_balancing import ErrorLimit
from slipway.words import DeploymentStrategy

ROLLING, BLUE_GREEN, CANARY, LINEAR = "rolling", "blue_green", "canary", "linear"
STRATEGIES = (ROLLING, BLUE_GREEN, CANARY, LINEAR)
STEPPED = (CANARY, LINEAR)
SHIFTING = (BLUE_GREEN, CANARY, LINEAR)
BAKE_MINUTES = 5  # the first value in AWS's console
STEP_BAKE_MINUTES = 5
LONGEST_BAKE_MINUTES = 1440
STEP_PERCENT = 10.0
# ECS Express Mode: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/express-service-update-full.html
CANARY_PERCENT = 5.0
CANARY_MINUTES = 3  # with the first share, and again with all requests
MAX_ERROR_PERCENT = 1.0
MIN_REQUESTS = 100  # a minute: one error is 1 %, and no more
MOST_REQUESTS = 1_000_000
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
    0-1440; not with rolling. Default: 3 with canary, else 5."""
    step_percent: NotRequired[float]
    """Share of the requests in percent: the first one of canary, 0.1-100, or each one of linear, 3-100.
    Default: 5 with canary, 10 with linear."""
    step_bake_minutes: NotRequired[int]
    """Minutes between two shares, 0-1440; canary and linear only. Default: 3 with canary, 5
    with linear."""
    test_port: NotRequired[int]
    """Port of the load balancer where the new tasks answer before any request moves, 1-65535, open to the same networks;
    not with rolling. Default: none."""
    alarm_names: NotRequired[Sequence[pulumi.Input[str]]]
    """CloudWatch alarms; one in state ALARM ends a deployment and rolls it back, beside the circuit breaker and the alarm
    on server errors. At least one. Default: none."""
    max_error_percent: NotRequired[float]
    """Share of the requests in percent that may end with a server error (5xx), 0-100: with more in two of three minutes a
    deployment is rolled back. Needs `load_balancer` or `listener`. Default: 1."""
    min_requests: NotRequired[int]
    """Requests in a minute, below which server errors do not count, 1-1000000. Needs `load_balancer` or `listener`.
    Default: 100."""
    without_alarms: NotRequired[bool]
    """Let no alarm end a deployment; the circuit breaker still does. Needs `load_balancer`, `listener` or `alarm_names`.
    Default: false."""


@dataclass(frozen=True)
class Strategy:
    """A checked strategy with every default filled in."""

    kind: str = ROLLING
    bake_minutes: int = 0
    step_percent: float = 0.0
    step_bake_minutes: int = 0
    test_port: int | None = None
    alarm_names: Sequence[pulumi.Input[str]] = ()
    error_limit: ErrorLimit | None = None
    """Server errors from which on a deployment is rolled back; None without a load balancer."""
    without_alarms: bool = False

    @property
    def shifts(self) -> bool:
        """Requests move from one target group to another."""
        return self.kind != ROLLING

    @property
    def pause_seconds(self) -> int:
        """Seconds of a deployment without any change, for a look at the new tasks."""
        steps = {CANARY: 1, LINEAR: math.ceil(100 / self.step_percent) - 1 if self.kind == LINEAR else 0}
        return 60 * (self.bake_minutes + steps.get(self.kind, 0) * self.step_bake_minutes)

    def alarms(self, own: Sequence[pulumi.Input[str]]) -> ecs.ServiceAlarmsArgsDict | None:
        """The alarms in an ECS service, the component's own first.

        The AWS provider sends nothing to ECS for alarms that are gone, and no empty list. So alarms are switched off with
        their names kept.
        """
        names, enabled = [*own, *self.alarm_names], not self.without_alarms
        return {"alarm_names": names, "enable": enabled, "rollback": enabled} if names else None

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


def strategy(arguments: Arguments, *, has_load_balancer: bool, has_front: bool) -> Strategy:
    """Check the argument `deployment`; moving requests needs a load balancer for this service alone."""
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
    stepped, is_canary = kind in STEPPED, kind == CANARY
    bake_default, step_default = (CANARY_MINUTES, CANARY_MINUTES) if is_canary else (BAKE_MINUTES, STEP_BAKE_MINUTES)
    bake = arguments.whole_number("bake_minutes", 0, LONGEST_BAKE_MINUTES, bake_default)
    step_bake = arguments.whole_number("step_bake_minutes", 0, LONGEST_BAKE_MINUTES, step_default)
    return Strategy(
        kind=kind,
        bake_minutes=bake if kind != ROLLING else 0,
        step_percent=step_percent(arguments, kind) if stepped else 0.0,
        step_bake_minutes=step_bake if stepped else 0,
        test_port=port_for_tests(arguments),
        alarm_names=alarms,
        error_limit=error_limit(arguments, has_front=has_front),
        without_alarms=without_alarms(arguments, has_alarms=has_front or bool(alarms)),
    )


def error_limit(arguments: Arguments, *, has_front: bool) -> ErrorLimit | None:
    """The server errors that a deployment may have; None without a load balancer, whose requests nobody counts."""
    for key in ("max_error_percent", "min_requests"):
        if arguments.has(key) and not has_front:
            fix = f"set one, or leave {key} out"
            raise arguments.error(key, f"needs load_balancer or listener, got none; {fix}")
    percent = arguments.number("max_error_percent", MAX_ERROR_PERCENT)
    if not 0 <= percent <= 100:
        raise arguments.error("max_error_percent", f"must be 0-100, got {spelled(percent)}")
    requests = arguments.whole_number("min_requests", 1, MOST_REQUESTS, MIN_REQUESTS)
    return ErrorLimit(percent, requests) if has_front else None


def without_alarms(arguments: Arguments, *, has_alarms: bool) -> bool:
    """Whether no alarm ends a deployment; there has to be one."""
    off = arguments.flag("without_alarms")
    if off and not has_alarms:
        fix = "the service has no alarm; leave without_alarms out"
        raise arguments.error(
            "without_alarms", f"needs load_balancer, listener or deployment.alarm_names, got none; {fix}"
        )
    return off


def step_percent(arguments: Arguments, kind: str) -> float:
    """Share of the requests in percent, within the bounds of ECS."""
    default = CANARY_PERCENT if kind == CANARY else STEP_PERCENT
    percent, least = arguments.number("step_percent", default), LEAST_STEP_PERCENT[kind]
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
