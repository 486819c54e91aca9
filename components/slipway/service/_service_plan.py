"""The numbers of a service, checked one by one and against each other, before anything exists.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slipway.common import ArgumentError, child_name, given, one_argument, whole_number
from slipway.load_balancing import (
    IDLE_TIMEOUT_SECONDS,
    NAME_LENGTH,
    ONLY_BALANCED,
    ONLY_TLS,
    Rule,
    TargetPlan,
    check_load_balancer,
    listener_rules,
    target_plan,
)
from slipway.task import STOP_BOUNDS_SECONDS, Workload, check_service_connect

from ._peers import check_peers
from ._roll_out import RollOut, roll_out
from ._scaling import MOST_TASKS, Scaling, scaling
from ._strategy import ROLLING
from ._traffic_shift import ALTERNATE

DESIRED_COUNT = 2  # one task in each of two zones
GRACE_SECONDS = 60
LONGEST_GRACE_SECONDS = 2147483647
SPOT_PERCENT = 0
FRONTS = ("load_balancer", "listener")
MOST_MORE_GROUPS = 4  # of the five that a network interface has


@dataclass(frozen=True)
class Plan:
    """How many tasks run where, and how a deployment replaces them, with every default filled in."""

    desired_count: int
    port: int | None
    targets: TargetPlan | None
    """How requests come to the tasks; none where nothing stands in front of them."""
    rules: Sequence[Rule]
    """Rules of the listener that it shares; none without one."""
    grace_seconds: int
    spot_percent: int
    roll_out: RollOut
    scaling: Scaling | None
    doubts: list[str]
    """What works and is probably not meant, a sentence each."""


def plan(who: str, name: str, args: Mapping[str, Any], load: Workload) -> Plan:
    """Arguments of a service to its plan."""

    def number(key: str, default: int, low: int, high: int) -> int:
        return whole_number(who, key, given(args.get(key), default), low, high)

    port = None if args.get("container_port") is None else number("container_port", 0, 1, 65535)
    rules = check_front(who, name, args)
    check_service_connect(who, args.get("service_connect"), port)
    check_peers(who, args, port)
    targets = None if port is None or balancer_argument(args) is None else target_plan(who, args, port)
    desired = number("desired_count", DESIRED_COUNT, 0, MOST_TASKS)
    scaled = scaling(who, args.get("scaling"), desired, balanced=targets is not None)
    start = (load.health_check or {}).get("startPeriod", 0)
    grace = number("health_check_grace_period_seconds", max(GRACE_SECONDS, start), 0, LONGEST_GRACE_SECONDS)
    if targets is not None and grace < start:
        rule = f"must cover the {start} s of container_health_check.start_period_seconds"
        fix = f"make it {start} or more, or leave it out"
        raise ArgumentError(f"{who}: health_check_grace_period_seconds {rule}, got {grace}; {fix}")
    made = Plan(
        desired_count=desired,
        port=port,
        targets=targets,
        rules=rules,
        grace_seconds=grace,
        spot_percent=number("spot_percent", SPOT_PERCENT, 0, 100),
        roll_out=roll_out(who, args, desired, *leaving(load, targets), balanced=args.get("load_balancer") is not None),
        scaling=scaled,
        doubts=doubts(who, args, load),
    )
    check_spot(who, made)
    check_longest_request(who, args, load)
    check_metric(who, made)
    if scaled is not None and given(args.get("keep_scaled_count"), False):
        raise ArgumentError(f"{who}: set scaling or keep_scaled_count, got both; scaling keeps the count by itself")
    more = given(args.get("additional_security_group_ids"), [])
    if len(more) > MOST_MORE_GROUPS:
        rule = f"additional_security_group_ids must be at most {MOST_MORE_GROUPS}, got {len(more)}"
        raise ArgumentError(f"{who}: {rule}; a task has five, and one is its own")
    if args.get("exec_log_group_arn") is not None and not load.exec_enabled:
        fix = "set enable_execute_command, or leave it out"
        raise ArgumentError(f"{who}: exec_log_group_arn needs enable_execute_command, got none; {fix}")
    return made


def balancer_argument(args: Mapping[str, Any]) -> str | None:
    """Name of the argument that puts something in front of the tasks."""
    return next((key for key in FRONTS if args.get(key) is not None), None)


def check_front(who: str, name: str, args: Mapping[str, Any]) -> Sequence[Rule]:
    """Rules of a shared listener; what only works with a load balancer, and one without a port to send to, is refused."""
    front = balancer_argument(args)
    if front is None:
        for key in ONLY_BALANCED:
            if args.get(key) is not None:
                fix = f"set load_balancer or leave {key} out"
                raise ArgumentError(f"{who}: {key} needs load_balancer or listener, got none; {fix}")
        return []
    if all(args.get(key) is not None for key in FRONTS):
        one_argument(who, {key: args.get(key) for key in FRONTS})
    if args.get("container_port") is None:
        raise ArgumentError(f"{who}: {front} needs container_port, got none; set the port the image listens on")
    if front == "listener":
        child_name(f"{who} listener", name, NAME_LENGTH)
        return listener_rules(who, args[front])
    version, served = args.get("protocol_version"), args[front]
    if version in ONLY_TLS and served.get("certificate_arn") is None and served.get("domain_names") is None:
        fix = "a load balancer speaks it to clients over TLS only; set certificate_arn or domain_names"
        raise ArgumentError(f"{who}: protocol_version {version} needs a certificate of load_balancer, got none; {fix}")
    shifts = given((args.get("deployment") or {}).get("strategy"), ROLLING) != ROLLING
    check_load_balancer(who, "load_balancer.", name, args[front], ALTERNATE if shifts else "")
    return []


def leaving(load: Workload, targets: TargetPlan | None) -> tuple[int, str]:
    """Seconds that an old task may take to go, and the arguments that they come from."""
    if targets is None:
        return load.stop_timeout_seconds, "stop_timeout_seconds"
    seconds = targets.delay_seconds + load.stop_timeout_seconds
    return seconds, "deregistration_delay_seconds and stop_timeout_seconds"


def check_spot(who: str, made: Plan) -> None:
    """Refuse a service whose only task AWS may take back."""
    fewest = made.scaling.least if made.scaling else made.desired_count
    if made.spot_percent and fewest == 1:
        source = "scaling.min_tasks" if made.scaling else "desired_count"
        rule = f"needs two tasks at least, got {source} 1"
        fix = f"AWS takes Spot tasks back within two minutes; set {source} to 2, or leave spot_percent out"
        raise ArgumentError(f"{who}: spot_percent {rule}; {fix}")


def check_metric(who: str, made: Plan) -> None:
    """Refuse to scale by one target group while requests move between two."""
    if made.scaling and "requests_per_target" in made.scaling.targets and made.roll_out.strategy.shifts:
        rule = f"needs deployment.strategy rolling, got {made.roll_out.strategy.kind}"
        fix = "it follows one target group, and requests move between two; use cpu_percent"
        raise ArgumentError(f"{who}: scaling.requests_per_target {rule}; {fix}")


def check_longest_request(who: str, args: Mapping[str, Any], load: Workload) -> None:
    """Refuse to end a request before the slowest one is done, or to keep it on a connection that is closed meanwhile."""
    longest = given(args.get("longest_request_seconds"), 0)
    if load.stop_timeout_seconds < longest <= STOP_BOUNDS_SECONDS[1]:
        fix = f"set it to {int(longest)}, as requests may begin just before SIGTERM"
        rule = f"must cover longest_request_seconds, {int(longest)}"
        raise ArgumentError(f"{who}: stop_timeout_seconds {rule}, got {load.stop_timeout_seconds}; {fix}")
    idle = given((args.get("load_balancer") or {}).get("idle_timeout_seconds"), IDLE_TIMEOUT_SECONDS)
    if args.get("load_balancer") is not None and idle < longest:
        fix = f"set load_balancer.idle_timeout_seconds to {int(longest)} or more"
        rule = f"must cover longest_request_seconds, {int(longest)}"
        raise ArgumentError(f"{who}: load_balancer.idle_timeout_seconds {rule}, got {int(idle)}; {fix}")


def doubts(who: str, args: Mapping[str, Any], load: Workload) -> list[str]:
    """What works and is probably not meant."""
    delay = args.get("deregistration_delay_seconds")
    if delay is None or delay <= load.stop_timeout_seconds:
        return []
    fix = "if these still run when SIGTERM comes, the program has to finish them in that time"
    rule = f"is shorter than the {int(delay)} s that requests get by deregistration_delay_seconds"
    return [f"{who}: stop_timeout_seconds, {load.stop_timeout_seconds}, {rule}; {fix}"]
